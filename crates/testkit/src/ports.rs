//! Ports for servers that bind them later.

use std::{
    collections::HashSet,
    net::TcpListener,
    sync::{Mutex, PoisonError},
};

/// Below what Linux takes by itself for connections and for port 0 (32768 and above), so that nothing has the
/// port by the time its server binds it.
const RANGE: std::ops::Range<u16> = 20_000..32_000;

/// A port on loopback that is free, and that this process gets no second time.
pub fn free_port() -> u16 {
    static GIVEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let given = given.get_or_insert_default();
    loop {
        let port = rand::random_range(RANGE);
        if is_free(port) && given.insert(port) {
            return port;
        }
    }
}

pub(crate) fn is_free(port: u16) -> bool {
    port != 0 && TcpListener::bind(("127.0.0.1", port)).is_ok()
}
