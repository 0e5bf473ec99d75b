#!/usr/bin/env bash
# Runs a command in a desktop of its own: X server, session bus, unlocked keyring.
#
#   desktop-session.sh COMMAND [ARGUMENT...]
#
# The desktop's files live in a temporary directory, or in HEROLD_DESKTOP_DIR when its keyring
# has to outlive the session. When the command ends, or on Ctrl-C, everything is stopped and
# checked. The exit code is the command's.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$(dirname "${BASH_SOURCE[0]}")/processes.sh"

[ "$#" -gt 0 ] || {
  echo "usage: desktop-session.sh COMMAND [ARGUMENT...]" >&2
  exit 2
}

# Looks for the owner of the name first: a message to a name without one would start a second keyring.
keyring_is_open() {
  local ask=(dbus-send --session --print-reply)
  "${ask[@]}" --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true' || return
  "${ask[@]}" --dest=org.freedesktop.secrets /org/freedesktop/secrets/collection/login \
    org.freedesktop.DBus.Properties.Get string:org.freedesktop.Secret.Collection string:Locked \
    2>/dev/null | grep -q 'boolean false'
}

# Second stage, on the session bus.
if [ "${HEROLD_DESKTOP_STAGE:-}" = bus ]; then
  unset HEROLD_DESKTOP_STAGE
  exec 2>&4 4>&-
  # An empty password, from standard input: the keyring is open, and never asks anybody.
  gnome-keyring-daemon --foreground --unlock --components=secrets <<<"" >/dev/null 2>&1 &
  for _ in $(seq 600); do
    keyring_is_open && exec "$@"
    sleep 0.1
  done
  echo "desktop-session: the keyring did not open" >&2
  exit 1
fi

export HEROLD_DESKTOP_ID="$$-$RANDOM$RANDOM"
if [ -n "${HEROLD_DESKTOP_DIR:-}" ]; then
  mkdir -p "$HEROLD_DESKTOP_DIR"
  desktop="$HEROLD_DESKTOP_DIR"
else
  desktop="$(mktemp -d "${TMPDIR:-/tmp}/herold-desktop.XXXXXX")"
fi
runtime="$(mktemp -d "${TMPDIR:-/tmp}/herold-run.XXXXXX")"
chmod 700 "$desktop" "$runtime"

finish() {
  end_marked "HEROLD_DESKTOP_ID=$HEROLD_DESKTOP_ID" "$DESKTOP_PATIENCE" ||
    echo "desktop-session: some processes would not stop" >&2
  rm -rf "$runtime"
  [ -n "${HEROLD_DESKTOP_DIR:-}" ] || rm -rf "$desktop"
}
finish_with finish

# A session of its own, so that Ctrl-C reaches the command first and the X server last.
setsid Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -noreset 3>"$runtime/display" >/dev/null 2>"$runtime/xvfb.log" &
for _ in $(seq 600); do
  [ -s "$runtime/display" ] && break
  sleep 0.1
done
[ -s "$runtime/display" ] || {
  echo "desktop-session: no X server: $(cat "$runtime/xvfb.log")" >&2
  cat "$runtime/xvfb.log" >&2
  exit 1
}

# What the desktop around this one has set for its own programs: its session, ways to type, to speak and to draw.
unset WAYLAND_DISPLAY WAYLAND_SOCKET DBUS_SESSION_BUS_ADDRESS SESSION_MANAGER XAUTHORITY GNOME_KEYRING_CONTROL \
  GTK_IM_MODULE QT_IM_MODULE XMODIFIERS GTK_MODULES GTK3_MODULES GTK_THEME GDK_SCALE GDK_DPI_SCALE \
  GTK_A11Y NO_AT_BRIDGE "${!AT_SPI_@}"
# Tests talk to this machine alone, and choose their language. The desktop that stays is that of `make run`, whose
# homeserver may be behind the proxy.
if [ -z "${HEROLD_DESKTOP_DIR:-}" ]; then
  unset LC_ALL LC_MESSAGES http_proxy https_proxy ftp_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY \
    ALL_PROXY NO_PROXY
fi
DISPLAY=":$(cat "$runtime/display")"
export DISPLAY HEROLD_DESKTOP_STAGE=bus XDG_RUNTIME_DIR="$runtime" \
  XDG_DATA_HOME="$desktop/data" XDG_CONFIG_HOME="$desktop/config" XDG_CACHE_HOME="$desktop/cache" \
  XDG_SESSION_TYPE=x11 GDK_BACKEND=x11
mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME"

# The bus logs to standard error; the command keeps the real one.
dbus-run-session -- "${BASH_SOURCE[0]}" "$@" 4>&2 2>"$runtime/bus.log" &
wait "$!"
