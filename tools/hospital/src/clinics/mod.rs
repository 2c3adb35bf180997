//! Outpatient clinics: where they are, what can be booked, who is there when, and who comes.

mod appointments;
mod calendar;
mod places;
mod rota;
mod waiting;

use crate::Plan;
use crate::build::{Builder, reference};
use crate::people::{self, Oddity, Person};
use crate::staff::Colleague;
use appointments::Booking;
use galen_fhir::{Json, array, object};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Where all of it is.
const ZONE: &str = "Europe/London";
/// Where Galen's own extensions are defined.
const EXTENSIONS: &str = "https://galen.health/fhir/StructureDefinition/";

fn extension(name: &str, value: &str, of: impl Into<Json>) -> Json {
    object! { "url" => format!("{EXTENSIONS}{name}"), value => of }
}

/// The clinics of a hospital at a moment of its day: what was is over, what will be is booked.
#[derive(Debug)]
pub struct Clinics {
    plan: Plan,
    now: Timestamp,
    zone: TimeZone,
    rota: Vec<rota::Shift>,
}

impl Clinics {
    /// Of this hospital; `now` lies on the plan's day.
    pub fn new(plan: Plan, staff: &[Colleague], now: Timestamp) -> Self {
        // A machine without a database of time zones still has a demo; its clinics are an hour off in summer.
        let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
        Self { plan, now, zone, rota: rota::rota(staff, plan.today) }
    }

    /// Places, devices, services, schedules and leave, in layers: each refers to earlier ones only.
    pub fn layers(&self) -> Vec<Vec<Json>> {
        let mut layers = places::layers();
        let mut schedules: Vec<Json> =
            self.rota.iter().map(|shift| shift.schedule(self.plan.today)).collect();
        schedules.extend(places::schedules(self.plan.today));
        layers.push(schedules);
        layers.push(self.exceptions());
        layers
    }

    fn exceptions(&self) -> Vec<Json> {
        let away = self.rota.iter().flat_map(|shift| shift.exceptions(self.plan.today));
        away.enumerate()
            .filter_map(|(number, exception)| {
                Some(
                    Builder::new("Slot")
                        .with("id", format!("demo-exception-{:02}", number + 1))
                        .with("schedule", reference("Schedule", &exception.schedule))
                        .with("status", if exception.is_open { "free" } else { "busy-unavailable" })
                        .with("start", self.instant(exception.from.0, exception.from.1)?)
                        .with("end", self.instant(exception.to.0, exception.to.1)?)
                        .with("comment", exception.comment)
                        .done(),
                )
            })
            .collect()
    }

    /// The appointments, in rounds: within a round no two lie on the same day of a schedule or of a patient, because each
    /// is decided by what is stored.
    pub fn rounds(&self) -> Vec<Vec<Json>> {
        let mut taken: BTreeMap<(String, jiff::civil::Date), usize> = BTreeMap::new();
        let mut rounds: Vec<Vec<Json>> = Vec::new();
        for (number, booking) in self.bookings().into_iter().enumerate() {
            let keys: Vec<_> = booking.diaries().map(|id| (id, booking.day)).collect();
            let round = keys.iter().filter_map(|key| taken.get(key)).max().copied().unwrap_or(0);
            for key in keys {
                taken.insert(key, round + 1);
            }
            if rounds.len() <= round {
                rounds.resize_with(round + 1, Vec::new);
            }
            if let (Some(round), Some(resource)) = (rounds.get_mut(round), self.resource(number, &booking)) {
                round.push(resource);
            }
        }
        // Who waits has no time, and is in nobody's way.
        rounds.push(self.waiting());
        rounds
    }

    /// Who waits for a time.
    pub fn waiting(&self) -> Vec<Json> {
        let sample = sample_patient(self.plan).map(|person| person.id);
        waiting::entries(self.plan, self.now, &comers(self.plan), sample.as_deref())
    }

    /// The patient who has a sample sign-in.
    pub fn sample_patient(&self) -> Option<Person> {
        sample_patient(self.plan)
    }

    fn bookings(&self) -> Vec<Booking> {
        let people = comers(self.plan);
        let at = |date, minutes| self.timestamp(date, minutes);
        appointments::bookings(self.plan, self.now, &self.rota, &people, &at)
    }

    fn timestamp(&self, date: jiff::civil::Date, minutes: i16) -> Option<Timestamp> {
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        Some(date.at(hour, minute, 0, 0).to_zoned(self.zone.clone()).ok()?.timestamp())
    }

    fn instant(&self, date: jiff::civil::Date, minutes: i16) -> Option<String> {
        Some(self.timestamp(date, minutes)?.to_string())
    }

    fn resource(&self, number: usize, booking: &Booking) -> Option<Json> {
        let status = booking.status;
        let (start, end) = (
            self.timestamp(booking.day, booking.minutes)?,
            self.timestamp(booking.day, booking.minutes + booking.service.minutes)?,
        );
        let hours = |n: i64| jiff::SignedDuration::from_hours(n);
        let schedules = booking.schedules.iter();
        let mut extensions: Vec<Json> = schedules
            .clone()
            .map(|(id, _)| extension("appointment-schedule", "valueReference", reference("Schedule", id)))
            .collect();
        if matches!(status, "arrived" | "checked-in" | "fulfilled") {
            let early = jiff::SignedDuration::from_mins(booking.early);
            // Nobody came later than now.
            let arrived = start.checked_sub(early).ok()?.min(self.now);
            extensions.push(extension("arrived-at", "valueInstant", arrived.to_string()));
        }
        if status == "pending" {
            let until = self.now.checked_add(hours(47)).ok()?;
            extensions.push(extension("held-until", "valueInstant", until.to_string()));
        }
        let answer = if status == "pending" { "needs-action" } else { "accepted" };
        let participant = |actor: Json, answer: &str| {
            object! { "actor" => actor, "required" => "required", "status" => answer }
        };
        let mut participants = vec![
            participant(reference("Patient", &booking.patient), "accepted"),
            participant(reference("HealthcareService", booking.service.id), "accepted"),
        ];
        participants.extend(
            schedules.map(|(_, actor)| participant(object! { "reference" => actor.as_str() }, answer)),
        );
        let reason = object! { "coding" => array![object! {
            "system" => "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason", "code" => "pat",
        }] };
        Some(
            Builder::new("Appointment")
                .with("id", format!("demo-appointment-{:05}", number + 1))
                .with("extension", Json::Array(extensions))
                .maybe("identifier", booking.is_of_series.then(|| array![object! {
                    "system" => "https://galen.health/fhir/appointment-series", "value" => "demo-series-1",
                }]))
                .with("status", status)
                .maybe("cancelationReason", (status == "cancelled").then_some(reason))
                .with("serviceType", array![object! { "text" => booking.service.name }])
                .with("description", booking.reason)
                .with("start", start.to_string())
                .with("end", end.to_string())
                .with("minutesDuration", i32::from(booking.service.minutes))
                .with("created", start.checked_sub(hours(24 * 30)).ok()?.min(self.now).to_string())
                .maybe(
                    "patientInstruction",
                    (!booking.service.preparation.is_empty()).then_some(booking.service.preparation),
                )
                .with("participant", Json::Array(participants))
                .done(),
        )
    }
}

/// The day of a moment where the hospital is.
pub fn today(now: Timestamp) -> jiff::civil::Date {
    now.to_zoned(TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)).date()
}

/// Patients who can come: alive, known, and with nothing odd about their record.
fn comers(plan: Plan) -> Vec<Person> {
    let mut before = None;
    let mut all = Vec::new();
    for number in 1..=plan.patients {
        let person = people::person(plan.seed, number, plan.today, before.as_ref());
        if person.died.is_none() && person.oddity == Oddity::None {
            all.push(person.clone());
        }
        before = Some(person);
    }
    all
}

/// The first grown-up who can come.
fn sample_patient(plan: Plan) -> Option<Person> {
    comers(plan).into_iter().find(|person| rota::Comes::GrownUps.fits(person, plan.today))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{SEED_DEFAULT, staff};
    use jiff::civil::{Date, date};
    use std::collections::BTreeSet;

    fn clinics(today: Date, time: &str) -> Clinics {
        let plan = Plan { seed: SEED_DEFAULT, patients: 400, today };
        Clinics::new(plan, &staff::staff(SEED_DEFAULT), format!("{today}T{time}Z").parse().unwrap())
    }

    fn statuses(clinics: &Clinics, day: Date, schedule: &str) -> BTreeSet<&'static str> {
        let all = clinics.bookings();
        let own = all.iter().filter(|b| b.day == day && b.schedules.iter().any(|(id, _)| id == schedule));
        own.map(|booking| booking.status).collect()
    }

    #[test]
    fn the_sample_doctor_has_patients_in_every_state_whenever_the_demo_is_made() {
        let sample = format!("demo-schedule-{}", staff::staff(SEED_DEFAULT)[0].id);
        // A Friday, a Sunday, Christmas Day, the day on which the clocks go forward.
        for today in [date(2026, 11, 27), date(2026, 11, 29), date(2026, 12, 25), date(2027, 3, 28)] {
            for time in ["00:05:00", "06:30:00", "12:15:00", "23:50:00"] {
                let seen = statuses(&clinics(today, time), today, &sample);
                for status in ["arrived", "checked-in", "cancelled"] {
                    assert!(seen.contains(status), "{today} {time}: {seen:?}");
                }
                let due = if time < "13" { "booked" } else { "fulfilled" };
                assert!(seen.contains(due), "{today} {time}: {seen:?}");
            }
            let noon = statuses(&clinics(today, "12:15:00"), today, &sample);
            assert_eq!(noon.len(), 6, "{today}: {noon:?}");
        }
    }

    #[test]
    fn nobody_is_booked_twice_and_rounds_keep_days_apart() {
        let clinics = clinics(date(2026, 11, 27), "11:00:00");
        let all = clinics.bookings();
        let mut seen = BTreeSet::new();
        for booking in all.iter().filter(|b| b.status != "cancelled") {
            for id in booking.diaries() {
                for minute in booking.minutes..booking.minutes + booking.service.minutes {
                    assert!(seen.insert((id.clone(), booking.day, minute)), "{id} {} {minute}", booking.day);
                }
            }
        }
        let rounds = clinics.rounds();
        assert_eq!(rounds.iter().map(Vec::len).sum::<usize>(), all.len() + clinics.waiting().len());
        assert_eq!(clinics.waiting().len(), waiting::WAITING);
        let series: Vec<&Booking> = all.iter().filter(|b| b.is_of_series).collect();
        assert!(series.len() >= 3 && series.iter().all(|b| b.patient == series[0].patient));
        assert!(rounds.len() < 60, "{} rounds", rounds.len());
        let patient = sample_patient(clinics.plan).unwrap().id;
        assert!(
            all.iter().any(|b| b.patient == patient && b.day > clinics.plan.today && b.status == "booked")
        );
        assert!(all.iter().any(|b| b.status == "pending"));
    }

    #[test]
    fn the_weeks_ahead_are_about_six_tenths_full() {
        let clinics = clinics(date(2026, 11, 27), "11:00:00");
        let ahead = |b: &&Booking| b.day > clinics.plan.today && b.status != "cancelled";
        let all = clinics.bookings();
        let taken: i32 = all.iter().filter(ahead).map(|b| i32::from(b.service.minutes)).sum();
        let open: i32 = clinics.rota.iter().map(|shift| shift.open_minutes_ahead(clinics.plan.today)).sum();
        let share = taken * 100 / open;
        assert!((50..=70).contains(&share), "{share} %");
    }
}
