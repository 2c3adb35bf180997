//! The words of registration: MRN, NHS number, demographics, the aggregate.

use galen_fhir::Resource;
use galen_kernel::{PatientId, Phi};
use serde::{Deserialize, Serialize};

/// System of this installation's MRNs.
pub const MRN_SYSTEM: &str = "https://galen.health/mrn";
/// System of NHS numbers.
pub const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// Digits of an MRN, the check digit included.
pub const MRN_DIGITS: usize = 9;

/// A medical record number: eight digits drawn by chance and a check digit (ISO 7064 MOD 11,10). Drawn, not counted:
/// a counter would be one hot row, and would tell how many patients there are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mrn(String);

impl Mrn {
    /// Reads an MRN; `None` when its length or check digit is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = digits(text)?;
        let (check, body) = digits.split_last()?;
        (digits.len() == MRN_DIGITS && check_digit_11_10(body) == *check).then(|| Self(text.to_owned()))
    }

    /// The MRN that these eight bytes of chance make.
    pub fn draw(chance: [u8; 8]) -> Self {
        let number = u64::from_be_bytes(chance) % 100_000_000;
        let body = format!("{number:08}");
        let check = check_digit_11_10(&digits(&body).unwrap_or_default());
        Self(format!("{body}{check}"))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An NHS number: ten digits, the last a check digit (modulus 11, NHS Data Dictionary).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NhsNumber(String);

impl NhsNumber {
    /// Reads an NHS number, with or without spaces and dashes; `None` when its length or check digit is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let digits = digits(&plain)?;
        let (check, body) = digits.split_last()?;
        if digits.len() != 10 {
            return None;
        }
        let sum: u32 = body.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
        let expected = match 11 - sum % 11 {
            11 => 0,
            10 => return None,
            digit => digit,
        };
        (expected == *check).then_some(Self(plain))
    }

    /// Ten digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

/// ISO 7064 MOD 11,10: finds every wrong digit and every swap of neighbours.
fn check_digit_11_10(body: &[u32]) -> u32 {
    let product = body.iter().fold(10, |product, digit| {
        let sum = match (product + digit) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (11 - product) % 10
}

/// What registration reads of a Patient resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demographics {
    /// The name to show: the official one, else the usual one, else the first that is not old.
    pub shown: PersonName,
    /// The other names, as one would write them.
    pub other_names: Vec<Phi<String>>,
    /// Family names, as written, of all names.
    pub family: Vec<Phi<String>>,
    /// Given names, as written, of all names.
    pub given: Vec<Phi<String>>,
    /// FHIR date, at whatever precision it is known.
    pub birth_date: Option<Phi<String>>,
    /// FHIR administrative gender.
    pub gender: Option<String>,
    /// (system, value) of every identifier that has both.
    pub identifiers: Vec<(String, Phi<String>)>,
    /// The first identifier of type MR: our MRN, or a record number of another facility.
    pub record_number: Option<Phi<String>>,
    /// Telephone number.
    pub phone: Option<Phi<String>>,
    /// E-mail address.
    pub email: Option<Phi<String>>,
    /// Lines of the home address, the last one the postcode, as in the form.
    pub address: Vec<Phi<String>>,
    /// When the patient died, or `true` when that alone is known.
    pub deceased: Option<Phi<String>>,
    /// The patient that replaced this one.
    pub replaced_by: Option<PatientId>,
}

/// A name in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonName {
    /// Family name.
    pub family: Option<Phi<String>>,
    /// Given names, the first one first.
    pub given: Vec<Phi<String>>,
}

impl Demographics {
    /// The MRN, or the record number that the patient brought.
    pub fn mrn(&self) -> Option<&str> {
        self.identifier(MRN_SYSTEM).or(self.record_number.as_ref().map(|number| number.reveal().as_str()))
    }

    /// The value of the first identifier of a system.
    pub fn identifier(&self, system: &str) -> Option<&str> {
        self.identifiers.iter().find(|(s, _)| s == system).map(|(_, value)| value.reveal().as_str())
    }
}

/// A patient as stored.
#[derive(Debug, Clone)]
pub struct StoredPatient {
    /// The id.
    pub id: PatientId,
    /// The version that was read.
    pub version: u64,
    /// The resource.
    pub resource: Resource,
    /// What registration reads of it.
    pub demographics: Demographics,
}

/// Somebody who may be the same person.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The patient.
    pub id: PatientId,
    /// How alike, 0 to 1.
    pub likeness: f64,
    /// Whether an identifier is the same.
    pub same_identifier: bool,
}

/// A merge that was done: enough to undo it. The versions before it are in the store's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Merge {
    /// The record that goes on.
    pub survivor: PatientId,
    /// The record that was replaced.
    pub duplicate: PatientId,
    /// The survivor's version before the merge.
    pub survivor_version: u64,
    /// The duplicate's version before the merge.
    pub duplicate_version: u64,
    /// What was moved: `Type/id` and the version that the move made.
    pub moved: Vec<(String, u64)>,
    /// Whether it was undone.
    pub undone: bool,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn nhs_numbers_are_checked() {
        assert_eq!(NhsNumber::parse("943 476 5919").unwrap().as_str(), "9434765919");
        for bad in ["9434765918", "943476591", "94347659191", "abcdefghij", "", "9434765991"] {
            assert_eq!(NhsNumber::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_wrong_digit_and_swap_of_an_mrn_is_found() {
        for seed in 0..200u64 {
            let mrn = Mrn::draw((seed * 7_919_357).to_be_bytes());
            assert_eq!(mrn.as_str().len(), MRN_DIGITS);
            assert_eq!(Mrn::parse(mrn.as_str()), Some(mrn.clone()));
            let text = mrn.as_str().as_bytes().to_vec();
            for at in 0..MRN_DIGITS {
                for other in b'0'..=b'9' {
                    let mut wrong = text.clone();
                    let digit = wrong.get_mut(at).unwrap();
                    if *digit != other {
                        *digit = other;
                        assert_eq!(Mrn::parse(std::str::from_utf8(&wrong).unwrap()), None);
                    }
                }
            }
        }
    }
}
