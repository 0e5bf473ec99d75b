#!/usr/bin/env bash
# Lets chance look for a text that breaks what reads the texts of others (crates/rich-text).
#
#   fuzz.sh [SECONDS]      60 without an argument
#
# Needs neither a nightly compiler nor cargo-fuzz: rustc itself puts in the counters that guide libFuzzer,
# and libfuzzer-sys brings libFuzzer, which g++ compiles. What was worth trying stays in HEROLD_CACHE and is
# where the next run begins. What breaks something is written to a file that is named at the end;
# docs/hostile-input.md says what to do with it.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh" rust
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT"
seconds="${1:-60}"
work="$HEROLD_CACHE/fuzz"
mkdir -p "$work/corpus" "$work/found"
export CARGO_TARGET_DIR="$work/target"

# A target that is named keeps the counters out of build scripts and macros.
target="$(rustc -vV | sed -n 's/^host: //p')"
flags=(--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
  -Cllvm-args=-sanitizer-coverage-trace-compares)
! mold_links || flags+=(-Clink-arg=-fuse-ld=mold)
RUSTFLAGS="${flags[*]}" cargo build --manifest-path fuzz/Cargo.toml --locked --release --target "$target"

# Half of what an event may hold: larger texts slow the search down and find nothing else. The table in
# crates/rich-text/tests/corpus.rs has the large ones.
"$CARGO_TARGET_DIR/$target/release/rich_text" \
  "$work/corpus" crates/hostile/corpus/html \
  -max_total_time="$seconds" -max_len=32768 -len_control=10 -timeout=20 -dict=fuzz/html.dict \
  -artifact_prefix="$work/found/" -print_final_stats=1
