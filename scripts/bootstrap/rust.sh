# shellcheck shell=bash
# Sourced by bootstrap.sh: Rust, from apt or through rustup. Which one is used is in env.sh.

install_rust() {
  rust_is_new_enough "$(dirname "$(command -v rustc || echo missing)")" && return
  say "Rust $RUST_WANTED or newer is missing"
  has_root || say "Without root, rustup (https://rustup.rs) installs it, too: rustup toolchain install $RUST_WANTED"
  if apt_offers rust-web-all "$RUST_WANTED" && { has_root || [ -z "$(rustup_here)" ]; }; then
    apt_install rust-web-all
  else
    [ -n "$(rustup_here)" ] || ! apt_offers rustup || apt_install rustup
    hash -r
    if [ -n "$(rustup_here)" ]; then
      say "Installing Rust $RUST_WANTED with rustup"
      "$(rustup_here)" toolchain install "$RUST_WANTED" --profile minimal --component clippy,rustfmt
    else
      install_rustup
    fi
  fi
  use_rust || fail "Rust is still older than $RUST_WANTED."
  use_node
}

# The path of rustup, also where the shell was not told of it.
rustup_here() {
  command -v rustup || {
    local rustup="${CARGO_HOME:-$HOME/.cargo}/bin/rustup"
    [ ! -x "$rustup" ] || echo "$rustup"
  }
}

# From the Rust project itself: its installer, compared with the digest that is published beside it. It is an
# ordinary user's, and the shell's own files stay as they are.
install_rustup() {
  local machine url folder="$HEROLD_CACHE/rustup-init" digest
  machine="$(uname -m)"
  case "$machine" in
    x86_64 | aarch64) ;;
    *) fail "there is no way here to install Rust $RUST_WANTED for $machine." ;;
  esac
  url="${RUSTUP_UPDATE_ROOT:-https://static.rust-lang.org/rustup}/dist/$machine-unknown-linux-gnu/rustup-init"
  say "Neither apt nor this machine has it: installing Rust $RUST_WANTED with rustup from $url"
  say "into ${CARGO_HOME:-$HOME/.cargo} and ${RUSTUP_HOME:-$HOME/.rustup}"
  mkdir -p "$folder"
  fetch "$url" "$folder/rustup-init"
  fetch "$url.sha256" "$folder/sha256"
  digest="$(grep -oE '^[0-9a-f]{64}' "$folder/sha256" || true)"
  if ! sha256sum --check --status <<<"$digest  $folder/rustup-init"; then
    rm -rf "$folder"
    fail "rustup-init is not what its digest says. Nothing was installed."
  fi
  chmod +x "$folder/rustup-init"
  "$folder/rustup-init" -y --quiet --no-modify-path --profile minimal \
    --default-toolchain "$RUST_WANTED" --component clippy,rustfmt
  rm -rf "$folder"
}

# fetch URL FILE
fetch() {
  curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --output "$2" "$1" ||
    fail "$1 could not be fetched."
}

install_rust_source() {
  local lock sysroot
  sysroot="$(rustc --print sysroot)"
  lock="$sysroot/lib/rustlib/src/rust/library/Cargo.lock"
  [ -f "$lock" ] && return
  say "Rust's own source is missing"
  if [ "$sysroot" != /usr ] && [ -n "$(rustup_here)" ]; then
    "$(rustup_here)" component add rust-src --toolchain "${sysroot##*/}"
  elif apt_offers rust-web-src; then
    apt_install rust-web-src
  fi
  [ -f "$lock" ] || fail "Rust's own source (rust-src) cannot be installed here."
}
