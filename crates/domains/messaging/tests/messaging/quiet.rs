//! Quiet hours, on all days, also when clocks change.

use crate::rules::london;
use galen_kernel::{Instant, MICROS_PER_HOUR, MICROS_PER_MINUTE};
use galen_messaging::model::QuietHours;
use galen_messaging::model::quiet::zoned;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use proptest::prelude::*;

fn hours(from: (i8, i8), until: (i8, i8)) -> QuietHours {
    let time = |(hour, minute)| Time::new(hour, minute, 0, 0).unwrap();
    QuietHours { from: time(from), until: time(until) }
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn nights_end_in_the_morning_whatever_the_clocks_do() {
    let usual = QuietHours::default();
    for (now, end) in [
        ("2026-06-01T22:00:00+01:00", "2026-06-02T08:00:00+01:00"),
        ("2026-06-02T03:00:00+01:00", "2026-06-02T08:00:00+01:00"),
        ("2026-06-02T12:00:00+01:00", "2026-06-02T12:00:00+01:00"),
        // The night is an hour shorter, and in October an hour longer.
        ("2026-03-28T22:00:00+00:00", "2026-03-29T08:00:00+01:00"),
        ("2026-10-24T22:00:00+01:00", "2026-10-25T08:00:00+00:00"),
    ] {
        assert_eq!(usual.end_after(at(now), &london()), at(end), "{now}");
    }
}

#[test]
fn an_end_that_comes_twice_is_the_next_and_one_that_does_not_come_is_after_the_change() {
    let half_past_one = hours((22, 0), (1, 30));
    // 01:00 to 02:00 comes twice on 25 October.
    let first = at("2026-10-25T01:10:00+01:00");
    assert_eq!(half_past_one.end_after(first, &london()), at("2026-10-25T01:30:00+01:00"));
    let second = at("2026-10-25T01:10:00+00:00");
    assert_eq!(half_past_one.end_after(second, &london()), at("2026-10-25T01:30:00+00:00"));
    // 01:00 to 02:00 does not come on 29 March.
    let night = at("2026-03-29T00:30:00+00:00");
    assert_eq!(half_past_one.end_after(night, &london()), at("2026-03-29T02:30:00+01:00"));
}

#[test]
fn the_same_time_twice_is_no_quiet_at_all() {
    let none = hours((8, 0), (8, 0));
    let now = at("2026-06-01T08:00:00+01:00");
    assert!(!none.holds(now, &london()));
    assert_eq!(none.end_after(now, &london()), now);
}

#[test]
fn they_are_written_as_forms_write_them() {
    let text = serde_json::to_string(&QuietHours::default()).unwrap();
    assert_eq!(text, r#"{"from":"21:00","until":"08:00"}"#);
    for bad in ["9:00", "24:00", "12:60", "noon", "12:00:00", ""] {
        let text = format!(r#"{{"from":"{bad}","until":"08:00"}}"#);
        assert!(serde_json::from_str::<QuietHours>(&text).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn what_falls_into_quiet_hours_is_moved_to_their_end(
        (from, until) in ((0i8..24, 0i8..60), (0i8..24, 0i8..60)),
        minutes in 0i64..(370 * 24 * 60),
        zone in prop::sample::select(vec!["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let quiet = hours(from, until);
        let now = at("2026-01-01T00:00:00Z").plus_micros(minutes * MICROS_PER_MINUTE);
        let end = quiet.end_after(now, &zone);
        prop_assert!(!quiet.holds(end, &zone));
        if quiet.holds(now, &zone) {
            prop_assert!(end > now && end.since(now) <= 26 * MICROS_PER_HOUR);
            // Nothing between is loud, but for what a change of clocks skips or repeats.
            let shown = zoned(end, &zone).time();
            let skipped = i64::from(shown.minute()) - i64::from(quiet.until.minute());
            prop_assert!(shown == quiet.until || skipped % 30 == 0, "{shown}");
        } else {
            prop_assert_eq!(end, now);
        }
    }
}
