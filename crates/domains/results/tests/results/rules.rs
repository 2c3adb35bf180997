//! The rules of release.

use galen_kernel::{Instant, MICROS_PER_HOUR};
use galen_results::decide::{let_go, release};
use galen_results::model::{Finding, HOLD_HOURS_MAX, ReleasePolicy, Replaced};
use proptest::prelude::*;

const NOW: Instant = Instant::from_micros(1_790_000_000_000_000);

fn hours(n: i64) -> Instant {
    NOW.plus_micros(n * MICROS_PER_HOUR)
}

fn finding() -> Finding {
    Finding { is_final: true, issued: Some(NOW), ..Finding::default() }
}

fn sensitive() -> Finding {
    Finding { codes: vec![("http://loinc.org".to_owned(), "75622-1".to_owned())], ..finding() }
}

fn of(finding: &Finding) -> Option<Instant> {
    release(finding, None, None, &ReleasePolicy::default(), NOW)
}

#[test]
fn critical_preliminary_and_sensitive_results_are_held_and_others_are_not() {
    assert_eq!(of(&finding()), None);
    assert_eq!(of(&Finding { is_critical: true, ..finding() }), Some(hours(72)));
    assert_eq!(of(&Finding { is_final: false, ..finding() }), Some(hours(72)));
    assert_eq!(of(&sensitive()), Some(hours(168)));
    assert_eq!(of(&Finding { is_critical: true, ..sensitive() }), Some(hours(168)), "the longer of the two");
    assert_eq!(of(&Finding { is_commented: true, is_critical: true, ..sensitive() }), None);
}

#[test]
fn time_runs_from_when_the_result_was_issued_and_never_from_the_future() {
    let issued = |n| Finding { issued: Some(hours(n)), is_critical: true, ..finding() };
    assert_eq!(of(&issued(-71)), Some(hours(1)));
    assert_eq!(of(&issued(-72)), None);
    assert_eq!(of(&issued(9_999)), Some(hours(72)));
    assert_eq!(of(&Finding { issued: None, is_critical: true, ..finding() }), Some(hours(72)));
}

#[test]
fn what_was_seen_stays_seen_until_it_says_something_else() {
    let critical = Finding { is_critical: true, ..finding() };
    let after = |release_before, says_same| {
        let replaced = Replaced { release: release_before, says_same };
        release(&critical, Some(replaced), None, &ReleasePolicy::default(), NOW)
    };
    assert_eq!(after(None, true), None);
    assert_eq!(after(Some(hours(-1)), true), Some(hours(-1)), "released by hand");
    assert_eq!(after(Some(hours(5)), true), Some(hours(5)), "not held anew");
    assert_eq!(after(None, false), Some(hours(72)), "a corrected value is another result");
    let done = Replaced { release: Some(hours(5)), says_same: true };
    assert_eq!(release(&finding(), Some(done), None, &ReleasePolicy::default(), NOW), None, "now final");
}

#[test]
fn a_report_waits_for_the_last_of_its_results() {
    let policy = ReleasePolicy::default();
    assert_eq!(release(&finding(), None, Some(hours(9)), &policy, NOW), Some(hours(9)));
    assert_eq!(release(&sensitive(), None, Some(hours(9)), &policy, NOW), Some(hours(168)));
    assert_eq!(release(&finding(), None, Some(hours(-9)), &policy, NOW), None);
}

#[test]
fn letting_go_needs_something_to_let_go_or_to_say_and_the_version_that_was_seen() {
    assert!(let_go(3, 3, Some(hours(1)), None, NOW).is_ok());
    assert!(let_go(3, 3, None, Some("All well"), NOW).is_ok());
    assert_eq!(let_go(3, 3, None, None, NOW).unwrap_err().code, "not-held");
    assert_eq!(let_go(3, 3, Some(hours(-1)), None, NOW).unwrap_err().code, "not-held");
    assert_eq!(let_go(3, 3, Some(hours(1)), Some("  "), NOW).unwrap_err().code, "comment-invalid");
    assert_eq!(let_go(4, 3, Some(hours(1)), None, NOW).unwrap_err().code, "version-conflict");
}

proptest! {
    /// Whatever comes: nothing is held longer than the longest time from when it is written, and a comment opens.
    #[test]
    fn nothing_is_held_for_ever(
        (critical, is_final, commented, is_sensitive) in any::<(bool, bool, bool, bool)>(),
        issued in proptest::option::of(-10_000_i64..10_000),
        (critical_hours, sensitive_hours) in (0_u32..20_000, 0_u32..20_000),
    ) {
        let policy = ReleasePolicy { critical_hours, sensitive_hours, ..ReleasePolicy::default() };
        let base = if is_sensitive { sensitive() } else { finding() };
        let one = Finding {
            is_critical: critical, is_final, is_commented: commented, issued: issued.map(hours), ..base
        };
        let found = release(&one, None, None, &policy, NOW);
        prop_assert!(found.is_none_or(|at| NOW < at && at <= hours(i64::from(HOLD_HOURS_MAX))));
        prop_assert!(!commented || found.is_none());
    }
}
