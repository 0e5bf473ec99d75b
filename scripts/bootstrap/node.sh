# shellcheck shell=bash
# Sourced by bootstrap.sh: Node, from apt or as an npm package, and the interface's modules.

NODE_VERSION=22.23.3
NPM_VERSION=10.9.4

node_is_new_enough() {
  local version major minor
  command -v npm >/dev/null && version="$(node --version 2>/dev/null)" || return 1
  IFS=. read -r major minor _ <<<"${version#v}"
  [ "$major" -gt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -ge 19 ]; }
}

install_node() {
  local architecture
  node_is_new_enough && return
  if ! command -v npm >/dev/null && command -v apt-get >/dev/null; then
    apt_install nodejs npm
  fi
  node_is_new_enough && return
  case "$(uname -m)" in
    x86_64) architecture=x64 ;;
    aarch64) architecture=arm64 ;;
    *) fail "Node 20.19 or newer is missing." ;;
  esac
  say "Node 20.19 or newer is missing: installing Node $NODE_VERSION from npm into $HEROLD_CACHE/node"
  npm install --global --silent --prefix "$HEROLD_CACHE/node" \
    "node-linux-$architecture@$NODE_VERSION" "npm@$NPM_VERSION"
  use_node
  hash -r
  node_is_new_enough || fail "Node is still older than 20.19."
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
