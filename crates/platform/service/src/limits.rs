//! How much one client may ask for. Every limit has a name here.

use galen_kernel::{Rejection, RejectionKind};
use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// Figures of the limits; the defaults suit a hospital on one machine.
#[derive(Debug, Clone)]
pub struct LimitFigures {
    /// Largest request body.
    pub body_bytes_max: usize,
    /// Longest time to answer.
    pub request_time_max: Duration,
    /// Connections in all.
    pub connections_max: usize,
    /// Connections from one address.
    pub connections_per_address_max: usize,
    /// Requests a second by one user, sustained; twice as many in a burst.
    pub user_requests_per_second: u32,
    /// Requests a second from one address without a valid sign-in.
    pub anonymous_requests_per_second: u32,
    /// Requests a second from one address in all.
    pub address_requests_per_second: u32,
}

impl Default for LimitFigures {
    fn default() -> Self {
        Self {
            body_bytes_max: 64 * 1024 * 1024,
            request_time_max: Duration::from_secs(120),
            connections_max: 20_000,
            connections_per_address_max: 2_000,
            user_requests_per_second: 20_000,
            anonymous_requests_per_second: 100,
            address_requests_per_second: 40_000,
        }
    }
}

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock>;

/// The limits with their counters.
pub struct Limits {
    /// The figures.
    pub figures: LimitFigures,
    users: Keyed<String>,
    anonymous: Keyed<IpAddr>,
    addresses: Keyed<IpAddr>,
}

fn quota(per_second: u32) -> Quota {
    let rate = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::MIN.saturating_add(1)))
}

fn limited() -> Rejection {
    Rejection::new(
        RejectionKind::TooManyRequests,
        "too-many-requests",
        "Too many requests in too short a time",
    )
    .next("Wait as Retry-After says and send fewer at a time")
}

impl Limits {
    /// With these figures.
    pub fn new(figures: LimitFigures) -> Self {
        Self {
            users: RateLimiter::dashmap(quota(figures.user_requests_per_second)),
            anonymous: RateLimiter::dashmap(quota(figures.anonymous_requests_per_second)),
            addresses: RateLimiter::dashmap(quota(figures.address_requests_per_second)),
            figures,
        }
    }

    /// Counts a request from an address.
    pub fn take_address(&self, address: IpAddr) -> Result<(), Rejection> {
        self.addresses.check_key(&address).map_err(|_| limited())
    }

    /// Counts a request without a valid sign-in.
    pub fn take_anonymous(&self, address: IpAddr) -> Result<(), Rejection> {
        self.anonymous.check_key(&address).map_err(|_| limited())
    }

    /// Counts a user's request.
    pub fn take_user(&self, user: &str) -> Result<(), Rejection> {
        self.users.check_key(&user.to_owned()).map_err(|_| limited())
    }

    /// Forgets addresses and users that have been quiet: call now and then, so that counters stay few.
    pub fn sweep(&self) {
        self.users.retain_recent();
        self.anonymous.retain_recent();
        self.addresses.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_waits() {
        let limits = Limits::new(LimitFigures { user_requests_per_second: 5, ..LimitFigures::default() });
        let passed = (0..20).filter(|_| limits.take_user("u").is_ok()).count();
        assert!((10..=11).contains(&passed), "{passed}");
        assert!(limits.take_user("v").is_ok());
    }
}
