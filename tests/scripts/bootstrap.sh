#!/usr/bin/env bash
# What bootstrap.sh does on the distributions that we cannot all run: which Rust it takes, and how it says so.
# Stubs expand their lines when they run.
# shellcheck disable=SC2016
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

# machine UID APT...: all packages are there; apt offers these, each as NAME=VERSION, where anything else is unknown.
machine() {
  local user=$1
  shift
  fresh
  stub id "echo $user"
  stub dpkg-query 'shift 3; printf "installed:%s " "$@"'
  stub dpkg \
    '# --compare-versions A ge B' \
    '[ "$(printf "%s\n" "$2" "$4" | sort -V | head -n 1)" = "$4" ]'
  stub apt-cache \
    "case \" $* \" in" \
    "  *\" \$2=\"*) list=' $* '; list=\"\${list#* \$2=}\"; printf '%s:\\n  Candidate: %s\\n' \"\$2\" \"\${list%% *}\" ;;" \
    'esac'
  stub apt-get \
    "case \"\$*\" in" \
    "  *rust-web-all*) printf '#!/usr/bin/env bash\\necho rustc 1.96.0\\n' >'$stubs/rustc'; chmod +x '$stubs/rustc' ;;" \
    "  *' rustup') cp '$work/rustup' '$stubs/rustup' ;;" \
    'esac'
  if [ "$user" -ne 0 ]; then stub sudo 'exec "$@"'; fi
  stub npm
  stub node 'echo v22.23.3'
  write_stub "$cache/synapse-venv/bin/python" synapse-python
  write_stub "$work/rustup" rustup \
    'folder="$HOME/.rustup/toolchains/$3-x86_64-unknown-linux-gnu/bin"' \
    'mkdir -p "$folder"' \
    "printf '#!/usr/bin/env bash\\necho rustc 1.96.1\\n' >\"\$folder/rustc\"" \
    'chmod +x "$folder/rustc"'
  # The Rust project's installer, and the digest of it.
  write_stub "$work/rustup-init" rustup-init \
    'mkdir -p "$HOME/.cargo/bin"' \
    "printf '#!/usr/bin/env bash\\necho rustc 1.96.0\\n' >\"\$HOME/.cargo/bin/rustc\"" \
    'chmod +x "$HOME/.cargo/bin/rustc"'
  sha256sum "$work/rustup-init" | cut -d ' ' -f 1 >"$work/sha256"
  stub curl \
    'while [ "$1" != --output ]; do shift; done' \
    "case \"\$3\" in *.sha256) cp '$work/sha256' \"\$2\" ;; *) cp '$work/rustup-init' \"\$2\"; chmod -x \"\$2\" ;; esac"
}
bootstrap() { run "$@" "$tree/scripts/bootstrap.sh" run; }
rust() { printf '#!/usr/bin/env bash\necho rustc %s\n' "$1" >"$2" && chmod +x "$2"; }

machine 0
rust 1.97.1 "$stubs/rustc"
bootstrap DISPLAY=:0
it "a machine that has everything hears nothing" [ "$code:$output" = 0: ]
it "and its apt is not asked" not was_called apt-get

# Debian 12
machine 0 rust-web-all=1.96.0+dfsg1-1~deb12u2
bootstrap DISPLAY=:0
it "Debian's rust-web-all is taken" was_called "apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 rust-web-all"
it "the lists are read once" [ "$(grep -c 'apt-get update' "$calls")" -eq 1 ]
it "nothing is downloaded besides" not was_called "curl --proto"
it "it is enough" succeeded

machine 0 rust-web-all=1.85.0+dfsg1-1 rustup=1.26.0-5
bootstrap DISPLAY=:0
it "a rust-web-all that is too old is left alone" not was_called "Timeout=300 rust-web-all"
it "apt's rustup is asked instead" was_called "rustup toolchain install 1.96 --profile minimal"

# Ubuntu 24.04, as an ordinary user
machine 1000 rustup=1.26.0-5 mold=2.30
rust 1.75.0 "$stubs/rustc"
bootstrap DISPLAY=:0
it "apt's rustup is installed by sudo" was_called "sudo env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get install"
it "rustup itself is not called by sudo" not was_called "sudo rustup"
it "the toolchain is found although rustc in PATH is older" succeeded

# Ubuntu 22.04, as an ordinary user
machine 1000 mold=1.0.3
bootstrap DISPLAY=:0
it "where apt has neither, the Rust project's installer is taken" was_called "rustup-init -y --quiet --no-modify-path --profile minimal --default-toolchain 1.96 --component clippy,rustfmt"
it "which is said" was_said "from https://static.rust-lang.org/rustup/dist/x86_64-unknown-linux-gnu/rustup-init"
it "with the place where it goes" was_said "into $home/.cargo"
it "one command is enough" succeeded
it "and leaves no installer" not test -e "$cache/rustup-init"
bootstrap DISPLAY=:0
it "the second time nothing is missing" [ "$code:$output" = 0: ]

machine 1000
stub uname 'case "$1" in -m) echo aarch64 ;; *) echo Linux ;; esac'
bootstrap DISPLAY=:0
it "an ARM machine gets its own installer" was_called "dist/aarch64-unknown-linux-gnu/rustup-init"

machine 1000
stub uname 'case "$1" in -m) echo riscv64 ;; *) echo Linux ;; esac'
bootstrap DISPLAY=:0
it "a machine without an installer is told so" was_said "no way here to install Rust 1.96 for riscv64"
it "and stops there" failed

machine 1000
echo "0000000000000000000000000000000000000000000000000000000000000000 *rustup-init" >"$work/sha256"
bootstrap DISPLAY=:0
it "an installer that is not what its digest says is refused" was_said "not what its digest says"
it "and not run" not was_called rustup-init\ -y
it "and not kept" not test -e "$cache/rustup-init"
it "and ends it" failed

machine 1000
echo "<html>Please sign in to this network</html>" >"$work/sha256"
bootstrap DISPLAY=:0
it "a page in place of the digest is refused, too" failed
it "before anything is run" not was_called rustup-init\ -y

machine 1000
stub curl 'exit 6'
bootstrap DISPLAY=:0
it "without a network it is said what could not be fetched" was_said "rustup-init could not be fetched"

# A rustup that the shell was not told of.
machine 1000
mkdir -p "$home/.cargo/bin"
cp "$work/rustup" "$home/.cargo/bin/rustup"
bootstrap DISPLAY=:0
it "a rustup outside PATH is used" was_called "rustup toolchain install 1.96"
it "and no other one is fetched" not was_called "curl --proto"

machine 0 rust-web-all=1.96.0
stub apt-get "case \"\$*\" in update*) exit 100 ;; *) printf '#!/usr/bin/env bash\\necho rustc 1.96.0\\n' >'$stubs/rustc'; chmod +x '$stubs/rustc' ;; esac"
bootstrap DISPLAY=:0
it "a package source that does not answer is no reason to stop" succeeded
it "but is said" was_said "Not all package lists could be read"

machine 1000
rust 1.96.0 "$stubs/rustc"
stub dpkg-query 'printf "installed:curl "'
bootstrap DISPLAY=:0
it "what is missing is named before it is installed" was_said "==> Installing system packages: build-essential ca-certificates fonts-dejavu-core"
it "a display makes a virtual one unnecessary" not was_called xvfb
bootstrap
it "and without one it is installed" was_called xvfb

machine 1000
rm "$stubs/sudo"
stub dpkg-query ''
bootstrap DISPLAY=:0
it "without root and sudo the missing packages are named" was_said "neither root nor sudo to install them: build-essential ca-certificates curl"
it "with the command for an administrator" was_said "  apt-get update && apt-get install --no-install-recommends build-essential ca-certificates curl"
it "and nothing else is tried" failed
it "not even to read the package lists" not was_called apt-get

machine 1000
rm "$stubs/sudo"
rust 1.96.0 "$stubs/rustc"
bootstrap DISPLAY=:0
it "where nothing is missing, no root is needed" [ "$code:$output" = 0: ]

machine 1000 rust-web-all=1.96.0+dfsg1-1~deb12u2
rm "$stubs/sudo"
bootstrap DISPLAY=:0
it "without root and sudo a missing Rust is named as well" was_said "neither root nor sudo to install them: rust-web-all"
it "with the command for an administrator, too" was_said "  apt-get update && apt-get install --no-install-recommends rust-web-all"
it "and how to do without one" was_said "rustup toolchain install 1.96"
it "and that ends it" failed
it "before the package lists are read" not was_called apt-get

machine 1000 rust-web-all=1.96.0+dfsg1-1~deb12u2
rm "$stubs/sudo"
mkdir -p "$home/.cargo/bin"
cp "$work/rustup" "$home/.cargo/bin/rustup"
bootstrap DISPLAY=:0
it "a person's own rustup needs no root" was_called "rustup toolchain install 1.96"
it "and is enough" succeeded

machine 1000
rm "$stubs/sudo"
bootstrap DISPLAY=:0
it "nor does the Rust project's installer, where apt has nothing" succeeded

# Another distribution
machine 1000
rm "$stubs"/{apt-get,apt-cache,dpkg,dpkg-query}
bootstrap DISPLAY=:0
it "without apt the packages are named" was_said "No apt here. Make sure that the equivalents of these are installed: build-essential"
it "and Rust still comes from its project" was_called rustup-init\ -y

# The browser of make look and make test
machine 0
run HEROLD_CHROMIUM=/nowhere/chrome "$tree/scripts/bootstrap.sh" look
it "a browser that is named and not there is said" was_said "HEROLD_CHROMIUM: there is no program /nowhere/chrome"
run HEROLD_CHROMIUM="$stubs/bash" "$tree/scripts/bootstrap.sh" look
it "one that is there is taken" succeeded
it "and pictures of the interface need no Rust" not was_called "apt-cache policy rust"

# without_chromium APT...: a machine that lacks nothing but a browser.
without_chromium() {
  machine 0 "$@"
  rust 1.97.1 "$stubs/rustc"
  sed -i "s|/usr/bin/chromium-headless-shell|$stubs/chromium|" "$tree/scripts/bootstrap/chromium.sh"
}
without_chromium apt=2.6 chromium-headless-shell=156.0
stub apt-get "touch '$stubs/chromium'; chmod +x '$stubs/chromium'"
run "$tree/scripts/bootstrap.sh" test
it "the tests get Debian's Chromium" was_called "Timeout=300 chromium-headless-shell"

without_chromium apt=2.8
run "$tree/scripts/bootstrap.sh" test
it "where apt has none, the tests go without" [ "$code:$output" = 0: ]
it "and new lists are not read for it" not was_called "apt-get update"
run "$tree/scripts/bootstrap.sh" look
it "but pictures cannot" was_said "there is no Chromium in apt"

without_chromium
run "$tree/scripts/bootstrap.sh" test
it "where there are no lists, they are read first" was_called "apt-get update"

finish
