//! Who waits for a time that becomes free.

use super::extension;
use super::places::OFFERS;
use super::rota::Comes;
use crate::Plan;
use crate::build::{Builder, reference};
use crate::day::after;
use crate::people::Person;
use galen_fhir::{Json, array, object};
use jiff::{SignedDuration, Timestamp};

/// A line of the list: what for, FHIR's priority, how long ago they came, days that suit, local hours, why.
struct Line(usize, i32, i64, &'static [&'static str], Option<(&'static str, &'static str)>, &'static str);

/// How many wait.
#[cfg(test)]
pub const WAITING: usize = LINES.len();

/// Cardiology, echocardiograms and the Diabetes Centre: their diaries are full.
const LINES: [Line; 8] = [
    Line(4, 5, 26, &[], None, "Palpitations, second opinion"),
    Line(4, 1, 2, &[], None, "Chest pain on effort, seen in the emergency department"),
    Line(4, 3, 9, &["mon", "thu"], None, "Murmur heard at a check-up"),
    Line(5, 5, 34, &["wed", "fri"], Some(("12:00:00", "18:00:00")), "Follow-up of a valve"),
    Line(5, 3, 5, &[], Some(("06:00:00", "12:00:00")), "Before an operation"),
    Line(6, 5, 15, &["tue"], None, "Yearly review"),
    Line(6, 5, 3, &[], None, "Change of insulin"),
    Line(7, 3, 6, &["thu", "fri"], Some(("06:00:00", "12:00:00")), "Sore on the left heel"),
];
/// How far ahead they wait.
const DAYS_AHEAD: i32 = 60;

/// The list; the sample patient is not on it.
pub fn entries(plan: Plan, now: Timestamp, people: &[Person], sample: Option<&str>) -> Vec<Json> {
    let fits = people
        .iter()
        .filter(|person| Comes::GrownUps.fits(person, plan.today) && sample != Some(person.id.as_str()));
    // From the end: the first of the people are those that other screens are made for.
    let people: Vec<&Person> = fits.collect();
    LINES
        .iter()
        .zip(people.iter().rev())
        .enumerate()
        .filter_map(|(number, (line, person))| entry(plan, now, number + 1, line, &person.id))
        .collect()
}

fn entry(plan: Plan, now: Timestamp, number: usize, line: &Line, patient: &str) -> Option<Json> {
    let Line(offer, priority, days_ago, days, hours, reason) = line;
    let offer = OFFERS.get(*offer)?;
    let since = now.checked_sub(SignedDuration::from_hours(24 * days_ago)).ok()?;
    let part = |url: &str, value: &str, of: Json| object! { "url" => url, value => of };
    let mut wishes: Vec<Json> = days.iter().map(|day| part("day", "valueCode", (*day).into())).collect();
    if let Some((from, to)) = hours {
        wishes.push(part("start", "valueTime", (*from).into()));
        wishes.push(part("end", "valueTime", (*to).into()));
    }
    wishes.push(part("noticeMinutes", "valueUnsignedInt", 1_440.into()));
    let extension = extension("waiting-wishes", "extension", Json::Array(wishes));
    let participant = |kind: &str, id: &str| {
        object! { "actor" => reference(kind, id), "required" => "required", "status" => "accepted" }
    };
    Some(
        Builder::new("Appointment")
            .with("id", format!("demo-waiting-{number:02}"))
            .with("extension", array![extension])
            .with("status", "waitlist")
            .with("serviceType", array![object! { "text" => offer.name }])
            .with("priority", *priority)
            .with("description", *reason)
            .with("created", since.to_string())
            .with(
                "requestedPeriod",
                array![object! {
                    "start" => plan.today.to_string(), "end" => after(plan.today, DAYS_AHEAD).to_string(),
                }],
            )
            .with(
                "participant",
                array![participant("Patient", patient), participant("HealthcareService", offer.id)],
            )
            .done(),
    )
}
