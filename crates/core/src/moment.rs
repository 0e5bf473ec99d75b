//! Moments as other servers state them: any number of milliseconds.

use matrix_sdk::ruma::MilliSecondsSinceUnixEpoch;

/// The last second of the year 9999. No calendar has more than 8.64e15 ms (ECMAScript, "Time Values"), and dates are
/// written with four digits for the year (HTML, "Valid global date and time string").
const LATEST_MS: u64 = 253_402_300_799_000;

/// Milliseconds since 1970, of which every calendar can make a date, also a day and a time zone later.
pub(crate) fn moment_ms(stated: MilliSecondsSinceUnixEpoch) -> u64 {
    u64::from(stated.get()).min(LATEST_MS)
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::UInt;

    use super::*;

    #[test]
    fn a_moment_is_one_that_a_calendar_has() {
        let of = |ms| moment_ms(MilliSecondsSinceUnixEpoch(ms));
        assert_eq!(of(UInt::MAX), LATEST_MS);
        assert_eq!(of(1_795_000_000_000_u64.try_into().unwrap()), 1_795_000_000_000);
    }
}
