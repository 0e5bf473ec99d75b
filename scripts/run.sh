#!/usr/bin/env bash
# Opens Herold: with a demo authority on a homeserver of its own, or on an existing homeserver.
#
#   HOMESERVER=https://...  use that server; no demo is started
#   RELEASE=1               the optimised build
#   ONCE=1                  without a display: leave the screenshot and stop
#
# Without a display Herold opens on a virtual one, and screenshots/herold.png shows it.
# Ctrl-C stops everything that was started. The demo stays in $HEROLD_CACHE/demo.
#
# A profile belongs to one homeserver and to the keyring of one desktop, the real or the virtual one: each pair has its
# own. So somebody who comes from the other desktop signs in, and a demo that had to take another port is a new one.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$(dirname "${BASH_SOURCE[0]}")/processes.sh"

demo="$HEROLD_CACHE/demo"
account="" server=""
screenshot="$HEROLD_ROOT/screenshots/herold.png"
say() { printf '==> %s\n' "$*" >&2; }

if [ "${HEROLD_RUN_STAGE:-}" != window ]; then
  "$HEROLD_ROOT/scripts/bootstrap.sh" run
  say "Building (the first time takes some minutes)"
  if [ "${RELEASE:-}" = 1 ]; then
    "$HEROLD_ROOT/scripts/build.sh" --release
    export HEROLD_BIN_DIR="$CARGO_TARGET_DIR/release"
  else
    "$HEROLD_ROOT/scripts/build.sh"
    export HEROLD_BIN_DIR="$CARGO_TARGET_DIR/debug"
  fi
  export HEROLD_RUN_STAGE=window
  if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "${BASH_SOURCE[0]}"
  fi
  say "No display here: Herold opens on a virtual one"
  # The keyring must outlive the session: it holds the key of the demo's profile.
  export HEROLD_DESKTOP_DIR="$HEROLD_CACHE/desktop" HEROLD_HEADLESS=1
  exec "$HEROLD_ROOT/scripts/desktop-session.sh" "${BASH_SOURCE[0]}"
fi

unset HEROLD_RUN_STAGE
# Marks what is started from here on, and not the desktop around it.
export HEROLD_RUN_ID="$$-$RANDOM$RANDOM"

# Programs for links and files are no part of it: Herold opens them in a session of their own, and a browser that was
# first started from here stays.
#
# The demo comes first: it ends its people and then their homeserver. All at once, they would complain of each other.
finish() {
  local end=$((SECONDS + RUN_PATIENCE))
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null
    while kill -0 "$server" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; do sleep 0.1; done
  fi
  end_marked "HEROLD_RUN_ID=$HEROLD_RUN_ID" $((end - SECONDS)) "$(session_of "$$")" ||
    say "Some processes would not stop"
  [ -z "$account" ] || rm -f "$account"
}

# profile_in FOLDER: the one for $HEROLD_HOMESERVER on this desktop.
profile_in() {
  echo "$1${HEROLD_HEADLESS:+-headless}/${HEROLD_HOMESERVER//[^[:alnum:].-]/_}"
}

# Two homeservers would share one database. The lock is held by the demo itself, so that it lasts as long.
lock_demo() {
  mkdir -p "$demo"
  exec 9>>"$demo/lock"
  if ! flock --nonblock 9; then
    say "The demo authority runs already, started by process $(cat "$demo/lock"): end that one first"
    return 1
  fi
  echo "$$" >"$demo/lock"
}

start_demo() {
  local direct="${no_proxy:-${NO_PROXY:-}}"
  lock_demo
  # No proxy leads to this machine.
  export no_proxy="127.0.0.1${direct:+,$direct}"
  export NO_PROXY="$no_proxy"
  say "Starting the demo authority"
  account="$demo/account.json"
  (umask 077 && : >"$account")
  "$HEROLD_BIN_DIR/herold-demo" --folder "$demo/server" >"$account" &
  server=$!
  local waited=0
  until grep -q '}' "$account"; do
    if ! kill -0 "$server" 2>/dev/null || [ "$waited" -ge 1800 ]; then
      say "The demo authority did not start"
      return 1
    fi
    sleep 0.1
    waited=$((waited + 1))
  done
  HEROLD_HOMESERVER="$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["homeserver"])' "$account")"
  # A path, so that the password is in nobody's environment.
  export HEROLD_HOMESERVER HEROLD_DEMO_ACCOUNT="$account"
  export HEROLD_DATA_DIR="${HEROLD_DATA_DIR:-$(profile_in "$demo/profiles")}"
}

# Waits for a visible window, gives it time to draw, and takes the picture.
take_screenshot() {
  local _
  for _ in $(seq 300); do
    kill -0 "$1" 2>/dev/null || return 1
    if xwininfo -name Herold 2>/dev/null | grep -q 'Map State: IsViewable'; then
      sleep 3
      mkdir -p "${screenshot%/*}"
      import -window root "$screenshot"
      say "Herold is open; ${screenshot#"$HEROLD_ROOT/"} shows it"
      return
    fi
    sleep 0.1
  done
  say "Herold's window did not appear"
  return 1
}

finish_with finish

if [ -n "${HOMESERVER:-}" ]; then
  export HEROLD_HOMESERVER="$HOMESERVER"
  export HEROLD_DATA_DIR="${HEROLD_DATA_DIR:-$(profile_in "$HEROLD_CACHE/profiles")}"
else
  start_demo
fi

"$HEROLD_BIN_DIR/herold" 9>&- &
window=$!
if [ -n "${HEROLD_HEADLESS:-}" ]; then
  take_screenshot "$window"
  [ "${ONCE:-}" != 1 ] || exit 0
fi
say "Ctrl-C ends it"
wait "$window"
