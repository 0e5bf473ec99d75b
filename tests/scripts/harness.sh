# shellcheck shell=bash
# Sourced by every test of the scripts: a copy of scripts/ in an otherwise empty tree, and a PATH with nothing in it
# but stubs and what is named. So nothing is installed, built or left behind.
# shellcheck disable=SC2016

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
tree="$work/tree" stubs="$work/stubs" home="$work/home" cache="$work/cache"
# What the stubs were asked for, a line each.
calls="$work/calls"
failures=0

# fresh: everything as at first.
fresh() {
  rm -rf "$tree" "$stubs" "$home" "$cache"
  mkdir -p "$tree" "$stubs" "$home" "$cache"
  cp -R "$repository/scripts" "$tree/scripts"
  : >"$calls"
  real bash basename cat chmod cmp cp cut date diff dirname env grep head ln ls mkdir mktemp mv readlink rm sed seq \
    sha256sum sleep sort stat tail tr
  stub uname 'case "$1" in -m) echo x86_64 ;; *) echo Linux ;; esac'
}

# real NAME...: these programs are the machine's own.
real() {
  local name
  for name in "$@"; do ln -sf "$(command -v "$name")" "$stubs/$name"; done
}

# stub NAME [LINE...]: a program that notes how it was called, and then does this.
stub() {
  write_stub "$stubs/$1" "$@"
}

# write_stub FILE NAME [LINE...]
write_stub() {
  local file=$1 name=$2
  shift 2
  mkdir -p "${file%/*}"
  rm -f "$file"
  printf '%s\n' '#!/usr/bin/env bash' "echo \"$name \$*\" >>\"$calls\"" "$@" >"$file"
  chmod +x "$file"
}

# run [NAME=VALUE...] SCRIPT [ARGUMENT...]: sets $output and $code.
run() {
  local variables=()
  while [[ "$1" == *=* ]]; do
    variables+=("$1")
    shift
  done
  code=0
  output="$(cd "$tree" && env -i PATH="$stubs" HOME="$home" HEROLD_CACHE="$cache" "${variables[@]}" "$stubs/bash" "$@" 2>&1 </dev/null)" || code=$?
}

was_called() { grep -qF -- "$1" "$calls"; }
was_said() { [[ "$output" == *"$1"* ]]; }
succeeded() { [ "$code" -eq 0 ]; }
failed() { [ "$code" -ne 0 ]; }
not() { ! "$@"; }

# it SENTENCE ASSERTION...: whether the assertion holds.
it() {
  local sentence=$1
  shift
  "$@" && return
  failures=$((failures + 1))
  printf '%s: not so: %s\n' "${0##*/}" "$sentence"
  printf '  %s\n' "assertion: $*" "exit code: ${code:-}" "output:" "${output:-}" "calls:" "$(cat "$calls")" | sed 's/^/  /'
}

finish() {
  [ "$failures" -eq 0 ]
}
