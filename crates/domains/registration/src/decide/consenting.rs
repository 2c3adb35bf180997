//! What a patient may withhold, and when that is said already.

use super::refuse;
use crate::model::StoredPatient;
use galen_access::{Category, PurposeOfUse};
use galen_kernel::{PractitionerId, Rejection, RejectionKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a consent to research is about.
pub const RESEARCH: [PurposeOfUse; 1] = [PurposeOfUse::Hresch];
/// Most consents of one patient that are in force.
pub const CONSENTS_IN_FORCE_MAX: usize = 50;
/// Most people who may see what is withheld from everybody else.
const EXCEPTIONS_MAX: usize = 20;

/// How much is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Contents {
    /// What is clinically known: findings, results, medicines, documents.
    #[default]
    HealthRecord,
    /// Everything, also that the person is a patient here.
    Everything,
}

/// What a patient chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// One person does not see it.
    WithholdFromPerson {
        /// Who.
        practitioner: PractitionerId,
        /// What.
        contents: Contents,
    },
    /// Nobody sees it but these.
    WithholdFromEverybody {
        /// Who may.
        except: Vec<PractitionerId>,
        /// What.
        contents: Contents,
    },
    /// Nothing of it is used for research.
    NoResearch,
}

impl Contents {
    /// The categories of records.
    pub fn codes(self) -> Vec<&'static str> {
        match self {
            Self::HealthRecord => {
                [Category::Clinical, Category::Laboratory, Category::Medication].map(Category::code).to_vec()
            }
            Self::Everything => Vec::new(),
        }
    }

    /// The one that has just these codes.
    pub fn of(codes: &[String]) -> Option<Self> {
        let is = |one: &Self| {
            one.codes().len() == codes.len() && one.codes().iter().all(|c| codes.iter().any(|d| d == c))
        };
        [Self::HealthRecord, Self::Everything].into_iter().find(is)
    }
}

impl Choice {
    /// What it withholds.
    pub fn contents(&self) -> Contents {
        match self {
            Self::WithholdFromPerson { contents, .. } | Self::WithholdFromEverybody { contents, .. } => {
                *contents
            }
            Self::NoResearch => Contents::Everything,
        }
    }

    /// Everybody whom it names.
    pub fn named(&self) -> Vec<&PractitionerId> {
        match self {
            Self::WithholdFromPerson { practitioner, .. } => vec![practitioner],
            Self::WithholdFromEverybody { except, .. } => except.iter().collect(),
            Self::NoResearch => Vec::new(),
        }
    }

    /// Whether the two withhold from the same people, if not the same things.
    fn is_of_same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::WithholdFromPerson { practitioner: a, .. },
                Self::WithholdFromPerson { practitioner: b, .. },
            ) => a == b,
            (Self::WithholdFromEverybody { .. }, Self::WithholdFromEverybody { .. }) => true,
            (Self::NoResearch, Self::NoResearch) => true,
            _ => false,
        }
    }
}

/// What recording a consent depends on.
#[derive(Debug, Clone)]
pub struct Consenting {
    /// Whose.
    pub patient: StoredPatient,
    /// What they chose before and is in force.
    pub in_force: Vec<Choice>,
    /// Of those whom the new choice names, who works here.
    pub known: Vec<PractitionerId>,
}

/// Records a choice. A choice about the same people takes the place of the one before only when that was withdrawn: nothing
/// that a patient once said is changed silently.
pub fn record(choice: &Choice, about: &Consenting) -> Result<(), Rejection> {
    let who = &about.patient.demographics;
    if let Some(survivor) = &who.replaced_by {
        return Err(super::replaced(survivor));
    }
    if who.deceased.is_some() {
        return Err(refuse("patient-deceased", "id", "The patient has died"));
    }
    if choice.named().len() > EXCEPTIONS_MAX {
        return Err(refuse(
            "too-many-people",
            "except",
            &format!("At most {EXCEPTIONS_MAX} people can be named"),
        ));
    }
    if let Some(stranger) = choice.named().into_iter().find(|id| !about.known.contains(id)) {
        return Err(refuse("practitioner-unknown", "practitioner", "Nobody with this id works here")
            .related(vec![stranger.to_string()])
            .next("Find the person by name"));
    }
    if about.in_force.iter().any(|one| one.is_of_same(choice)) {
        return Err(Rejection::new(
            RejectionKind::Conflict,
            "consent-in-force",
            "The patient said this already",
        )
        .next("Withdraw the other first, if it is to say something else"));
    }
    if about.in_force.len() >= CONSENTS_IN_FORCE_MAX {
        let message = format!("This patient has {CONSENTS_IN_FORCE_MAX} consents in force");
        return Err(Rejection::new(RejectionKind::Conflict, "too-many-consents", message)
            .next("Withdraw one that is not needed"));
    }
    Ok(())
}

/// Withdraws a consent.
pub fn withdraw(status: &str) -> Result<(), Rejection> {
    if status == "active" {
        return Ok(());
    }
    Err(Rejection::new(
        RejectionKind::Conflict,
        "consent-not-in-force",
        "This consent is not in force (any more)",
    ))
}
