//! Who waits for a time.

use super::board::{named, views};
use super::search;
use crate::decide;
use crate::fhir;
use crate::model::{Priority, Status, Visit};
use crate::rest::{AppointmentView, WaitingPage};
use galen_access::Visibility;
use galen_fhir::ParsedReference;
use galen_kernel::{Instant, Rejection, RejectionKind};
use galen_records::resource_type;
use galen_service::{House, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

/// Most people who wait that one look takes in.
pub const WAITING_LOOKED_AT_MAX: usize = 2_000;
/// Those who are read at a time.
const WAITING_PER_PAGE: u32 = 500;
/// Most people who wait that are shown.
const WAITING_SHOWN_MAX: usize = 500;

/// Which part of the waiting list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListWaiting {
    /// For a HealthcareService (id).
    pub service: Option<String>,
    /// Of this priority.
    pub priority: Option<Priority>,
    /// Of whom this clinic (a Location's id) would do.
    pub clinic: Option<String>,
    /// Who waits since before this moment.
    #[schemars(extend("format" = "date-time"))]
    pub since_before: Option<String>,
}

fn pairs(services: Option<&[String]>, status: &str) -> Vec<(String, String)> {
    let mut pairs = vec![("status".to_owned(), status.to_owned())];
    if let Some(services) = services {
        let actors: Vec<String> = services.iter().map(|id| format!("HealthcareService/{id}")).collect();
        pairs.push(("actor".to_owned(), actors.join(",")));
    }
    pairs
}

/// The waiting list within what the caller may see: open offers, then those who wait, as they are offered a time.
pub async fn waiting(
    house: &House,
    wanted: &ListWaiting,
    visibility: Visibility,
) -> Result<WaitingPage, Refusal> {
    let since = wanted.since_before.as_deref().map(|text| super::instant(text, "sinceBefore")).transpose()?;
    let is_id = |id: &String| {
        ParsedReference::local_id(&format!("HealthcareService/{id}"), "HealthcareService").is_some()
    };
    if wanted.service.as_ref().is_some_and(|id| !is_id(id)) {
        let message = "There is nothing like this to wait for";
        let unknown = Rejection::new(RejectionKind::Unprocessable, "service-unknown", message);
        return Err(unknown.at("service").into());
    }
    let services: Option<Vec<String>> = wanted.service.clone().map(|id| vec![id]);
    let pairs = pairs(services.as_deref(), "waitlist,pending");
    let (kind, mut page) = (resource_type("Appointment")?, None);
    let (mut all, mut looked_at) = (Vec::new(), 0);
    let mut has_more = loop {
        let found =
            search(house, kind, &pairs, visibility.clone(), WAITING_PER_PAGE, page.as_deref()).await?;
        looked_at += found.rows.len();
        all.extend(views(&found)?.into_iter().filter(|view| is_wanted(view, wanted, since)));
        page = found.next.map(|token| token.seal(&house.store)).transpose()?;
        if page.is_none() || looked_at >= WAITING_LOOKED_AT_MAX {
            break page.is_some();
        }
    };
    let rank = |view: &AppointmentView| {
        let wishes = view.wishes.as_ref();
        let order = wishes.map(|wishes| (wishes.priority, wishes.since.clone()));
        (!view.is_offer, order, view.id.clone())
    };
    all.sort_by_cached_key(rank);
    has_more |= all.len() > WAITING_SHOWN_MAX;
    all.truncate(WAITING_SHOWN_MAX);
    Ok(WaitingPage { entries: named(house, all).await?, has_more })
}

fn is_wanted(view: &AppointmentView, wanted: &ListWaiting, since: Option<Instant>) -> bool {
    let Some(wishes) = &view.wishes else { return false };
    let is_before = |bound: Instant| Instant::parse(&wishes.since).is_some_and(|own| own < bound);
    (view.is_offer || view.status == Status::Waitlist.code())
        && wanted.priority.is_none_or(|priority| wishes.priority == priority)
        && (wanted.clinic.is_none() || wishes.clinic.is_none() || wishes.clinic == wanted.clinic)
        && since.is_none_or(is_before)
}

/// Those who wait for one of these services (for any, if `None`), in the order in which they are offered a time.
pub async fn waiting_visits(house: &House, services: Option<&[String]>) -> Result<Vec<Visit>, Refusal> {
    let pairs = pairs(services, Status::Waitlist.code());
    let (kind, mut page, mut all) = (resource_type("Appointment")?, None, Vec::new());
    loop {
        let everything = Visibility::everything();
        let found = search(house, kind, &pairs, everything, WAITING_PER_PAGE, page.as_deref()).await?;
        for row in found.rows {
            all.extend(row.stored.resource()?.as_ref().map(fhir::visit));
        }
        page = found.next.map(|token| token.seal(&house.store)).transpose()?;
        if page.is_none() || all.len() >= WAITING_LOOKED_AT_MAX {
            return Ok(decide::in_order(all));
        }
    }
}

/// Those who wait for days that are over (ids).
pub async fn over(house: &House, now: Instant) -> Result<Vec<String>, Refusal> {
    let all = waiting_visits(house, None).await?;
    Ok(all.into_iter().filter(|visit| decide::is_over(visit, now)).map(|visit| visit.id).collect())
}
