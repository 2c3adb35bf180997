//! Reading threads.

use super::KIND;
use super::commanding::{side_of, target};
use crate::model::{Side, StoredThread};
use crate::queries::{self, ConversationView, ThreadPage};
use crate::store;
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::{Context, Decision, Target};
use galen_audit::Interaction;
use galen_kernel::{Fault, PatientId, Rejection, RejectionKind};
use galen_service::answering::shown;
use galen_service::observe::Draft;
use galen_service::{Caller, House, Refusal};
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

async fn may_ever(house: &House, context: &Context, action: &'static str) -> Result<(), Refusal> {
    house.access.visibility(context, action, &Target::plain(KIND.0, KIND.1)).await??;
    Ok(())
}

/// `GET /api/patients/{id}/threads`.
pub(super) async fn threads(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ListThreads", Interaction::Read);
    let listed = listed(&house, &context, &id, &mut draft).await;
    shown(&house, &context, draft, listed).await
}

async fn listed(
    house: &House,
    context: &Context,
    id: &str,
    draft: &mut Draft,
) -> Result<ThreadPage, Refusal> {
    may_ever(house, context, "ListThreads").await?;
    let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such patient");
    let patient = PatientId::parse(id).map_err(|_| missing())?;
    draft.patients = vec![id.to_owned()];
    draft.allow(house, context, "ListThreads", &target(house, context, &patient).await?).await?;
    let mut found = store::of_patient(house, &patient).await?;
    let is_cut = found.len() >= store::THREADS_LISTED_MAX as usize;
    found.sort_by_key(|stored| std::cmp::Reverse(stored.thread.last().map(|line| line.at)));
    draft.entities = entities(&found);
    Ok(ThreadPage { threads: queries::views(house, &found, side_of(context)).await?, is_cut })
}

fn entities(threads: &[StoredThread]) -> Vec<String> {
    threads.iter().map(|stored| format!("Communication/{}", stored.id)).collect()
}

/// `GET /api/threads/{id}`.
pub(super) async fn thread(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ReadThread", Interaction::Read);
    let read = conversation(&house, &context, &id, &mut draft).await;
    shown(&house, &context, draft, read).await
}

async fn conversation(
    house: &House,
    context: &Context,
    id: &str,
    draft: &mut Draft,
) -> Result<ConversationView, Refusal> {
    may_ever(house, context, "ReadThread").await?;
    let stored = store::load(house, id).await?;
    draft.patients = vec![stored.thread.patient.to_string()];
    draft.entities =
        stored.thread.lines.iter().map(|l| format!("Communication/{}", l.communication)).collect();
    let about = target(house, context, &stored.thread.patient).await?;
    draft.allow(house, context, "ReadThread", &about).await?;
    let lines = queries::lines(house, &stored.thread.lines).await?;
    let view = queries::views(house, std::slice::from_ref(&stored), side_of(context)).await?.pop();
    let thread = view.ok_or_else(|| Fault::new("thread", "it has no message"))?;
    Ok(ConversationView { thread, lines })
}

/// `GET /api/inbox`.
pub(super) async fn inbox(State(house): State<Arc<House>>, Caller(context): Caller) -> Answer {
    let mut draft = Draft::new("ReadInbox", Interaction::Read);
    let page = waiting(&house, &context, &mut draft).await;
    shown(&house, &context, draft, page).await
}

/// What waits, of those patients of whom the caller may read threads.
async fn waiting(house: &House, context: &Context, draft: &mut Draft) -> Result<ThreadPage, Refusal> {
    may_ever(house, context, "ReadInbox").await?;
    let found = store::awaiting(house).await?;
    let is_cut = found.len() >= store::INBOX_LISTED_MAX as usize;
    let mut seen = Vec::with_capacity(found.len());
    for stored in found {
        let about = target(house, context, &stored.thread.patient).await?;
        if let Decision::Allowed { broken_glass } =
            house.access.authorize(context, "ReadThread", &about).await?
        {
            draft.broken_glass |= broken_glass;
            seen.push(stored);
        }
    }
    seen.sort_by_key(|stored| stored.thread.last().map(|line| line.at));
    draft.patients = seen.iter().map(|stored| stored.thread.patient.to_string()).collect();
    draft.entities = entities(&seen);
    Ok(ThreadPage { threads: queries::views(house, &seen, Side::Staff).await?, is_cut })
}
