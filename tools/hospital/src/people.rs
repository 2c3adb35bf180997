//! Who the patients are: demographics, and the odd cases that every hospital has.

use crate::build::{Builder, coding, reference};
use crate::chance::Chance;
use crate::day::{after, at};
use crate::names::{self, Origin, Written, origin};
use galen_fhir::{Json, Object, array, object};
use jiff::civil::Date;

/// System of NHS numbers.
const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// NHS numbers that begin so are for tests: no patient has one.
const TEST_NUMBERS: u32 = 999;
/// Oldest patients.
const DAYS_OLD_MAX: i32 = 98 * 365;

/// What is odd about a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Oddity {
    /// Nothing.
    #[default]
    None,
    /// Nobody knows when they were born.
    NoBirthDate,
    /// The year alone is known.
    BirthYear,
    /// They came in unable to say who they are.
    Unidentified,
    /// Their name is written in their own script only.
    OwnScriptOnly,
    /// Their family name has 300 characters.
    LongName,
    /// The whole record is sealed.
    Sealed,
    /// Born together with the patient before.
    Twin,
    /// There is a second record of the patient before, made by mistake.
    Duplicate,
}

/// A patient, before anything happens to them.
#[derive(Debug, Clone)]
pub struct Person {
    /// Id of the Patient.
    pub id: String,
    /// Birth date, known or not: what happens to them depends on it.
    pub born: Date,
    /// When they died.
    pub died: Option<Date>,
    /// Administrative gender.
    pub gender: &'static str,
    /// What is odd.
    pub oddity: Oddity,
    origin: &'static Origin,
    given: Written,
    second: Option<&'static str>,
    family: Written,
    /// Which of the patients it is.
    pub number: u32,
    home: (u32, &'static str, &'static str),
    phone: u32,
}

const STREETS: [&str; 14] = [
    "Alder Lane",
    "Mill Road",
    "Station Road",
    "Church Street",
    "Windsor Close",
    "The Crescent",
    "Kingsway",
    "Park Avenue",
    "Old Quay",
    "Meadow View",
    "Victoria Terrace",
    "Harbour Street",
    "Larch Grove",
    "Canal Walk",
];
const TOWNS: [&str; 6] = ["Aldermoor", "Dale", "Nether Wick", "Saltby", "Great Larkford", "Thornholme"];

fn oddity(number: u32) -> Oddity {
    match number {
        7 => Oddity::LongName,
        12 => Oddity::OwnScriptOnly,
        n if n % 401 == 33 => Oddity::NoBirthDate,
        n if n % 301 == 44 => Oddity::BirthYear,
        n if n % 503 == 55 => Oddity::Unidentified,
        n if n % 201 == 66 => Oddity::OwnScriptOnly,
        n if n % 251 == 77 => Oddity::Sealed,
        n if n % 151 == 88 => Oddity::Twin,
        n if n % 199 == 99 => Oddity::Duplicate,
        _ => Oddity::None,
    }
}

/// The patient of this number; `before` is the one of the number before.
pub fn person(seed: u64, number: u32, today: Date, before: Option<&Person>) -> Person {
    let mut chance = Chance::new(seed, 1_000 + u64::from(number));
    let oddity = oddity(number);
    let origin = origin(&mut chance);
    let is_woman = chance.percent(52);
    // The old are in hospital more often than there are old people.
    let share = chance.below(1_000).max(chance.below(1_000));
    let days = DAYS_OLD_MAX / 1_000 * i32::try_from(share).unwrap_or(0) + chance.between(1, 90);
    let born = after(today, -days);
    let died = (days > 70 * 365 && chance.percent(9)).then(|| after(today, -chance.between(3, 900)));
    let given = chance.pick(if is_woman { origin.women } else { origin.men });
    let (second, _) = chance.pick(if is_woman { origin.women } else { origin.men });
    let has_second = chance.percent(25) && second != given.0;
    let mut person = Person {
        id: format!("demo-patient-{number:05}"),
        born,
        died,
        gender: if is_woman { "female" } else { "male" },
        oddity,
        origin,
        given,
        second: has_second.then_some(second),
        family: chance.pick(origin.families),
        number,
        home: (chance.below(180) + 1, chance.pick(&STREETS), chance.pick(&TOWNS)),
        phone: chance.below(1_000),
    };
    if let Some(before) = before {
        match oddity {
            Oddity::Twin => person.become_twin(before, &mut chance),
            Oddity::Duplicate => {
                person = Person { id: person.id, number, oddity, ..before.clone() };
            }
            _ => {}
        }
    }
    person
}

impl Person {
    fn become_twin(&mut self, other: &Self, chance: &mut Chance) {
        (self.born, self.origin, self.family, self.home) =
            (other.born, other.origin, other.family, other.home);
        (self.died, self.second) = (None, None);
        let names = if self.gender == "female" { other.origin.women } else { other.origin.men };
        self.given = chance.pick(names);
        while self.given == other.given && names.len() > 1 {
            self.given = chance.pick(names);
        }
    }

    /// Whether anything is known of them beyond that they are here.
    pub fn is_identified(&self) -> bool {
        self.oddity != Oddity::Unidentified
    }

    /// Name in one line, as letters use it.
    pub fn spoken(&self) -> String {
        if self.is_identified() {
            format!("{} {}", self.given.0, self.family.0)
        } else {
            "Unknown".to_owned()
        }
    }

    /// Name to sign in by, of those who have an account.
    pub fn sign_in(&self) -> String {
        crate::staff::sign_in_name(self.given.0, self.family.0)
    }

    /// The last day on which something can happen.
    pub fn last_day(&self, today: Date) -> Date {
        self.died.unwrap_or(today)
    }

    /// The Patient.
    pub fn patient(&self, managing: &str) -> Json {
        let mut builder = Builder::new("Patient").with("id", self.id.as_str());
        if self.oddity == Oddity::Sealed {
            let label = coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R");
            builder = builder.with("meta", object! { "security" => array![label] });
        }
        builder = builder.with("active", true);
        if self.is_identified() {
            builder = builder.with("name", Json::Array(self.names()));
            if self.oddity != Oddity::Duplicate {
                builder = builder.with(
                    "identifier",
                    array![object! { "use" => "official", "system" => NHS_NUMBER_SYSTEM, "value" => nhs_number(self.number) }],
                );
            }
            builder = builder.with("telecom", self.contacts()).with("address", array![self.address()]);
        }
        builder
            .with("gender", if self.is_identified() { self.gender } else { "unknown" })
            .maybe("birthDate", self.birth_date())
            .maybe("deceasedDateTime", self.died.map(|day| at(day, 4 * 60 + 20)))
            .maybe("multipleBirthInteger", (self.oddity == Oddity::Twin).then_some(2))
            .maybe("communication", (self.origin.language != "en-GB").then(|| self.language()))
            .with("managingOrganization", reference("Organization", managing))
            .done()
    }

    fn birth_date(&self) -> Option<String> {
        match self.oddity {
            Oddity::NoBirthDate | Oddity::Unidentified => None,
            Oddity::BirthYear => Some(self.born.year().to_string()),
            _ => Some(self.born.to_string()),
        }
    }

    fn names(&self) -> Vec<Json> {
        let own = |written: Written| if written.1.is_empty() { written.0 } else { written.1 };
        let given: Vec<&str> = [Some(self.given.0), self.second].into_iter().flatten().collect();
        let family = match self.oddity {
            Oddity::LongName => names::longest_family(),
            _ => self.family.0.to_owned(),
        };
        let latin = object! { "use" => "official", "family" => family, "given" => given };
        let is_other_script = !self.given.1.is_empty();
        let own_script = object! {
            "use" => "usual", "family" => own(self.family), "given" => array![own(self.given)],
        };
        match (is_other_script, self.oddity) {
            (true, Oddity::OwnScriptOnly) => vec![own_script],
            (true, _) => vec![latin, own_script],
            (false, _) => vec![latin],
        }
    }

    fn contacts(&self) -> Json {
        // Numbers and domains that are set aside for fiction and examples.
        let mail = format!("patient{}@example.org", self.number);
        array![
            object! { "system" => "phone", "value" => format!("07700 900{:03}", self.phone), "use" => "mobile" },
            object! { "system" => "email", "value" => mail },
        ]
    }

    fn address(&self) -> Json {
        let (house, street, town) = self.home;
        object! {
            "use" => "home",
            "line" => array![format!("{house} {street}")],
            "city" => town,
            "postalCode" => format!("ZZ{} {}AA", 10 + house % 80, house % 9),
            "country" => "GB",
        }
    }

    fn language(&self) -> Json {
        let language = object! { "coding" => array![coding("urn:ietf:bcp:47", self.origin.language)] };
        let mut communication = Object::new();
        communication.insert("language", language);
        array![Json::Object(communication)]
    }
}

/// A valid number of the range for tests; the numbers of different patients differ.
fn nhs_number(number: u32) -> String {
    // Where the check digit would be 10 there is no such number: the next body is taken.
    let mut body = number * 11;
    loop {
        let digits = format!("{TEST_NUMBERS}{body:06}");
        let sum: u32 =
            digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        match 11 - sum % 11 {
            10 => body += 1,
            11 => return format!("{digits}0"),
            check => return format!("{digits}{check}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use std::collections::BTreeSet;

    #[test]
    fn numbers_are_valid_and_differ() {
        let numbers: BTreeSet<String> = (0..64_000).map(nhs_number).collect();
        assert_eq!(numbers.len(), 64_000);
        assert!(numbers.iter().all(|n| n.len() == 10 && n.starts_with("999")), "ten digits");
    }

    #[test]
    fn two_thousand_hold_every_oddity() {
        let today = date(2026, 11, 23);
        let mut before = None;
        let mut seen = Vec::new();
        for number in 1..=2_000 {
            let person = person(1, number, today, before.as_ref());
            if person.oddity == Oddity::Twin {
                let other = before.as_ref().unwrap();
                assert_eq!((person.born, person.family), (other.born, other.family));
                assert_ne!(person.given, other.given);
            }
            seen.push(person.oddity);
            assert!(person.died.is_none_or(|day| day > person.born && day <= today));
            before = Some(person);
        }
        for oddity in [
            Oddity::NoBirthDate,
            Oddity::BirthYear,
            Oddity::Unidentified,
            Oddity::OwnScriptOnly,
            Oddity::LongName,
            Oddity::Sealed,
            Oddity::Twin,
            Oddity::Duplicate,
        ] {
            assert!(seen.contains(&oddity), "{oddity:?}");
        }
    }
}
