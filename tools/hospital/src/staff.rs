//! The people who work there: 180 in the roles of the catalogue, each with an account in the demo.

use crate::build::{Builder, reference};
use crate::chance::Chance;
use crate::names::{ORIGINS, origin};
use crate::places::{DEPARTMENTS, TRUST};
use galen_fhir::fold::fold;
use galen_fhir::{Json, array, object};
use std::collections::BTreeSet;

/// System of the role catalogue's codes.
const ROLE_SYSTEM: &str = "https://galen.health/CodeSystem/role";

/// How many hold each role (alias and code of the catalogue) and how the demo describes it.
const ROLES: [(&str, &str, u32, &str); 22] = [
    ("doctor", "R8000", 52, "Doctor: patients' charts, results, prescriptions"),
    ("nurse", "R8001", 60, "Nurse: charts and observations"),
    ("nurse-manager", "R8002", 6, "Nurse manager"),
    ("health-professional", "R8003", 11, "Physiotherapist, dietitian and other professions"),
    ("student", "R8004", 4, "Student: may read, not write"),
    ("biomedical-scientist", "R8005", 9, "Biomedical scientist: the laboratory"),
    ("medical-secretary", "R8006", 5, "Medical secretary: registers and amends patients"),
    ("clinical-coder", "R8007", 3, "Clinical coder"),
    ("clinical-support", "R8008", 4, "Clinical support"),
    ("receptionist", "R8009", 6, "Receptionist: registers patients"),
    ("clerk", "R8010", 3, "Clerk: sees who patients are, not what they have"),
    ("clerical-manager", "R8011", 1, "Clerical manager"),
    ("information-officer", "R8012", 1, "Information officer"),
    ("records-manager", "R8013", 1, "Health records manager: merges and unmerges"),
    ("social-worker", "R8014", 2, "Social worker"),
    ("midwife", "R8016", 4, "Midwife"),
    ("midwife-manager", "R8017", 1, "Midwife manager"),
    ("pharmacist", "R1290", 3, "Pharmacist: medication"),
    ("systems-support", "R8015", 1, "Systems support"),
    ("privacy-officer", "R0001", 1, "Privacy officer: reviews who looked at what"),
    ("caldicott-guardian", "R5105", 1, "Caldicott guardian"),
    ("administrator", "G-ADMINISTRATOR", 1, "Administrator: accounts and everything unsealed"),
];

/// Somebody who works there.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// Id of the Practitioner.
    pub id: String,
    /// Sign-in name.
    pub sign_in: String,
    /// Role, by its alias in the catalogue.
    pub role: &'static str,
    /// Code of the role.
    pub code: &'static str,
    /// What the demo says of the role.
    pub about: &'static str,
    /// Name as one says it, with the title.
    pub spoken: String,
    family: String,
    given: String,
    title: Option<&'static str>,
    gender: &'static str,
    department: &'static str,
}

/// All staff; the first of each role is its sample sign-in.
pub fn staff(seed: u64) -> Vec<Colleague> {
    let mut chance = Chance::new(seed, u64::from_be_bytes(*b"staff   "));
    let mut taken = BTreeSet::new();
    let mut all = Vec::new();
    for (role, code, count, about) in ROLES {
        for _ in 0..count {
            let colleague = colleague(&mut chance, all.len(), (role, code, about), &mut taken);
            all.push(colleague);
        }
    }
    all
}

fn colleague(
    chance: &mut Chance,
    number: usize,
    (role, code, about): (&'static str, &'static str, &'static str),
    taken: &mut BTreeSet<String>,
) -> Colleague {
    let from = origin(chance);
    let is_woman = role.starts_with("midwife") || chance.percent(60);
    let (given, _) = chance.pick(if is_woman { from.women } else { from.men });
    let (mut family, _) = chance.pick(from.families);
    let mut sign_in = sign_in_name(given, family);
    // Namesakes are told apart by another family name, so that sample sign-ins stay easy to type.
    while !taken.insert(sign_in.clone()) {
        let [english, ..] = &ORIGINS;
        (family, _) = chance.pick(english.families);
        sign_in = sign_in_name(given, family);
        if taken.contains(&sign_in) {
            sign_in = format!("{sign_in}{number}");
        }
    }
    let title = (role == "doctor").then_some("Dr");
    let spoken = [title.unwrap_or_default(), given, family].join(" ").trim().to_owned();
    let (department, _) = match role {
        "midwife" | "midwife-manager" => ("demo-dep-maternity", ""),
        "biomedical-scientist" => ("demo-dep-pathology", ""),
        _ => chance.pick(&DEPARTMENTS),
    };
    Colleague {
        id: format!("demo-staff-{:03}", number + 1),
        sign_in,
        role,
        code,
        about,
        spoken,
        family: family.to_owned(),
        given: given.to_owned(),
        title,
        gender: if is_woman { "female" } else { "male" },
        department,
    }
}

/// `given.family` in plain lower-case letters.
pub(crate) fn sign_in_name(given: &str, family: &str) -> String {
    let plain = |text: &str| fold(text).chars().filter(char::is_ascii_alphabetic).collect::<String>();
    format!("{}.{}", plain(given), plain(family))
}

impl Colleague {
    /// The Practitioner.
    pub fn practitioner(&self) -> Json {
        let mut name = object! { "use" => "official", "family" => self.family.as_str(), "given" => array![self.given.as_str()] };
        if let (Some(title), Some(object)) = (self.title, name.as_object_mut()) {
            object.insert("prefix", array![title]);
        }
        Builder::new("Practitioner")
            .with("id", self.id.as_str())
            .with("active", true)
            .with("name", array![name])
            .with("gender", self.gender)
            .done()
    }

    /// The PractitionerRole.
    pub fn practitioner_role(&self) -> Json {
        let code = object! { "coding" => array![object! { "system" => ROLE_SYSTEM, "code" => self.code }] };
        Builder::new("PractitionerRole")
            .with("id", self.id.replace("staff", "role"))
            .with("active", true)
            .with("practitioner", reference("Practitioner", &self.id))
            .with(
                "organization",
                reference("Organization", if self.department.is_empty() { TRUST } else { self.department }),
            )
            .with("code", array![code])
            .done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_180_and_their_sign_ins_differ_and_are_plain() {
        let staff = staff(1);
        assert_eq!(staff.len(), 180);
        let names: BTreeSet<&str> = staff.iter().map(|c| c.sign_in.as_str()).collect();
        assert_eq!(names.len(), 180);
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.';
        assert!(names.iter().all(|name| name.chars().all(is_plain) && name.len() > 4), "{names:?}");
    }
}
