#!/usr/bin/env bash
# What run.sh starts, which profile it gives it, and what it ends.
# Stubs expand their lines when they run.
# shellcheck disable=SC2016
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

# town PORT: a demo authority that listens there, and a window that is closed at once.
town() {
  fresh
  real flock python3
  write_stub "$work/bin/herold-demo" herold-demo \
    "echo '{\"homeserver\":\"http://127.0.0.1:$1\"}'" 'trap "exit 0" TERM' 'while :; do sleep 0.05; done'
  write_stub "$work/bin/herold" herold \
    'echo "profile $HEROLD_DATA_DIR"' 'echo "no_proxy <${no_proxy:-}>"' '[ ! -e /proc/self/fd/9 ] || echo "has the lock"'
}
herold() { run HEROLD_RUN_STAGE=window HEROLD_BIN_DIR="$work/bin" "$@" "$tree/scripts/run.sh"; }

town 18008
herold DISPLAY=:0
it "the demo has a profile of its own" was_said "profile $cache/demo/profiles/http___127.0.0.1_18008"
it "which a proxy does not stand before" was_said "no_proxy <127.0.0.1>"
it "and ends with the window" succeeded
it "and leaves no password" not test -e "$cache/demo/account.json"
it "the lock is not the window's" not was_said "has the lock"
herold DISPLAY=:0 no_proxy=intranet.example
it "what needed no proxy needs none" was_said "no_proxy <127.0.0.1,intranet.example>"

stub xwininfo 'echo "Map State: IsViewable"'
stub import
# The window is not given three seconds to draw.
stub sleep 'exec /bin/sleep 0.05'
herold HEROLD_HEADLESS=1
it "the virtual desktop has another keyring, and another profile" was_said "profile $cache/demo/profiles-headless/http___127.0.0.1_18008"

town 18009
herold DISPLAY=:0
it "a demo that had to take another port gets a new profile" was_said "profile $cache/demo/profiles/http___127.0.0.1_18009"

town 18008
herold DISPLAY=:0 HOMESERVER=https://matrix.example.org:8448
it "another homeserver has its own profile" was_said "profile $cache/profiles/https___matrix.example.org_8448"
it "and no demo" not was_called herold-demo
it "and its proxy" was_said "no_proxy <>"
herold HEROLD_HEADLESS=1 HOMESERVER=example.org
it "and another one on the virtual desktop" was_said "profile $cache/profiles-headless/example.org"
herold DISPLAY=:0 HOMESERVER=example.org HEROLD_DATA_DIR=/elsewhere
it "a profile that is named is used" was_said "profile /elsewhere"

# Started twice
town 18008
mkdir -p "$cache/demo"
echo 4711 >"$cache/demo/lock"
echo "somebody's" >"$cache/demo/account.json"
exec 8>>"$cache/demo/lock"
flock 8
herold DISPLAY=:0
exec 8>&-
it "a second demo is refused" was_said "The demo authority runs already, started by process 4711"
it "and fails" failed
it "before it starts anything" not was_called herold
it "and leaves the first one its account" test -e "$cache/demo/account.json"

town 18008
write_stub "$work/bin/herold-demo" herold-demo 'exit 1'
herold DISPLAY=:0
it "a demo that ends while it starts is said" was_said "The demo authority did not start"
it "and fails" failed

# A browser that Herold opened, as it does: in a session of its own. It has to outlive this.
town 18008
real setsid
write_stub "$work/bin/herold" herold "setsid sleep 300 >/dev/null 2>&1 & echo \$! >'$work/browser'" "sleep 300 & echo \$! >'$work/helper'" 'sleep 0.3'
herold DISPLAY=:0
runs() { grep -qs sleep "/proc/$(cat "$1")/cmdline"; }
it "a browser that was opened from Herold stays" runs "$work/browser"
it "and what is Herold's own goes" not runs "$work/helper"
kill "$(cat "$work/browser")"

finish
