#!/usr/bin/env bash
# Writes the files that are made from others, or with --check says which are out of date.
#
# A generator is a program that prints one file.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
stale=0

# generate FILE COMMAND...
generate() {
  local file=$1
  shift
  "$@" >"$work/new"
  cmp -s "$work/new" "$file" && return
  if [ "${check:-}" = yes ]; then
    echo "$file is out of date: run 'make generate' and commit it"
    diff -u "$file" "$work/new" | head -n 20 || true
    stale=1
  else
    cp "$work/new" "$file"
    echo "wrote $file"
  fi
}

[ "${1:-}" != --check ] || check=yes

generate ui/src/protocol.ts cargo run --quiet -p herold-protocol --bin generate-typescript

exit "$stale"
