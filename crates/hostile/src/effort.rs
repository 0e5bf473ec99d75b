//! How long something takes, also on a machine that has other things to do.

use std::time::{Duration, Instant};

/// The processor's time that this thread spends on `work`, and what came out of it. Where the system does
/// not tell (only Linux does), the time that passes.
pub fn effort<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let (begun, before) = (Instant::now(), processor_time());
    let result = work();
    let passed = begun.elapsed();
    let spent = processor_time().zip(before).map(|(after, before)| after.saturating_sub(before));
    // The system counts in ticks of a few milliseconds.
    (spent.map_or(passed, |spent| spent.min(passed)), result)
}

/// The least of three: what disturbs only ever makes it longer.
pub fn least_effort<T>(mut work: impl FnMut() -> T) -> Duration {
    (0..3).map(|_| effort(&mut work).0).min().unwrap_or_default()
}

fn processor_time() -> Option<Duration> {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(spent.split_whitespace().next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time_and_waiting_takes_none() {
        let work = || (0..4_000_000_u64).fold(1_u64, |sum, n| std::hint::black_box(sum ^ n));
        assert!(effort(|| (0..20).map(|_| work()).sum::<u64>()).0 > Duration::from_millis(2));
        if cfg!(target_os = "linux") {
            let (spent, ()) = effort(|| std::thread::sleep(Duration::from_millis(200)));
            assert!(spent < Duration::from_millis(100), "{spent:?}");
        }
    }
}
