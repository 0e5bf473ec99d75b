#!/usr/bin/env bash
# What a desktop of our own keeps away from its programs, and what it ends.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

desktop() {
  fresh
  stub setsid 'exec "$@"'
  stub Xvfb 'echo 42 >&3' 'exec sleep 300'
  stub dbus-run-session 'shift; export DBUS_SESSION_BUS_ADDRESS=unix:ours; exec "$@"'
  stub dbus-send 'case "$*" in *NameHasOwner*) echo "boolean true" ;; *) echo "boolean false" ;; esac'
  stub gnome-keyring-daemon 'exec sleep 300'
}
# What an Ubuntu desktop has set, behind a proxy.
around=(WAYLAND_DISPLAY=wayland-0 DISPLAY=:0 DBUS_SESSION_BUS_ADDRESS=unix:theirs AT_SPI_BUS_ADDRESS=unix:theirs
  GTK_IM_MODULE=ibus QT_IM_MODULE=ibus XMODIFIERS=@im=ibus GTK_MODULES=gail:atk-bridge NO_AT_BRIDGE=1 GDK_SCALE=2
  LC_ALL=fr_FR.UTF-8 http_proxy=http://proxy:3128 HTTPS_PROXY=http://proxy:3128 no_proxy=intranet.example
  HEROLD_LOG=debug)
session() { run "${around[@]}" "$@"; }

desktop
session TMPDIR="$work" "$tree/scripts/desktop-session.sh" env
it "it succeeds as its command does" succeeded
for name in WAYLAND_DISPLAY AT_SPI_BUS_ADDRESS GTK_IM_MODULE QT_IM_MODULE XMODIFIERS GTK_MODULES NO_AT_BRIDGE GDK_SCALE \
  LC_ALL http_proxy HTTPS_PROXY no_proxy; do
  it "$name does not reach the tests" not was_said $'\n'"$name="
done
it "the X server is ours" was_said "DISPLAY=:42"
it "the bus is ours" was_said "DBUS_SESSION_BUS_ADDRESS=unix:ours"
it "what is Herold's reaches them" was_said "HEROLD_LOG=debug"
it "nothing is left in the temporary directory" [ -z "$(ls -d "$work"/herold-* 2>/dev/null)" ]

desktop
session HEROLD_DESKTOP_DIR="$work/kept" "$tree/scripts/desktop-session.sh" env
it "a desktop that stays keeps the proxy" was_said "http_proxy=http://proxy:3128"
it "but not the input method" not was_said "GTK_IM_MODULE="
it "its files stay" test -d "$work/kept/data"

desktop
session TMPDIR="$work" "$tree/scripts/desktop-session.sh" bash -c 'sleep 300 & exit 3'
it "the exit code is the command's" [ "$code" -eq 3 ]
it "and nothing that it started is left" [ -z "$(env -i grep -lsF "$work/stubs" /proc/[0-9]*/environ)" ]

finish
