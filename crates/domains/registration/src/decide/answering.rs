//! What patients say of themselves in questionnaires: their own answers only, and sent once.

use super::refuse;
use galen_kernel::{PatientId, Rejection, RejectionKind};

/// What the rules read of a QuestionnaireResponse.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// `in-progress`, `completed`, `amended`, `entered-in-error` or `stopped`.
    pub status: String,
    /// The patient who answered, if it was one.
    pub source: Option<PatientId>,
    /// Whether somebody else answered or wrote it down.
    pub is_others: bool,
}

/// Lets a patient (or whoever acts for them) write answers; staff write what they were told without asking here.
pub fn answer(patient: &PatientId, before: Option<&Answers>, after: &Answers) -> Result<(), Rejection> {
    let is_own = |answers: &Answers| !answers.is_others && answers.source.as_ref() == Some(patient);
    if !is_own(after) {
        return Err(refuse("not-own-answers", "source", "Patients write their own answers only")
            .next("Name the patient as source, and as author or nobody"));
    }
    if !matches!(after.status.as_str(), "in-progress" | "completed") {
        return Err(refuse(
            "status-not-for-patients",
            "status",
            "Patients' answers are in-progress or completed",
        ));
    }
    match before {
        Some(before) if !is_own(before) => Err(Rejection::new(
            RejectionKind::Conflict,
            "not-own-answers",
            "Somebody else wrote these answers",
        )
        .next("Tell the clinic what is wrong in them")),
        Some(before) if before.status != "in-progress" => {
            Err(Rejection::new(RejectionKind::Conflict, "answers-sent", "These answers were sent")
                .next("Fill the form in anew, or tell the clinic what is wrong in them"))
        }
        _ => Ok(()),
    }
}
