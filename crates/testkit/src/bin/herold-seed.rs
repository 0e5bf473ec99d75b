//! Makes the cached server that benchmarks start from, and says how long it took.

#![allow(clippy::print_stdout)]

use std::time::Instant;

use clap::Parser;
use herold_testkit::bench;

/// Seeds a Synapse with many rooms and keeps it under HEROLD_CACHE.
#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 500)]
    rooms: usize,
    /// Messages per room.
    #[arg(long, default_value_t = 20)]
    messages: usize,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    let (server, user) = bench::seeded_server(arguments.rooms, arguments.messages).await;
    println!("{} on {} after {:?}", user.id, server.url(), begun.elapsed());
    println!("{}", bench::template_folder(arguments.rooms, arguments.messages).display());
    server.stop().await;
}
