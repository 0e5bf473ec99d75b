# shellcheck shell=bash
# Sourced by bootstrap.sh: the browser in which the screens of the interface are looked at. Debian has a Chromium
# without windows, which takes half the time.

chromium="${HEROLD_CHROMIUM:-/usr/bin/chromium-headless-shell}"

# Where apt has one. The tests go on without, and say so.
install_chromium() {
  [ -x "$chromium" ] && return
  [ -z "${HEROLD_CHROMIUM:-}" ] || fail "HEROLD_CHROMIUM: there is no program $chromium"
  ! apt_lists_chromium || apt_install chromium-headless-shell
}

# Ubuntu has only a snap, which cannot be driven from outside.
require_chromium() {
  [ -x "$chromium" ] || fail "there is no Chromium in apt. Install a Chromium or Chrome, and name it: HEROLD_CHROMIUM=/path/to/it make look"
}

# Asked at every start where there is none: so new lists are read only where there are none at all.
apt_lists_chromium() {
  command -v apt-cache >/dev/null || return 1
  [ -n "$(apt-cache madison apt 2>/dev/null)" ] || update_package_lists
  [ -n "$(apt-cache madison chromium-headless-shell 2>/dev/null)" ]
}
