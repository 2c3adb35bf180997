//! What happens to one patient, from birth to today: contacts, illnesses, medicines, measurements, letters.

use crate::build::{Builder, CVX, ICD_10, concept, reference, term};
use crate::chance::Chance;
use crate::day::{after, at, days_between, years_between};
use crate::growth::{Build, GROWN_MONTHS};
use crate::illnesses::{ALLERGIES, Illness, LASTING, PASSING};
use crate::laboratory::{BLOOD_COUNT, ELECTROLYTES, Panel, Sampled, Shift};
use crate::letters::Letter;
use crate::medicines::{Course, Medicine, Prescribed};
use crate::people::Person;
use crate::places::{TRUST, Ward, stay};
use crate::staff::Colleague;
use crate::vaccines;
use crate::vitals::{Condition, Taken};
use galen_fhir::{Json, array, object};
use jiff::civil::Date;

/// Furthest back that this hospital's records go.
const RECORDS_DAYS: i32 = 12 * 365;
/// Latest reviews of a lasting illness that are kept: of most patients, and of those who are followed closely.
const REVIEWS: (i32, i32) = (1, 10);
/// Every so many patients one is followed closely.
const FOLLOWED_EVERY: u32 = 12;
/// Days between reviews.
const REVIEW_EVERY: i32 = 182;

/// Everything about a patient while it is being made.
pub struct Chart<'c> {
    person: &'c Person,
    staff: &'c [Colleague],
    today: Date,
    chance: Chance,
    build: Build,
    habit: i32,
    pressure: i32,
    is_breathless: bool,
    is_followed: bool,
    /// Illnesses that stay, with the day on which each began.
    lasting: Vec<(Illness, Date)>,
    encounters: u32,
    reports: u32,
    all: Vec<Json>,
}

/// A contact: its id and when it was.
struct Visit {
    id: String,
    on: Date,
    minute: i32,
    by: usize,
}

/// All resources of a patient, the Patient first; `bed` is where they lie today.
pub fn chart(
    person: &Person,
    staff: &[Colleague],
    seed: u64,
    today: Date,
    bed: Option<(&Ward, u32)>,
) -> Vec<Json> {
    let stream =
        person.id.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut chance = Chance::new(seed, stream);
    let build = Build::new(&mut chance, person.gender == "female");
    let habit = chance.bell();
    let mut chart = Chart {
        person,
        staff,
        today,
        chance,
        build,
        habit,
        pressure: 0,
        is_breathless: false,
        lasting: Vec::new(),
        is_followed: person.number % FOLLOWED_EVERY == 1,
        encounters: 0,
        reports: 0,
        all: vec![person.patient(TRUST)],
    };
    chart.live(bed);
    chart.all
}

impl Chart<'_> {
    fn live(&mut self, bed: Option<(&Ward, u32)>) {
        if self.person.is_identified() {
            self.allergies();
            self.vaccinations();
            for illness in LASTING {
                if self.gets(&illness) {
                    let began = self.day_between_ages(illness.ages);
                    self.lasting.push((illness, began));
                    self.pressure += illness.pressure;
                    self.is_breathless |= illness.is_breathless;
                }
            }
            for (illness, began) in self.lasting.clone() {
                self.lasting(&illness, began);
            }
            for illness in PASSING {
                if self.gets(&illness) {
                    self.passing(&illness);
                }
            }
            self.grow();
        }
        if let Some((ward, bed)) = bed {
            self.admission(ward, bed);
        }
    }

    fn age_on(&self, day: Date) -> i32 {
        years_between(self.person.born, day)
    }

    fn months_on(&self, day: Date) -> i32 {
        days_between(self.person.born, day) * 12 / 365
    }

    fn gets(&mut self, illness: &Illness) -> bool {
        let age = self.age_on(self.person.last_day(self.today));
        let fits = illness.only.is_none_or(|gender| gender == self.person.gender);
        fits && age > illness.ages.0 && self.chance.below(1_000) < illness.share
    }

    /// A day in the records on which the patient was of an age for it.
    fn day_between_ages(&mut self, (from, to): (i32, i32)) -> Date {
        let last = self.person.last_day(self.today);
        let first = after(self.person.born, from * 365 + 30).max(after(last, -RECORDS_DAYS));
        let latest = after(self.person.born, to * 365).min(after(last, -4));
        let span = days_between(first, latest).max(0);
        let day = after(first, self.chance.between(0, span));
        day.min(after(last, -4)).max(self.person.born)
    }

    fn colleague(&mut self, role: &str) -> usize {
        let count = self.staff.iter().filter(|c| c.role == role).count();
        let wanted = self.chance.below(u32::try_from(count).unwrap_or(1)) as usize;
        self.staff
            .iter()
            .enumerate()
            .filter(|(_, c)| c.role == role)
            .map(|(at, _)| at)
            .nth(wanted)
            .unwrap_or(0)
    }

    fn id_of(&self, colleague: usize) -> &str {
        self.staff.get(colleague).map_or("", |c| c.id.as_str())
    }

    fn visit(&mut self, class: &str, on: Date, reason: &str) -> Visit {
        self.encounters += 1;
        let id = format!("{}-e{}", self.person.id.replace("patient", "enc"), self.encounters);
        let minute = self.chance.between(8 * 60, 17 * 60) / 5 * 5;
        let by = self.colleague("doctor");
        let length = if class == "EMER" { self.chance.between(60, 300) } else { 20 };
        let encounter = self
            .encounter(&id, class, "finished", by)
            .with("period", object! { "start" => at(on, minute), "end" => at(on, minute + length) })
            .with("reasonCode", array![object! { "text" => reason }])
            .done();
        self.all.push(encounter);
        Visit { id, on, minute, by }
    }

    fn encounter(&self, id: &str, class: &str, status: &str, by: usize) -> Builder {
        let class =
            object! { "system" => "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code" => class };
        Builder::new("Encounter")
            .with("id", id)
            .with("status", status)
            .with("class", class)
            .with("subject", reference("Patient", &self.person.id))
            .with(
                "participant",
                array![object! { "individual" => reference("Practitioner", self.id_of(by)) }],
            )
            .with("serviceProvider", reference("Organization", TRUST))
    }

    fn lasting(&mut self, illness: &Illness, began: Date) {
        let visit = self.visit("AMB", began, illness.name);
        let condition = self.condition(illness, &visit, None);
        self.all.push(condition);
        for medicine in illness.medicines {
            self.prescribe(medicine, &visit);
        }
        self.letter(illness, &visit, false);
        let (last, lived) = (self.person.last_day(self.today), began);
        let reviews = (days_between(lived, last) / REVIEW_EVERY).min(if self.is_followed {
            REVIEWS.1
        } else {
            REVIEWS.0
        });
        for review in (0..reviews).rev() {
            let on = after(last, -(review * REVIEW_EVERY + self.chance.between(3, 60)));
            if on <= began {
                continue;
            }
            let name = format!("{}: review", illness.name);
            let visit = self.visit("AMB", on, &name);
            self.review_signs(&visit);
            if let Some(panel) = illness.panel {
                self.results(panel, &visit, &[], "final");
            }
        }
    }

    fn passing(&mut self, illness: &Illness) {
        let on = self.day_between_ages(illness.ages);
        let class = if illness.panel.is_some() && self.chance.percent(60) { "EMER" } else { "AMB" };
        let visit = self.visit(class, on, illness.name);
        let lasts = if illness.name == "Pregnancy" { 270 } else { self.chance.between(6, 40) };
        let over = after(on, lasts);
        let condition = self.condition(illness, &visit, (over < self.today).then_some(over));
        self.all.push(condition);
        if class == "EMER" {
            self.signs(&visit, true);
        }
        if let Some(panel) = illness.panel {
            self.results(panel, &visit, illness.shifts, "final");
            if over < self.person.last_day(self.today) && self.chance.percent(40) {
                let control = self.visit("AMB", over, &format!("{}: control", illness.name));
                self.results(panel, &control, &[], "final");
            }
        }
        for medicine in illness.medicines {
            self.prescribe(medicine, &visit);
        }
        if class == "EMER" || self.chance.percent(30) {
            self.letter(illness, &visit, false);
        }
    }

    fn condition(&self, illness: &Illness, visit: &Visit, over: Option<Date>) -> Json {
        let status = if over.is_some() { "resolved" } else { "active" };
        Builder::new("Condition")
            .with("clinicalStatus", term("condition-clinical", status))
            .with("verificationStatus", term("condition-ver-status", "confirmed"))
            .with("category", array![term("condition-category", "problem-list-item")])
            .with("code", concept(ICD_10, illness.code, illness.name))
            .with("subject", reference("Patient", &self.person.id))
            .with("encounter", reference("Encounter", &visit.id))
            .with("onsetDateTime", visit.on.to_string())
            .maybe("abatementDateTime", over.map(|day| day.to_string()))
            .with("recordedDate", at(visit.on, visit.minute))
            .with("recorder", reference("Practitioner", self.id_of(visit.by)))
            .done()
    }

    fn prescribe(&mut self, medicine: &Medicine, visit: &Visit) {
        let mut course = medicine.course(visit.on, self.today);
        if course == Course::Ongoing && self.person.died.is_some() {
            course = Course::Completed;
        } else if course == Course::Ongoing && medicine.days == 0 && self.chance.percent(12) {
            course = Course::Stopped(self.chance.pick(&[
                "Side effects",
                "No longer needed",
                "Changed to another medicine",
            ]));
        }
        let prescribed = Prescribed {
            patient: &self.person.id,
            by: self.id_of(visit.by),
            encounter: Some(&visit.id),
            on: visit.on,
            minute: visit.minute + 15,
        };
        let request = medicine.request(&prescribed, course);
        self.all.push(request);
    }

    fn letter(&mut self, illness: &Illness, visit: &Visit, was_admitted: bool) {
        let names: Vec<&str> = illness.medicines.iter().map(|m| m.name).collect();
        let spoken = self.person.spoken();
        let by = self.staff.get(visit.by).map_or(("", ""), |c| (c.id.as_str(), c.spoken.as_str()));
        let letter = Letter {
            patient: (&self.person.id, &spoken),
            by,
            encounter: &visit.id,
            on: visit.on,
            problem: illness.name,
            medicines: &names,
            was_admitted,
        };
        let document = letter.document();
        self.all.push(document);
    }

    /// What lasting illnesses do to results on a day: treatment works, mostly in the first year.
    fn shifts_on(&self, on: Date) -> Vec<Shift> {
        let begun = self.lasting.iter().filter(|(_, began)| *began <= on);
        begun
            .flat_map(|(illness, began)| {
                let strength = (100 - days_between(*began, on) / 12).max(35);
                illness.shifts.iter().map(move |(test, shift)| (*test, shift * strength / 100))
            })
            .collect()
    }

    /// Results of a sample; `acute` is what an illness of the day adds to the lasting ones.
    fn results(&mut self, panel: Panel, visit: &Visit, acute: &[Shift], status: &'static str) {
        let mut shifts = self.shifts_on(visit.on);
        shifts.extend(acute);
        self.reports += 1;
        let report = format!("{}-r{}", self.person.id.replace("patient", "lab"), self.reports);
        let by = self.colleague("biomedical-scientist");
        let sampled = Sampled {
            patient: &self.person.id,
            encounter: Some(&visit.id),
            on: visit.on,
            minute: visit.minute + 10,
            by: self.staff.get(by).map_or("", |c| c.id.as_str()),
            shifts: &shifts,
            status,
            habit: self.habit,
        };
        let results = panel.results(&sampled, &report, &mut self.chance);
        self.all.extend(results);
    }

    fn state(&self, on: Date, is_unwell: bool) -> Condition {
        Condition {
            months: self.months_on(on),
            pressure: self.pressure,
            is_unwell,
            is_breathless: self.is_breathless,
        }
    }

    fn taken<'t>(&'t self, visit: &'t Visit, by: usize) -> Taken<'t> {
        Taken {
            patient: &self.person.id,
            encounter: Some(&visit.id),
            on: visit.on,
            minute: visit.minute + 5,
            by: self.id_of(by),
        }
    }

    fn signs(&mut self, visit: &Visit, is_unwell: bool) {
        let by = self.colleague("nurse");
        let mut chance = self.chance.clone();
        let signs = self.taken(visit, by).signs(self.state(visit.on, is_unwell), &mut chance);
        self.chance = chance;
        self.all.extend(signs);
    }

    /// A review is short: blood pressure and weight.
    fn review_signs(&mut self, visit: &Visit) {
        let by = self.colleague("nurse");
        let mut chance = self.chance.clone();
        let state = self.state(visit.on, false);
        let size = self.build.size(state.months, &mut chance);
        let taken = self.taken(visit, by);
        let mut signs = vec![taken.blood_pressure(state, &mut chance)];
        signs.extend(taken.size(size, state.months).into_iter().skip(1).take(1));
        self.chance = chance;
        self.all.extend(signs);
    }

    /// Children are measured at set ages, adults now and then.
    fn grow(&mut self) {
        const AT_MONTHS: [i32; 9] = [1, 4, 9, 15, 24, 36, 60, 96, 132];
        let last = self.person.last_day(self.today);
        let months_now = self.months_on(last);
        let first = after(last, -RECORDS_DAYS);
        let child = AT_MONTHS
            .into_iter()
            .filter(|m| *m < months_now)
            .map(|m| after(self.person.born, m * 30 + m / 2));
        let mut days: Vec<Date> = child.filter(|day| *day > first).collect();
        if months_now > GROWN_MONTHS && self.chance.percent(35) {
            days.push(after(last, -self.chance.between(20, 700)));
        }
        for on in days {
            let visit = self.visit(
                "AMB",
                on,
                if months_now > GROWN_MONTHS { "Health check" } else { "Child health review" },
            );
            let by = self.colleague("nurse");
            let mut chance = self.chance.clone();
            let months = self.months_on(on);
            let size = self.build.size(months, &mut chance);
            let sizes = self.taken(&visit, by).size(size, months);
            self.chance = chance;
            self.all.extend(sizes);
        }
    }

    fn allergies(&mut self) {
        let recorder = self.colleague("nurse");
        let years = self.age_on(self.today).clamp(1, 12);
        let recorded = after(self.today, -self.chance.between(10, years * 300));
        if self.chance.percent(38) {
            // Asked, and there was none: that is a statement of its own, not an empty list.
            let none = self
                .allergy(recorded, recorder)
                .with("code", concept("http://snomed.info/sct", "716186003", "No known allergies"))
                .done();
            self.all.push(none);
            return;
        }
        let count = self.chance.between(0, 2) - i32::from(self.chance.percent(40));
        let mut had = Vec::new();
        for _ in 0..count {
            let (substance, reaction, category, criticality) = self.chance.pick(&ALLERGIES);
            if had.contains(&substance) {
                continue;
            }
            had.push(substance);
            let severity = if criticality == "high" { "severe" } else { "mild" };
            let allergy = self
                .allergy(recorded, recorder)
                .with("category", array![category])
                .with("criticality", criticality)
                .with("code", object! { "text" => substance })
                .with(
                    "reaction",
                    array![object! { "manifestation" => array![object! { "text" => reaction }], "severity" => severity }],
                )
                .done();
            self.all.push(allergy);
        }
    }

    fn allergy(&self, recorded: Date, recorder: usize) -> Builder {
        Builder::new("AllergyIntolerance")
            .with("clinicalStatus", term("allergyintolerance-clinical", "active"))
            .with("verificationStatus", term("allergyintolerance-verification", "confirmed"))
            .with("patient", reference("Patient", &self.person.id))
            .with("recordedDate", at(recorded, 10 * 60))
            .with("recorder", reference("Practitioner", self.id_of(recorder)))
    }

    fn vaccinations(&mut self) {
        let by = self.colleague("nurse");
        let (born, last) = (self.person.born, self.person.last_day(self.today));
        let due = vaccines::due(born, last, RECORDS_DAYS, &mut self.chance);
        for (vaccine, on, lot) in due {
            let immunization = Builder::new("Immunization")
                .with("status", "completed")
                .with("vaccineCode", concept(CVX, vaccine.code, vaccine.name))
                .with("patient", reference("Patient", &self.person.id))
                .with("occurrenceDateTime", on.to_string())
                .with("primarySource", true)
                .with("lotNumber", lot)
                .with("performer", array![object! { "actor" => reference("Practitioner", self.id_of(by)) }])
                .done();
            self.all.push(immunization);
        }
    }

    /// In a bed today: admitted some days ago, observed since.
    fn admission(&mut self, ward: &Ward, bed: u32) {
        let days = self.chance.between(0, 6);
        let on = after(self.today, -days);
        self.encounters += 1;
        let id = format!("{}-e{}", self.person.id.replace("patient", "enc"), self.encounters);
        let (by, minute) = (self.colleague("doctor"), self.chance.between(0, 7 * 60));
        let illness = if ward.children { &PASSING[3] } else { &PASSING[0] };
        let encounter = self
            .encounter(&id, "IMP", "in-progress", by)
            .with("period", object! { "start" => at(on, minute) })
            .with("reasonCode", array![object! { "text" => illness.name }])
            .with("location", array![stay(ward, bed, "active")])
            .done();
        self.all.push(encounter);
        for day in 0..=days {
            let visit = Visit { id: id.clone(), on: after(on, day), minute: minute + 30, by };
            self.signs(&visit, day < 3);
            if day == 0 {
                let condition = self.condition(illness, &visit, None);
                self.all.push(condition);
                self.results(BLOOD_COUNT, &visit, illness.shifts, "final");
                self.results(ELECTROLYTES, &visit, &[], if days == 0 { "preliminary" } else { "final" });
                for medicine in illness.medicines {
                    self.prescribe(medicine, &visit);
                }
            }
        }
    }
}
