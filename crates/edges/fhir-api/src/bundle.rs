//! Transactions (one commit, one audit entry) and batches (each entry for itself).

use crate::answer::{Answer, Row, response_bundle};
use crate::ask::perform;
use crate::failure::{Failure, not_yet, unreadable};
use crate::interaction::{Interaction as What, ask_of, interaction};
use crate::sights::permit;
use crate::wish::{Give, Wish};
use crate::write::{Mode, write};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::bundle::{BundleKind, Method, RequestBundle, RequestEntry, read};
use galen_fhir::json::parse;
use galen_fhir::{Issue, IssueCode, Json, operation_outcome};
use galen_kernel::RejectionKind;
use galen_service::House;
use galen_service::observe::{Draft, looked};
use http::StatusCode;
use std::collections::HashSet;

/// Batch entries that are at work at once: they share the store's syncs.
const AT_ONCE_MAX: usize = 32;

/// Reads the bundle out of a body.
pub(crate) fn read_bundle(body: &[u8]) -> Result<RequestBundle, Failure> {
    read_json(parse_body(body)?)
}

/// Parses a body; the failure says where it is no JSON.
pub(crate) fn parse_body(body: &[u8]) -> Result<Json, Failure> {
    parse(body).map_err(|fault| {
        let message = format!("not JSON: {} at line {} column {}", fault.message, fault.line, fault.column);
        let mut issue = Issue::error(IssueCode::Structure, message);
        issue.location = fault.location;
        unreadable(issue)
    })
}

/// Reads the bundle out of JSON.
pub(crate) fn read_json(json: Json) -> Result<RequestBundle, Failure> {
    read(json).map_err(|issues| Failure::of_issues(RejectionKind::Malformed, "bundle-invalid", issues))
}

/// `POST /fhir`.
pub(crate) async fn bundle(
    house: &House,
    context: &Context,
    body: &Bytes,
    wish: Wish,
) -> Result<Answer, Failure> {
    let mut draft = Draft::new("batch", Interaction::Execute);
    match opened(house, context, body, &mut draft).await {
        Err(failure) => Err(failure.recorded(house, context, draft).await),
        Ok(bundle) if bundle.kind == BundleKind::Batch => batch(house, context, bundle, wish, draft).await,
        Ok(bundle) => {
            "transaction".clone_into(&mut draft.operation);
            transaction(house, context, bundle, body, wish, draft).await
        }
    }
}

async fn opened(
    house: &House,
    context: &Context,
    body: &Bytes,
    draft: &mut Draft,
) -> Result<RequestBundle, Failure> {
    // Who may not send bundles is told so before the server does the work of reading one.
    let target = Target::plain("Bundle", Category::of_type("Bundle"));
    permit(house, context, "FhirBundle", &target, draft).await?;
    read_bundle(body)
}

/// What a transaction does after its writes, and what it cannot do at all.
fn take_reads(bundle: &mut RequestBundle) -> Result<Vec<RequestEntry>, Failure> {
    let (mut reads, mut writes) = (Vec::new(), Vec::with_capacity(bundle.entries.len()));
    for entry in std::mem::take(&mut bundle.entries) {
        let what = interaction(entry.method, &entry.target).map_err(|f| failure_at(f, entry.index))?;
        match what {
            What::Create | What::Update | What::Patch | What::Delete => writes.push(entry),
            What::Operate(operation) if operation.affects_state => {
                let failure = not_yet("An operation that changes something, within a transaction,");
                return Err(failure_at(failure, entry.index));
            }
            What::Bundle => return Err(failure_at(not_yet("A bundle within a transaction"), entry.index)),
            _ => reads.push(entry),
        }
    }
    bundle.entries = writes;
    Ok(reads)
}

fn failure_at(mut failure: Failure, index: usize) -> Failure {
    if let galen_service::Refusal::Rejected(rejection) = &mut failure.refusal {
        rejection.location = Some(format!("Bundle.entry[{index}].request"));
    }
    failure
}

async fn transaction(
    house: &House,
    context: &Context,
    bundle: RequestBundle,
    body: &Bytes,
    wish: Wish,
    mut draft: Draft,
) -> Result<Answer, Failure> {
    let mut first = Some(bundle);
    let mut reads = Vec::new();
    let prepared = first.as_mut().map_or(Ok(()), |bundle| {
        reads = take_reads(bundle)?;
        Ok(())
    });
    // Planning consumes the bundle; after a clash it is read once more from the bytes rather than kept twice.
    let again = || {
        if let Some(bundle) = first.take() {
            return Ok(bundle);
        }
        let mut bundle = read_bundle(body)?;
        take_reads(&mut bundle)?;
        Ok(bundle)
    };
    let outcome = match prepared {
        Ok(()) => write(house, context, &mut draft, Mode::Whole, again).await,
        Err(failure) => Err(failure),
    };
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(failure) => return Err(failure.recorded(house, context, draft).await),
    };
    let mut rows: Vec<(usize, Row)> = Vec::with_capacity(outcome.written.len() + reads.len());
    for written in outcome.written {
        let outcome = match (wish.give, written.warnings.is_empty()) {
            (Some(Give::Outcome), true) => Some(operation_outcome(&[Issue::information("Done")]).to_bytes()),
            (_, false) => Some(operation_outcome(&written.warnings).to_bytes()),
            _ => None,
        };
        let resource = written.body.filter(|_| wish.give == Some(Give::Representation));
        let is_located = written.status != StatusCode::NO_CONTENT;
        let (status, about) = (written.status, written.about);
        rows.push((written.index, Row { status, about, is_located, resource, outcome }));
    }
    for entry in reads {
        rows.push((entry.index, one(house, context, entry, wish).await));
    }
    rows.sort_by_key(|(index, _)| *index);
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    Ok(Answer::of(response_bundle(BundleKind::Transaction, &rows)))
}

/// One entry for itself.
async fn one(house: &House, context: &Context, entry: RequestEntry, wish: Wish) -> Row {
    let (index, method) = (entry.index, entry.method);
    let asked = interaction(method, &entry.target).and_then(|what| {
        let is_file = |one: &crate::operations::Operation| one.canonical.is_empty() || one.has_own_formats();
        if matches!(what, What::Operate(operation) if is_file(operation)) {
            return Err(not_yet("A file within a bundle"));
        }
        let shows = !matches!(what, What::Create | What::Update | What::Patch | What::Delete);
        ask_of(what, entry.into()).map(|ask| (ask, shows))
    });
    let done = match asked {
        Ok((ask, shows)) => perform(house, context, ask, wish).await.map(|answer| (answer, shows)),
        Err(failure) => {
            let draft = Draft::new("batch", Interaction::Execute);
            Err(failure_at(failure, index).recorded(house, context, draft).await)
        }
    };
    match done {
        Ok((answer, shows)) => {
            let mut row = Row::of(answer);
            if method == Method::Head || (!shows && wish.give != Some(Give::Representation)) {
                row.resource = None;
            }
            row
        }
        Err(failure) => Row::of_failure(&failure),
    }
}

/// The turns of a batch: deletes, creates, updates, reads; within a turn, entries with the same `ifNoneExist` or the
/// same resource follow each other.
pub(crate) fn turns(entries: Vec<RequestEntry>) -> Vec<Vec<RequestEntry>> {
    let mut turns: Vec<Vec<RequestEntry>> = Vec::new();
    let mut rest: Vec<RequestEntry> = entries;
    rest.sort_by_key(|entry| match entry.method {
        Method::Delete => 0,
        Method::Post => 1,
        Method::Put | Method::Patch => 2,
        Method::Get | Method::Head => 3,
    });
    let mut turn: Vec<RequestEntry> = Vec::new();
    let mut keys: HashSet<String> = HashSet::new();
    for entry in rest {
        let is_read = matches!(entry.method, Method::Get | Method::Head);
        let key = match (&entry.if_none_exist, is_read) {
            (_, true) => None,
            (Some(pairs), _) => Some(format!("{:?}?{pairs:?}", entry.target.resource_type)),
            (None, _) if entry.method == Method::Post => None,
            (None, _) => Some(format!(
                "{:?}/{:?}?{:?}",
                entry.target.resource_type, entry.target.id, entry.target.query
            )),
        };
        let is_next = turn.last().is_some_and(|last| rank(last.method) != rank(entry.method));
        if is_next || key.as_ref().is_some_and(|key| keys.contains(key)) {
            turns.push(std::mem::take(&mut turn));
            keys.clear();
        }
        keys.extend(key);
        turn.push(entry);
    }
    turns.push(turn);
    turns
}

fn rank(method: Method) -> u8 {
    match method {
        Method::Delete => 0,
        Method::Post => 1,
        Method::Put | Method::Patch => 2,
        Method::Get | Method::Head => 3,
    }
}

async fn batch(
    house: &House,
    context: &Context,
    bundle: RequestBundle,
    wish: Wish,
    draft: Draft,
) -> Result<Answer, Failure> {
    if bundle.entries.is_empty() && bundle.unreadable.is_empty() {
        looked(house, context, draft).await?;
    }
    let rows = rows_of_batch(house, context, bundle, wish).await;
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    Ok(Answer::of(response_bundle(BundleKind::Batch, &rows)))
}

/// Performs the entries of a batch; the rows come in the order of the request.
pub(crate) async fn rows_of_batch(
    house: &House,
    context: &Context,
    bundle: RequestBundle,
    wish: Wish,
) -> Vec<(usize, Row)> {
    let mut rows: Vec<(usize, Row)> = Vec::with_capacity(bundle.entries.len() + bundle.unreadable.len());
    for (index, issue) in bundle.unreadable {
        let failure = Failure::of_issues(RejectionKind::Malformed, "entry-invalid", vec![issue]);
        let draft = Draft::new("batch", Interaction::Execute);
        rows.push((index, Row::of_failure(&failure.recorded(house, context, draft).await)));
    }
    for turn in turns(bundle.entries) {
        let work = turn.into_iter().map(|entry| {
            let index = entry.index;
            async move { (index, one(house, context, entry, wish).await) }
        });
        let mut done = stream::iter(work).buffer_unordered(AT_ONCE_MAX);
        while let Some(row) = done.next().await {
            rows.push(row);
        }
    }
    rows.sort_by_key(|(index, _)| *index);
    rows
}
