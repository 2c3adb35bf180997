//! Free time is computed from timetables and diaries, never stored.

use crate::model::{Entry, GRANULE_MINUTES, Span, Timetable, What};
use galen_kernel::{Instant, MICROS_PER_MINUTE};
use jiff::civil::{Date, DateTime};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A stretch in which appointments may be made, and where its grid of starts begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// When.
    pub span: Span,
    /// Starts are counted from here.
    pub grid: Instant,
}

/// A time at which all that is needed is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// When.
    pub span: Span,
    /// The Schedules (ids): one of each group, in the groups' order.
    pub schedules: Vec<String>,
}

/// When the timetable is open for a service within `window`, in order. Local times become instants by the zone's rules: an
/// hour that the clock skips is not there, one that it repeats is there twice, and a session lasts as long as it lasts.
pub fn open(timetable: &Timetable, service: Option<&str>, window: Span) -> Vec<Open> {
    let mut all = Vec::new();
    if !timetable.active {
        return all;
    }
    for date in dates(timetable, window) {
        if timetable.closed.contains(&date) {
            continue;
        }
        for session in &timetable.sessions {
            let serves = session.services.is_empty()
                || service.is_some_and(|wanted| session.services.iter().any(|id| id == wanted));
            if !serves || !session.days.contains(&date.weekday()) {
                continue;
            }
            let last = if session.end > session.start { Some(date) } else { date.tomorrow().ok() };
            let span = last.and_then(|last| {
                let start = instant(timetable, date.to_datetime(session.start))?;
                Span::new(start, instant(timetable, last.to_datetime(session.end))?)
            });
            if let Some(span) = span.filter(|span| span.overlaps(window)) {
                all.push(Open { span, grid: span.start() });
            }
        }
    }
    all.sort_by_key(|open| open.span);
    all
}

/// The local days that may have something in the window: one more before, for sessions that last over midnight.
fn dates(timetable: &Timetable, window: Span) -> impl Iterator<Item = Date> + use<'_> {
    let local = |at: Instant| {
        let zone = timetable.zone.zone().clone();
        jiff::Timestamp::from_microsecond(at.micros()).ok().map(|at| at.to_zoned(zone).date())
    };
    let first = local(window.start()).and_then(|date| date.yesterday().ok());
    let last = local(window.end());
    let within = |date: &Date| {
        timetable.from.is_none_or(|from| *date >= from) && timetable.until.is_none_or(|until| *date <= until)
    };
    std::iter::successors(first, |date| date.tomorrow().ok())
        .take_while(move |date| last.is_some_and(|last| *date <= last))
        .filter(within)
}

fn instant(timetable: &Timetable, local: DateTime) -> Option<Instant> {
    let zoned = local.to_zoned(timetable.zone.zone().clone()).ok()?;
    Some(Instant::from_micros(zoned.timestamp().as_microsecond()))
}

/// What is left of the open stretches, with the openings of the diaries and without absences and what is full.
pub fn free(open: &[Open], entries: &[Entry], capacity: u32, now: Instant) -> Vec<Open> {
    let of = |wanted: What| {
        entries.iter().filter(move |e| e.what == wanted && e.is_live(now)).filter_map(Entry::span)
    };
    let mut all = open.to_vec();
    all.extend(of(What::Opening).map(|span| Open { span, grid: span.start() }));
    all.sort_by_key(|open| open.span);
    let mut gone: Vec<Span> = of(What::Absence).chain(full(of(What::Visit), capacity)).collect();
    gone.sort_unstable();
    let mut left = Vec::with_capacity(all.len() + gone.len());
    let mut first = 0;
    for stretch in all {
        // Stretches come by their beginning: what ends before this one does so before all that follow. An absence that
        // lasts longer than those after it may hold `first` back, no more.
        while gone.get(first).is_some_and(|gone| gone.end() <= stretch.span.start()) {
            first += 1;
        }
        left.extend(without(stretch, gone.get(first..).unwrap_or_default()));
    }
    left
}

/// What is left of a stretch; `gone` come by their beginning.
fn without(open: Open, gone: &[Span]) -> Vec<Open> {
    let (mut from, end) = (open.span.start(), open.span.end());
    let mut left = Vec::new();
    for gone in gone.iter().take_while(|gone| gone.start() < end) {
        left.extend(Span::new(from, gone.start()));
        from = from.max(gone.end());
    }
    left.extend(Span::new(from, end));
    left.into_iter().map(|span| Open { span, grid: open.grid }).collect()
}

/// Where as many are at the same time as there is room for, or more.
pub(super) fn full(visits: impl Iterator<Item = Span>, capacity: u32) -> Vec<Span> {
    // At one moment those who go are counted before those who come.
    let mut changes: Vec<(Instant, i64)> =
        visits.flat_map(|span| [(span.start(), 1), (span.end(), -1)]).collect();
    changes.sort_unstable();
    let (mut all, mut there, mut since) = (Vec::new(), 0, None);
    for (at, change) in changes {
        there += change;
        match since {
            None if there >= i64::from(capacity) => since = Some(at),
            Some(start) if there < i64::from(capacity) => {
                all.extend(Span::new(start, at));
                since = None;
            }
            _ => {}
        }
    }
    all
}

/// The first appointment of so many minutes that fits into a stretch within the window, on the stretch's grid.
fn first_start(open: &Open, minutes: i64, window: Span) -> Option<(Span, Instant)> {
    let shared = open.span.shared(window)?;
    let step = minutes.max(GRANULE_MINUTES) * MICROS_PER_MINUTE;
    let ahead = shared.start().since(open.grid);
    let at = open.grid.plus_micros((ahead + step - 1).div_euclid(step) * step);
    Span::of_minutes(at, minutes).filter(|span| shared.contains(*span)).map(|span| (span, shared.end()))
}

/// The first times, at most `most`, at which one Schedule of each group is free. The first group gives the starts (a doctor);
/// of the others (rooms, devices) the first that is free is taken. With several in the first group, each is a choice.
pub fn find(groups: &[Vec<(&str, Vec<Open>)>], minutes: i64, window: Span, most: usize) -> Vec<Choice> {
    let Some((leading, others)) = groups.split_first() else { return Vec::new() };
    // Of each stretch the next start: only as many are made as are wanted.
    let mut ahead: BinaryHeap<Reverse<(Span, &str, Instant)>> = leading
        .iter()
        .flat_map(|(schedule, free)| free.iter().map(move |open| (*schedule, open)))
        .filter_map(|(schedule, open)| {
            first_start(open, minutes, window).map(|(span, end)| Reverse((span, schedule, end)))
        })
        .collect();
    let mut choices: Vec<Choice> = Vec::new();
    let mut before = None;
    while let Some(Reverse((span, schedule, end))) = ahead.pop() {
        if choices.len() >= most {
            break;
        }
        if let Some(next) = Span::of_minutes(span.end(), minutes).filter(|next| next.end() <= end) {
            ahead.push(Reverse((next, schedule, end)));
        }
        // Stretches may lie over each other.
        if before.replace((span, schedule)) == Some((span, schedule)) {
            continue;
        }
        let fits = |free: &[Open]| {
            // The last that begins in time contains it most often; an extra session may lie over others.
            let place = free.partition_point(|open| open.span.start() <= span.start());
            free.get(..place).is_some_and(|open| open.iter().rev().any(|o| o.span.contains(span)))
        };
        let found: Option<Vec<String>> = others
            .iter()
            .map(|group| group.iter().find(|(_, free)| fits(free)).map(|(id, _)| (*id).to_owned()))
            .collect();
        if let Some(mut schedules) = found {
            schedules.insert(0, schedule.to_owned());
            choices.push(Choice { span, schedules });
        }
    }
    choices
}
