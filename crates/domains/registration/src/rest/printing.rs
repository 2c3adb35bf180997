//! What registration prints: a patient's label, and the letter with which a patient makes an account.

use super::inviting::{INVITATION, allowed};
use super::registering::{may_ever, target};
use super::view::InvitationIssuedView;
use crate::commands::InvitePatient;
use crate::model::{Demographics, NHS_NUMBER_SYSTEM};
use crate::store;
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::Context;
use galen_audit::Interaction;
use galen_print::{Label, Letter, clinical_date};
use galen_service::execute::execute;
use galen_service::http::pdf;
use galen_service::observe::{Draft, looked, refused};
use galen_service::{Caller, House, Refusal};
use std::sync::Arc;

/// What is not known is said so, never left out.
const NOT_KNOWN: &str = "Not Known";

/// `GET /api/patients/{id}/label`.
pub(super) async fn label(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new("PrintPatientLabel", Interaction::Read);
    draft.entities = vec![format!("Patient/{id}")];
    match print(&house, &context, &id, &mut draft).await {
        Ok(label) => {
            looked(&house, &context, draft).await?;
            Ok(pdf("label.pdf", label))
        }
        Err(refusal) => Err(refused(&house, Some(&context), draft, refusal).await),
    }
}

/// `POST /api/patients/{id}/invitation-letters`: issues a code for the patient's account and writes it into a letter, where
/// nobody reads it who does not open that.
pub(super) async fn invitation_letter(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new("PrintInvitationLetter", Interaction::Create);
    if let Err(refusal) =
        allowed(&house, &context, "PrintInvitationLetter", INVITATION, &id, &mut draft).await
    {
        return Err(refused(&house, Some(&context), draft, refusal).await);
    }
    let issued = execute(&house, &context, &InvitePatient { id: id.clone(), proxy: None }, None).await?;
    let patient = store::load(&house, &id).await?;
    let told = invitation(&house.origin, &patient.demographics, &issued);
    Ok(pdf("letter.pdf", galen_print::letter(&told)?))
}

/// The letter says no more of the patient than the envelope does. The hospital's name is on its paper.
fn invitation(origin: &str, who: &Demographics, issued: &InvitationIssuedView) -> Letter {
    let given: Vec<&str> = who.shown.given.iter().map(|name| name.reveal().as_str()).collect();
    let family = who.shown.family.as_ref().map(|family| family.reveal().as_str());
    let name = given.into_iter().chain(family).collect::<Vec<_>>().join(" ");
    let name = if name.is_empty() { NOT_KNOWN.to_owned() } else { name };
    Letter {
        from: Vec::new(),
        date: clinical_date(&issued.invitation.issued),
        to: std::iter::once(name.clone()).chain(who.address.iter().map(|line| line.reveal().clone())).collect(),
        title: "Your account at our patient portal".to_owned(),
        opening: vec![
            format!("Dear {name}"),
            "With an account you can see your record and your test results, book and move appointments, and write to \
             us. To make it, open this address and type the code. You will also be asked for your date of birth."
                .to_owned(),
        ],
        facts: vec![
            ("Address", format!("{origin}/my/activate")),
            ("Code", issued.code.clone()),
            // It ends within that day, wherever the clock stands there.
            ("Use it before", clinical_date(&issued.invitation.until)),
        ],
        closing: vec![
            "The code is for you alone and works once. We never ask for it by telephone or e-mail.".to_owned(),
            "If you did not ask for an account, you need do nothing: without the code nobody can make it.".to_owned(),
        ],
        foot: String::new(),
    }
}

async fn print(house: &House, context: &Context, id: &str, draft: &mut Draft) -> Result<Vec<u8>, Refusal> {
    may_ever(house, context, "PrintPatientLabel").await?;
    let patient = store::load(house, id).await?;
    draft.patients = vec![id.to_owned()];
    draft.allow(house, context, "PrintPatientLabel", &target(house, &patient, context).await?).await?;
    Ok(galen_print::label(&of_patient(id, &patient.demographics))?)
}

fn of_patient(id: &str, who: &Demographics) -> Label {
    let (mrn, nhs_number) =
        (who.mrn().map(str::to_owned), who.identifier(NHS_NUMBER_SYSTEM).map(str::to_owned));
    let or_not_known = |text: Option<String>| text.unwrap_or_else(|| NOT_KNOWN.to_owned());
    Label {
        name: name(who),
        other_name: who.other_names.first().map(|name| name.reveal().clone()),
        lines: vec![
            ("Born", or_not_known(who.birth_date.as_ref().map(|date| clinical_date(date.reveal())))),
            ("Gender", or_not_known(who.gender.as_deref().filter(|g| *g != "unknown").map(capitalized))),
            ("NHS No.", or_not_known(nhs_number.as_deref().map(grouped))),
            ("MRN", or_not_known(mrn.clone())),
        ],
        barcode: mrn.or(nhs_number).unwrap_or_else(|| id.to_owned()),
    }
}

/// FAMILY, Given, as the banner writes it.
fn name(who: &Demographics) -> String {
    let family = who.shown.family.as_ref().map(|family| family.reveal().to_uppercase());
    let given: Vec<&str> = who.shown.given.iter().map(|name| name.reveal().as_str()).collect();
    let parts: Vec<String> = family.into_iter().chain((!given.is_empty()).then(|| given.join(" "))).collect();
    if parts.is_empty() { NOT_KNOWN.to_owned() } else { parts.join(", ") }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Three, three and four digits.
fn grouped(number: &str) -> String {
    match (number.get(..3), number.get(3..6), number.get(6..)) {
        (Some(first), Some(second), Some(third)) => format!("{first} {second} {third}"),
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_says_what_is_known_and_what_is_not() {
        let nobody = of_patient("p1", &Demographics::default());
        assert_eq!((nobody.name.as_str(), nobody.barcode.as_str()), (NOT_KNOWN, "p1"));
        assert!(nobody.lines.iter().all(|(_, value)| value == NOT_KNOWN));
        assert_eq!(clinical_date("1970-02-07"), "07-Feb-1970");
        assert_eq!(clinical_date("1970-02"), "Feb-1970");
        assert_eq!(clinical_date("1970"), "1970");
        assert_eq!(grouped("9434765919"), "943 476 5919");
    }
}
