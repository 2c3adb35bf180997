//! The rules, given/when/then: what an event makes of messages, and what it ends.

use crate::rules::{NOW, in_days, london, subject};
use galen_kernel::{Instant, PatientId};
use galen_messaging::decide::{self, Known, Occurrence, Planned};
use galen_messaging::events::{Event, evolve};
use galen_messaging::model::{Channel, Language, Message, Purpose, Reason, State};

const AS_PLANNED: (Channel, Language) = (Channel::Email, Language::En);

fn occurred(purpose: Purpose, version: u64, start: Instant) -> Occurrence {
    Occurrence {
        purpose,
        patient: PatientId::parse("p").unwrap(),
        appointment: "a".to_owned(),
        version,
        start: Some(start),
        answer_by: None,
    }
}

fn plan(occurrence: &Occurrence, known: &[Known]) -> Planned {
    decide::plan(occurrence, known, AS_PLANNED, &london(), NOW)
}

/// As the store would know them afterwards.
fn known(planned: &Planned) -> Vec<Known> {
    planned.queue.iter().map(|(part, message)| Known { id: part.clone(), message: message.clone() }).collect()
}

fn parts(planned: &Planned) -> Vec<&str> {
    planned.queue.iter().map(|(part, _)| part.as_str()).collect()
}

#[test]
fn given_a_booking_when_planned_then_it_is_confirmed_and_reminded_of() {
    let planned = plan(&occurred(Purpose::AppointmentBooked, 1, in_days(10)), &[]);
    assert_eq!(parts(&planned), ["notice", "reminder-7", "reminder-1"]);
    let dues: Vec<Instant> = planned.queue.iter().map(|(_, one)| one.due).collect();
    assert_eq!(dues, [NOW, in_days(3), in_days(9)]);
    assert!(planned.queue.iter().all(|(_, one)| one.sequence == 0 && one.state() == State::Queued));
    let soon = plan(&occurred(Purpose::AppointmentBooked, 1, in_days(1)), &[]);
    assert_eq!(parts(&soon), ["notice"], "a reminder at once says nothing new");
}

#[test]
fn given_a_change_of_clocks_when_planned_then_reminders_come_at_the_same_time_of_day() {
    // Clocks go back on 25 October 2026.
    let start = Instant::parse("2026-10-28T10:00:00+00:00").unwrap();
    let planned = plan(&occurred(Purpose::AppointmentBooked, 1, start), &[]);
    assert_eq!(planned.queue[1].1.due, Instant::parse("2026-10-21T10:00:00+01:00").unwrap());
    assert_eq!(planned.queue[2].1.due, Instant::parse("2026-10-27T10:00:00+00:00").unwrap());
}

#[test]
fn given_a_move_when_planned_then_what_waited_for_the_old_time_is_superseded() {
    let booked = plan(&occurred(Purpose::AppointmentBooked, 1, in_days(10)), &[]);
    let mut before = known(&booked);
    // The confirmation is out already: what is out stays out.
    let lease = in_days(0);
    for event in [
        Event::Attempted { channel: Channel::Email, language: Language::En, lease },
        Event::Accepted { at: NOW },
    ] {
        assert!(evolve(&mut before[0].message, &event));
    }
    let moved = plan(&occurred(Purpose::AppointmentRescheduled, 2, in_days(20)), &before);
    assert_eq!(parts(&moved), ["notice", "reminder-7", "reminder-1"]);
    assert!(moved.queue.iter().all(|(_, one)| one.sequence == 1 && one.start == Some(in_days(20))));
    let dropped: Vec<&str> = moved.drop.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(dropped, ["reminder-7", "reminder-1"]);
    assert!(moved.drop.iter().all(|(_, event)| *event == Event::Suppressed { reason: Reason::Superseded }));
}

#[test]
fn given_a_cancellation_when_planned_then_reminders_end_and_the_calendar_counts_on() {
    let booked = known(&plan(&occurred(Purpose::AppointmentBooked, 1, in_days(10)), &[]));
    let cancelled = plan(&occurred(Purpose::AppointmentCancelled, 2, in_days(10)), &booked);
    assert_eq!((parts(&cancelled), cancelled.drop.len()), (vec!["notice"], 3));
    assert_eq!(cancelled.queue[0].1.sequence, 1);
    let unknown = plan(&occurred(Purpose::AppointmentCancelled, 5, in_days(10)), &[]);
    assert_eq!(unknown.queue[0].1.sequence, 1, "beyond any invitation");
}

#[test]
fn given_a_request_when_booked_then_the_calendar_begins_with_the_booking() {
    let requested = plan(&occurred(Purpose::AppointmentRequested, 1, in_days(10)), &[]);
    assert_eq!(parts(&requested), ["notice"]);
    let booked = plan(&occurred(Purpose::AppointmentBooked, 2, in_days(10)), &known(&requested));
    assert_eq!((booked.drop.len(), booked.queue[0].1.sequence), (1, 0));
}

#[test]
fn given_an_offer_when_planned_then_it_says_until_when_and_calendars_do_not_count_it() {
    let mut offer = occurred(Purpose::AppointmentOffered, 2, in_days(10));
    offer.answer_by = Some(in_days(1));
    let planned = plan(&offer, &[]);
    assert_eq!(parts(&planned), ["notice"], "nobody is reminded of what they have not taken");
    assert_eq!(planned.queue[0].1.answer_by, Some(in_days(1)));
    let booked = plan(&occurred(Purpose::AppointmentBooked, 3, in_days(10)), &known(&planned));
    assert_eq!((booked.drop.len(), booked.queue[0].1.sequence), (1, 0));
    assert_eq!(booked.queue[0].1.answer_by, None);
}

#[test]
fn given_events_out_of_order_when_planned_then_the_later_stands() {
    let cancelled = known(&plan(&occurred(Purpose::AppointmentCancelled, 3, in_days(10)), &[]));
    let late = plan(&occurred(Purpose::AppointmentBooked, 2, in_days(10)), &cancelled);
    assert!(late.queue.is_empty() && late.drop.is_empty());
}

#[test]
fn given_no_time_when_planned_then_there_is_nothing_to_remind_of() {
    let mut undated = occurred(Purpose::AppointmentBooked, 1, in_days(10));
    undated.start = None;
    assert_eq!(parts(&plan(&undated, &[])), ["notice"]);
    let one = Message::queued(Purpose::AppointmentBooked, &subject(None), AS_PLANNED, NOW, NOW);
    assert_eq!((one.start, one.key("id")), (None, "id".to_owned()));
}
