//! Calendar addresses: made, listed, closed, and read by calendar programs.

use super::commanding::hash;
use super::handlers::{Answer, allowed};
use super::{FeedPage, FeedView};
use crate::commands::{CreateCalendarFeed, RevokeCalendarFeed};
use crate::fhir::calendar_event;
use crate::jobs::messaging;
use crate::model::calendar::{Event, Method, calendar as written};
use crate::model::templates::{Filling, Template, letter};
use crate::model::{Language, Purpose};
use crate::queries;
use crate::store::{self, Feed};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use galen_access::Label;
use galen_audit::Interaction;
use galen_kernel::{Fault, Instant, Phi, Rejection, RejectionKind};
use galen_service::answering::shown;
use galen_service::execute::execute;
use galen_service::http::json;
use galen_service::observe::{Draft, looked, refused};
use galen_service::reaction::system_context;
use galen_service::{Caller, House, Refusal};
use http::{StatusCode, header};
use std::sync::Arc;

/// Letters of a server-made id, which begins the token.
const ID_LETTERS: usize = 28;
/// The ending of a feed's address.
const ENDING: &str = ".ics";

/// `GET /api/patients/{id}/calendar-feeds`.
pub(super) async fn list(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ListCalendarFeeds", Interaction::Read);
    let page = match allowed(&house, &context, "ListCalendarFeeds", &id, &mut draft).await {
        Ok(patient) => queries::feeds(&house, &patient)
            .await
            .map(|feeds| FeedPage { feeds: feeds.iter().map(FeedView::new).collect() })
            .map_err(Refusal::from),
        Err(refusal) => Err(refusal),
    };
    shown(&house, &context, draft, page).await
}

/// `POST /api/patients/{id}/calendar-feeds`. Without idempotency key: the answer, which would be kept, holds the secret.
pub(super) async fn create(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(patient): Path<String>,
) -> Answer {
    let command = CreateCalendarFeed { patient };
    Ok(json(StatusCode::CREATED, &execute(&house, &context, &command, None).await?))
}

/// `DELETE /api/patients/{id}/calendar-feeds/{feed}`.
pub(super) async fn revoke(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path((patient, feed)): Path<(String, String)>,
) -> Answer {
    execute(&house, &context, &RevokeCalendarFeed { patient, feed }, None).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /api/calendar/{file}`.
pub(super) async fn calendar(State(house): State<Arc<House>>, Path(file): Path<String>) -> Answer {
    let mut draft = Draft::new("calendar-feed", Interaction::Read);
    let Some((id, feed)) = opened(&house, &file).await? else {
        let missing = Rejection::new(RejectionKind::NotFound, "not-found", "There is no such calendar");
        return Err(refused(&house, None, draft, missing.into()).await);
    };
    let events = events(&house, &feed).await?;
    draft.patients = vec![feed.patient.to_string()];
    draft.entities = vec![format!("CalendarFeed/{id}")];
    looked(&house, &system_context(&house, &format!("feed-{id}"))?, draft).await?;
    let name = messaging(&house).customs.hospital.clone();
    let text = written(Method::Publish, Some(&name), &events);
    let kind = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
    let response: Response = (StatusCode::OK, kind, text).into_response();
    Ok(response)
}

/// The feed that an address opens. What is compared is the hash of the secret, in constant time.
async fn opened(house: &House, file: &str) -> Result<Option<(String, Feed)>, Fault> {
    let token = file.strip_suffix(ENDING).filter(|token| token.is_ascii());
    let Some((id, secret)) = token.and_then(|token| token.split_at_checked(ID_LETTERS)) else {
        return Ok(None);
    };
    let Some(stored) = store::feed(house, id).await? else { return Ok(None) };
    let is_it = verify_slices_are_equal(hash(secret).as_bytes(), stored.value.hash.as_bytes()).is_ok();
    // Who was hidden from everybody since then is not shown by an address that may be known to others.
    let label = house.records.sealed(house.clock.now()).await?.label(&stored.value.patient);
    Ok((is_it && label != Label::VeryRestricted).then_some((stored.id, stored.value)))
}

async fn events(house: &House, feed: &Feed) -> Result<Vec<Event>, Fault> {
    let (messaging, now) = (messaging(house), house.clock.now());
    let customs = &messaging.customs;
    let preferences = store::preferences(house, &feed.patient).await?.1;
    let language: Language = preferences.language.unwrap_or(customs.language);
    let filling = Filling {
        name: Phi::default(),
        start: None,
        answer_by: None,
        zone: customs.zone.clone(),
        hospital: customs.hospital.clone(),
        site: customs.hospital.clone(),
    };
    let title = Template::built_in(Purpose::AppointmentBooked, language);
    let summary = letter(&title, language, &filling).subject;
    let appointments = queries::appointments(house, &feed.patient, now).await?;
    Ok(appointments
        .iter()
        .filter_map(|one| {
            let stamp = one.last_updated().and_then(Instant::parse).unwrap_or(now);
            calendar_event(one, &summary, None, stamp)
        })
        .collect())
}
