//! Writes the TypeScript declarations to standard output.

use std::io::Write;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(herold_protocol::typescript::typescript().as_bytes())
}
