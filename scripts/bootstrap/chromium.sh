# shellcheck shell=bash
# Sourced by bootstrap.sh: the browser that takes the pictures of look.sh.

install_chromium() {
  local chromium="${HEROLD_CHROMIUM:-/usr/bin/chromium}"
  [ -x "$chromium" ] && return
  [ -z "${HEROLD_CHROMIUM:-}" ] || fail "HEROLD_CHROMIUM: there is no program $chromium"
  ! apt_offers chromium || apt_install chromium
  # Ubuntu has it as a snap only, which cannot be driven from outside.
  [ -x "$chromium" ] || fail "there is no Chromium in apt. Install a Chromium or Chrome, and name it: HEROLD_CHROMIUM=/path/to/it make look"
}
