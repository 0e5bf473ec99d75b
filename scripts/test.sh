#!/usr/bin/env bash
# Runs every test: the interface's, with a look at every screen, the crates' (with real homeservers), and the real
# window's.
#
#   test.sh [FILTER]                FILTER goes to cargo test, and leaves the interface's tests out
#   HEROLD_CHROMIUM=/path test.sh   with this Chromium or Chrome, instead of Debian's
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh" test
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT"
mkdir -p "$HEROLD_CACHE/logs"
log="$HEROLD_CACHE/logs/test.log"
: >"$log"
failed="" unseen="" compiled="$log.compiled"

export HEROLD_BIN="$CARGO_TARGET_DIR/debug/herold" HEROLD_CLI_BIN="$CARGO_TARGET_DIR/debug/herold-cli"

# The programs embed the interface. They are compiled beside its tests, because compilers often leave a processor alone;
# and before the crates' own tests, because the session of those has no proxy, through which a crate may have to come.
npm --prefix ui run --silent build
set -m # A group of its own, which ends as a whole.
{ cargo build --workspace --bins && cargo test --workspace --no-run "$@"; } </dev/null >"$compiled" 2>&1 &
compiling=$!
set +m
trap 'kill -- "-$compiling" 2>/dev/null || true' EXIT

if [ "$#" -eq 0 ]; then
  NO_COLOR=1 npm --prefix ui test 2>&1 | tee -a "$log" || failed+=" interface"
  if [ -x "${HEROLD_CHROMIUM:-/usr/bin/chromium-headless-shell}" ]; then
    NO_COLOR=1 npm --prefix ui run --silent look -- --once 2>&1 | tee -a "$log" || failed+=" screens"
  else
    unseen="The screens were not looked at: apt has no Chromium. HEROLD_CHROMIUM=/path/to/it names another, or Chrome."
  fi
fi
runner="$HEROLD_ROOT/scripts/test-runner.sh"
export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="$runner" CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="$runner"
if wait "$compiling"; then
  "$HEROLD_ROOT/scripts/desktop-session.sh" cargo test --workspace --no-fail-fast "$@" 2>&1 | tee -a "$log" || failed+=" crates"
else
  tee -a "$log" <"$compiled"
  failed+=" crates"
fi

# Cargo prints one result for each binary, Vitest and look.mjs one for all: the sum closes the run.
summary="$(awk '
  /^test result:/ { passed += $4; failures += $6 }
  /^[0-9]+ screens:/ { passed += $3; failures += $5 }
  /^ *Tests  / {
    for (i = 2; i <= NF; i++) {
      if ($i ~ /^passed/) passed += $(i - 1)
      if ($i ~ /^failed/) failures += $(i - 1)
    }
  }
  END { printf "%d passed, %d failed", passed, failures }' "$log")"

[ -z "$failed" ] || printf '\nFailed:%s (the whole output is in %s)\n' "$failed" "$log"
[ -z "$unseen" ] || printf '\n%s\n' "$unseen"
printf '\n%s\n' "$summary"
[ -z "$failed" ] && [ "${summary%% *}" -gt 0 ]
