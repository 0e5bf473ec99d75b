#!/usr/bin/env bash
# Installs what is missing, and says so before it does. Quick and silent when nothing is.
#
#   bootstrap.sh run|test|package|platforms|look|icons|rust
#
# System packages come from apt, Rust from apt or rustup (itself from apt or the Rust project), Node
# from apt or npm, Synapse from PyPI. On another distribution the packages are named and left to you.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bootstrap/packages.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bootstrap/rust.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bootstrap/node.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bootstrap/chromium.sh"
source "$(dirname "${BASH_SOURCE[0]}")/bootstrap/synapse.sh"

say() { printf '==> %s\n' "$*" >&2; }
fail() {
  printf 'bootstrap: %s\n' "$*" >&2
  exit 1
}

build=(build-essential ca-certificates curl fonts-dejavu-core fonts-noto-color-emoji
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good libasound2-dev libgtk-3-dev libopus-dev
  librsvg2-dev libwebkit2gtk-4.1-dev mold pkg-config python3-venv)
desktop=(dbus dbus-x11 gnome-keyring imagemagick x11-utils xvfb)

profile="${1:-run}"
case "$profile" in
  run) packages=("${build[@]}") ;;
  test) packages=("${build[@]}" "${desktop[@]}" at-spi2-core shellcheck webkit2gtk-driver xclip) ;;
  package) packages=("${build[@]}" appstream desktop-file-utils rpm) ;;
  platforms) packages=("${build[@]}") ;;
  look) packages=(ca-certificates curl fonts-dejavu-core fonts-noto-color-emoji) ;;
  icons) packages=(icnsutils icoutils librsvg2-bin) ;;
  rust) packages=(build-essential ca-certificates curl mold) ;;
  *)
    echo "bootstrap.sh: unknown profile '$profile'" >&2
    exit 2
    ;;
esac
if [ "$profile" = run ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  packages+=("${desktop[@]}")
fi

mkdir -p "$HEROLD_CACHE"
install_system_packages "${packages[@]}"
[ "$profile" != icons ] || exit 0
[ "$profile" = look ] || install_rust
[ "$profile" != rust ] || exit 0
install_node
install_node_modules
case "$profile" in
  run) install_synapse ;;
  test)
    install_synapse
    install_chromium
    ;;
  look)
    install_chromium
    require_chromium
    ;;
  platforms) install_rust_source ;;
esac
