# shellcheck shell=bash
# Sourced by bootstrap.sh: system packages, through apt.

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root, and there is no sudo: $*"
  fi
}

update_package_lists() {
  [ -z "${package_lists_are_new:-}" ] || return 0
  package_lists_are_new=yes
  say "Reading the package lists (apt-get update)"
  as_root apt-get update -qq
}

apt_install() {
  update_package_lists
  say "Installing system packages: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >/dev/null
}

apt_knows() {
  update_package_lists
  apt-cache show "$1" >/dev/null 2>&1
}

# install_system_packages NAME...: those that are missing.
install_system_packages() {
  local installed missing=() name packages=("$@")
  if ! command -v apt-get >/dev/null; then
    say "No apt here. Make sure that the equivalents of these are installed: ${packages[*]}"
    return
  fi
  installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "${packages[@]}" 2>/dev/null || true)"
  for name in "${packages[@]}"; do
    [[ "$installed" == *" installed:$name "* ]] || missing+=("$name")
  done
  [ "${#missing[@]}" -eq 0 ] || apt_install "${missing[@]}"
}
