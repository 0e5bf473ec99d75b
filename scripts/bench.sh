#!/usr/bin/env bash
# Measures Herold against an empty window, on a homeserver that it fills itself.
#
#   ROOMS=500 MESSAGES=20 bench.sh [ARGUMENT...]
#   ROOMS=0 bench.sh --many 0 --long 0 --file 512    nothing but a file of 512 MiB
#   bench.sh --json FILE                             the figures as JSON, instead of in $HEROLD_CACHE/logs/bench.json
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh" test
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

"$HEROLD_ROOT/scripts/build.sh" --release
cd "$HEROLD_ROOT"
export HEROLD_BIN="$CARGO_TARGET_DIR/release/herold"
report="$HEROLD_CACHE/logs/bench.json"
mkdir -p "${report%/*}"
# The last --json counts.
"$HEROLD_ROOT/scripts/desktop-session.sh" "$CARGO_TARGET_DIR/release/bench" \
  --rooms "${ROOMS:-500}" --messages "${MESSAGES:-20}" --json "$report" "$@"
[[ " $* " == *" --json "* ]] || echo "The same as JSON is in $report"
