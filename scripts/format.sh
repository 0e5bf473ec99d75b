#!/usr/bin/env bash
# Formats the Rust sources.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh" rust
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT"
cargo fmt --all
