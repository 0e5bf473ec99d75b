#!/usr/bin/env bash
# Cargo starts every test program through this (see test.sh).
#
#   test-runner.sh PROGRAM [ARGUMENT...]
#
# The tests of the core and of the testkit mostly wait for their homeservers, so more of them than
# there are processors run at once. Windows take turns on a desktop, and leave half of two processors alone: all of
# their tests run on two desktops, each with every other test.
set -euo pipefail

on_two_desktops() {
  local program=$1 tests here there said failed=0
  tests="$("$program" --list --format terse | sed -n 's/: test$//p')"
  mapfile -t here < <(awk 'NR % 2 == 1' <<<"$tests")
  mapfile -t there < <(awk 'NR % 2 == 0' <<<"$tests")
  said="$(mktemp)"
  "$(dirname "${BASH_SOURCE[0]}")/desktop-session.sh" "$program" --exact "${there[@]}" >"$said" 2>&1 &
  "$program" --exact "${here[@]}" || failed=1
  wait "$!" || failed=1
  cat "$said"
  rm -f "$said"
  return "$failed"
}

case "${1##*/}" in
  integration-* | real-*) export RUST_TEST_THREADS="${RUST_TEST_THREADS:-$((3 * $(nproc)))}" ;;
  end_to_end-*)
    if [ "$#" -eq 1 ]; then
      on_two_desktops "$1"
      exit
    fi
    ;;
esac
exec "$@"
