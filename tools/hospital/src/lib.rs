//! A whole hospital for trying out and for tests: made of a seed, the same for the same seed and day. Pure: it makes
//! FHIR resources, `galen demo` loads them.
//!
//! Nobody in it exists: NHS numbers are of the range for tests, telephone numbers and addresses of those for fiction.

pub mod build;
pub mod chance;
pub mod clinics;
mod course;
mod day;
mod growth;
mod illnesses;
mod laboratory;
mod letters;
mod medicines;
pub mod names;
pub mod people;
pub mod places;
pub mod staff;
mod vaccines;
mod vitals;

use galen_fhir::Json;
use jiff::civil::Date;
use people::Person;
use places::{WARDS, Ward};
use staff::Colleague;

/// Patients when nobody says how many.
pub const PATIENTS_DEFAULT: u32 = 2_000;
/// The seed of the demo.
pub const SEED_DEFAULT: u64 = 20_261_123;
/// Share of the beds that are taken, in percent.
const OCCUPANCY_PERCENT: u32 = 85;

/// What hospital to make.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Seed: another one makes other people.
    pub seed: u64,
    /// How many patients.
    pub patients: u32,
    /// The day on which it is.
    pub today: Date,
}

/// A hospital: its places and staff made, its patients one after the other.
#[derive(Debug)]
pub struct Hospital {
    plan: Plan,
    /// Staff; the first of each role is its sample sign-in.
    pub staff: Vec<Colleague>,
    beds: Vec<(&'static Ward, u32)>,
    number: u32,
    before: Option<Person>,
}

impl Hospital {
    /// Of this plan.
    pub fn new(plan: Plan) -> Self {
        let beds = WARDS
            .iter()
            .flat_map(|ward| (1..=ward.beds * OCCUPANCY_PERCENT / 100).map(move |number| (ward, number)))
            .collect();
        Self { plan, staff: staff::staff(plan.seed), beds, number: 0, before: None }
    }

    /// Organizations, locations and staff, in layers: each refers to earlier ones only.
    pub fn directory(&self) -> Vec<Vec<Json>> {
        let mut layers = places::layers();
        layers.push(self.staff.iter().map(Colleague::practitioner).collect());
        layers.push(self.staff.iter().map(Colleague::practitioner_role).collect());
        layers
    }

    /// A bed for every so many patients, so that small hospitals have in-patients, too.
    fn bed(&mut self, person: &Person) -> Option<(&'static Ward, u32)> {
        let every = (self.plan.patients / u32::try_from(self.beds.len().max(1)).unwrap_or(1)).clamp(1, 9);
        let is_child = day::years_between(person.born, self.plan.today) < 16;
        if person.died.is_some() || !self.number.is_multiple_of(every) {
            return None;
        }
        let fits = |(ward, _): &(&Ward, u32)| ward.children == is_child;
        let at = self.beds.iter().position(fits)?;
        Some(self.beds.swap_remove(at))
    }
}

/// Each item is all resources of one patient, the Patient first.
impl Iterator for Hospital {
    type Item = Vec<Json>;

    fn next(&mut self) -> Option<Vec<Json>> {
        if self.number == self.plan.patients {
            return None;
        }
        self.number += 1;
        let person = people::person(self.plan.seed, self.number, self.plan.today, self.before.as_ref());
        let bed = self.bed(&person);
        let chart = course::chart(&person, &self.staff, self.plan.seed, self.plan.today, bed);
        self.before = Some(person);
        Some(chart)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use galen_fhir::Resource;
    use jiff::civil::date;
    use std::collections::{BTreeMap, BTreeSet};

    fn plan(seed: u64, patients: u32) -> Plan {
        Plan { seed, patients, today: date(2026, 11, 23) }
    }

    fn clinics(plan: Plan) -> clinics::Clinics {
        let noon = plan.today.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        clinics::Clinics::new(plan, &staff::staff(plan.seed), noon)
    }

    fn everything(plan: Plan) -> Vec<Json> {
        let hospital = Hospital::new(plan);
        let clinics = clinics(plan);
        let appointments = clinics.rounds().into_iter().flatten();
        let layers: Vec<Vec<Json>> = hospital.directory().into_iter().chain(clinics.layers()).collect();
        layers.into_iter().flatten().chain(hospital.flatten()).chain(appointments).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_hospital_and_another_another() {
        let bytes =
            |seed| -> Vec<Vec<u8>> { everything(plan(seed, 60)).iter().map(Json::to_bytes).collect() };
        assert!(bytes(1) == bytes(1));
        assert!(bytes(1) != bytes(2));
    }

    #[test]
    fn every_resource_is_valid_and_every_reference_points_to_something() {
        let all = everything(plan(SEED_DEFAULT, 400));
        let mut known = BTreeSet::new();
        for json in &all {
            let resource = Resource::from_json(json.clone()).unwrap();
            let issues = galen_fhir::validate::validate(&resource);
            assert!(issues.is_empty(), "{issues:?} in {}", String::from_utf8_lossy(&json.to_bytes()));
            if let Some(id) = json.str("id") {
                assert!(known.insert(format!("{}/{id}", json.str("resourceType").unwrap())), "{id} twice");
            }
        }
        for json in &all {
            let text = String::from_utf8(json.to_bytes()).unwrap();
            for target in text.split("\"reference\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(known.contains(target), "{target} is nowhere");
            }
        }
    }

    #[test]
    fn an_illness_that_stays_shows_in_every_result_since() {
        let code = |json: &Json| json.str_at(&["code", "coding", "0", "code"]).map(str::to_owned);
        let mut seen = 0;
        for chart in Hospital::new(plan(SEED_DEFAULT, 600)) {
            let kidneys = chart.iter().find(|json| code(json).as_deref() == Some("N18.30"));
            let Some(began) = kidneys.and_then(|json| json.str("onsetDateTime")) else { continue };
            for json in chart.iter().filter(|json| code(json).as_deref() == Some("14682-9")) {
                let value = json.at(&["valueQuantity", "value"]).and_then(Json::as_i64).unwrap();
                if json.str("effectiveDateTime").unwrap() > began {
                    assert!(value > 80, "creatinine {value} with failing kidneys");
                    seen += 1;
                }
            }
        }
        assert!(seen > 20, "{seen}");
    }

    #[test]
    fn it_is_as_large_and_as_varied_as_it_should_be() {
        let all = everything(plan(SEED_DEFAULT, 2_000));
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for json in &all {
            *counts.entry(json.str("resourceType").unwrap()).or_default() += 1;
        }
        assert_eq!((counts["Patient"], counts["Practitioner"]), (2_000, 180));
        for kind in [
            "Observation",
            "Condition",
            "Encounter",
            "MedicationRequest",
            "Immunization",
            "AllergyIntolerance",
            "DiagnosticReport",
            "DocumentReference",
        ] {
            assert!(counts[kind] >= 1_000, "{counts:?}");
        }
        let inpatients = all.iter().filter(|j| j.str("status") == Some("in-progress")).count();
        assert!((150..260).contains(&inpatients), "{inpatients}");
        println!("{} resources: {counts:?}", all.len());
    }
}
