//! What providers call back with: receipts for messages, and what patients text back. A provider proves itself by the
//! secret that it shares with the hospital, as `Bearer` or as the password of `Basic`.

use super::handlers::Answer;
use crate::decide::{self, Receipt};
use crate::events::evolve;
use crate::jobs::{Customs, fingerprint, messaging};
use crate::model::reply::{Reply, international};
use crate::model::{Channel, Message, of_key};
use crate::queries;
use crate::store::{self, Answer as Given, Stored};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use data_encoding::{BASE64, HEXLOWER};
use galen_audit::Interaction;
use galen_contracts::messaging::ReminderAnsweredV1;
use galen_fhir::object;
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::caller::authorization;
use galen_service::observe::{Draft, commit, looked, refused};
use galen_service::reaction::{StaffTask, system_context};
use galen_service::{House, Refusal};
use galen_store::{Conflict, Expected};
use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How often a message is read anew when somebody else wrote it in the meantime.
const ATTEMPTS_MAX: u32 = 5;
/// Letters of a reply that staff are shown.
const REPLY_CHARACTERS_MAX: usize = 500;

/// `POST /api/messaging/receipts/{key}`.
pub(super) async fn receipt(
    State(house): State<Arc<House>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    prove(&house, &headers, "message-receipt").await?;
    let fields = fields(&body);
    let status = fields.get("messagestatus").or_else(|| fields.get("status")).map(String::as_str);
    let receipt = match status.unwrap_or_default().to_lowercase().as_str() {
        "delivered" | "read" => Receipt::Delivered,
        "undelivered" | "failed" | "rejected" | "expired" => Receipt::Undelivered,
        _ => Receipt::Underway,
    };
    // Whether there is such a message is nobody's business, and asking again would not help: all is well received.
    if let Some((id, round)) = of_key(&key) {
        take(&house, id, round, receipt).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Writes down what a receipt says; the same receipt again says nothing new.
async fn take(house: &House, id: &str, round: u32, receipt: Receipt) -> Result<(), Fault> {
    for _ in 0..ATTEMPTS_MAX {
        let Some(stored) = store::message(house, id).await? else { return Ok(()) };
        let mut message = stored.value.clone();
        let event = decide::receive(&message, round, receipt);
        let Some(event) = event.filter(|event| evolve(&mut message, event)) else { return Ok(()) };
        if event == crate::events::Event::Undelivered {
            house.metrics.messages_dead.inc();
        }
        let mut change = Change::new();
        let put = store::put_message(id, Expected::Version(stored.version), &message)?;
        change.push(store::shard_of(house, &message.patient), put);
        let draft = draft("message-receipt", &stored);
        match commit(house, &system_context(house, &format!("receipt-{id}"))?, draft, change).await? {
            Ok(()) | Err(Conflict::Erased { .. }) => return Ok(()),
            Err(_) => {}
        }
    }
    Err(Fault::unavailable("message receipt", "the message is written too often"))
}

fn draft(operation: &str, stored: &Stored<Message>) -> Draft {
    let mut draft = Draft::new(operation, Interaction::Update);
    draft.patients = vec![stored.value.patient.to_string()];
    draft.entities =
        vec![format!("Message/{}", stored.id), format!("Appointment/{}", stored.value.appointment)];
    draft
}

/// `POST /api/messaging/replies`.
pub(super) async fn reply(State(house): State<Arc<House>>, headers: HeaderMap, body: Bytes) -> Answer {
    let customs = prove(&house, &headers, "reminder-reply").await?;
    let fields = fields(&body);
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let number = international(field("from"), &customs.country);
    let reminder = match number.and_then(|number| fingerprint(&customs, &number)) {
        Some(number) => queries::last_reminder_to(&house, &number).await?,
        None => None,
    };
    match reminder {
        Some(reminder) => answer(&house, &reminder, field("body")).await?,
        // Nobody here was reminded at this number: there is nothing to answer.
        None => {
            let context = system_context(&house, "reminder-reply")?;
            looked(&house, &context, Draft::new("reminder-reply", Interaction::Execute)).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Takes an answer to a reminder.
async fn answer(house: &House, reminder: &Stored<Message>, text: &str) -> Result<(), Fault> {
    let mut change = Change::new();
    match Reply::read(text) {
        Reply::Accepted => given(house, reminder, true, &mut change).await?,
        Reply::Declined => given(house, reminder, false, &mut change).await?,
        Reply::Stop => stop(house, reminder, &mut change).await?,
        Reply::Other => ask_staff(house, reminder, text, &mut change).await?,
    }
    let context = system_context(house, &format!("reply-{}", reminder.id))?;
    let draft = draft("reminder-reply", reminder);
    if change.is_empty() {
        return looked(house, &context, draft).await;
    }
    match commit(house, &context, draft, change).await? {
        Ok(()) | Err(Conflict::Erased { .. }) => Ok(()),
        // The provider asks again, and what it says is looked at anew.
        Err(_) => Err(Fault::unavailable("reminder reply", "somebody else wrote the same")),
    }
}

async fn given(
    house: &House,
    reminder: &Stored<Message>,
    accepted: bool,
    change: &mut Change,
) -> Result<(), Fault> {
    let message = &reminder.value;
    let known = store::answer(house, &message.patient, &reminder.id).await?;
    if known.as_ref().is_some_and(|one| one.value.accepted == accepted) {
        return Ok(());
    }
    let given = Given {
        appointment: message.appointment.clone(),
        patient: message.patient.clone(),
        accepted,
        at: house.clock.now(),
    };
    let expected = store::expected(known.map_or(0, |one| one.version));
    change.push(store::shard_of(house, &message.patient), store::put_answer(&reminder.id, expected, &given)?);
    change.event(&ReminderAnsweredV1 {
        appointment: given.appointment.clone(),
        patient: given.patient.clone(),
        accepted,
    });
    Ok(())
}

async fn stop(house: &House, reminder: &Stored<Message>, change: &mut Change) -> Result<(), Fault> {
    let patient = &reminder.value.patient;
    let (version, mut preferences) = store::preferences(house, patient).await?;
    if preferences.consent.insert(Channel::Sms, false) != Some(false) {
        let put = store::put_preferences(patient, version, &preferences)?;
        change.push(store::shard_of(house, patient), put);
    }
    Ok(())
}

/// A Task for staff to read what the patient wrote; the same words make it once.
async fn ask_staff(
    house: &House,
    reminder: &Stored<Message>,
    text: &str,
    change: &mut Change,
) -> Result<(), Fault> {
    let message = &reminder.value;
    let hash = HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref());
    let id = format!("reply-{}-{}", reminder.id, hash.get(..16).unwrap_or_default());
    if house.records.get(galen_records::resource_type("Task")?, &id).await?.is_some() {
        return Ok(());
    }
    let now = house.clock.now();
    let words: String = text.chars().take(REPLY_CHARACTERS_MAX).collect();
    let input = object! { "type" => object! { "text" => "What the patient wrote" }, "valueString" => words };
    let code = ("read-reminder-reply", "Read a patient's reply to a reminder");
    // FHIR has no empty strings: of an empty reply there is only that it came.
    let input = if text.trim().is_empty() { Vec::new() } else { vec![input] };
    let mut task = StaffTask {
        id,
        code,
        patient: &message.patient,
        focus: Some(format!("Appointment/{}", message.appointment)),
        at: now,
        input,
    }
    .resource()?;
    change.put(&house.records, &mut task, Expected::Absent, now);
    Ok(())
}

/// Lets those through who know the secret.
async fn prove(house: &House, headers: &HeaderMap, operation: &str) -> Result<Customs, Refusal> {
    let customs = messaging(house).customs.clone();
    if is_proven(headers, &customs) {
        return Ok(customs);
    }
    let draft = Draft::new(operation, Interaction::Execute);
    let rejection = Rejection::new(
        RejectionKind::Forbidden,
        "callback-secret-wrong",
        "This address is for the hospital's provider of messages",
    );
    Err(refused(house, None, draft, rejection.into()).await)
}

fn is_proven(headers: &HeaderMap, customs: &Customs) -> bool {
    let Some(secret) = &customs.callback_secret else { return false };
    let Ok(Some(value)) = authorization(headers) else { return false };
    let Some((scheme, given)) = value.to_str().ok().and_then(|text| text.split_once(' ')) else {
        return false;
    };
    let given = if scheme.eq_ignore_ascii_case("bearer") {
        given.trim().to_owned()
    } else if scheme.eq_ignore_ascii_case("basic") {
        let decoded =
            BASE64.decode(given.trim().as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((_, password)) = decoded.as_deref().and_then(|text| text.split_once(':')) else {
            return false;
        };
        password.to_owned()
    } else {
        return false;
    };
    // Of hashes, so that not even the secret's length shows in the time that it takes.
    let hash = |text: &str| digest(&SHA256, text.as_bytes());
    verify_slices_are_equal(hash(&given).as_ref(), hash(secret.reveal()).as_ref()).is_ok()
}

/// The fields of a form or a JSON object, by their names in small letters.
fn fields(body: &[u8]) -> BTreeMap<String, String> {
    if let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(body) {
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        return object.iter().filter_map(|(name, value)| Some((name.to_lowercase(), text(value)?))).collect();
    }
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs =
        std::str::from_utf8(body).unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decode(name).to_lowercase(), decode(value))).collect()
}
