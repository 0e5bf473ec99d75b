//! How much memory the system can give.

/// Bytes that programs can have without others being moved out of memory; `None` where the system does not say.
pub(super) fn available() -> Option<u64> {
    let facts = std::fs::read_to_string("/proc/meminfo").ok()?;
    available_in(&facts)
}

/// From the form of Linux: `MemAvailable:   12345 kB`.
fn available_in(facts: &str) -> Option<u64> {
    let line = facts.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_linux_says() {
        let facts = "MemTotal:       24600000 kB\nMemAvailable:   12000000 kB\nBuffers: 1 kB\n";
        assert_eq!(available_in(facts), Some(12_288_000_000));
        assert_eq!(available_in("MemTotal: 1 kB\n"), None);
        assert_eq!(available_in("MemAvailable: much kB\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_has_some() {
        assert!(available().is_some_and(|bytes| bytes > 1 << 20));
    }
}
