//! When something that failed is tried again: later each time, not all at once, and no earlier than the other asks.

use http::{HeaderMap, StatusCode, header};
use std::time::{Duration, SystemTime};

/// The longest wait that another server may ask for: longer, and nobody would notice that it never ends.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// How waits grow, and when one gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The wait after the first failure; doubled after each further one.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
    /// Tries in all.
    pub attempts_max: u32,
}

impl Backoff {
    /// How long to wait after this many failures; `None` when it is not tried again. `chance` spreads the waits of many
    /// over their second half, so that a server that comes back does not meet them all at once.
    pub fn wait(&self, failures: u32, chance: u64, asked: Option<Duration>) -> Option<Duration> {
        if failures >= self.attempts_max {
            return None;
        }
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let whole = self.first.saturating_mul(doubled).min(self.longest);
        let half = whole / 2;
        let spread = u64::try_from(half.as_micros()).unwrap_or(u64::MAX).saturating_add(1);
        let own = half + Duration::from_micros(chance % spread);
        Some(asked.map_or(own, |asked| own.max(asked.min(RETRY_AFTER_MAX))))
    }
}

/// What `Retry-After` asks for: seconds, or a date.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(now).ok(),
    }
}

/// Whether a status may be another the next time.
pub fn is_passing(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
        )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const BACKOFF: Backoff =
        Backoff { first: Duration::from_secs(2), longest: Duration::from_secs(60), attempts_max: 8 };

    #[test]
    fn waits_grow_to_the_longest_and_end() {
        let waits: Vec<u64> = (1..8).map(|n| BACKOFF.wait(n, 0, None).unwrap().as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(BACKOFF.wait(8, 0, None), None);
        for chance in [0, 1, 12_345_678, u64::MAX] {
            let wait = BACKOFF.wait(3, chance, None).unwrap();
            assert!((Duration::from_secs(4)..=Duration::from_secs(8)).contains(&wait), "{wait:?}");
        }
    }

    #[test]
    fn the_other_server_is_heeded_within_reason() {
        let asked = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, http::HeaderValue::from_static(text));
            retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777))
        };
        assert_eq!(asked("120"), Some(Duration::from_secs(120)));
        assert_eq!(asked("Sun, 06 Nov 1994 08:50:37 GMT"), Some(Duration::from_secs(60)));
        assert_eq!(asked("soon"), None);
        assert_eq!(BACKOFF.wait(1, 0, asked("120")), Some(Duration::from_secs(120)));
        assert_eq!(BACKOFF.wait(1, 0, asked("999999999")), Some(RETRY_AFTER_MAX));
        assert_eq!(BACKOFF.wait(1, 0, asked("0")), Some(Duration::from_secs(1)));
    }
}
