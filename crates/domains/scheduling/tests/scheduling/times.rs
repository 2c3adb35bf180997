//! Free times: zones, the two nights a year, sessions over midnight, groups of people and rooms.

use crate::rules::timetable;
use crate::{at, now};
use galen_scheduling::decide::{self, Open};
use galen_scheduling::model::{Entry, Session, Span, Timetable, What, Zone};
use jiff::civil::{Weekday, date, time};
use proptest::prelude::*;

const ALL_DAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn nightly(zone: &str, start: i8, end: i8) -> Timetable {
    let session = Session {
        days: ALL_DAYS.to_vec(),
        start: time(start, 30, 0, 0),
        end: time(end, 30, 0, 0),
        services: Vec::new(),
    };
    Timetable { zone: Zone::parse(zone).unwrap(), sessions: vec![session], ..timetable("s1", 1) }
}

fn window(start: &str, end: &str) -> Span {
    Span::new(at(start), at(end)).unwrap()
}

fn shown(open: &[Open]) -> Vec<(String, String)> {
    open.iter().map(|open| (open.span.start().to_string(), open.span.end().to_string())).collect()
}

#[test]
fn given_the_night_of_the_change_then_a_session_lasts_as_long_as_it_lasts() {
    // In London the clock goes from 01:00 to 02:00 on 29 March 2026 and from 02:00 to 01:00 on 25 October.
    let night = nightly("Europe/London", 0, 3);
    let spring = decide::open(&night, None, window("2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z"));
    assert_eq!(shown(&spring), [("2026-03-29T00:30:00.000Z".into(), "2026-03-29T02:30:00.000Z".into())]);
    let autumn = decide::open(&night, None, window("2026-10-25T00:00:00Z", "2026-10-25T12:00:00Z"));
    assert_eq!(shown(&autumn), [("2026-10-24T23:30:00.000Z".into(), "2026-10-25T03:30:00.000Z".into())]);
    let starts =
        decide::find(&[vec![("s1", autumn)]], 60, window("2026-10-24T23:00:00Z", "2026-10-25T12:00:00Z"), 99);
    let starts: Vec<String> = starts.iter().map(|choice| choice.span.start().to_string()).collect();
    let all = ["2026-10-24T23:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"];
    assert_eq!(starts, all.map(|start| format!("{start}:00.000Z")));
    // A session that would begin in the hour that is not there begins when the clock has jumped.
    let skipped = decide::open(
        &nightly("Europe/London", 1, 4),
        None,
        window("2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z"),
    );
    assert_eq!(skipped[0].span.start(), at("2026-03-29T01:30:00Z"));
}

#[test]
fn given_a_far_zone_then_local_days_are_meant() {
    let open = decide::open(
        &nightly("Pacific/Auckland", 9, 10),
        None,
        window("2026-11-23T00:00:00Z", "2026-11-25T00:00:00Z"),
    );
    assert_eq!(open[0].span.start(), at("2026-11-23T20:30:00Z"));
    let over_midnight = nightly("Europe/London", 22, 6);
    let open = decide::open(&over_midnight, None, window("2026-11-24T01:00:00Z", "2026-11-24T02:00:00Z"));
    assert_eq!(shown(&open), [("2026-11-23T22:30:00.000Z".into(), "2026-11-24T06:30:00.000Z".into())]);
}

#[test]
fn given_a_horizon_and_holidays_then_nothing_is_open_outside() {
    let day = window("2026-12-24T00:00:00Z", "2026-12-29T00:00:00Z");
    let mut table = timetable("s1", 1);
    assert_eq!(decide::open(&table, None, day).len(), 6);
    table.closed = vec![date(2026, 12, 25), date(2026, 12, 28)];
    assert_eq!(decide::open(&table, None, day).len(), 2);
    table.until = Some(date(2026, 12, 23));
    assert_eq!(decide::open(&table, None, day), []);
    table = Timetable { active: false, ..timetable("s1", 1) };
    assert_eq!(decide::open(&table, None, day), []);
}

#[test]
fn given_a_doctor_and_rooms_then_a_time_needs_one_of_each() {
    let day = window("2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z");
    let free = |id: &'static str, entries: &[Entry]| {
        let table = timetable(id, 1);
        (id, decide::free(&decide::open(&table, None, day), entries, 1, now()))
    };
    let busy = |start: &str, minutes| {
        Entry::new("x", Span::of_minutes(at(start), minutes).unwrap(), What::Visit, None)
    };
    let doctor = free("d", &[busy("2026-11-24T09:00:00Z", 60)]);
    let rooms = vec![
        free("r1", &[busy("2026-11-24T09:00:00Z", 90), busy("2026-11-24T11:00:00Z", 420)]),
        free("r2", &[busy("2026-11-24T10:00:00Z", 420)]),
    ];
    let choices = decide::find(&[vec![doctor], rooms], 30, day, 100);
    let shown: Vec<(String, &[String])> =
        choices.iter().map(|c| (c.span.start().to_string(), c.schedules.as_slice())).collect();
    let room = ["d".to_owned(), "r1".to_owned()];
    assert_eq!(shown, [("2026-11-24T10:30:00.000Z".to_owned(), &room[..])]);
}

proptest! {
    /// Every time that is offered lies within what is open and is free; none that is free on the grid is left out.
    #[test]
    fn offered_times_are_exactly_the_free_ones(
        capacity in 1u32..3,
        minutes in prop::sample::select(vec![5i64, 10, 20, 30, 45, 60]),
        busy in prop::collection::vec((0i64..120, 1i64..24, 0u8..10), 0..20),
    ) {
        let day = window("2026-11-24T08:00:00Z", "2026-11-24T18:00:00Z");
        let table = timetable("s1", capacity);
        let entries: Vec<Entry> = busy
            .into_iter()
            .enumerate()
            .map(|(n, (granule, length, what))| {
                let start = day.start().plus_micros(granule * 300_000_000);
                let what = match what { 0 => What::Absence, 1 => What::Opening, _ => What::Visit };
                Entry::new(&format!("a{n}"), Span::of_minutes(start, length * 5).unwrap(), what, None)
            })
            .collect();
        let open = decide::open(&table, None, day);
        let free = decide::free(&open, &entries, capacity, now());
        let found = decide::find(&[vec![("s1", free)]], minutes, day, 10_000);
        let openings = entries.iter().filter(|e| e.what == What::Opening).map(|e| e.span().unwrap());
        let stretches: Vec<Span> = open.iter().map(|open| open.span).chain(openings).collect();
        let is_free = |span: Span| {
            stretches.iter().any(|stretch| stretch.contains(span))
                && span.granules().all(|granule| {
                    let here = |what| {
                        entries.iter().filter(|e| e.what == what && e.span().unwrap().granules().contains(&granule)).count()
                    };
                    here(What::Absence) == 0 && here(What::Visit) < capacity as usize
                })
        };
        for choice in &found {
            prop_assert!(is_free(choice.span));
        }
        for stretch in &stretches {
            let mut start = stretch.start();
            while let Some(span) = Span::of_minutes(start, minutes).filter(|span| stretch.contains(*span)) {
                if is_free(span) && day.contains(span) {
                    prop_assert!(found.iter().any(|choice| choice.span == span), "{span:?}");
                }
                start = span.end();
            }
        }
    }
}
