//! Who comes when: what was, what is today in every state, and what will be.

use super::places::Offer;
use super::rota::{DAYS_AHEAD, DAYS_BACK, Shift};
use super::sample_patient;
use crate::Plan;
use crate::chance::Chance;
use crate::day::after;
use crate::people::Person;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Of a hundred times, how many are taken: in the past and today, and ahead.
const TAKEN_PERCENT: u32 = 86;
/// See [`TAKEN_PERCENT`]. Times that overlap a leave are lost, too.
const TAKEN_AHEAD_PERCENT: u32 = 66;
/// Of a hundred appointments, how many are called off.
const CANCELLED_PERCENT: u32 = 6;
/// Of a hundred appointments, to how many nobody comes.
const MISSED_PERCENT: u32 = 8;
/// Requests of patients that wait for approval.
const REQUESTS_MAX: usize = 5;
/// Days from today on which the sample patient sees the sample doctor, or the next day on which they can.
const SAMPLE_DAYS: [i32; 3] = [-12, 3, 17];
/// The shift in which somebody comes every week: foot checks.
const SERIES_SHIFT: usize = 7;
/// How many appointments the series has.
const SERIES_LENGTH: i32 = 4;
/// How often somebody is drawn until the day's diary has nobody twice.
const DRAWS_MAX: u32 = 60;

/// An appointment to be.
#[derive(Debug, Clone)]
pub struct Booking {
    /// On this local day.
    pub day: Date,
    /// From this local minute.
    pub minutes: i16,
    /// For what.
    pub service: &'static Offer,
    /// Schedules and their actors: practitioner, room, device.
    pub schedules: Vec<(String, String)>,
    /// Id of the Patient.
    pub patient: String,
    /// FHIR's status.
    pub status: &'static str,
    /// Why the patient comes.
    pub reason: &'static str,
    /// How many minutes early they come.
    pub early: i64,
    /// Whether it is one of the demo's series.
    pub is_of_series: bool,
}

impl Booking {
    /// Whose diaries it is in.
    pub fn diaries(&self) -> impl Iterator<Item = String> {
        self.schedules.iter().map(|(id, _)| id.clone()).chain([self.patient.clone()])
    }
}

type At<'a> = &'a dyn Fn(Date, i16) -> Option<Timestamp>;

struct Filling<'a> {
    plan: Plan,
    chance: Chance,
    sample: Option<Person>,
    /// Of [`SAMPLE_DAYS`], those that are still to come.
    sample_days: Vec<i32>,
    people: &'a [Person],
    requests: usize,
    /// Patients who come on the day that is filled.
    coming: BTreeSet<String>,
}

/// All appointments, day by day.
pub fn bookings(plan: Plan, now: Timestamp, rota: &[Shift], people: &[Person], at: At<'_>) -> Vec<Booking> {
    let mut filling = Filling {
        plan,
        chance: Chance::new(plan.seed, u64::from_be_bytes(*b"clinics ")),
        sample: sample_patient(plan),
        sample_days: SAMPLE_DAYS.to_vec(),
        people,
        requests: 0,
        coming: BTreeSet::new(),
    };
    let mut all = Vec::new();
    for offset in -DAYS_BACK..=DAYS_AHEAD {
        filling.coming.clear();
        for (number, shift) in rota.iter().enumerate() {
            let mut of_shift = filling.of_day(shift, number == 0, offset);
            if offset == 0 {
                states_of_today(&mut of_shift, now, at);
            }
            all.extend(of_shift);
        }
    }
    if let Some(shift) = rota.get(SERIES_SHIFT) {
        filling.series(shift, &mut all);
    }
    all
}

impl Filling<'_> {
    fn of_day(&mut self, shift: &Shift, is_sample: bool, offset: i32) -> Vec<Booking> {
        let day = after(self.plan.today, offset);
        let taken = if offset > 0 { TAKEN_AHEAD_PERCENT } else { TAKEN_PERCENT };
        let mut all = Vec::new();
        for (start, end) in shift.hours {
            let mut minutes = *start;
            while let Some(service) = self.offer(shift) {
                let until = minutes + service.minutes;
                if until > *end {
                    break;
                }
                if self.chance.percent(taken) && shift.is_open(self.plan.today, day, (minutes, until)) {
                    let for_sample = is_sample && self.sample_days.first().is_some_and(|due| offset >= *due);
                    if let Some(patient) = self.patient(shift, for_sample) {
                        let status = self.status(service, offset, for_sample);
                        all.push(self.booking(shift, service, (day, minutes), patient, status));
                    }
                }
                minutes = until;
            }
        }
        all
    }

    /// Somebody who comes every week at the same time, in place of whoever would have come then.
    fn series(&mut self, shift: &Shift, all: &mut Vec<Booking>) {
        let (Some((minutes, _)), Some(service)) = (shift.hours.first(), shift.offers.first()) else { return };
        let until = minutes + service.minutes;
        let today = self.plan.today;
        let is_open = |day: Date| shift.is_open(today, day, (*minutes, until));
        let Some(first) = (1..=7).map(|offset| after(today, offset)).find(|day| is_open(*day)) else {
            return;
        };
        let days: Vec<Date> =
            (0..SERIES_LENGTH).map(|week| after(first, week * 7)).filter(|day| is_open(*day)).collect();
        let comes: BTreeSet<&str> = all
            .iter()
            .filter(|booking| days.contains(&booking.day))
            .map(|booking| booking.patient.as_str())
            .collect();
        let is_sample = |id: &str| self.sample.as_ref().is_some_and(|sample| sample.id == id);
        let person = self.people.iter().find(|person| {
            shift.comes.fits(person, self.plan.today)
                && !comes.contains(person.id.as_str())
                && !is_sample(&person.id)
        });
        let Some(patient) = person.map(|person| person.id.clone()) else { return };
        for day in days {
            let is_there = |booking: &Booking| {
                booking.day == day
                    && booking.minutes < until
                    && booking.minutes + booking.service.minutes > *minutes
                    && booking.schedules.iter().any(|(id, _)| *id == shift.id)
            };
            all.retain(|booking| !is_there(booking));
            let booking = self.booking(shift, service, (day, *minutes), patient.clone(), "booked");
            all.push(Booking { is_of_series: true, ..booking });
        }
    }

    fn booking(
        &mut self,
        shift: &Shift,
        service: &'static Offer,
        (day, minutes): (Date, i16),
        patient: String,
        status: &'static str,
    ) -> Booking {
        let mut schedules = vec![(shift.id.clone(), shift.actor.clone())];
        schedules.extend(shift.with.iter().cloned());
        let reason = self.chance.pick(service.reasons);
        let early = i64::from(self.chance.between(2, 25));
        Booking { day, minutes, service, schedules, patient, status, reason, early, is_of_series: false }
    }

    fn offer(&mut self, shift: &Shift) -> Option<&'static Offer> {
        let at = self.chance.below(u32::try_from(shift.offers.len()).unwrap_or(1));
        shift.offers.get(at as usize).copied()
    }

    /// Somebody who fits and does not come on this day already.
    fn patient(&mut self, shift: &Shift, for_sample: bool) -> Option<String> {
        if let (true, Some(sample)) = (for_sample, &self.sample)
            && self.coming.insert(sample.id.clone())
        {
            self.sample_days.remove(0);
            return Some(sample.id.clone());
        }
        for _ in 0..DRAWS_MAX {
            let at = self.chance.below(u32::try_from(self.people.len()).unwrap_or(1));
            let person = self.people.get(at as usize)?;
            let is_sample = self.sample.as_ref().is_some_and(|sample| sample.id == person.id);
            if shift.comes.fits(person, self.plan.today)
                && !is_sample
                && self.coming.insert(person.id.clone())
            {
                return Some(person.id.clone());
            }
        }
        None
    }

    fn status(&mut self, service: &Offer, offset: i32, for_sample: bool) -> &'static str {
        let is_over = offset < 0;
        if for_sample {
            return if is_over { "fulfilled" } else { "booked" };
        }
        if self.chance.percent(CANCELLED_PERCENT) {
            return "cancelled";
        }
        let is_asked_for = (2..14).contains(&offset) && service.needs_approval();
        if is_asked_for && self.requests < REQUESTS_MAX && self.chance.percent(25) {
            self.requests += 1;
            return "pending";
        }
        match (is_over, self.chance.percent(MISSED_PERCENT)) {
            (true, true) => "noshow",
            (true, false) => "fulfilled",
            (false, _) => "booked",
        }
    }
}

/// Of a day in the middle of its work: who was seen, who is in the room, who waits, who is still expected, who did not
/// come. At least one is there and one waits, however early or late it is: some come early, and clinics overrun.
fn states_of_today(all: &mut [Booking], now: Timestamp, at: At<'_>) {
    let mut missed = 0;
    let count = all.len();
    for (number, booking) in all.iter_mut().enumerate() {
        let start = at(booking.day, booking.minutes);
        let end = at(booking.day, booking.minutes + booking.service.minutes);
        let (Some(start), Some(end)) = (start, end) else { continue };
        if booking.status == "cancelled" || number == 3 && count > 6 {
            booking.status = "cancelled";
        } else if end <= now {
            missed += 1;
            booking.status = if missed == 2 || missed % 11 == 0 { "noshow" } else { "fulfilled" };
        } else if start <= now {
            booking.status = "checked-in";
        }
    }
    let is_there = |status: &str, all: &[Booking]| all.iter().any(|booking| booking.status == status);
    for wanted in ["checked-in", "arrived"] {
        if is_there(wanted, all) {
            continue;
        }
        let place = all.iter().position(|booking| booking.status == "booked");
        let place = place.or_else(|| all.iter().rposition(|booking| booking.status == "fulfilled"));
        if let Some(booking) = place.and_then(|place| all.get_mut(place)) {
            booking.status = wanted;
        }
    }
}
