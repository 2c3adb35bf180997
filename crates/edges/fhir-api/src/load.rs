//! Loading files: bundles of any kind, single resources, and many lines in one commit; same rules, same audit.

use crate::bundle::{parse_body, read_json, rows_of_batch};
use crate::failure::{Failure, unreadable};
use crate::sights::permit;
use crate::wish::Wish;
use crate::write::{Mode, write};
use futures_util::future::BoxFuture;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::bundle::{BundleKind, ENTRIES_MAX, Method, RequestBundle, RequestEntry, Target as Url};
use galen_fhir::{Issue, IssueCode, Json, Object, Resource};
use galen_kernel::RejectionKind;
use galen_service::observe::Draft;
use galen_service::{House, Refusal};

/// Something that was not loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRefusal {
    /// Its place: entry of the bundle or line, from 0.
    pub index: usize,
    /// Where in it, as a `FHIRPath`, if that is known.
    pub location: Option<String>,
    /// Stable code of the refusal.
    pub code: String,
    /// Why, for people.
    pub message: String,
}

/// What loading came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Resources written anew.
    pub created: usize,
    /// Resources given a new version.
    pub updated: usize,
    /// Resources that were there already (`ifNoneExist`) or deleted.
    pub unchanged: usize,
    /// What was refused, and why.
    pub refused: Vec<LineRefusal>,
}

impl LoadReport {
    /// Adds another report, whose places begin at `offset`.
    pub fn absorb(&mut self, other: Self, offset: usize) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.refused.extend(other.refused.into_iter().map(|r| LineRefusal { index: r.index + offset, ..r }));
    }

    fn count(&mut self, status: u16) {
        match status {
            201 => self.created += 1,
            200 => self.updated += 1,
            _ => self.unchanged += 1,
        }
    }

    fn refuse(&mut self, index: usize, failure: &Failure) {
        let (location, message) = match &failure.refusal {
            Refusal::Rejected(r) => (r.location.clone(), r.message.clone()),
            Refusal::Faulted(_) => (None, "something went wrong on our side".to_owned()),
        };
        self.refused.push(LineRefusal { index, location, code: failure.refusal.code().to_owned(), message });
    }
}

/// Loads one file: a transaction, a batch, any other bundle (its resources), or a single resource. With an id a resource
/// is put, without one it is posted. Refused whole only when it cannot be read at all or policy forbids bundles; a
/// refused transaction is a report with that refusal.
///
/// Boxed, so that programs that call it do not compile all that is beneath it once more.
pub fn load<'l>(house: &'l House, context: &'l Context, bytes: &'l [u8]) -> Loading<'l> {
    Box::pin(load_document(house, context, bytes))
}

/// A load on its way.
pub type Loading<'l> = BoxFuture<'l, Result<LoadReport, Refusal>>;

async fn load_document(house: &House, context: &Context, bytes: &[u8]) -> Result<LoadReport, Refusal> {
    let mut draft = Draft::new("transaction", Interaction::Execute);
    let opened = match permitted(house, context, &mut draft).await {
        Ok(()) => read_any(bytes),
        Err(failure) => Err(failure),
    };
    let (bundle, mode) = match opened {
        Ok(opened) => opened,
        Err(failure) => return Err(failure.recorded(house, context, draft).await.refusal),
    };
    if bundle.kind == BundleKind::Batch {
        return Ok(load_batch(house, context, bundle).await);
    }
    let mut first = Some(bundle);
    let again = || match first.take() {
        Some(bundle) => Ok(bundle),
        None => read_any(bytes).map(|(bundle, _)| bundle),
    };
    load_written(house, context, draft, mode, again).await
}

/// Loads many resources (lines of NDJSON) in one commit; a refused line does not hold up the others.
pub fn load_lines<'l>(house: &'l House, context: &'l Context, lines: &'l [&'l [u8]]) -> Loading<'l> {
    Box::pin(load_all_lines(house, context, lines))
}

async fn load_all_lines(house: &House, context: &Context, lines: &[&[u8]]) -> Result<LoadReport, Refusal> {
    let mut draft = Draft::new("transaction", Interaction::Execute);
    if let Err(failure) = permitted(house, context, &mut draft).await {
        return Err(failure.recorded(house, context, draft).await.refusal);
    }
    let mut bad = Vec::new();
    let mut read = read_lines(lines, &mut bad);
    let mut early = LoadReport::default();
    for (index, failure) in bad {
        let failure = failure.recorded(house, context, Draft::new("create", Interaction::Create)).await;
        early.refuse(index, &failure);
    }
    // A resource that occurs twice is written twice: the later line goes into a later commit.
    let mut later = Vec::new();
    let mut seen = std::collections::HashSet::new();
    read.retain(|entry| {
        let is_first =
            entry.target.id.as_ref().is_none_or(|id| seen.insert((entry.target.resource_type, id.clone())));
        if !is_first {
            later.push(entry.index);
        }
        is_first
    });
    let mut first = Some(read);
    let again = || {
        let entries = first.take().unwrap_or_else(|| {
            let entries = read_lines(lines, &mut Vec::new());
            entries.into_iter().filter(|e| !later.contains(&e.index)).collect()
        });
        Ok(RequestBundle::transaction(entries))
    };
    let mut report = load_written(house, context, draft, Mode::Each, again).await?;
    report.absorb(early, 0);
    for index in later {
        let Some(line) = lines.get(index) else { continue };
        let one = Box::pin(load_lines(house, context, &[line])).await?;
        report.absorb(one, index);
    }
    report.refused.sort_by_key(|r| r.index);
    Ok(report)
}

async fn permitted(house: &House, context: &Context, draft: &mut Draft) -> Result<(), Failure> {
    let target = Target::plain("Bundle", Category::of_type("Bundle"));
    permit(house, context, "FhirBundle", &target, draft).await
}

async fn load_written(
    house: &House,
    context: &Context,
    mut draft: Draft,
    mode: Mode,
    again: impl FnMut() -> Result<RequestBundle, Failure> + Send,
) -> Result<LoadReport, Refusal> {
    let mut report = LoadReport::default();
    match write(house, context, &mut draft, mode, again).await {
        Ok(outcome) => {
            for written in &outcome.written {
                report.count(written.status.as_u16());
            }
            for (index, failure) in outcome.refused {
                let failure =
                    failure.recorded(house, context, Draft::new("create", Interaction::Create)).await;
                report.refuse(index, &failure);
            }
            Ok(report)
        }
        Err(failure) => {
            let index = failure.entry().unwrap_or(0);
            let failure = failure.recorded(house, context, draft).await;
            if let Refusal::Faulted(_) = failure.refusal {
                return Err(failure.refusal);
            }
            report.refuse(index, &failure);
            Ok(report)
        }
    }
}

async fn load_batch(house: &House, context: &Context, bundle: RequestBundle) -> LoadReport {
    let mut report = LoadReport::default();
    for (index, row) in rows_of_batch(house, context, bundle, Wish::PLAIN).await {
        let status = row.status.as_u16();
        if row.status.is_success() {
            report.count(status);
            continue;
        }
        let outcome = row.outcome.as_deref().and_then(|o| galen_fhir::json::parse(o).ok());
        let issue = outcome.as_ref().and_then(|o| o.list("issue").next());
        let text = |name: &str| issue.and_then(|i| i.str(name)).unwrap_or_default().to_owned();
        let location =
            issue.and_then(|i| i.list("expression").next()).and_then(Json::as_str).map(str::to_owned);
        report.refused.push(LineRefusal {
            index,
            location,
            code: text("code"),
            message: text("diagnostics"),
        });
    }
    report
}

/// A body of any kind as a bundle of writes.
fn read_any(bytes: &[u8]) -> Result<(RequestBundle, Mode), Failure> {
    let json = parse_body(bytes)?;
    let kind = json.str("type").unwrap_or_default();
    if json.str("resourceType") != Some("Bundle") {
        let entry = entry_of_resource(0, json)?;
        return Ok((RequestBundle::transaction(vec![entry]), Mode::Whole));
    }
    if matches!(kind, "transaction" | "batch") {
        return read_json(json).map(|bundle| (bundle, Mode::Whole));
    }
    let Json::Object(mut object) = json else { return Err(no_bundle()) };
    let entries = match object.remove("entry") {
        Some(Json::Array(entries)) if entries.len() <= ENTRIES_MAX => entries,
        None => Vec::new(),
        Some(_) => return Err(no_bundle()),
    };
    let mut read = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        let Json::Object(mut entry) = entry else { return Err(no_bundle()) };
        let full_url = entry.get("fullUrl").and_then(Json::as_str).map(str::to_owned);
        let Some(resource) = entry.remove("resource") else { continue };
        read.push(RequestEntry { full_url, ..entry_of_resource(index, resource)? });
    }
    Ok((RequestBundle::transaction(read), Mode::Each))
}

fn no_bundle() -> Failure {
    let message = format!("a bundle has at most {ENTRIES_MAX} entries, each an object");
    unreadable(Issue::error(IssueCode::Structure, message).at("Bundle.entry"))
}

fn read_lines(lines: &[&[u8]], bad: &mut Vec<(usize, Failure)>) -> Vec<RequestEntry> {
    let mut read = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match parse_body(line).and_then(|json| entry_of_resource(index, json)) {
            Ok(entry) => read.push(entry),
            Err(failure) => bad.push((index, failure)),
        }
    }
    read
}

/// A resource with an id is put there, one without is posted.
fn entry_of_resource(index: usize, json: Json) -> Result<RequestEntry, Failure> {
    let resource = Resource::from_json(json).map_err(unreadable)?;
    let id = resource.id().map(str::to_owned);
    if let Some(id) = &id
        && !galen_fhir::valid_id(id)
    {
        let issue = Issue::error(IssueCode::Value, "an id has 1 to 64 letters, digits, '-' or '.'").at("id");
        return Err(Failure::of_issues(RejectionKind::Malformed, "id-invalid", vec![issue]));
    }
    let method = if id.is_some() { Method::Put } else { Method::Post };
    let target = Url { resource_type: Some(resource.resource_type()), id, ..Url::default() };
    Ok(RequestEntry { index, ..crate::ask::entry_of(method, target, Some(resource)) })
}

/// Kept so that a report can be printed as JSON without another dependency.
impl From<&LoadReport> for Json {
    fn from(report: &LoadReport) -> Self {
        let number = |n: usize| Json::Number(n.to_string().into());
        let refused: Vec<Json> = report
            .refused
            .iter()
            .map(|r| {
                let place =
                    Object::new().with("index", number(r.index)).with_some("location", r.location.as_deref());
                Json::Object(place.with("code", r.code.as_str()).with("message", r.message.as_str()))
            })
            .collect();
        let counts = Object::new()
            .with("created", number(report.created))
            .with("updated", number(report.updated))
            .with("unchanged", number(report.unchanged));
        Json::Object(counts.with("refused", refused))
    }
}
