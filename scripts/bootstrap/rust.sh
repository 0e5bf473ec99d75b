# shellcheck shell=bash
# Sourced by bootstrap.sh: Rust, from apt or through rustup. Which one is used is in env.sh.

install_rust() {
  rust_is_new_enough "$(dirname "$(command -v rustc || echo missing)")" && return
  if command -v apt-get >/dev/null && apt_knows rust-web-all; then
    say "Rust 1.96 or newer is missing: taking the distribution's rust-web-all"
    apt_install rust-web-all
  else
    if ! command -v rustup >/dev/null && command -v apt-get >/dev/null && apt_knows rustup; then
      apt_install rustup
    fi
    command -v rustup >/dev/null ||
      fail "Rust 1.96 or newer is missing. Install rustup (see the Rust project's site), then run this again."
    say "Rust 1.96 or newer is missing: installing rustup's stable toolchain"
    rustup toolchain install stable --profile minimal --component clippy,rustfmt,rust-src
  fi
  use_rust || fail "Rust is still older than 1.96."
  use_node
}

install_rust_source() {
  local lock
  lock="$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock"
  [ -f "$lock" ] && return
  say "Rust's own source is missing"
  if command -v rustup >/dev/null && [ "$(rustc --print sysroot)" != /usr ]; then
    rustup component add rust-src
  elif command -v apt-get >/dev/null && apt_knows rust-web-src; then
    apt_install rust-web-src
  fi
  [ -f "$lock" ] || fail "Rust's own source (rust-src) cannot be installed here."
}
