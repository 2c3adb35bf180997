//! Medicines: names are generic names, codes are RxNorm ingredients, doses are what adults usually take.

use crate::build::{Builder, RXNORM, concept, quantity, reference, term};
use crate::day::{after, at};
use galen_fhir::{Json, array, object};
use jiff::civil::Date;

/// A medicine as it is prescribed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Medicine {
    /// Generic name.
    pub name: &'static str,
    /// RxNorm ingredient.
    code: &'static str,
    form: &'static str,
    dose: &'static str,
    unit: &'static str,
    /// UCUM code of the unit.
    ucum: &'static str,
    route: Route,
    /// Times in a day; 0 for when it is needed.
    times: u32,
    /// Days of a course; 0 for a medicine that goes on.
    pub days: i32,
}

/// How a medicine is taken.
#[derive(Debug, Clone, Copy, Default)]
enum Route {
    #[default]
    Oral,
    Inhaled,
    Subcutaneous,
    Intravenous,
    Topical,
}

impl Route {
    fn concept(self) -> Json {
        let (code, text) = match self {
            Self::Oral => ("PO", "oral"),
            Self::Inhaled => ("IPINHL", "inhaled"),
            Self::Subcutaneous => ("SQ", "subcutaneous"),
            Self::Intravenous => ("IV", "intravenous"),
            Self::Topical => ("TOPICAL", "topical"),
        };
        concept("http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration", code, text)
    }
}

const fn tablet(
    name: &'static str,
    code: &'static str,
    dose: &'static str,
    times: u32,
    days: i32,
) -> Medicine {
    Medicine { name, code, form: "tablet", dose, unit: "mg", ucum: "mg", route: Route::Oral, times, days }
}

const fn capsule(
    name: &'static str,
    code: &'static str,
    dose: &'static str,
    times: u32,
    days: i32,
) -> Medicine {
    Medicine { name, code, form: "capsule", dose, unit: "mg", ucum: "mg", route: Route::Oral, times, days }
}

/// amlodipine.
pub const AMLODIPINE: Medicine = tablet("amlodipine", "17767", "5", 1, 0);
/// ramipril.
pub const RAMIPRIL: Medicine = capsule("ramipril", "35296", "2.5", 1, 0);
/// bisoprolol.
pub const BISOPROLOL: Medicine = tablet("bisoprolol", "19484", "2.5", 1, 0);
/// furosemide.
pub const FUROSEMIDE: Medicine = tablet("furosemide", "4603", "40", 1, 0);
/// atorvastatin.
pub const ATORVASTATIN: Medicine = tablet("atorvastatin", "83367", "20", 1, 0);
/// aspirin.
pub const ASPIRIN: Medicine = tablet("aspirin", "1191", "75", 1, 0);
/// clopidogrel.
pub const CLOPIDOGREL: Medicine = tablet("clopidogrel", "32968", "75", 1, 0);
/// apixaban.
pub const APIXABAN: Medicine = tablet("apixaban", "1364430", "5", 2, 0);
/// warfarin.
pub const WARFARIN: Medicine = tablet("warfarin", "11289", "3", 1, 0);
/// metformin.
pub const METFORMIN: Medicine = tablet("metformin", "6809", "500", 2, 0);
/// insulin glargine.
pub const GLARGINE: Medicine = Medicine {
    name: "insulin glargine",
    code: "274783",
    form: "injection",
    dose: "18",
    unit: "units",
    ucum: "[iU]",
    route: Route::Subcutaneous,
    times: 1,
    days: 0,
};
/// levothyroxine.
pub const LEVOTHYROXINE: Medicine =
    Medicine { unit: "micrograms", ucum: "ug", ..tablet("levothyroxine", "10582", "100", 1, 0) };
/// salbutamol (albuterol in RxNorm).
pub const SALBUTAMOL: Medicine = Medicine {
    name: "salbutamol",
    code: "435",
    form: "inhaler",
    dose: "200",
    unit: "micrograms",
    ucum: "ug",
    route: Route::Inhaled,
    times: 0,
    days: 0,
};
/// prednisolone.
pub const PREDNISOLONE: Medicine = tablet("prednisolone", "8638", "30", 1, 5);
/// omeprazole.
pub const OMEPRAZOLE: Medicine = capsule("omeprazole", "7646", "20", 1, 0);
/// sertraline.
pub const SERTRALINE: Medicine = tablet("sertraline", "36437", "50", 1, 0);
/// amoxicillin.
pub const AMOXICILLIN: Medicine = capsule("amoxicillin", "723", "500", 3, 5);
/// doxycycline.
pub const DOXYCYCLINE: Medicine = capsule("doxycycline", "3640", "100", 1, 7);
/// nitrofurantoin.
pub const NITROFURANTOIN: Medicine = capsule("nitrofurantoin", "7454", "50", 4, 3);
/// paracetamol (acetaminophen in RxNorm).
pub const PARACETAMOL: Medicine = tablet("paracetamol", "161", "1000", 4, 14);
/// ibuprofen.
pub const IBUPROFEN: Medicine = tablet("ibuprofen", "5640", "400", 3, 7);
/// ferrous sulfate.
pub const FERROUS_SULFATE: Medicine = tablet("ferrous sulfate", "24947", "200", 1, 90);
/// allopurinol.
pub const ALLOPURINOL: Medicine = tablet("allopurinol", "519", "100", 1, 0);
/// morphine.
pub const MORPHINE: Medicine = Medicine {
    form: "solution for injection",
    route: Route::Intravenous,
    ..tablet("morphine", "7052", "5", 0, 2)
};
/// hydrocortisone cream.
pub const HYDROCORTISONE: Medicine = Medicine {
    name: "hydrocortisone",
    code: "5492",
    form: "cream",
    dose: "1",
    unit: "application",
    ucum: "1",
    route: Route::Topical,
    times: 2,
    days: 14,
};

/// How a prescription ended, or did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It goes on.
    Ongoing,
    /// Its days are over: it ended by itself.
    Completed,
    /// Somebody stopped it, and said why.
    Stopped(&'static str),
}

/// Who it is for and who asked.
pub struct Prescribed<'p> {
    /// Patient.
    pub patient: &'p str,
    /// Practitioner.
    pub by: &'p str,
    /// Encounter, if it came of one.
    pub encounter: Option<&'p str>,
    /// When.
    pub on: Date,
    /// Minute of that day.
    pub minute: i32,
}

impl Medicine {
    /// What became of a course that began on a day.
    pub fn course(&self, began: Date, today: Date) -> Course {
        if self.days > 0 && after(began, self.days) <= today { Course::Completed } else { Course::Ongoing }
    }

    /// The MedicationRequest.
    pub fn request(&self, prescribed: &Prescribed<'_>, course: Course) -> Json {
        let (status, reason) = match course {
            Course::Ongoing => ("active", None),
            Course::Completed => ("completed", None),
            Course::Stopped(reason) => ("stopped", Some(object! { "text" => reason })),
        };
        Builder::new("MedicationRequest")
            .with("status", status)
            .maybe("statusReason", reason)
            .with("intent", "order")
            .with("category", array![term("medicationrequest-category", "community")])
            .with(
                "medicationCodeableConcept",
                concept(RXNORM, self.code, &format!("{} {}", self.name, self.form)),
            )
            .with("subject", reference("Patient", prescribed.patient))
            .maybe("encounter", prescribed.encounter.map(|id| reference("Encounter", id)))
            .with("authoredOn", at(prescribed.on, prescribed.minute))
            .with("requester", reference("Practitioner", prescribed.by))
            .with("dosageInstruction", array![self.dosage(prescribed.on)])
            .done()
    }

    fn dosage(&self, from: Date) -> Json {
        let mut repeat = galen_fhir::Object::new();
        if self.days > 0 {
            // Days are counted from the first one on.
            let until = after(from, self.days - 1);
            repeat
                .insert("boundsPeriod", object! { "start" => from.to_string(), "end" => until.to_string() });
        }
        repeat.insert("frequency", self.times.max(1));
        repeat.insert("period", 1_u32);
        repeat.insert("periodUnit", "d");
        let words = match self.times {
            0 => "when needed",
            1 => "once a day",
            2 => "twice a day",
            3 => "three times a day",
            _ => "four times a day",
        };
        let mut dosage = galen_fhir::Object::new();
        dosage.insert("text", format!("{} {} {words}", self.dose, self.unit));
        if self.times == 0 {
            dosage.insert("asNeededBoolean", true);
        } else {
            dosage.insert("timing", object! { "repeat" => repeat });
        }
        dosage.insert("route", self.route.concept());
        dosage.insert(
            "doseAndRate",
            array![object! { "doseQuantity" => quantity(self.dose, self.unit, self.ucum) }],
        );
        dosage.into()
    }
}
