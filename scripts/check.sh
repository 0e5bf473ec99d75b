#!/usr/bin/env bash
# Everything that can be said about the sources without running them. Continues after a
# finding, and names all of them at the end.
set -euo pipefail
"$(dirname "${BASH_SOURCE[0]}")/bootstrap.sh" test
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

cd "$HEROLD_ROOT"
findings=()

step() {
  local name=$1
  shift
  printf '==> %s\n' "$name"
  "$@" || findings+=("$name")
}

# Versions are pinned in package.json, so the lock has to repeat them, and no address of a mirror.
lock_files_are_clean() {
  python3 - <<'PYTHON'
import json, re, sys
package, lock = (json.load(open(f"ui/{name}.json")) for name in ("package", "package-lock"))
root, problems = lock["packages"][""], []
for kind in ("dependencies", "devDependencies"):
    if package.get(kind, {}) != root.get(kind, {}):
        problems.append(f"ui/package-lock.json does not repeat the {kind} of package.json")
if any("resolved" in entry for entry in lock["packages"].values()):
    problems.append("ui/package-lock.json names registry addresses")
if len(set(re.findall(r'^source = "(.*)"$', open("Cargo.lock").read(), re.M))) > 1:
    problems.append("Cargo.lock takes packages from more than one place")
print(*problems, sep="\n", end="\n" if problems else "")
sys.exit(bool(problems))
PYTHON
}

shell_scripts_are_clean() {
  git ls-files --cached --others --exclude-standard -- '*.sh' .ci/run scripts/cross |
    while read -r file; do
      if [ -f "$file" ] && head -n 2 "$file" | grep -qE '^#!.*bash|shellcheck shell=bash'; then
        printf '%s\0' "$file"
      fi
    done | xargs -0 shellcheck
}

# Side by side: mostly they wait.
scripts_behave() {
  local test ended=0 running=()
  for test in tests/scripts/*.sh; do
    [ -x "$test" ] || continue
    "$test" &
    running+=("$!")
  done
  for test in "${running[@]}"; do wait "$test" || ended=1; done
  return "$ended"
}

clippy_is_content() {
  wait "$clippy" || { cat "$said"; return 1; }
}

step "generated files are current" "$HEROLD_ROOT/scripts/generate.sh" --check
step "Rust is formatted (make format)" cargo fmt --all --check
# The shell embeds the built interface.
step "interface builds" npm --prefix ui run --silent build
step "interface is small" npm --prefix ui run --silent size
# Beside what follows: compilers often leave a processor alone.
said="$(mktemp)"
cargo clippy --locked --quiet --workspace --all-targets -- -D warnings >"$said" 2>&1 &
clippy=$!
trap 'kill "$clippy" 2>/dev/null || true; rm -f "$said"' EXIT
step "interface" npm --prefix ui run --silent check
step "shell scripts" shell_scripts_are_clean
step "scripts behave" scripts_behave
step "lock files" lock_files_are_clean
step "publiccode.yml" "$HEROLD_CACHE/synapse-venv/bin/python" "$HEROLD_ROOT/scripts/check-publiccode.py" publiccode.yml
step "licences" python3 "$HEROLD_ROOT/scripts/check-licences.py"
step "clippy" clippy_is_content

if [ "${#findings[@]}" -gt 0 ]; then
  printf '\nNot in order:\n'
  printf -- '- %s\n' "${findings[@]}"
  exit 1
fi
echo "Everything is in order."
