//! The handlers of messages, preferences and templates.

use super::commanding::{patient, target};
use super::{KIND, MessagePage, MessageQueue, MessageView, PreferencesView, TemplatePage, TemplateView};
use crate::commands::{OverrideMessageTemplate, ResendMessage, SetMessagePreferences};
use crate::fhir::{self, Contacts};
use crate::jobs::{Messaging, messaging};
use crate::model::templates::{Filling, Template, letter};
use crate::model::{Language, Message, Purpose, State};
use crate::queries;
use crate::store::{self, Stored};
use axum::extract::{Path, State as Shared};
use axum::response::Response;
use galen_access::{Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Fault, PatientId, Phi, Rejection, RejectionKind};
use galen_service::answering::{Sent, run, shown};
use galen_service::caller::parsed;
use galen_service::command::Command;
use galen_service::execute::execute;
use galen_service::http::{json, read_json};
use galen_service::observe::Draft;
use galen_service::{Caller, House, Refusal};
use http::StatusCode;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) type Answer = Result<Response, Refusal>;

/// Asks whether the caller may do this with a patient's messages: whoever never may learns nothing of who is there.
pub(super) async fn allowed(
    house: &House,
    context: &Context,
    action: &'static str,
    id: &str,
    draft: &mut Draft,
) -> Result<PatientId, Refusal> {
    house.access.visibility(context, action, &Target::plain(KIND.0, KIND.1)).await??;
    let patient = patient(house, id).await?;
    draft.patients = vec![patient.to_string()];
    draft.allow(house, context, action, &target(house, context, &patient).await?).await?;
    Ok(patient)
}

/// `GET /api/patients/{id}/messages`.
pub(super) async fn messages(
    Shared(house): Shared<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ListMessages", Interaction::Read);
    let page = messages_of(&house, &context, &id, &mut draft).await;
    shown(&house, &context, draft, page).await
}

/// What a patient was told, for whoever may know.
pub(crate) async fn messages_of(
    house: &House,
    context: &Context,
    id: &str,
    draft: &mut Draft,
) -> Result<MessagePage, Refusal> {
    let patient = allowed(house, context, "ListMessages", id, draft).await?;
    let stored = queries::messages(house, &patient).await?;
    draft.entities = stored.iter().map(|one| format!("Message/{}", one.id)).collect();
    let messages = Reading::of(house, context, &patient).await?.views(house, &stored).await?;
    Ok(MessagePage { messages })
}

/// What is needed to write messages out for who reads them.
struct Reading {
    messaging: Arc<Messaging>,
    contacts: Contacts,
    templates: HashMap<(Purpose, Language), Template>,
}

impl Reading {
    async fn of(house: &House, context: &Context, patient: &PatientId) -> Result<Self, Fault> {
        let messaging = messaging(house);
        let resource = house.records.resource("Patient", patient.as_str()).await?;
        let country = &messaging.customs.country;
        let contacts = resource.map(|one| fhir::contacts(&one, country, context.at)).unwrap_or_default();
        Ok(Self { messaging, contacts, templates: HashMap::new() })
    }

    async fn views(mut self, house: &House, stored: &[Stored<Message>]) -> Result<Vec<MessageView>, Fault> {
        let mut views = Vec::with_capacity(stored.len());
        for one in stored {
            let mut view = MessageView::new(&one.id, &one.value);
            if matches!(one.value.state(), State::Sent | State::Delivered) {
                self.write(house, &one.value, &mut view).await?;
            }
            views.push(view);
        }
        Ok(views)
    }

    async fn write(&mut self, house: &House, message: &Message, view: &mut MessageView) -> Result<(), Fault> {
        let key = (message.purpose, message.language);
        if let std::collections::hash_map::Entry::Vacant(place) = self.templates.entry(key) {
            place.insert(store::template(house, message.purpose, message.language).await?.1);
        }
        let Some(template) = self.templates.get(&key) else { return Ok(()) };
        let customs = &self.messaging.customs;
        let filling = Filling {
            name: self.contacts.name.clone(),
            start: message.start,
            answer_by: message.answer_by,
            zone: customs.zone.clone(),
            hospital: customs.hospital.clone(),
            site: customs.hospital.clone(),
        };
        let letter = letter(template, message.language, &filling);
        (view.subject, view.text) = (Some(Phi::new(letter.subject)), Some(Phi::new(letter.text)));
        Ok(())
    }
}

/// `GET /api/messaging/queue`.
pub(super) async fn queue(Shared(house): Shared<Arc<House>>, Caller(context): Caller) -> Answer {
    let mut draft = Draft::new("ReviewMessages", Interaction::Read);
    let counts = counted(&house, &context, &mut draft).await;
    shown(&house, &context, draft, counts).await
}

/// How the queue fares, for whoever may know.
pub(crate) async fn counted(
    house: &House,
    context: &Context,
    draft: &mut Draft,
) -> Result<MessageQueue, Refusal> {
    draft.allow(house, context, "ReviewMessages", &Target::plain(KIND.0, KIND.1)).await?;
    Ok(queries::counts(house, context.at).await?.into())
}

/// `GET /api/messaging/dead-letters`.
pub(super) async fn dead_letters(Shared(house): Shared<Arc<House>>, Caller(context): Caller) -> Answer {
    let mut draft = Draft::new("ReviewMessages", Interaction::Read);
    let page = given_up(&house, &context, &mut draft).await;
    shown(&house, &context, draft, page).await
}

/// The messages that were given up, as far as whoever asks may see them.
pub(crate) async fn given_up(
    house: &House,
    context: &Context,
    draft: &mut Draft,
) -> Result<MessagePage, Refusal> {
    let plain = Target::plain(KIND.0, KIND.1);
    draft.allow(house, context, "ReviewMessages", &plain).await?;
    let visible = house.access.visibility(context, "ReviewMessages", &plain).await??;
    let sealed = house.records.sealed(context.at).await?;
    let is_seen = |one: &Stored<Message>| {
        let patient = &one.value.patient;
        !visible.hidden.contains(&sealed.label(patient)) || visible.related.contains(patient)
    };
    let mut found = queries::dead_letters(house).await?;
    found.retain(is_seen);
    draft.patients = found.iter().map(|one| one.value.patient.to_string()).collect();
    draft.entities = found.iter().map(|one| format!("Message/{}", one.id)).collect();
    Ok(MessagePage { messages: found.iter().map(|one| MessageView::new(&one.id, &one.value)).collect() })
}

/// `POST /api/messaging/messages/{id}/resend`.
pub(super) async fn resend(
    Shared(house): Shared<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    sent: Sent,
) -> Answer {
    let key = parsed(&house, &context, ResendMessage::NAME, Interaction::Update, sent.key()).await?;
    Ok(json(StatusCode::OK, &execute(&house, &context, &ResendMessage { id }, key.as_ref()).await?))
}

/// `GET /api/patients/{id}/message-preferences`.
pub(super) async fn preferences(
    Shared(house): Shared<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ReadMessagePreferences", Interaction::Read);
    draft.entities = vec![format!("MessagePreferences/{id}")];
    let view = match allowed(&house, &context, "ReadMessagePreferences", &id, &mut draft).await {
        Ok(patient) => store::preferences(&house, &patient)
            .await
            .map(|(version, preferences)| PreferencesView { version, preferences })
            .map_err(Refusal::from),
        Err(refusal) => Err(refusal),
    };
    shown(&house, &context, draft, view).await
}

/// `PUT /api/patients/{id}/message-preferences`.
pub(super) async fn prefer(
    Shared(house): Shared<Arc<House>>,
    Caller(context): Caller,
    Path(patient): Path<String>,
    sent: Sent,
) -> Answer {
    let command = |read: SetMessagePreferences| SetMessagePreferences { patient, ..read };
    run(&house, &context, sent, StatusCode::OK, command).await
}

/// `GET /api/messaging/templates`.
pub(super) async fn templates(Shared(house): Shared<Arc<House>>, Caller(context): Caller) -> Answer {
    let mut draft = Draft::new("ListMessageTemplates", Interaction::Read);
    let page = all_templates(&house, &context, &mut draft).await;
    shown(&house, &context, draft, page).await
}

async fn all_templates(house: &House, context: &Context, draft: &mut Draft) -> Result<TemplatePage, Refusal> {
    draft.allow(house, context, "ListMessageTemplates", &Target::plain(KIND.0, KIND.1)).await?;
    let mut templates = Vec::with_capacity(Purpose::ALL.len() * Language::ALL.len());
    for purpose in Purpose::ALL {
        for language in Language::ALL {
            let (version, template, is_built_in) = store::template(house, purpose, language).await?;
            templates.push(TemplateView { purpose, language, version, is_built_in, template });
        }
    }
    Ok(TemplatePage { templates })
}

/// `PUT /api/messaging/templates/{purpose}/{language}`.
pub(super) async fn override_template(
    Shared(house): Shared<Arc<House>>,
    Caller(context): Caller,
    Path((purpose, language)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let read = named(&purpose, &language).and_then(|(purpose, language)| {
        let command: OverrideMessageTemplate = read_json(&sent.body)?;
        Ok((OverrideMessageTemplate { purpose, language, ..command }, sent.key()?))
    });
    let name = OverrideMessageTemplate::NAME;
    let (command, key) = parsed(&house, &context, name, Interaction::Update, read).await?;
    Ok(json(StatusCode::OK, &execute(&house, &context, &command, key.as_ref()).await?))
}

fn named(purpose: &str, language: &str) -> Result<(Purpose, Language), Rejection> {
    let language = Language::ALL.into_iter().find(|one| one.code() == language);
    Purpose::parse(purpose).zip(language).ok_or_else(|| {
        Rejection::new(RejectionKind::NotFound, "not-found", "There is no such template")
            .next("GET /api/messaging/templates names them all")
    })
}
