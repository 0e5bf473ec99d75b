# shellcheck shell=bash
# Sourced by every script: one toolchain, one build directory, one linker.
#
# The build directory stays outside the checkout, so that a fresh clone and CI
# reuse what is already compiled. HEROLD_CACHE moves it.

HEROLD_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
HEROLD_CACHE="${HEROLD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/herold}"
export HEROLD_ROOT HEROLD_CACHE
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HEROLD_CACHE/target}"

# The oldest Rust that compiles matrix-sdk; Cargo.toml repeats it as rust-version.
RUST_WANTED=1.96

# rust_is_new_enough DIRECTORY: whether the rustc in it is.
rust_is_new_enough() {
  local version
  [ -x "$1/rustc" ] || return 1
  version="$("$1/rustc" --version 2>/dev/null)" || return 1
  version="${version#rustc 1.}"
  [ "${version%%.*}" -ge "${RUST_WANTED#1.}" ] 2>/dev/null
}

# Puts the first Rust that is new enough into PATH: the default toolchain, what PATH has (Debian's
# rust-web packages), any stable toolchain of rustup.
use_rust() {
  local directory directories
  IFS=: read -r -a directories <<<"$PATH"
  for directory in "${CARGO_HOME:-$HOME/.cargo}/bin" "${directories[@]}" \
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

# mold_links: whether the C compiler links with mold. GCC before 12 (Ubuntu 22.04) does not know it. Tried once for
# each pair of them.
mold_links() {
  local answer=no pair tried="$HEROLD_CACHE/mold"
  pair="$(stat -L -c '%n %i %Y' "$(command -v cc)" "$(command -v mold)" 2>/dev/null)" || return 1
  case "$(cat "$tried" 2>/dev/null)" in
    "$pair yes") return 0 ;;
    "$pair no") return 1 ;;
  esac
  mkdir -p "$HEROLD_CACHE"
  ! cc -fuse-ld=mold -x c -o "$tried.linked" - <<<'int main(void) { return 0; }' 2>/dev/null || answer=yes
  rm -f "$tried.linked"
  echo "$pair $answer" >"$tried"
  [ "$answer" = yes ]
}

if [ "$(uname -s)" = Linux ] && mold_links; then
  export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-C link-arg=-fuse-ld=mold"
  export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-C link-arg=-fuse-ld=mold"
fi
