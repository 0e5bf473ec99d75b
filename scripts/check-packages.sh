#!/usr/bin/env bash
# Looks once more at what would be installed: that it is whole, that desktops accept it, that debs and rpms hold the
# same, and that no deb is above 15 MB. Needs no root.
#
#   check-packages.sh DIRECTORY
set -euo pipefail

packages="$(cd "$1" && pwd)"
limit=$((15 * 1000 * 1000))
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/debian" "$work/fedora"

for package in "$packages"/*.deb; do
  dpkg-deb --extract "$package" "$work/debian"
  # What is built here does not start with an older one, and must not be installed beside it.
  dpkg-deb --field "$package" Depends | grep -qE 'libc6 \(>= [0-9.]+\)' || {
    echo "${package##*/} does not say which libraries it needs" >&2
    exit 1
  }
done
grep -qx 'MimeType=x-scheme-handler/matrix;' "$work"/debian/usr/share/applications/*.desktop || {
  echo "matrix: links are not registered" >&2
  exit 1
}
desktop-file-validate "$work"/debian/usr/share/applications/*.desktop
appstreamcli validate-tree --no-net "$work/debian"
"$work/debian/usr/bin/herold-cli" --version
# Only a program that was built with developer tools asks the webview to show them.
if objdump --dynamic-syms "$work"/debian/usr/bin/* | grep webkit_web_inspector_show >&2; then
  echo "the window has developer tools" >&2
  exit 1
fi

# There is no Fedora here: what the rpms need is not, but what they hold is. `rpm --root` would need root.
for package in "$packages"/*.rpm; do
  rpmkeys --dbpath "$work/rpm" --checksig --nosignature "$package"
  # Debian's rpm2cpio says that it failed, also where it did not.
  rpm2archive --nocompression - <"$package" | tar --extract --directory "$work/fedora"
done
"$work/fedora/usr/bin/herold-cli" --version

# files DIRECTORY: what it holds, without what each family keeps in places of its own.
files() {
  (cd "$1" && find usr -type f ! -path '*/doc/*' ! -path '*/licenses/*' | sort)
}
diff <(files "$work/debian") <(files "$work/fedora")

for package in "$packages"/*.deb "$packages"/*.rpm; do
  size="$(stat -c %s "$package")"
  printf '%s: %d.%d MB\n' "${package##*/}" $((size / 1000000)) $((size / 100000 % 10))
  case "$package" in
    *.deb)
      [ "$size" -le "$limit" ] || {
        echo "${package##*/} is larger than $((limit / 1000000)) MB" >&2
        exit 1
      }
      ;;
  esac
done
