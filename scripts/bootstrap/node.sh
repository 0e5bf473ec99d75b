# shellcheck shell=bash
# Sourced by bootstrap.sh: Node, from apt or as an npm package, and the interface's modules.

NODE_VERSION=22.23.3
NPM_VERSION=10.9.4

# What Vite, Vitest and the Svelte plugin accept all three; ui/package.json repeats it under "engines".
NODE_WANTED="Node 20 from 20.19, 22 from 22.12, or 24 and above"

# node_version_fits VERSION: as `node --version` prints it.
node_version_fits() {
  local major minor
  IFS=. read -r major minor _ <<<"${1#v}"
  case "$major" in
    20) [ "$minor" -ge 19 ] ;;
    22) [ "$minor" -ge 12 ] ;;
    *) [ "$major" -ge 24 ] ;;
  esac 2>/dev/null
}

node_fits() {
  command -v npm >/dev/null && node_version_fits "$(node --version 2>/dev/null)"
}

install_node() {
  local architecture
  node_fits && return
  if ! command -v npm >/dev/null && command -v apt-get >/dev/null; then
    apt_install nodejs npm
  fi
  node_fits && return
  command -v npm >/dev/null || fail "$NODE_WANTED is missing, and npm, too."
  case "$(uname -m)" in
    x86_64) architecture=x64 ;;
    aarch64) architecture=arm64 ;;
    *) fail "$NODE_WANTED is missing." ;;
  esac
  say "$NODE_WANTED is missing: installing Node $NODE_VERSION from npm into $HEROLD_CACHE/node"
  # Forced: npm refuses a newer npm where it sees that the Node here is too old for it (Ubuntu 22.04).
  npm install --global --force --no-audit --no-fund --loglevel=error --prefix "$HEROLD_CACHE/node" \
    "node-linux-$architecture@$NODE_VERSION" "npm@$NPM_VERSION"
  use_node
  hash -r
  node_fits || fail "Node is still not one that Vite accepts."
}

# Not `npm ci`: it refuses a lock without the optional packages of other systems, which not
# every registry mirror carries. Versions and hashes still come from the lock, and `make check`
# compares it with package.json.
install_node_modules() {
  local lock="$HEROLD_ROOT/ui/package-lock.json" stamp="$HEROLD_ROOT/ui/node_modules/.herold-lock"
  [ -f "$lock" ] || return 0
  cmp -s "$lock" "$stamp" && return
  say "Installing the interface's node modules"
  (cd "$HEROLD_ROOT/ui" && npm install --no-save --no-audit --no-fund --loglevel=error)
  cp "$lock" "$stamp"
}
