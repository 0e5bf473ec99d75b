#!/usr/bin/env bash
# Cargo starts every test program through this (see test.sh).
#
#   test-runner.sh PROGRAM [ARGUMENT...]
#
# The tests of the core and of the testkit mostly wait for their homeservers, so more of them than
# there are processors run at once. Windows do not wait: they keep to one for each processor.
set -euo pipefail

case "${1##*/}" in
  integration-* | real-*) export RUST_TEST_THREADS="${RUST_TEST_THREADS:-$((3 * $(nproc)))}" ;;
esac
exec "$@"
