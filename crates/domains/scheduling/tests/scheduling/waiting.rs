//! The rules of the waiting list, given/when/then.

use crate::rules::{FREE, around, code, service, span, taken, timetable, wanted};
use crate::{at, now};
use galen_kernel::PatientId;
use galen_scheduling::decide::{
    self, Joining, NOTICE_DAYS_MAX, OFFER_MINUTES, OFFERS_MAX, Purpose, Record, decline, expire, in_order,
    is_over, join, left_of, offer, offer_until, place, suits,
};
use galen_scheduling::events::{Event, evolve};
use galen_scheduling::model::{Portal, Priority, Span, Status, Step, Visit, What, Wishes, Zone};
use jiff::civil::{Weekday, date, time};
use proptest::prelude::*;

fn wishes() -> Wishes {
    Wishes {
        priority: Priority::Routine,
        since: now(),
        first: date(2026, 11, 23),
        last: date(2026, 12, 31),
        days: Vec::new(),
        hours: None,
        schedules: Vec::new(),
        clinic: None,
        notice_minutes: 0,
        replaces: None,
        offered: Vec::new(),
    }
}

fn joining() -> Joining {
    Joining { service: service(), record: Record::InUse, by_patient: true, is_waiting: false, replaced: None }
}

fn waits(id: &str, wishes: Wishes) -> Visit {
    let patient = PatientId::parse(format!("patient-{id}")).ok();
    let service = Some("clinic".to_owned());
    Visit {
        id: id.into(),
        patient,
        service,
        status: Status::Waitlist,
        wishes: Some(wishes),
        ..Visit::proposed()
    }
}

fn offered(wishes: Wishes) -> Visit {
    let mut visit = waits("a", wishes);
    let events = offer(&visit, &wanted(FREE), &around(Vec::new()), false, now()).unwrap();
    evolve(&mut visit, &events[0]);
    visit
}

#[test]
fn given_somebody_who_joins_when_the_rules_allow_then_they_wait() {
    let events = join(&wishes(), &joining(), now()).unwrap();
    let mut visit = Visit::proposed();
    evolve(&mut visit, &events[0]);
    assert_eq!((visit.status, visit.is_waiting(), visit.is_offer()), (Status::Waitlist, true, false));
    let refused = |wishes: &Wishes, joining: &Joining| code(join(wishes, joining, now()));
    let (w, j) = (wishes(), joining());
    assert_eq!(refused(&w, &Joining { record: Record::Deceased, ..joining() }), "patient-deceased");
    assert_eq!(refused(&w, &Joining { record: Record::NotInUse, ..joining() }), "patient-inactive");
    assert_eq!(refused(&w, &Joining { is_waiting: true, ..joining() }), "already-waiting");
    let mut off = joining();
    off.service.portal = Portal::ViewOnly;
    assert_eq!(refused(&w, &off), "not-bookable-online");
    assert_eq!(refused(&w, &Joining { by_patient: false, ..off.clone() }), "fine");
    off.service.active = false;
    assert_eq!(refused(&w, &Joining { by_patient: false, ..off }), "service-inactive");
    let urgent = Wishes { priority: Priority::Urgent, ..wishes() };
    assert_eq!(refused(&urgent, &j), "staff-only");
    assert_eq!(refused(&urgent, &Joining { by_patient: false, ..joining() }), "fine");
    assert_eq!(refused(&Wishes { last: date(2026, 11, 22), ..wishes() }, &j), "dates-invalid");
    let past = Wishes { first: date(2026, 11, 1), last: date(2026, 11, 21), ..wishes() };
    assert_eq!(refused(&past, &j), "in-the-past");
    assert_eq!(refused(&Wishes { last: date(2029, 1, 1), ..wishes() }, &j), "too-far-ahead");
    let short = Some((time(9, 0, 0, 0), time(9, 19, 0, 0)));
    assert_eq!(refused(&Wishes { hours: short, ..wishes() }, &j), "hours-too-short");
    let notice_minutes = NOTICE_DAYS_MAX * 24 * 60 + 1;
    assert_eq!(refused(&Wishes { notice_minutes, ..wishes() }, &j), "notice-invalid");
}

#[test]
fn given_an_appointment_to_replace_when_it_is_not_the_same_patients_then_it_is_refused() {
    let start = at("2026-12-10T09:00:00Z");
    let replaced = Visit {
        id: "later".into(),
        status: Status::Booked,
        span: Span::of_minutes(start, 20),
        service: Some("clinic".into()),
        ..Visit::proposed()
    };
    let wishes = Wishes { replaces: Some(("later".into(), start)), ..wishes() };
    let refused = |replaced: Option<Visit>| code(join(&wishes, &Joining { replaced, ..joining() }, now()));
    assert_eq!(refused(Some(replaced.clone())), "fine");
    assert_eq!(refused(None), "not-replaceable");
    assert_eq!(refused(Some(Visit { status: Status::Pending, ..replaced.clone() })), "not-replaceable");
    assert_eq!(refused(Some(Visit { service: Some("other".into()), ..replaced })), "not-replaceable");
}

#[test]
fn given_a_free_time_when_it_is_not_wished_for_then_it_does_not_suit() {
    let mut table = timetable("s1", 1);
    table.clinic = Some("c1".into());
    let schedules = vec!["s1".to_owned()];
    let fits = |wishes: &Wishes| suits(wishes, span(FREE, 20), &schedules, &table, now());
    assert!(fits(&wishes()), "a Tuesday, at nine");
    assert!(fits(&Wishes { days: vec![Weekday::Tuesday], ..wishes() }));
    assert!(!fits(&Wishes { days: vec![Weekday::Monday], ..wishes() }));
    assert!(fits(&Wishes { hours: Some((time(9, 0, 0, 0), time(9, 20, 0, 0))), ..wishes() }));
    assert!(!fits(&Wishes { hours: Some((time(9, 0, 0, 0), time(9, 19, 0, 0))), ..wishes() }));
    assert!(!fits(&Wishes { first: date(2026, 11, 25), ..wishes() }));
    assert!(!fits(&Wishes { last: date(2026, 11, 23), ..wishes() }));
    assert!(fits(&Wishes { schedules: vec!["s1".into()], clinic: Some("c1".into()), ..wishes() }));
    assert!(!fits(&Wishes { schedules: vec!["s2".into()], ..wishes() }));
    assert!(!fits(&Wishes { clinic: Some("c2".into()), ..wishes() }));
    assert!(fits(&Wishes { notice_minutes: 25 * 60, ..wishes() }));
    assert!(!fits(&Wishes { notice_minutes: 25 * 60 + 1, ..wishes() }));
    assert!(!fits(&Wishes { offered: vec![at(FREE)], ..wishes() }), "nobody is offered the same time twice");
    assert!(!fits(&Wishes { replaces: Some(("x".into(), at(FREE))), ..wishes() }), "it is no earlier");
}

#[test]
fn given_many_who_wait_when_ordered_then_by_priority_and_then_as_they_came() {
    let since = |minutes: i64| now().plus_micros(minutes * 60_000_000);
    let one = |id: &str, priority, minutes| waits(id, Wishes { priority, since: since(minutes), ..wishes() });
    let all = vec![
        one("late", Priority::Routine, 9),
        one("soon", Priority::Soon, 5),
        one("early", Priority::Routine, 1),
        one("urgent", Priority::Urgent, 20),
        Visit { status: Status::Booked, ..one("booked", Priority::Urgent, 0) },
    ];
    let ids: Vec<String> = in_order(all).into_iter().map(|visit| visit.id).collect();
    assert_eq!(ids, ["urgent", "soon", "early", "late"]);
}

#[test]
fn given_an_offer_when_made_then_it_is_kept_for_a_while_and_answered_once() {
    let visit = offered(wishes());
    assert!(visit.is_offer() && visit.is_waiting() && !visit.is_request);
    assert_eq!((visit.status, visit.span), (Status::Pending, Some(span(FREE, 20))));
    // It is eight in the morning: all of the time counts.
    assert_eq!(visit.until, Some(now().plus_micros(OFFER_MINUTES * 60_000_000)));
    assert_eq!(visit.wishes.as_ref().unwrap().offered, [at(FREE)]);

    let mut declined = visit.clone();
    evolve(&mut declined, &decline(&visit, now()).unwrap()[0]);
    assert_eq!((declined.status, declined.span, declined.until), (Status::Waitlist, None, None));
    assert!(declined.schedules.is_empty() && declined.is_waiting());
    let again = |start: &str| code(offer(&declined, &wanted(start), &around(Vec::new()), false, now()));
    assert_eq!((again(FREE), again("2026-11-24T09:20:00Z")), ("offered-before", "fine"));

    let over = visit.until.unwrap();
    assert_eq!(expire(&visit, over.plus_micros(-1)), None);
    assert_eq!(expire(&visit, over), Some(Event::Returned), "whoever did not answer waits on");
    assert_eq!(code(decline(&visit, over)), "hold-expired");
    assert_eq!(code(decline(&declined, now())), "not-possible-now");
}

#[test]
fn given_an_offer_when_accepted_then_it_is_booked_whatever_the_portal_says() {
    let visit = offered(wishes());
    let entries = vec![taken("a", FREE, 20, What::Visit, visit.until)];
    for portal in Portal::ALL {
        let mut around = around(entries.clone());
        around.by_patient = true;
        around.service.as_mut().unwrap().portal = portal;
        around.service.as_mut().unwrap().notice_minutes = 10_000;
        let events = place(&visit, &wanted(FREE), Purpose::Book, &around, now()).unwrap();
        let mut booked = visit.clone();
        evolve(&mut booked, &events[0]);
        assert_eq!((booked.status, booked.until, booked.wishes.is_none()), (Status::Booked, None, true));
        assert!(!booked.is_request, "the clinic offered it: nobody needs to approve it");
    }
    // A hold that is no offer passes the portal's rules, as before.
    let held = Visit { wishes: None, ..visit };
    let mut around = around(entries);
    around.by_patient = true;
    around.service.as_mut().unwrap().portal = Portal::Off;
    assert_eq!(code(place(&held, &wanted(FREE), Purpose::Book, &around, now())), "not-bookable-online");
}

#[test]
fn given_an_offer_when_the_rules_of_booking_forbid_it_then_it_is_not_made() {
    let visit = waits("a", wishes());
    let made = |around, has_offer| code(offer(&visit, &wanted(FREE), &around, has_offer, now()));
    assert_eq!(made(around(Vec::new()), true), "offer-open");
    assert_eq!(made(around(vec![taken("b", FREE, 20, What::Visit, None)]), false), "already-booked");
    assert_eq!(made(around(vec![taken("b", FREE, 20, What::Absence, None)]), false), "absent");
    let mut other = around(Vec::new());
    other.patient_entries = vec![taken("b", FREE, 20, What::Visit, None)];
    assert_eq!(made(other, false), "patient-has-another");
    let mut died = around(Vec::new());
    died.is_deceased = true;
    assert_eq!(made(died, false), "patient-deceased");
    let booked = Visit { status: Status::Booked, ..visit.clone() };
    assert_eq!(code(offer(&booked, &wanted(FREE), &around(Vec::new()), false, now())), "not-possible-now");
    let soon = at("2026-11-24T08:50:00Z");
    assert_eq!(code(offer(&visit, &wanted(FREE), &around(Vec::new()), false, soon)), "too-soon");
}

#[test]
fn given_the_night_when_an_offer_is_made_then_its_time_begins_in_the_morning() {
    let london = Zone::parse("Europe/London").unwrap();
    let until = |start: &str, notice: i64, now: &str| offer_until(at(start), notice, &london, at(now));
    let next_week = "2026-11-30T09:00:00Z";
    assert_eq!(until(next_week, 0, "2026-11-23T12:00:00Z"), Some(at("2026-11-23T14:00:00Z")));
    assert_eq!(until(next_week, 0, "2026-11-23T20:00:00Z"), Some(at("2026-11-24T10:00:00Z")));
    assert_eq!(until(next_week, 0, "2026-11-24T03:00:00Z"), Some(at("2026-11-24T10:00:00Z")));
    // Summer time begins in this night: eight o'clock is seven in UTC.
    assert_eq!(until("2027-04-02T09:00:00Z", 0, "2027-03-27T23:00:00Z"), Some(at("2027-03-28T09:00:00Z")));
    // The answer comes before the notice that they need.
    assert_eq!(until("2026-11-23T13:00:00Z", 30, "2026-11-23T12:00:00Z"), Some(at("2026-11-23T12:30:00Z")));
    assert_eq!(until("2026-11-23T13:00:00Z", 50, "2026-11-23T12:00:00Z"), None);
    assert_eq!(until("2026-11-23T12:29:00Z", 0, "2026-11-23T12:00:00Z"), None);
}

#[test]
fn given_days_that_are_over_when_looked_at_then_the_waiting_ends() {
    let visit = waits("a", Wishes { last: date(2026, 11, 24), ..wishes() });
    assert!(!is_over(&visit, at("2026-11-25T11:59:00Z")), "on Baker Island it is still Tuesday");
    assert!(is_over(&visit, at("2026-11-25T12:00:00Z")));
    assert!(decide::end_waiting(&visit, at("2026-11-25T12:00:00Z")).is_some());
    assert!(decide::end_waiting(&offered(wishes()), at("2030-01-01T00:00:00Z")).is_none(), "it lapses first");
}

#[test]
fn given_many_offers_when_none_was_taken_then_no_more_come_by_themselves() {
    let offers = |n: usize| Wishes { offered: vec![at(FREE); n], ..wishes() };
    assert!(decide::is_offered_more(&offers(OFFERS_MAX - 1)));
    assert!(!decide::is_offered_more(&offers(OFFERS_MAX)));
}

#[test]
fn given_a_stretch_when_a_part_is_offered_then_the_rest_is_told_again() {
    let whole = span("2026-11-24T09:00:00Z", 60);
    let left: Vec<Span> = left_of(whole, span("2026-11-24T09:20:00Z", 20)).into_iter().collect();
    assert_eq!(left, [span("2026-11-24T09:00:00Z", 20), span("2026-11-24T09:40:00Z", 20)]);
    assert!(left_of(whole, span("2026-11-24T08:00:00Z", 180)).is_empty());
}

/// What may happen to somebody who waits.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Offer(u8),
    Decline,
    Lapse,
    Accept,
    Wait(u16),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        (0u8..24).prop_map(Deed::Offer),
        Just(Deed::Decline),
        Just(Deed::Lapse),
        Just(Deed::Accept),
        (1u16..300).prop_map(Deed::Wait),
    ];
    prop::collection::vec(deed, 1..60)
}

proptest! {
    /// Whatever happens, in whatever order: no time is offered twice, a time is held only while it is offered or booked,
    /// and what was booked was offered and answered in time.
    #[test]
    fn an_offer_is_made_once_and_answered_in_time(deeds in deeds()) {
        let mut visit = waits("a", wishes());
        let (mut now, mut seen) = (now(), Vec::new());
        for deed in deeds {
            let start = at("2026-12-01T09:00:00Z");
            let events = match deed {
                Deed::Offer(place) => {
                    let start = start.plus_micros(i64::from(place) * 20 * 60_000_000);
                    let wanted = decide::Wanted { span: Span::of_minutes(start, 20).unwrap(), ..wanted(FREE) };
                    offer(&visit, &wanted, &around(Vec::new()), false, now)
                }
                Deed::Decline => decline(&visit, now),
                Deed::Lapse => Ok(expire(&visit, now).into_iter().collect()),
                Deed::Accept if visit.is_offer() && visit.until.is_some_and(|until| until > now) => {
                    let wanted = decide::Wanted { span: visit.span.unwrap(), ..wanted(FREE) };
                    place(&visit, &wanted, Purpose::Book, &around(Vec::new()), now)
                }
                Deed::Accept => continue,
                Deed::Wait(minutes) => {
                    now = now.plus_micros(i64::from(minutes) * 60_000_000);
                    continue;
                }
            };
            for event in events.into_iter().flatten() {
                if let Event::Offered { span, until, .. } = &event {
                    prop_assert!(!seen.contains(&span.start()), "offered twice");
                    prop_assert!(*until > now && *until < span.start());
                    seen.push(span.start());
                }
                evolve(&mut visit, &event);
            }
            prop_assert_eq!(visit.status.occupies(), visit.span.is_some());
            prop_assert!(matches!(visit.status, Status::Waitlist | Status::Pending | Status::Booked));
            prop_assert_eq!(visit.status == Status::Booked, visit.wishes.is_none());
            if visit.status == Status::Booked {
                prop_assert!(seen.contains(&visit.span.unwrap().start()));
                prop_assert!(visit.status.after(Step::Return).is_none());
            }
        }
    }
}
