//! What people have: illnesses that stay and that pass, with the medicines, tests and words that go with them.
//! Codes are ICD-10-CM (a work of the US government, public domain); the words are our own.

use crate::laboratory::{
    self as lab, ANAEMIA, BLOOD_COUNT, COAGULATION, DIABETES, ELECTROLYTES, GOUT, INFLAMMATION, LIPIDS,
    Panel, Shift, THYROID,
};
use crate::medicines::{self as med, Medicine};

/// An illness.
#[derive(Debug, Clone, Copy, Default)]
pub struct Illness {
    /// ICD-10-CM code.
    pub code: &'static str,
    /// In our own words.
    pub name: &'static str,
    /// Ages in years between which it begins.
    pub ages: (i32, i32),
    /// How many of a thousand people of that age and older have (had) it.
    pub share: u32,
    /// Sex it is limited to.
    pub only: Option<&'static str>,
    /// Medicines that it is usually treated with.
    pub medicines: &'static [Medicine],
    /// Tests that follow it.
    pub panel: Option<Panel>,
    /// How it moves them.
    pub shifts: &'static [Shift],
    /// How much it raises blood pressure.
    pub pressure: i32,
    /// Whether it costs breath for good.
    pub is_breathless: bool,
}

const NONE: Illness = Illness {
    code: "",
    name: "",
    ages: (0, 0),
    share: 0,
    only: None,
    medicines: &[],
    panel: None,
    shifts: &[],
    pressure: 0,
    is_breathless: false,
};

const fn lasting(code: &'static str, name: &'static str, from: i32, share: u32) -> Illness {
    Illness { code, name, ages: (from, from + 35), share, ..NONE }
}

const fn passing(code: &'static str, name: &'static str, ages: (i32, i32), share: u32) -> Illness {
    Illness { code, name, ages, share, ..NONE }
}

/// Illnesses that stay.
pub const LASTING: [Illness; 15] = [
    Illness {
        medicines: &[med::AMLODIPINE, med::RAMIPRIL],
        panel: Some(ELECTROLYTES),
        pressure: 22,
        ..lasting("I10", "High blood pressure", 38, 300)
    },
    Illness {
        medicines: &[med::METFORMIN],
        panel: Some(DIABETES),
        shifts: &[(lab::HBA1C, 18), (lab::GLUCOSE, 20)],
        ..lasting("E11.9", "Type 2 diabetes", 35, 110)
    },
    Illness {
        medicines: &[med::GLARGINE],
        panel: Some(DIABETES),
        shifts: &[(lab::HBA1C, 22), (lab::GLUCOSE, 30)],
        ..lasting("E10.9", "Type 1 diabetes", 6, 8)
    },
    Illness { medicines: &[med::SALBUTAMOL], ..lasting("J45.909", "Asthma", 4, 90) },
    Illness {
        medicines: &[med::SALBUTAMOL],
        is_breathless: true,
        ..lasting("J44.9", "Chronic obstructive pulmonary disease", 50, 55)
    },
    Illness {
        medicines: &[med::LEVOTHYROXINE],
        panel: Some(THYROID),
        shifts: &[(lab::TSH, 22)],
        ..lasting("E03.9", "Underactive thyroid", 25, 45)
    },
    Illness {
        medicines: &[med::ATORVASTATIN],
        panel: Some(LIPIDS),
        shifts: &[(lab::CHOLESTEROL, 12)],
        ..lasting("E78.5", "High cholesterol", 40, 220)
    },
    Illness {
        medicines: &[med::APIXABAN, med::BISOPROLOL],
        panel: Some(ELECTROLYTES),
        ..lasting("I48.91", "Atrial fibrillation", 58, 60)
    },
    Illness {
        medicines: &[med::WARFARIN],
        panel: Some(COAGULATION),
        shifts: &[(lab::INR, 38)],
        ..lasting("Z95.2", "Mechanical heart valve", 45, 6)
    },
    Illness {
        medicines: &[med::FUROSEMIDE, med::BISOPROLOL, med::RAMIPRIL],
        panel: Some(ELECTROLYTES),
        shifts: &[(lab::UREA, 6), (lab::CREATININE, 4)],
        is_breathless: true,
        ..lasting("I50.9", "Heart failure", 60, 40)
    },
    Illness {
        medicines: &[med::ASPIRIN, med::ATORVASTATIN],
        panel: Some(LIPIDS),
        ..lasting("I25.10", "Coronary heart disease", 50, 70)
    },
    Illness {
        panel: Some(ELECTROLYTES),
        shifts: &[(lab::CREATININE, 18), (lab::UREA, 14), (lab::POTASSIUM, 4)],
        pressure: 8,
        ..lasting("N18.30", "Chronic kidney disease, stage 3", 50, 60)
    },
    Illness { medicines: &[med::SERTRALINE], ..lasting("F32.9", "Depression", 16, 120) },
    Illness {
        medicines: &[med::ALLOPURINOL],
        panel: Some(GOUT),
        shifts: &[(lab::URATE, 8)],
        ..lasting("M10.9", "Gout", 40, 30)
    },
    Illness { medicines: &[med::OMEPRAZOLE], ..lasting("K21.9", "Acid reflux", 25, 130) },
];

/// Illnesses that pass.
pub const PASSING: [Illness; 14] = [
    Illness {
        medicines: &[med::AMOXICILLIN],
        panel: Some(INFLAMMATION),
        shifts: &[(lab::CRP, 180), (lab::WHITE_CELLS, 9)],
        ..passing("J18.9", "Pneumonia", (0, 90), 40)
    },
    Illness { medicines: &[med::PARACETAMOL], ..passing("J06.9", "Cold", (0, 90), 180) },
    Illness {
        medicines: &[med::NITROFURANTOIN],
        only: Some("female"),
        ..passing("N39.0", "Urinary tract infection", (12, 90), 150)
    },
    Illness { medicines: &[med::AMOXICILLIN], ..passing("H66.90", "Middle ear infection", (0, 12), 250) },
    Illness { medicines: &[med::IBUPROFEN], ..passing("S93.409A", "Sprained ankle", (10, 60), 90) },
    Illness { medicines: &[med::PARACETAMOL], ..passing("S52.501A", "Broken wrist", (5, 85), 50) },
    Illness {
        medicines: &[med::MORPHINE, med::PARACETAMOL],
        panel: Some(INFLAMMATION),
        shifts: &[(lab::CRP, 240), (lab::WHITE_CELLS, 11)],
        ..passing("K35.80", "Appendicitis", (6, 45), 25)
    },
    Illness {
        medicines: &[med::FERROUS_SULFATE],
        panel: Some(ANAEMIA),
        shifts: &[(lab::HAEMOGLOBIN, -9), (lab::FERRITIN, -5)],
        ..passing("D50.9", "Iron deficiency anaemia", (14, 85), 60)
    },
    Illness { medicines: &[med::HYDROCORTISONE], ..passing("L30.9", "Eczema flare", (1, 60), 90) },
    Illness {
        medicines: &[med::DOXYCYCLINE],
        panel: Some(INFLAMMATION),
        shifts: &[(lab::CRP, 90)],
        ..passing("L03.90", "Cellulitis", (18, 90), 40)
    },
    Illness {
        panel: Some(lab::CHEST_PAIN),
        shifts: &[(lab::TROPONIN, -4)],
        ..passing("R07.9", "Chest pain", (30, 85), 60)
    },
    Illness {
        medicines: &[med::CLOPIDOGREL, med::MORPHINE],
        panel: Some(lab::CHEST_PAIN),
        shifts: &[(lab::TROPONIN, 240)],
        ..passing("I21.9", "Heart attack", (48, 88), 22)
    },
    Illness {
        medicines: &[med::PREDNISOLONE],
        panel: Some(BLOOD_COUNT),
        ..passing("J45.901", "Asthma attack", (5, 60), 30)
    },
    Illness { only: Some("female"), ..passing("Z34.90", "Pregnancy", (18, 42), 300) },
];

/// What people do not bear: substance in our words, what happens, whether it is a medicine, and how bad.
pub const ALLERGIES: [(&str, &str, &str, &str); 10] = [
    ("Penicillin", "Rash", "medication", "low"),
    ("Penicillin", "Anaphylaxis", "medication", "high"),
    ("Peanut", "Swelling of face and throat", "food", "high"),
    ("Latex", "Skin blisters", "environment", "low"),
    ("Aspirin", "Wheeze", "medication", "high"),
    ("Eggs", "Hives", "food", "low"),
    ("Grass pollen", "Sneezing and itchy eyes", "environment", "low"),
    ("Codeine", "Vomiting", "medication", "low"),
    ("Shellfish", "Hives", "food", "high"),
    ("Contrast medium with iodine", "Hives", "medication", "low"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_illness_has_a_code_a_name_and_a_share() {
        for illness in LASTING.iter().chain(&PASSING) {
            assert!(!illness.code.is_empty() && !illness.name.is_empty() && illness.share > 0, "{illness:?}");
            assert!(illness.ages.0 < illness.ages.1);
        }
    }
}
