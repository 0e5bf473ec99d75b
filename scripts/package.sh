#!/usr/bin/env bash
# Builds the packages for Debian and Fedora families into dist/, once check-packages.sh has nothing against them.
#
# The command line tool has packages of its own, which need no webview: it also runs on servers.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh" package
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT"
release="$CARGO_TARGET_DIR/release"
bundles="$release/bundle"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# The same build as for run and bench; the bundler only packs it, under the name of the package.
"$HEROLD_ROOT/scripts/build.sh" --release
cp "$release/herold" "$release/herold-messenger"
rm -rf "$bundles/deb" "$bundles/rpm"
# Where the licences of others were written is known only here.
scripts/third-party.py >"$release/third-party.txt"
files="{\"/usr/share/doc/herold-messenger/third-party.txt\": \"$release/third-party.txt\"}"
CI=true ui/node_modules/.bin/tauri bundle --bundles deb,rpm \
  --config "{\"bundle\": {\"linux\": {\"deb\": {\"files\": $files}, \"rpm\": {\"files\": $files}}}}"

# The files of herold-cli, as they are installed.
root="$work/root"
install -D -m 755 "$release/herold-cli" "$root/usr/bin/herold-cli"
install -D -m 644 LICENSE "$root/usr/share/doc/herold-cli/copyright"
install -D -m 644 "$release/third-party.txt" "$root/usr/share/doc/herold-cli/third-party.txt"

version="$("$release/herold-cli" --version | cut -d ' ' -f 2)"
architecture="$(dpkg --print-architecture)"
# dpkg-shlibdeps wants a source package around it.
mkdir -p "$work/debian"
: >"$work/debian/control"

# libraries PROGRAM: the packages of the libraries that it links to, at least as new as those it was built with.
libraries() {
  (cd "$work" && dpkg-shlibdeps -O "$1" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
}

depends="$(libraries root/usr/bin/herold-cli)"
mkdir -p "$root/DEBIAN"
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@DEPENDS@/$depends/" \
  packaging/linux/herold-cli/control.in >"$root/DEBIAN/control"
dpkg-deb --root-owner-group -Zxz --build "$root" "$work" >/dev/null
rpmbuild --quiet -bb --define "_rpmdir $work" --define "_topdir $work/rpmbuild" \
  --define "version $version" --define "root $root" packaging/linux/herold-cli/herold-cli.spec

built="$work/built"
mkdir "$built"
cp "$bundles"/rpm/*.rpm "$work"/*.deb "$work"/*/*.rpm "$built/"
# The bundler knows gzip only, which is a third larger, and names libraries without their versions.
dpkg-deb --raw-extract "$bundles"/deb/*.deb "$work/messenger"
sed -i "s/^Depends: /&$(libraries messenger/usr/bin/herold-messenger), /" "$work/messenger/DEBIAN/control"
dpkg-deb --root-owner-group -Zxz --build "$work/messenger" "$built" >/dev/null

"$HEROLD_ROOT/scripts/check-packages.sh" "$built"
mkdir -p dist
rm -f dist/*.deb dist/*.rpm
cp "$built"/* dist/
