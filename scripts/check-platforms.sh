#!/usr/bin/env bash
# Type-checks Herold for the other systems, on Linux.
#
#   check-platforms.sh [windows] [macos] [android] [ios]     all four without an argument
#   PACKAGES="herold-core ..."                               instead of the applications
#
# Cargo builds the standard library from Rust's own source. C code is not compiled: stand-ins
# write empty objects. So this finds every Rust error for a system, and no linker error.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh" platforms
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT"
export CARGO_TARGET_DIR="$HEROLD_CACHE/platforms"

# The stand-ins, under every name that a build script looks for.
tools="$CARGO_TARGET_DIR/stub-tools"
mkdir -p "$tools" ui/dist
for name in xcrun x86_64-w64-mingw32-{dlltool,windres} stub-cc stub-ar stub-ranlib; do
  ln -sf "$HEROLD_ROOT/scripts/cross/stub-compiler" "$tools/$name"
done
[ -f ui/dist/index.html ] || echo '<!doctype html><title>Herold</title>' >ui/dist/index.html

# check NAME TARGET PACKAGE...
check() {
  local name=$1 target=$2 variable package arguments=()
  shift 2
  for package in ${PACKAGES:-"$@"}; do arguments+=(-p "$package"); done
  printf '==> %s (%s)\n' "$name" "$target"
  variable="${target//-/_}"
  env PATH="$tools:$PATH" RUSTC_BOOTSTRAP=1 HEROLD_CROSS_TARGET="$target" SDKROOT=/ \
    "CC_$variable=$tools/stub-cc" "CXX_$variable=$tools/stub-cc" \
    "AR_$variable=$tools/stub-ar" "RANLIB_$variable=$tools/stub-ranlib" \
    cargo check --quiet -Zbuild-std=std,panic_abort --target "$target" "${arguments[@]}"
}

failed=()
[ "$#" -gt 0 ] || set -- windows macos android ios
for platform in "$@"; do
  case "$platform" in
    windows) check Windows x86_64-pc-windows-gnu herold herold-cli || failed+=(Windows) ;;
    macos) check macOS aarch64-apple-darwin herold herold-cli || failed+=(macOS) ;;
    android) check Android aarch64-linux-android herold || failed+=(Android) ;;
    ios) check iOS aarch64-apple-ios herold || failed+=(iOS) ;;
    *)
      echo "check-platforms.sh: unknown platform '$platform'" >&2
      exit 2
      ;;
  esac
done

if [ "${#failed[@]}" -gt 0 ]; then
  echo "Does not compile for: ${failed[*]}"
  exit 1
fi
echo "Compiles for: $*"
