//! How much memory the system can give, and whether that is enough to send files.

/// How many times a file the SDK (0.19.1) has in memory at most while it is queued and sent; `make bench` measures it.
const TIMES_IN_MEMORY: u64 = 5;

/// Whether files of these sizes can be sent as one message. Where the system does not say, they can.
pub(super) fn suffices_for(sizes: &[u64]) -> bool {
    available().is_none_or(|bytes| needed(sizes) <= bytes)
}

/// The SDK has all files of a message in memory, and copies one after the other.
fn needed(sizes: &[u64]) -> u64 {
    let all = sizes.iter().fold(0_u64, |sum, size| sum.saturating_add(*size));
    let largest = sizes.iter().max().copied().unwrap_or_default();
    largest.saturating_mul(TIMES_IN_MEMORY - 1).saturating_add(all)
}

/// Bytes that programs can have without others being moved out of memory; `None` where the system does not say.
fn available() -> Option<u64> {
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
    fn of_a_gallery_all_files_count_and_the_largest_is_copied() {
        assert_eq!(needed(&[100]), 500);
        assert_eq!(needed(&[100; 24]), 2_800);
        assert_eq!(needed(&[10, 100, 20]), 530);
        assert_eq!(needed(&[]), 0);
        assert_eq!(needed(&[u64::MAX, u64::MAX]), u64::MAX);
    }

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
        let bytes = available().expect("Linux says it");
        assert!(bytes > 1 << 20);
        // Each of them would fit, but not all.
        assert!(suffices_for(&[1]) && !suffices_for(&[bytes / 8; 24]));
    }
}
