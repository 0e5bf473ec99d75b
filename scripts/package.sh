#!/usr/bin/env bash
# Builds the packages for Debian and Fedora families, and refuses a deb above 15 MB.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh" package
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT"
limit=$((15 * 1000 * 1000))
bundles="$CARGO_TARGET_DIR/release/bundle"

# The same build as for run and bench; the bundler only packs it, under the name of the package.
"$HEROLD_ROOT/scripts/build.sh" --release
cp "$CARGO_TARGET_DIR/release/herold" "$CARGO_TARGET_DIR/release/herold-messenger"
rm -rf "$bundles/deb" "$bundles/rpm"
# The command line tool and the licences of others come along. Where they were built is known only here.
release="$CARGO_TARGET_DIR/release"
scripts/third-party.py >"$release/third-party.txt"
files="{\"/usr/bin/herold-cli\": \"$release/herold-cli\", \"/usr/share/doc/herold-messenger/third-party.txt\": \"$release/third-party.txt\"}"
CI=true ui/node_modules/.bin/tauri bundle --bundles deb,rpm \
  --config "{\"bundle\": {\"linux\": {\"deb\": {\"files\": $files}, \"rpm\": {\"files\": $files}}}}"

mkdir -p dist
rm -f dist/*.deb dist/*.rpm
cp "$bundles"/deb/*.deb "$bundles"/rpm/*.rpm dist/

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
dpkg-deb --extract dist/*.deb "$work"
desktop-file-validate "$work"/usr/share/applications/*.desktop
appstreamcli validate-tree --no-net "$work"
"$work/usr/bin/herold-cli" --version

for package in dist/*.deb dist/*.rpm; do
  size="$(stat -c %s "$package")"
  printf '%s: %d.%d MB\n' "$package" $((size / 1000000)) $((size / 100000 % 10))
  case "$package" in
    *.deb)
      [ "$size" -le "$limit" ] || {
        echo "$package is larger than $((limit / 1000000)) MB" >&2
        exit 1
      }
      ;;
  esac
done
