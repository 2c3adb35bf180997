//! The rules of holding, booking, moving and what comes after, given/when/then.

use crate::{at, now};
use galen_kernel::{Instant, PatientId, RejectionKind};
use galen_scheduling::decide::{
    self, Around, HOLD_MINUTES, OVERBOOKED_MAX, Purpose, SCHEDULES_MAX, ScheduleDay, Wanted, attend, cancel,
    place,
};
use galen_scheduling::events::{Event, evolve};
use galen_scheduling::model::{
    CancellationReason, Entry, Portal, ServiceRules, Session, Span, Status, Step, Timetable, Visit, What,
    Zone,
};
use jiff::civil::{Weekday, time};
use proptest::prelude::*;
use std::collections::BTreeSet;

pub fn service() -> ServiceRules {
    ServiceRules {
        id: "clinic".into(),
        name: "Diabetes clinic".into(),
        active: true,
        minutes: 20,
        portal: Portal::SelfBook,
        notice_minutes: 60,
        preparation: None,
    }
}

pub fn timetable(id: &str, capacity: u32) -> Timetable {
    let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let session = |start, end| Session { days: days.to_vec(), start, end, services: Vec::new() };
    Timetable {
        id: id.into(),
        active: true,
        actor: "Practitioner/7".into(),
        clinic: None,
        zone: Zone::parse("Europe/London").unwrap(),
        capacity,
        sessions: vec![
            session(time(9, 0, 0, 0), time(12, 0, 0, 0)),
            session(time(13, 0, 0, 0), time(17, 0, 0, 0)),
        ],
        from: None,
        until: None,
        closed: Vec::new(),
    }
}

pub fn span(start: &str, minutes: i64) -> Span {
    Span::of_minutes(at(start), minutes).unwrap()
}

pub fn wanted(start: &str) -> Wanted {
    Wanted {
        span: span(start, 20),
        schedules: vec!["s1".into()],
        patient: Some(PatientId::parse("p1").unwrap()),
        overbook: false,
        is_there: false,
    }
}

pub fn around(entries: Vec<Entry>) -> Around {
    Around {
        service: Some(service()),
        schedules: vec![ScheduleDay { timetable: timetable("s1", 1), entries }],
        patient_entries: Vec::new(),
        is_deceased: false,
        is_inactive: false,
        by_patient: false,
    }
}

pub fn taken(holder: &str, start: &str, minutes: i64, what: What, until: Option<Instant>) -> Entry {
    Entry::new(holder, span(start, minutes), what, until)
}

pub fn code(result: Result<Vec<Event>, galen_kernel::Rejection>) -> &'static str {
    result.map_or_else(|refused| refused.code, |_| "fine")
}

pub const FREE: &str = "2026-11-24T09:00:00Z";

#[test]
fn the_machine_is_that_of_the_workflow() {
    // Every state is reached from `proposed`, and every one but errors can end.
    let (mut reached, mut open) = (BTreeSet::new(), vec![Status::Proposed]);
    while let Some(status) = open.pop() {
        if reached.insert(status) {
            open.extend(status.steps().filter_map(|step| status.after(step)));
        }
    }
    assert_eq!(reached, Status::ALL.into_iter().collect());
    for status in Status::ALL {
        assert_eq!(Status::of_code(status.code()), Some(status));
        for step in Step::ALL {
            let Some(after) = status.after(step) else { continue };
            assert!(!status.is_final() || step == Step::Retract, "{status:?} {step:?}");
            assert_ne!(after, Status::Proposed, "what is offered is not stored");
            // Times are never given back and kept by one step, and only placing takes them.
            let takes = after.occupies() && !status.occupies();
            assert!(!takes || matches!(step, Step::Hold | Step::Book), "{status:?} {step:?}");
        }
        let ends = status.steps().any(|step| status.after(step).is_some_and(Status::is_final));
        assert!(ends || status == Status::EnteredInError, "{status:?}");
    }
    for (from, step, to) in [
        (Status::Booked, Step::Reschedule, Some(Status::Booked)),
        (Status::Pending, Step::Expire, Some(Status::Cancelled)),
        (Status::Arrived, Step::Miss, Some(Status::Noshow)),
        (Status::Arrived, Step::Reschedule, None),
        (Status::Booked, Step::CheckIn, None),
        (Status::Fulfilled, Step::Cancel, None),
        (Status::Booked, Step::Expire, None),
    ] {
        assert_eq!(from.after(step), to, "{from:?} {step:?}");
    }
}

#[test]
fn given_a_free_time_when_booked_held_or_requested_then_it_is_so() {
    let new = Visit::proposed();
    let booked = place(&new, &wanted(FREE), Purpose::Book, &around(vec![]), now()).unwrap();
    assert!(matches!(
        &booked[..],
        [Event::Placed { status: Status::Booked, until: None, is_request: false, .. }]
    ));
    let held = place(&new, &wanted(FREE), Purpose::Hold, &around(vec![]), now()).unwrap();
    let until = now().plus_micros(HOLD_MINUTES * 60_000_000);
    assert!(
        matches!(&held[..], [Event::Placed { status: Status::Pending, until: Some(u), .. }] if *u == until)
    );
    let mut asking = around(vec![]);
    asking.by_patient = true;
    asking.service.as_mut().unwrap().portal = Portal::RequestApproval;
    let asked = place(&new, &wanted(FREE), Purpose::Book, &asking, now()).unwrap();
    assert!(matches!(&asked[..], [Event::Placed { status: Status::Pending, is_request: true, .. }]));
    // Who asked does not approve; staff do.
    let mut pending = new;
    evolve(&mut pending, &asked[0]);
    assert_eq!(code(place(&pending, &wanted(FREE), Purpose::Book, &asking, now())), "not-possible-now");
    asking.by_patient = false;
    assert_eq!(code(place(&pending, &wanted(FREE), Purpose::Book, &asking, now())), "fine");
}

#[test]
fn given_a_time_that_cannot_be_when_booked_then_it_is_refused_with_its_reason() {
    let new = Visit::proposed();
    let book = |wanted: &Wanted, around: &Around| code(place(&new, wanted, Purpose::Book, around, now()));
    for (start, why) in [
        ("2026-11-23T07:40:00Z", "in-the-past"),
        ("2026-11-24T09:02:00Z", "off-grid"),
        ("2026-11-24T08:40:00Z", "outside-opening"),
        ("2026-11-24T11:50:00Z", "outside-opening"),
        ("2026-11-28T09:00:00Z", "outside-opening"),
        ("2028-11-24T09:00:00Z", "too-far-ahead"),
        (FREE, "fine"),
    ] {
        assert_eq!(book(&wanted(start), &around(vec![])), why, "{start}");
    }
    let other = |what| around(vec![taken("a", "2026-11-24T09:10:00Z", 20, what, None)]);
    assert_eq!(book(&wanted(FREE), &other(What::Visit)), "already-booked");
    assert_eq!(book(&wanted(FREE), &other(What::Absence)), "absent");
    let lapsed = taken("a", FREE, 20, What::Visit, Some(now()));
    assert_eq!(book(&wanted(FREE), &around(vec![lapsed])), "fine");
    let extra = taken("x", "2026-11-28T09:00:00Z", 60, What::Opening, None);
    assert_eq!(book(&wanted("2026-11-28T09:20:00Z"), &around(vec![extra])), "fine");

    for (change, why) in [
        (&(|a: &mut Around| a.is_deceased = true) as &dyn Fn(&mut Around), "patient-deceased"),
        (&|a| a.is_inactive = true, "patient-inactive"),
        (&|a| a.schedules[0].timetable.active = false, "schedule-inactive"),
        (&|a| a.schedules.clear(), "schedule-unknown"),
        (&|a| a.service.as_mut().unwrap().active = false, "service-inactive"),
        (&|a| a.service.as_mut().unwrap().minutes = 30, "duration-differs"),
        (&|a| a.schedules[0].timetable.closed = vec![jiff::civil::date(2026, 11, 24)], "outside-opening"),
        (&|a| a.schedules[0].timetable.sessions[0].services = vec!["other".into()], "outside-opening"),
        (&|a| a.patient_entries = vec![taken("b", FREE, 30, What::Visit, None)], "patient-has-another"),
    ] {
        let mut changed = around(vec![]);
        change(&mut changed);
        assert_eq!(book(&wanted(FREE), &changed), why);
    }
    let schedules = |ids: Vec<String>| Wanted { schedules: ids, ..wanted(FREE) };
    assert_eq!(book(&schedules(vec![]), &around(vec![])), "schedules-invalid");
    assert_eq!(book(&schedules(vec!["s1".into(), "s1".into()]), &around(vec![])), "schedules-invalid");
    let many = (0..=SCHEDULES_MAX).map(|n| format!("s{n}")).collect();
    assert_eq!(book(&schedules(many), &around(vec![])), "schedules-invalid");
}

#[test]
fn given_the_clinics_switch_when_a_patient_books_then_it_holds() {
    let book = |portal, notice, start: &str| {
        let mut around = around(vec![]);
        around.by_patient = true;
        let service = around.service.as_mut().unwrap();
        (service.portal, service.notice_minutes) = (portal, notice);
        code(place(&Visit::proposed(), &wanted(start), Purpose::Book, &around, now()))
    };
    assert_eq!(book(Portal::Off, 0, FREE), "not-bookable-online");
    assert_eq!(book(Portal::ViewOnly, 0, FREE), "not-bookable-online");
    assert_eq!(book(Portal::SelfBook, 0, FREE), "fine");
    assert_eq!(book(Portal::SelfBook, 25 * 60, FREE), "fine");
    assert_eq!(book(Portal::SelfBook, 25 * 60 + 5, FREE), "too-soon");
}

#[test]
fn given_a_full_time_when_overbooked_then_some_fit_and_no_more() {
    let squeezed = Wanted { overbook: true, ..wanted(FREE) };
    for others in 0..=OVERBOOKED_MAX + 2 {
        let entries = (0..others).map(|n| taken(&format!("a{n}"), FREE, 20, What::Visit, None)).collect();
        let result = place(&Visit::proposed(), &squeezed, Purpose::Book, &around(entries), now());
        assert_eq!(result.is_ok(), others <= OVERBOOKED_MAX, "{others} others");
    }
    let away = around(vec![taken("a", FREE, 20, What::Absence, None)]);
    assert_eq!(code(place(&Visit::proposed(), &squeezed, Purpose::Book, &away, now())), "absent");
}

pub fn visit(status: Status, start: &str) -> Visit {
    Visit { id: "a".into(), status, span: Some(span(start, 20)), ..Visit::proposed() }
}

#[test]
fn given_a_booked_appointment_when_moved_then_its_own_time_is_no_obstacle_and_calendars_follow() {
    let mut booked = visit(Status::Booked, FREE);
    let entries = vec![taken("a", FREE, 20, What::Visit, None)];
    let later = wanted("2026-11-24T09:10:00Z");
    let moved = place(&booked, &later, Purpose::Book, &around(entries), now()).unwrap();
    assert!(matches!(&moved[..], [Event::Placed { status: Status::Booked, until: None, .. }]));
    evolve(&mut booked, &moved[0]);
    assert_eq!((booked.span, booked.sequence), (Some(later.span), 1));
    let arrived = visit(Status::Arrived, FREE);
    assert_eq!(code(place(&arrived, &later, Purpose::Book, &around(vec![]), now())), "not-possible-now");
}

#[test]
fn given_attendance_when_recorded_then_only_at_its_time() {
    let booked = visit(Status::Booked, FREE);
    let on_time = at("2026-11-24T08:50:00Z");
    assert_eq!(code(attend(&booked, Step::Arrive, false, now())), "too-early");
    assert_eq!(code(attend(&booked, Step::Arrive, false, on_time)), "fine");
    assert_eq!(code(attend(&booked, Step::Miss, false, at("2026-11-24T09:14:00Z"))), "too-early");
    assert_eq!(code(attend(&booked, Step::Miss, false, at("2026-11-24T09:15:00Z"))), "fine");
    assert_eq!(code(attend(&booked, Step::CheckIn, false, on_time)), "not-possible-now");
    assert_eq!(code(attend(&visit(Status::Arrived, FREE), Step::Miss, false, on_time)), "fine");
    assert_eq!(code(attend(&booked, Step::Cancel, false, on_time)), "not-attendance");
    let by_patient = |at_text: &str, step| code(attend(&booked, step, true, at(at_text)));
    assert_eq!(by_patient("2026-11-24T07:59:59Z", Step::Arrive), "too-early");
    assert_eq!(by_patient("2026-11-24T08:00:00Z", Step::Arrive), "fine");
    assert_eq!(by_patient("2026-11-24T09:15:00Z", Step::Arrive), "fine");
    assert_eq!(by_patient("2026-11-24T09:15:01Z", Step::Arrive), "too-late");
    assert_eq!(by_patient("2026-11-24T09:15:00Z", Step::Miss), "staff-only");
    assert_eq!(code(attend(&visit(Status::Arrived, FREE), Step::CheckIn, true, on_time)), "fine");
    assert_eq!(code(attend(&visit(Status::CheckedIn, FREE), Step::Fulfil, true, on_time)), "staff-only");
    let refused = attend(&visit(Status::Fulfilled, FREE), Step::Arrive, false, on_time).unwrap_err();
    assert_eq!((refused.kind, &refused.related[..]), (RejectionKind::Conflict, &["retract".to_owned()][..]));
}

#[test]
fn given_somebody_who_is_there_when_it_has_begun_then_it_may_still_be_written_down() {
    let begun = at("2026-11-24T09:10:00Z");
    let place = |is_there: bool, now| {
        let wanted = Wanted { is_there, ..wanted(FREE) };
        code(decide::place(&Visit::proposed(), &wanted, Purpose::Book, &around(Vec::new()), now))
    };
    assert_eq!((place(false, begun), place(true, begun)), ("in-the-past", "fine"));
    assert_eq!(place(true, at("2026-11-25T09:00:01Z")), "in-the-past");
    let Event::Stepped { arrived, .. } =
        attend(&visit(Status::Booked, FREE), Step::Arrive, false, begun).unwrap()[0].clone()
    else {
        panic!("it was placed");
    };
    assert_eq!(arrived, Some(begun));
}

#[test]
fn given_a_cancellation_when_late_then_staff_may_and_patients_may_not() {
    let booked = visit(Status::Booked, FREE);
    let late = at("2026-11-24T08:10:00Z");
    let (reason, rules) = (CancellationReason::Pat, service());
    assert_eq!(code(cancel(&booked, reason, Some(&rules), true, now())), "fine");
    assert_eq!(code(cancel(&booked, reason, Some(&rules), true, late)), "too-late");
    assert_eq!(code(cancel(&booked, reason, Some(&rules), false, late)), "fine");
    assert_eq!(code(cancel(&visit(Status::Cancelled, FREE), reason, None, false, late)), "not-possible-now");
    assert_eq!(code(decide::retract(&visit(Status::Cancelled, FREE), "of her sister")), "fine");
    assert_eq!(code(decide::retract(&visit(Status::Cancelled, FREE), " ")), "reason-required");
    assert_eq!(code(decide::retract(&visit(Status::EnteredInError, FREE), "again")), "not-possible-now");
}

proptest! {
    /// Whatever is asked, in whatever order: never more at the same time than there is room for, and never outside.
    #[test]
    fn nobody_is_booked_twice(
        capacity in 1u32..4,
        asked in prop::collection::vec((0i64..120, 1i64..9, any::<bool>(), 0u8..6), 1..80),
    ) {
        let mut day = ScheduleDay { timetable: timetable("s1", capacity), entries: Vec::new() };
        let begin = at("2026-11-24T08:00:00Z");
        for (number, (granule, length, is_hold, cancelled)) in asked.into_iter().enumerate() {
            let span = Span::of_minutes(begin.plus_micros(granule * 300_000_000), length * 5).unwrap();
            let rules = ServiceRules { minutes: length * 5, ..service() };
            let around = Around { service: Some(rules), schedules: vec![day.clone()], ..around(vec![]) };
            let purpose = if is_hold { Purpose::Hold } else { Purpose::Book };
            let wanted = Wanted { span, ..wanted(FREE) };
            let Ok(events) = place(&Visit::proposed(), &wanted, purpose, &around, now()) else { continue };
            let mut visit = Visit { id: format!("a{number}"), ..Visit::proposed() };
            evolve(&mut visit, &events[0]);
            if cancelled > 0 {
                day.entries.push(Entry::new(&visit.id, span, What::Visit, visit.until));
            }
            for granule in span.granules() {
                let here = day.entries.iter().filter(|e| e.span().unwrap().granules().contains(&granule)).count();
                prop_assert!(here <= capacity as usize);
            }
            let open = decide::open(&day.timetable, Some("clinic"), span);
            prop_assert!(open.iter().any(|open| open.span.contains(span)));
        }
    }
}
