# shellcheck shell=bash
# Sourced by every script: one toolchain, one build directory, one linker.
#
# The build directory stays outside the checkout, so that a fresh clone and CI
# reuse what is already compiled. HEROLD_CACHE moves it.

HEROLD_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
HEROLD_CACHE="${HEROLD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/herold}"
export HEROLD_ROOT HEROLD_CACHE
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HEROLD_CACHE/target}"

# True when the rustc in directory $1 is new enough for matrix-sdk.
rust_is_new_enough() {
  local version
  version="$("$1/rustc" --version 2>/dev/null)" || return 1
  version="${version#rustc 1.}"
  [ "${version%%.*}" -ge 96 ] 2>/dev/null
}

# Puts the first Rust that is new enough into PATH: the default toolchain, Debian's rust-web
# packages, any stable toolchain of rustup.
use_rust() {
  local directory
  for directory in "$HOME/.cargo/bin" /usr/bin /usr/local/bin \
    "${RUSTUP_HOME:-$HOME/.rustup}"/toolchains/{stable,1.}*/bin; do
    if rust_is_new_enough "$directory"; then
      PATH="$directory:$PATH"
      return 0
    fi
  done
  return 1
}

# Node from the distribution may be too old for Vite; bootstrap.sh then puts one here.
use_node() {
  [ ! -x "$HEROLD_CACHE/node/bin/node" ] || PATH="$HEROLD_CACHE/node/bin:$PATH"
}

# Node comes last and so first in PATH: the directory of Rust may have an older one.
use_rust || true
use_node
export PATH

if [ "$(uname -s)" = Linux ] && command -v mold >/dev/null 2>&1; then
  export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-C link-arg=-fuse-ld=mold"
  export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-C link-arg=-fuse-ld=mold"
fi
