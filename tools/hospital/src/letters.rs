//! Documents: letters and summaries as plain text.

use crate::build::{Builder, LOINC, concept, reference};
use crate::day::at;
use galen_fhir::{Json, array, object};
use jiff::civil::Date;

/// A letter's circumstances.
pub struct Letter<'l> {
    /// Patient's id and name.
    pub patient: (&'l str, &'l str),
    /// Writer's id and name.
    pub by: (&'l str, &'l str),
    /// Encounter.
    pub encounter: &'l str,
    /// Day.
    pub on: Date,
    /// What it is about.
    pub problem: &'l str,
    /// What was given.
    pub medicines: &'l [&'l str],
    /// Whether the patient was in a ward (a discharge summary) or came to a clinic.
    pub was_admitted: bool,
}

impl Letter<'_> {
    /// The DocumentReference with the letter in it.
    pub fn document(&self) -> Json {
        let (code, name) =
            if self.was_admitted { ("18842-5", "Discharge summary") } else { ("34117-2", "Clinic letter") };
        let text = self.text(name);
        let attachment = object! {
            "contentType" => "text/plain; charset=utf-8",
            "data" => data_encoding::BASE64.encode(text.as_bytes()),
            "title" => format!("{name}: {}", self.problem),
            "creation" => at(self.on, 16 * 60),
        };
        Builder::new("DocumentReference")
            .with("status", "current")
            .with("docStatus", "final")
            .with("type", concept(LOINC, code, name))
            .with("subject", reference("Patient", self.patient.0))
            .with("date", at(self.on, 16 * 60))
            .with("author", array![reference("Practitioner", self.by.0)])
            .with("description", format!("{name}: {}", self.problem))
            .with("content", array![object! { "attachment" => attachment }])
            .with("context", object! { "encounter" => array![reference("Encounter", self.encounter)] })
            .done()
    }

    fn text(&self, name: &str) -> String {
        let treatment = match self.medicines {
            [] => "No new medicines were started.".to_owned(),
            list => format!("Started: {}.", list.join(", ")),
        };
        let place = if self.was_admitted { "was with us on the ward" } else { "came to the clinic" };
        format!(
            "{name}\n\nPatient: {}\nDate: {}\n\n{} {place} because of: {}.\n{treatment}\n\n\
             Please review in four to six weeks, or sooner if anything worsens.\n\n{}\n",
            self.patient.1, self.on, self.patient.1, self.problem, self.by.1,
        )
    }
}
