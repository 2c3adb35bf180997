//! Appointments: a clinic of twenty practitioners, booked and searched.

use super::asks::{Make, Scenario, post, spread};
use super::load::{Ask, Load};
use super::portal::{first_day, place};
use super::{READERS, WRITERS};
use crate::cli::Failure;
use galen_fhir::{array, object};
use galen_hospital::chance::Chance;
use galen_kernel::{Instant, MICROS_PER_DAY, MICROS_PER_MINUTE};
use http::Method;
use hyper::body::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;

/// Practitioners that can be booked.
const PRACTITIONERS: usize = 20;
/// Days in which they are.
const DAYS: usize = 30;
/// Length of an appointment.
const MINUTES: i64 = 20;
/// Appointments of a practitioner's day: they never close.
const PER_DAY: usize = 24 * 60 / 20;

/// Makes the clinic; what is measured of it.
pub async fn scenarios(load: &Load, patients: usize, now: Instant) -> Result<Vec<Scenario>, Failure> {
    let service = object! { "name" => "Bench clinic", "minutes" => MINUTES, "portal" => "self-book" };
    let service = id_of(&load.once(&post("/api/services", &service)).await?)?;
    let schedules = schedules(load, "bench", PRACTITIONERS).await?;
    let today = now.micros().div_euclid(MICROS_PER_DAY);
    let first = Instant::from_micros((today + 2) * MICROS_PER_DAY);
    let end = first.plus_micros(i64::try_from(DAYS).unwrap_or(0) * MICROS_PER_DAY);
    let find = format!(
        "/api/appointments/times?service={service}&from={first}&to={end}&schedules={}",
        schedules.join(",")
    );
    let find: Make =
        Arc::new(move |_| (Ask { method: Method::GET, path: find.clone(), body: Bytes::new() }, 1));
    let book: Make = Arc::new(move |n| {
        let place = spread(n / PRACTITIONERS, DAYS * PER_DAY);
        let minutes = i64::try_from(place).unwrap_or(0) * MINUTES;
        let schedule = schedules.get(n % PRACTITIONERS).map(String::as_str).unwrap_or_default();
        let new = object! {
            "patient" => format!("p{}", n % patients), "service" => service.as_str(),
            "start" => first.plus_micros(minutes * MICROS_PER_MINUTE).to_string(), "schedules" => array![schedule],
        };
        (post("/api/appointments", &new), 1)
    });
    Ok(vec![
        Scenario { name: "book an appointment", clients: WRITERS, make: book },
        Scenario { name: "find free times, 20 practitioners, 30 days", clients: READERS, make: find },
    ])
}

/// Weeks in which the portal's clinic can be booked.
pub const WEEKS: usize = 8;
/// Practitioners of the portal's clinic.
const PORTAL_PRACTITIONERS: usize = 8;

/// A clinic that patients book at the portal.
pub struct Clinic {
    service: String,
    schedules: Vec<String>,
    first: Instant,
}

/// Makes it.
pub async fn small(load: &Load) -> Result<Clinic, Failure> {
    let service = object! { "name" => "Bench portal clinic", "minutes" => MINUTES, "portal" => "self-book" };
    let service = id_of(&load.once(&post("/api/services", &service)).await?)?;
    let schedules = schedules(load, "portal", PORTAL_PRACTITIONERS).await?;
    Ok(Clinic { service, schedules, first: first_day() })
}

impl Clinic {
    /// The address that finds a week's free times.
    pub fn find(&self, week: usize) -> String {
        let from = self.first.plus_micros(days(week * 7));
        let to = from.plus_micros(days(7));
        format!(
            "/api/appointments/times?service={}&from={from}&to={to}&schedules={}",
            self.service,
            self.schedules.join(",")
        )
    }

    /// Any time of the clinic.
    pub fn start(&self, chance: &mut Chance) -> String {
        let minutes = i64::try_from(place(chance, WEEKS * 7 * PER_DAY)).unwrap_or(0) * MINUTES;
        self.first.plus_micros(minutes * MICROS_PER_MINUTE).to_string()
    }

    /// A booking of any time, with any practitioner.
    pub fn booking(&self, patient: &str, chance: &mut Chance) -> Value {
        let schedule = self.schedules.get(place(chance, self.schedules.len()));
        json!({ "patient": patient, "service": self.service, "start": self.start(chance), "schedules": [schedule] })
    }
}

fn days(days: usize) -> i64 {
    i64::try_from(days).unwrap_or(0) * MICROS_PER_DAY
}

/// Schedules that never close, one for each practitioner.
async fn schedules(load: &Load, name: &str, practitioners: usize) -> Result<Vec<String>, Failure> {
    let mut schedules = Vec::with_capacity(practitioners);
    for number in 0..practitioners {
        let days = array!["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let session = object! { "days" => days, "start" => "00:00", "end" => "00:00" };
        let timetable = object! {
            "actor" => format!("Practitioner/{name}{number}"), "zone" => "Europe/London", "sessions" => array![session],
        };
        schedules.push(id_of(&load.once(&post("/api/schedules", &timetable)).await?)?);
    }
    Ok(schedules)
}

fn id_of(answer: &[u8]) -> Result<String, Failure> {
    let json = galen_fhir::json::parse(answer).map_err(|e| e.message.to_string())?;
    Ok(json.str("id").ok_or("the server named no id")?.to_owned())
}
