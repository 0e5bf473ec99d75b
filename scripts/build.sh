#!/usr/bin/env bash
# Builds the interface and every program.
#
#   build.sh [--release]
#
# One command line for run, test and bench, because cargo builds the dependencies again for
# every other choice of packages.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT"
npm --prefix ui run --silent build
cargo build --workspace --bins "$@"
