#!/usr/bin/env bash
# What env.sh finds out about the machine.
# Stubs expand their lines when they run.
# shellcheck disable=SC2016
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

show() { run -c "set -euo pipefail; source '$tree/scripts/env.sh'; $1"; }
linker() { show 'echo "${CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS:-none}"'; }
trials() { grep -c '^cc -fuse-ld=mold' "$calls" || true; }

fresh
linker
it "without mold nothing is said to the compiler" [ "$output" = none ]

fresh
stub mold
linker
it "nor without a compiler" [ "$output" = none ]

fresh
stub mold
stub cc 'cat >/dev/null'
linker
it "mold is used where the compiler links with it" [ "$output" = "-C link-arg=-fuse-ld=mold" ]
linker
it "and after the first time" [ "$output" = "-C link-arg=-fuse-ld=mold" ]
it "without another trial" [ "$(trials)" -eq 1 ]

# GCC 11 of Ubuntu 22.04, later 12.
fresh
stub mold
stub cc 'echo "cc: error: unrecognized command-line option -fuse-ld=mold" >&2; exit 1'
linker
it "a compiler that does not know mold is not told of it, nor is anybody else" [ "$output" = none ]
linker
it "which is remembered" [ "$(trials)" -eq 1 ]
mv "$stubs/cc" "$stubs/cc-11"
stub cc 'cat >/dev/null'
linker
it "until there is another compiler" [ "$output" = "-C link-arg=-fuse-ld=mold" ]

rust() { printf '#!/usr/bin/env bash\necho rustc %s\n' "$1" >"$2/rustc" && chmod +x "$2/rustc"; }
fresh
rust 1.75.0 "$stubs"
mkdir -p "$home/.rustup/toolchains/"{stable-x86_64-unknown-linux-gnu,1.96-x86_64-unknown-linux-gnu}/bin
rust 1.90.0 "$home/.rustup/toolchains/stable-x86_64-unknown-linux-gnu/bin"
rust 1.96.2 "$home/.rustup/toolchains/1.96-x86_64-unknown-linux-gnu/bin"
show 'command -v rustc'
it "a new enough toolchain of rustup goes before older ones" [ "$output" = "$home/.rustup/toolchains/1.96-x86_64-unknown-linux-gnu/bin/rustc" ]
rust 1.97.0 "$stubs"
show 'command -v rustc'
it "and what PATH has before it, where that is new enough" [ "$output" = "$stubs/rustc" ]

it "Cargo.toml asks for the same Rust" grep -qx "rust-version = \"$(sed -n 's/^RUST_WANTED=//p' "$repository/scripts/env.sh")\"" "$repository/Cargo.toml"

finish
