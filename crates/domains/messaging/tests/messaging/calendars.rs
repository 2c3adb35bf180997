//! Calendars, as others' programs read them.

use crate::rules::{NOW, in_days};
use galen_kernel::MICROS_PER_HOUR;
use galen_messaging::model::calendar::{
    Event, LINE_OCTETS_MAX, Method, Standing, calendar, escape, fold, uid, unescape, unfold,
};
use proptest::prelude::*;

fn event() -> Event {
    Event {
        uid: uid("a1"),
        sequence: 0,
        stamp: NOW,
        start: in_days(1),
        end: Some(in_days(1).plus_micros(MICROS_PER_HOUR / 2)),
        summary: "Your appointment - Aldermoor".to_owned(),
        location: Some("Aldermoor, North; Gate 3".to_owned()),
        standing: Standing::Confirmed,
        organizer: Some("appointments@aldermoor.example".to_owned()),
        attendee: Some("ada@example.org".to_owned()),
    }
}

fn lines(text: &str) -> Vec<String> {
    unfold(text).split("\r\n").map(str::to_owned).collect()
}

#[test]
fn an_invitation_has_what_itip_asks_for() {
    let text = calendar(Method::Request, None, &[event()]);
    let lines = lines(&text);
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "METHOD:REQUEST",
        "UID:a1@galen",
        "SEQUENCE:0",
        "DTSTAMP:20260921T141320Z",
        "DTSTART:20260922T141320Z",
        "DTEND:20260922T144320Z",
        r"LOCATION:Aldermoor\, North\; Gate 3",
        "STATUS:CONFIRMED",
        "ORGANIZER:mailto:appointments@aldermoor.example",
        "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:ada@example.org",
        "END:VCALENDAR",
    ] {
        assert!(lines.iter().any(|one| one == line), "{line} is missing in {text}");
    }
    assert!(text.ends_with("END:VCALENDAR\r\n"));
}

#[test]
fn an_update_counts_on_and_a_cancellation_says_so() {
    let text = calendar(Method::Request, None, &[Event { sequence: 1, ..event() }]);
    assert!(text.contains("SEQUENCE:1\r\n") && text.contains("UID:a1@galen\r\n"));
    let cancelled = Event { sequence: 2, standing: Standing::Cancelled, ..event() };
    let text = calendar(Method::Cancel, None, &[cancelled]);
    assert!(text.contains("METHOD:CANCEL\r\n") && text.contains("STATUS:CANCELLED\r\n"));
}

#[test]
fn a_feed_has_several_events_and_invites_nobody() {
    let other = Event { uid: uid("a2"), end: None, ..event() };
    let text = calendar(Method::Publish, Some("Aldermoor"), &[event(), other]);
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2);
    assert!(text.contains("METHOD:PUBLISH\r\n") && !text.contains("ATTENDEE"));
    assert_eq!(text.matches("DTEND").count(), 1);
}

#[test]
fn an_address_cannot_begin_another_line() {
    let evil = Event { attendee: Some("a@b\r\nSTATUS:X".to_owned()), ..event() };
    assert!(!calendar(Method::Request, None, &[evil]).contains("STATUS:X"));
}

proptest! {
    #[test]
    fn folding_keeps_the_text_and_the_limit(text in "[^\r\n]{0,300}") {
        let folded = fold(&text);
        for line in folded.split("\r\n") {
            prop_assert!(line.len() <= LINE_OCTETS_MAX);
        }
        prop_assert_eq!(unfold(&folded), text);
    }

    #[test]
    fn escaping_is_undone_by_unescaping(text in "[a-z,;:\\\\\n ŵع]{0,80}") {
        let escaped = escape(&text);
        prop_assert!(!escaped.contains(['\n', '\r']));
        prop_assert_eq!(unescape(&escaped), text);
    }

    #[test]
    fn no_summary_makes_another_property(summary in ".{0,120}", location in "(?s).{0,120}") {
        let one = Event { summary, location: Some(location), ..event() };
        let text = calendar(Method::Request, None, &[one]);
        prop_assert!(text.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX && !line.contains(['\n', '\r'])));
        let names: Vec<String> = lines(&text).iter().filter_map(|l| l.split([':', ';']).next().map(str::to_owned)).collect();
        prop_assert_eq!(names.iter().filter(|name| *name == "STATUS").count(), 1);
        prop_assert_eq!(names.len(), 21, "{}", text);
    }
}
