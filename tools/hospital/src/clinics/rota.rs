//! Who is there when.

use super::places::{OFFERS, Offer, echo, room};
use super::{ZONE, calendar, extension};
use crate::build::{Builder, reference};
use crate::day::{after, years_between};
use crate::people::Person;
use crate::staff::Colleague;
use galen_fhir::{Json, array, object};
use jiff::civil::{Date, Weekday};

/// All days of the week.
pub const EVERY_DAY: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];
/// How far the diaries are filled: days back and ahead.
pub const DAYS_BACK: i32 = 14;
/// See [`DAYS_BACK`].
pub const DAYS_AHEAD: i32 = 28;

/// From a local minute of the day to another.
pub type Hours = (i16, i16);

const MORNING: Hours = (9 * 60, 12 * 60 + 30);
const AFTERNOON: Hours = (13 * 60 + 30, 17 * 60);

/// Who comes to a clinic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comes {
    /// From 18 years on.
    GrownUps,
    /// Until 16 years.
    Children,
}

impl Comes {
    /// Whether this person does.
    pub fn fits(self, person: &Person, today: Date) -> bool {
        let years = years_between(person.born, today);
        match self {
            Self::GrownUps => years >= 18,
            Self::Children => years < 16,
        }
    }
}

/// A part of the rota before it has people: role, which of that role, clinic, room, days, hours, offers.
struct Line(&'static str, usize, &'static str, usize, &'static [Weekday], &'static [Hours], &'static [usize]);

use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};

const LINES: [Line; 9] = [
    Line(
        "doctor",
        0,
        "demo-clinic-medical",
        0,
        &[Monday, Tuesday, Wednesday, Thursday, Friday],
        &[MORNING, AFTERNOON],
        &[1, 1, 0],
    ),
    Line("doctor", 1, "demo-clinic-medical", 1, &[Monday, Wednesday, Friday], &[MORNING], &[1, 0]),
    Line(
        "doctor",
        2,
        "demo-clinic-medical",
        1,
        &[Tuesday, Wednesday, Thursday, Friday],
        &[AFTERNOON],
        &[3, 1],
    ),
    Line(
        "nurse",
        0,
        "demo-clinic-medical",
        3,
        &[Monday, Tuesday, Wednesday, Thursday, Friday],
        &[(8 * 60, 11 * 60 + 30)],
        &[2],
    ),
    Line(
        "doctor",
        3,
        "demo-clinic-cardiology",
        0,
        &[Monday, Tuesday, Thursday, Friday],
        &[MORNING, AFTERNOON],
        &[4],
    ),
    Line(
        "health-professional",
        0,
        "demo-clinic-cardiology",
        1,
        &[Monday, Wednesday, Friday],
        &[MORNING, AFTERNOON],
        &[5],
    ),
    Line("doctor", 4, "demo-clinic-diabetes", 0, &[Tuesday, Thursday, Friday], &[MORNING], &[6]),
    Line("nurse", 1, "demo-clinic-diabetes", 1, &[Monday, Tuesday, Thursday, Friday], &[MORNING], &[7]),
    Line(
        "doctor",
        5,
        "demo-clinic-children",
        0,
        &[Monday, Wednesday, Thursday, Friday],
        &[MORNING, AFTERNOON],
        &[8],
    ),
];

/// Somebody's sessions in a clinic.
#[derive(Debug)]
pub struct Shift {
    /// Id of the Schedule.
    pub id: String,
    /// The practitioner.
    pub actor: String,
    clinic: &'static str,
    /// Rooms and devices that an appointment takes, too: Schedule and actor.
    pub with: Vec<(String, String)>,
    days: Vec<Weekday>,
    /// Local hours of each of the days.
    pub hours: &'static [Hours],
    /// What is offered; what is offered more often is there more often.
    pub offers: Vec<&'static Offer>,
    /// Who comes.
    pub comes: Comes,
    number: usize,
}

/// Leave, or an extra session.
#[derive(Debug, Clone)]
pub struct Exception {
    /// Of this Schedule.
    pub schedule: String,
    /// Whether it is open then.
    pub is_open: bool,
    /// From when: local day and minute.
    pub from: (Date, i16),
    /// Until when.
    pub to: (Date, i16),
    /// For staff.
    pub comment: &'static str,
}

/// The rota; the first shift is the sample doctor's.
pub fn rota(staff: &[Colleague], today: Date) -> Vec<Shift> {
    let shift = |(number, line): (usize, &Line)| {
        let Line(role, which, clinic, room_number, days, hours, offers) = line;
        let who = staff.iter().filter(|colleague| colleague.role == *role).nth(*which)?;
        let room = room(clinic, *room_number);
        let mut with = vec![(format!("demo-schedule-{room}"), format!("Location/{room}"))];
        if *clinic == "demo-clinic-cardiology" && *room_number == 1 {
            with.push(echo());
        }
        let mut days = days.to_vec();
        // Whoever tries the demo on a Sunday finds the medical clinic open.
        if *clinic == "demo-clinic-medical" && !matches!(which, 2) && !days.contains(&today.weekday()) {
            days.push(today.weekday());
        }
        Some(Shift {
            id: format!("demo-schedule-{}", who.id),
            actor: format!("Practitioner/{}", who.id),
            clinic,
            with,
            days,
            hours,
            offers: offers.iter().filter_map(|at| OFFERS.get(*at)).collect(),
            comes: if *clinic == "demo-clinic-children" { Comes::Children } else { Comes::GrownUps },
            number,
        })
    };
    LINES.iter().enumerate().filter_map(shift).collect()
}

/// Days on which clinics are closed. Not the day of the demo itself: it would have nothing to show.
fn closed(today: Date) -> Vec<Date> {
    let years = [today.year(), today.year().saturating_add(1)];
    let mut days: Vec<Date> = years.into_iter().flat_map(calendar::holidays).collect();
    days.retain(|day| *day != today);
    days
}

impl Shift {
    /// Its Schedule.
    pub fn schedule(&self, today: Date) -> Json {
        let mut services: Vec<&str> = self.offers.iter().map(|offer| offer.id).collect();
        services.dedup();
        schedule(&self.id, &self.actor, self.clinic, &self.days, self.hours, &services, today, ZONE)
    }

    /// Its leave and extra sessions.
    pub fn exceptions(&self, today: Date) -> Vec<Exception> {
        let one = |is_open, (from, start), (to, end), comment| Exception {
            schedule: self.id.clone(),
            is_open,
            from: (after(today, from), start),
            to: (after(today, to), end),
            comment,
        };
        match self.number {
            0 => vec![one(false, (1, 15 * 60 + 30), (1, 17 * 60), "Teaching")],
            1 => vec![one(false, (7, 0), (14, 0), "Annual leave")],
            4 => vec![
                one(false, (0, 11 * 60), (0, 12 * 60), "Multidisciplinary meeting"),
                one(true, (8, 17 * 60 + 30), (8, 19 * 60), "Evening session for the waiting list"),
            ],
            8 => vec![one(false, (14, 0), (19, 0), "Study leave")],
            _ => Vec::new(),
        }
    }

    /// Whether somebody is there on this day at these local minutes.
    pub fn is_open(&self, today: Date, day: Date, (start, end): Hours) -> bool {
        let is_away = self.exceptions(today).iter().any(|exception| {
            !exception.is_open && exception.from < (day, end) && exception.to > (day, start)
        });
        self.days.contains(&day.weekday()) && !closed(today).contains(&day) && !is_away
    }

    /// How many minutes it is open after today, as far as the diaries are filled.
    #[cfg(test)]
    pub fn open_minutes_ahead(&self, today: Date) -> i32 {
        let minute = |day: Date, at: i16| i32::from(self.is_open(today, day, (at, at + 1)));
        let of_day = |day: Date| -> i32 {
            self.hours.iter().flat_map(|(start, end)| *start..*end).map(|at| minute(day, at)).sum()
        };
        (1..=DAYS_AHEAD).map(|days| of_day(after(today, days))).sum()
    }
}

/// A Schedule as scheduling reads it.
#[allow(clippy::too_many_arguments)]
pub fn schedule(
    id: &str,
    actor: &str,
    clinic: &str,
    days: &[Weekday],
    hours: &[Hours],
    services: &[&str],
    today: Date,
    zone: &str,
) -> Json {
    let part = |url: &str, value: &str, of: Json| object! { "url" => url, value => of };
    let time = |minutes: i16| Json::from(format!("{:02}:{:02}:00", minutes / 60, minutes % 60));
    let mut extensions = vec![
        extension("schedule-zone", "valueCode", zone),
        extension("schedule-capacity", "valuePositiveInt", 1),
        extension("schedule-clinic", "valueReference", reference("Location", clinic)),
    ];
    for (start, end) in hours {
        let mut parts: Vec<Json> =
            days.iter().map(|day| part("day", "valueCode", code(*day).into())).collect();
        parts.push(part("start", "valueTime", time(*start)));
        parts.push(part("end", "valueTime", time(*end)));
        let service = |id: &&str| part("service", "valueReference", reference("HealthcareService", id));
        parts.extend(services.iter().map(service));
        extensions.push(object! {
            "url" => format!("{}schedule-session", super::EXTENSIONS), "extension" => Json::Array(parts),
        });
    }
    extensions.extend(
        closed(today).into_iter().map(|day| extension("schedule-closed", "valueDate", day.to_string())),
    );
    Builder::new("Schedule")
        .with("id", id)
        .with("extension", Json::Array(extensions))
        .with("active", true)
        .with("actor", array![object! { "reference" => actor }])
        .done()
}

fn code(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}
