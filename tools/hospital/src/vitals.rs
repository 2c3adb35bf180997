//! Vital signs.

use crate::build::{Builder, LOINC, coding, concept, decimal, quantity, reference, term};
use crate::chance::Chance;
use crate::day::at;
use crate::growth::{GROWN_MONTHS, Size};
use galen_fhir::{Json, array, object};
use jiff::civil::Date;

/// Where and when they were taken.
pub struct Taken<'t> {
    /// Patient.
    pub patient: &'t str,
    /// Encounter, if it came of one.
    pub encounter: Option<&'t str>,
    /// Day.
    pub on: Date,
    /// Minute of that day.
    pub minute: i32,
    /// Who took them.
    pub by: &'t str,
}

/// How somebody does: what moves the signs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Condition {
    /// Age in months.
    pub months: i32,
    /// Blood pressure above the usual, in mm\[Hg\].
    pub pressure: i32,
    /// Acutely unwell: fever, fast pulse, less oxygen.
    pub is_unwell: bool,
    /// Lungs that never take up as much oxygen as others'.
    pub is_breathless: bool,
}

impl Taken<'_> {
    fn sign(&self, code: &str, name: &str) -> Builder {
        Builder::new("Observation")
            .with("status", "final")
            .with("category", array![term("observation-category", "vital-signs")])
            .with("code", concept(LOINC, code, name))
            .with("subject", reference("Patient", self.patient))
            .maybe("encounter", self.encounter.map(|id| reference("Encounter", id)))
            .with("effectiveDateTime", at(self.on, self.minute))
            .with("performer", array![reference("Practitioner", self.by)])
    }

    fn measured(&self, code: &str, name: &str, value: &str, unit: (&str, &str)) -> Json {
        self.sign(code, name).with("valueQuantity", quantity(value, unit.0, unit.1)).done()
    }

    /// Height, weight and what follows from them.
    pub fn size(&self, size: Size, months: i32) -> Vec<Json> {
        let mut all = vec![
            self.measured("8302-2", "Height", &decimal(size.height, 1), ("cm", "cm")),
            self.measured("29463-7", "Weight", &decimal(size.weight, 1), ("kg", "kg")),
        ];
        if months < 36 {
            all.push(self.measured("9843-4", "Head circumference", &decimal(size.head, 1), ("cm", "cm")));
        }
        if months >= 24 {
            // Hundreds of grams over millimetres squared: a million tenths of a kg/m².
            let index =
                i64::from(size.weight) * 1_000_000 / (i64::from(size.height) * i64::from(size.height));
            let index = i32::try_from(index).unwrap_or(0);
            all.push(self.measured("39156-5", "Body mass index", &decimal(index, 1), ("kg/m²", "kg/m2")));
        }
        all
    }

    /// Pulse, breathing, temperature, oxygen, and the blood pressure of those who are old enough for it.
    pub fn signs(&self, condition: Condition, chance: &mut Chance) -> Vec<Json> {
        let young = (GROWN_MONTHS - condition.months).max(0);
        let ill = i32::from(condition.is_unwell);
        let pulse = chance.around(74 + young * 60 / GROWN_MONTHS + 22 * ill, 7);
        let breaths = chance.around(15 + young * 20 / GROWN_MONTHS + 5 * ill, 2);
        let heat = chance.around(367 + 12 * ill, 3);
        let oxygen = chance.around(97 - 3 * ill - 4 * i32::from(condition.is_breathless), 1).min(100);
        let per_minute = ("per minute", "/min");
        let mut all = vec![
            self.measured("8867-4", "Heart rate", &pulse.to_string(), per_minute),
            self.measured("9279-1", "Respiratory rate", &breaths.to_string(), per_minute),
            self.measured("8310-5", "Body temperature", &decimal(heat, 1), ("°C", "Cel")),
            self.measured("59408-5", "Oxygen saturation", &oxygen.to_string(), ("%", "%")),
        ];
        if condition.months >= 36 {
            all.push(self.blood_pressure(condition, chance));
        }
        all
    }

    /// Blood pressure alone, as at a review.
    pub fn blood_pressure(&self, condition: Condition, chance: &mut Chance) -> Json {
        let young = (GROWN_MONTHS - condition.months).max(0);
        let systolic = chance.around(122 - young * 25 / GROWN_MONTHS + condition.pressure, 8);
        let diastolic =
            chance.around(76 - young * 18 / GROWN_MONTHS + condition.pressure / 2, 6).min(systolic - 20);
        let part = |code: &str, name: &str, value: i32| {
            object! {
                "code" => object! { "coding" => array![coding(LOINC, code)], "text" => name },
                "valueQuantity" => quantity(&value.to_string(), "mmHg", "mm[Hg]"),
            }
        };
        let parts = array![
            part("8480-6", "Systolic blood pressure", systolic),
            part("8462-4", "Diastolic blood pressure", diastolic),
        ];
        self.sign("85354-9", "Blood pressure").with("component", parts).done()
    }
}
