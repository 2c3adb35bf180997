//! Laboratory tests with units and reference ranges, and the results of a patient over time.

use crate::build::{Builder, LOINC, concept, decimal, quantity, range, reference, term};
use crate::chance::{Chance, DEVIATION};
use crate::day::at;
use galen_fhir::{Json, array, object};
use jiff::civil::Date;

/// A test.
#[derive(Debug, Clone, Copy, Default)]
pub struct Test {
    /// LOINC code.
    pub code: &'static str,
    /// Name in our own words.
    pub name: &'static str,
    /// Unit (UCUM), as it is shown, too, unless `shown` says otherwise.
    unit: &'static str,
    shown: &'static str,
    /// Decimal places; the figures below are in units of the last one.
    places: u32,
    low: i32,
    high: i32,
    critical: (i32, i32),
}

const NOTHING_CRITICAL: (i32, i32) = (i32::MIN, i32::MAX);

const fn test(
    code: &'static str,
    name: &'static str,
    unit: (&'static str, &'static str),
    places: u32,
    (low, high): (i32, i32),
    critical: (i32, i32),
) -> Test {
    Test { code, name, unit: unit.0, shown: unit.1, places, low, high, critical }
}

/// Haemoglobin.
pub const HAEMOGLOBIN: Test = test("718-7", "Haemoglobin", ("g/L", "g/L"), 0, (120, 165), (70, 200));
/// White cells.
pub const WHITE_CELLS: Test =
    test("6690-2", "White cell count", ("10*9/L", "10⁹/L"), 1, (40, 110), (10, 300));
/// Platelets.
pub const PLATELETS: Test = test("777-3", "Platelets", ("10*9/L", "10⁹/L"), 0, (150, 410), (30, 1_000));
/// Sodium.
pub const SODIUM: Test = test("2951-2", "Sodium", ("mmol/L", "mmol/L"), 0, (133, 146), (120, 160));
/// Potassium.
pub const POTASSIUM: Test = test("2823-3", "Potassium", ("mmol/L", "mmol/L"), 1, (35, 53), (25, 65));
/// Urea.
pub const UREA: Test = test("22664-7", "Urea", ("mmol/L", "mmol/L"), 1, (25, 78), (i32::MIN, 300));
/// Creatinine.
pub const CREATININE: Test =
    test("14682-9", "Creatinine", ("umol/L", "µmol/L"), 0, (45, 104), (i32::MIN, 354));
/// HbA1c.
pub const HBA1C: Test = test("59261-8", "HbA1c", ("mmol/mol", "mmol/mol"), 0, (20, 41), NOTHING_CRITICAL);
/// Glucose.
pub const GLUCOSE: Test = test("14749-6", "Glucose", ("mmol/L", "mmol/L"), 1, (40, 60), (25, 250));
/// Cholesterol.
pub const CHOLESTEROL: Test =
    test("14647-2", "Total cholesterol", ("mmol/L", "mmol/L"), 1, (20, 50), NOTHING_CRITICAL);
/// C-reactive protein.
pub const CRP: Test = test("1988-5", "C-reactive protein", ("mg/L", "mg/L"), 0, (0, 5), (i32::MIN, 300));
/// TSH.
pub const TSH: Test = test("3016-3", "TSH", ("m[IU]/L", "mIU/L"), 2, (27, 420), NOTHING_CRITICAL);
/// ALT.
pub const ALT: Test = test("1742-6", "ALT", ("U/L", "U/L"), 0, (0, 41), (i32::MIN, 1_000));
/// Ferritin.
pub const FERRITIN: Test = test("2276-4", "Ferritin", ("ug/L", "µg/L"), 0, (13, 150), NOTHING_CRITICAL);
/// INR.
pub const INR: Test = test("6301-6", "INR", ("{INR}", ""), 1, (8, 12), (i32::MIN, 50));
/// Urate.
pub const URATE: Test = test("14933-6", "Urate", ("umol/L", "µmol/L"), 0, (140, 360), NOTHING_CRITICAL);
/// Troponin T.
pub const TROPONIN: Test = test("67151-1", "Troponin T", ("ng/L", "ng/L"), 0, (0, 14), (i32::MIN, 52));

/// Tests that are asked for together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Panel {
    /// Name.
    pub name: &'static str,
    /// LOINC code of the panel, where there is one.
    code: &'static str,
    /// Its tests.
    tests: &'static [Test],
}

/// Full blood count.
pub const BLOOD_COUNT: Panel =
    Panel { name: "Full blood count", code: "58410-2", tests: &[HAEMOGLOBIN, WHITE_CELLS, PLATELETS] };
/// Urea and electrolytes.
pub const ELECTROLYTES: Panel =
    Panel { name: "Urea and electrolytes", code: "24362-6", tests: &[SODIUM, POTASSIUM, UREA, CREATININE] };
/// Diabetes review.
pub const DIABETES: Panel =
    Panel { name: "Diabetes review", code: "", tests: &[HBA1C, CREATININE, CHOLESTEROL] };
/// Thyroid.
pub const THYROID: Panel = Panel { name: "Thyroid function", code: "", tests: &[TSH] };
/// Inflammation.
pub const INFLAMMATION: Panel = Panel { name: "Inflammation", code: "", tests: &[CRP, WHITE_CELLS] };
/// Anaemia.
pub const ANAEMIA: Panel = Panel { name: "Anaemia screen", code: "", tests: &[HAEMOGLOBIN, FERRITIN] };
/// Coagulation.
pub const COAGULATION: Panel = Panel { name: "Coagulation", code: "", tests: &[INR] };
/// Lipids and liver.
pub const LIPIDS: Panel = Panel { name: "Lipids and liver", code: "", tests: &[CHOLESTEROL, ALT] };
/// Gout.
pub const GOUT: Panel = Panel { name: "Urate", code: "", tests: &[URATE, CREATININE] };
/// Chest pain.
pub const CHEST_PAIN: Panel = Panel { name: "Chest pain", code: "", tests: &[TROPONIN, HAEMOGLOBIN] };

/// How an illness moves a test: by so many tenths of the width of the reference range.
pub type Shift = (Test, i32);

/// What a patient's results are made of.
pub struct Sampled<'s> {
    /// Patient.
    pub patient: &'s str,
    /// Encounter, if it came of one.
    pub encounter: Option<&'s str>,
    /// When the sample was taken.
    pub on: Date,
    /// Minute of that day.
    pub minute: i32,
    /// Who reports.
    pub by: &'s str,
    /// What moves the results.
    pub shifts: &'s [Shift],
    /// `preliminary`, `final` or `corrected`.
    pub status: &'static str,
    /// Where the patient usually lies, in thousandths of a deviation; the same for every sample.
    pub habit: i32,
}

impl Test {
    /// A value; in units of the last place.
    fn value(&self, sampled: &Sampled<'_>, chance: &mut Chance) -> i32 {
        let width = self.high - self.low;
        let middle = self.low + width / 2;
        let moved = sampled.shifts.iter().filter(|(test, _)| test.code == self.code).map(|(_, shift)| *shift);
        // The strongest illness shows; illnesses do not add up beyond what anybody lives with.
        let shift = moved.max_by_key(|shift| shift.abs()).unwrap_or(0);
        // Two deviations of healthy people fill the range: half of that is the person, half the day.
        let usual = width * sampled.habit / (8 * DEVIATION);
        let today = width * chance.bell() / (10 * DEVIATION);
        (middle + usual + today + width * shift / 10).max(i32::from(self.low > 0))
    }

    fn interpretation(&self, value: i32) -> &'static str {
        match value {
            v if v <= self.critical.0 => "LL",
            v if v >= self.critical.1 => "HH",
            v if v < self.low => "L",
            v if v > self.high => "H",
            _ => "N",
        }
    }

    fn observation(&self, sampled: &Sampled<'_>, chance: &mut Chance) -> Json {
        let value = self.value(sampled, chance);
        let shown = |value: i32| decimal(value, self.places);
        let mut range = range(&shown(self.low), &shown(self.high), self.shown, self.unit);
        if self.low == 0
            && let Some(object) = range.as_object_mut()
        {
            object.remove("low");
        }
        let taken = at(sampled.on, sampled.minute);
        Builder::new("Observation")
            .with("status", sampled.status)
            .with("category", array![term("observation-category", "laboratory")])
            .with("code", concept(LOINC, self.code, self.name))
            .with("subject", reference("Patient", sampled.patient))
            .maybe("encounter", sampled.encounter.map(|id| reference("Encounter", id)))
            .with("effectiveDateTime", taken)
            .with("issued", at(sampled.on, sampled.minute + 95))
            .with("performer", array![reference("Practitioner", sampled.by)])
            .with("valueQuantity", quantity(&shown(value), self.shown, self.unit))
            .with("interpretation", array![term("v3-ObservationInterpretation", self.interpretation(value))])
            .with("referenceRange", array![range])
            .done()
    }
}

impl Panel {
    /// The results of one sample: observations with ids of their own, and the report that lists them.
    pub fn results(&self, sampled: &Sampled<'_>, report: &str, chance: &mut Chance) -> Vec<Json> {
        let mut all = Vec::with_capacity(self.tests.len() + 1);
        let mut listed = Vec::with_capacity(self.tests.len());
        for (number, test) in (1..).zip(self.tests) {
            let id = format!("{report}-{number}");
            let mut observation = test.observation(sampled, chance);
            if let Some(object) = observation.as_object_mut() {
                object.insert("id", id.as_str());
            }
            listed.push(reference("Observation", &id));
            all.push(observation);
        }
        let code = if self.code.is_empty() {
            object! { "text" => self.name }
        } else {
            concept(LOINC, self.code, self.name)
        };
        all.push(
            Builder::new("DiagnosticReport")
                .with("id", report)
                .with("status", sampled.status)
                .with(
                    "category",
                    array![object! { "coding" => array![object! {
                        "system" => "http://terminology.hl7.org/CodeSystem/v2-0074", "code" => "LAB",
                    }] }],
                )
                .with("code", code)
                .with("subject", reference("Patient", sampled.patient))
                .maybe("encounter", sampled.encounter.map(|id| reference("Encounter", id)))
                .with("effectiveDateTime", at(sampled.on, sampled.minute))
                .with("issued", at(sampled.on, sampled.minute + 95))
                .with("performer", array![reference("Practitioner", sampled.by)])
                .with("result", Json::Array(listed))
                .done(),
        );
        all
    }
}
