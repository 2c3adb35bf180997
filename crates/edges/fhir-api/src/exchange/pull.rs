//! Pulling: searches of a partner page by page, or single resources, since the last time.

use super::abilities::Abilities;
use super::arrive::Arrivals;
use super::cursor::Cursor;
use super::naming::Naming;
use super::page::{HistoryPage, Page, Told};
use super::partner::{Partner, StoredPartner, about};
use super::progress::{self, Progress, Span};
use super::remote::{Asked, Remote};
use super::report::Report;
use super::{STAYS, permitted, rank, trouble};
use crate::failure::Failure;
use crate::search::written;
use futures_util::future::BoxFuture;
use galen_access::Context;
use galen_fhir::bundle::query_pairs;
use galen_fhir::json::parse;
use galen_fhir::{ParsedReference, ResourceType};
use galen_kernel::{Instant, Rejection, RejectionKind};
use galen_outbound::Destination;
use galen_service::observe::{Draft, looked};
use galen_service::{House, Refusal};
use http::{StatusCode, header};
use std::collections::HashSet;

/// Resources on a page, as we ask for them: what a pull holds in memory.
const PAGE_COUNT: &str = "100";
/// Most single resources of one pull.
const SINGLE_MAX: usize = 1_000;

/// What is to be pulled.
#[derive(Debug, Clone, Default)]
pub struct PullAsked {
    /// Types to search.
    pub types: Vec<String>,
    /// A query for each of them, `patient=123&status=final`.
    pub query: Option<String>,
    /// Changed there then or later; since the last pull when nothing is said.
    pub since: Option<Instant>,
    /// All there is, whatever was pulled before.
    pub whole: bool,
    /// Single resources, `Patient/123`.
    pub ids: Vec<String>,
}

/// Pulls from a partner. `watch` is told how far it is after each page.
///
/// Boxed, so that programs that call it do not compile all that is beneath it once more.
pub fn pull<'p>(
    house: &'p House,
    context: &'p Context,
    name: &'p str,
    asked: PullAsked,
    watch: &'p (dyn Fn(&Report) + Sync),
) -> BoxFuture<'p, Result<Report, Refusal>> {
    Box::pin(async move {
        let mut draft = about("exchange-pull", name);
        let mut report = Report::default();
        match pulled(house, context, name, asked, watch, &mut draft, &mut report).await {
            Ok(()) => {
                looked(house, context, draft).await?;
                Ok(report)
            }
            Err(failure) => Err(failure.recorded(house, context, draft).await.refusal),
        }
    })
}

async fn pulled(
    house: &House,
    context: &Context,
    name: &str,
    asked: PullAsked,
    watch: &(dyn Fn(&Report) + Sync),
    draft: &mut Draft,
    report: &mut Report,
) -> Result<(), Failure> {
    permitted(house, context, "FhirImport", draft).await?;
    let types = types_of(&asked.types)?;
    if types.is_empty() && asked.ids.is_empty() {
        return Err(bad("types-required", "Say what is to be pulled, by type or by id"));
    }
    draft.entities.extend(types.iter().map(|one| one.name().to_owned()));
    let partner = StoredPartner::named(house, name).await?.partner;
    let naming = Naming::new(&partner.base);
    let mut remote = Remote::of(house, &partner)?;
    let (partner, naming, remote) = (&partner, &naming, &mut remote);
    let mut pull = Pull { house, context, partner, naming, remote, abilities: None, watch };
    pull.singles(&asked.ids, report).await?;
    for resource_type in &types {
        let search = Progress::name_of(resource_type.name(), asked.query.as_deref());
        let since = match (asked.since, asked.whole) {
            (Some(since), _) => Some(since),
            (None, true) => None,
            (None, false) => partner.progress.since(&search),
        };
        let first = first_page(pull.remote, *resource_type, asked.query.as_deref(), since)?;
        let mut span = pull.search(first, &types, report).await?;
        // Also when all is pulled again: what was deleted since the last time is not asked for any other time.
        if let Some(since) = asked.since.or_else(|| partner.progress.since(&search)) {
            pull.deletions(*resource_type, since, report, &mut span).await?;
        }
        // What begins later than where the last one ended leaves a gap, which must not be forgotten.
        if asked.since.is_none() || partner.progress.since(&search).is_some_and(|at| Some(at) >= asked.since)
        {
            progress::keep(house, name, &search, span).await?;
        }
    }
    Ok(())
}

/// A pull on its way.
struct Pull<'p, 'h> {
    house: &'p House,
    context: &'p Context,
    partner: &'p Partner,
    naming: &'p Naming,
    remote: &'p mut Remote<'h>,
    /// What the partner says that it does, once it was asked.
    abilities: Option<Abilities>,
    watch: &'p (dyn Fn(&Report) + Sync),
}

impl Pull<'_, '_> {
    /// One search to its end, a page at a time.
    async fn search(
        &mut self,
        first: Destination,
        wanted: &[ResourceType],
        report: &mut Report,
    ) -> Result<Span, Failure> {
        let mut cursor = Cursor::new(self.naming.base());
        let mut span = Span::default();
        let mut at = Some(first);
        while let Some(to) = at {
            let page = Page::read(&self.remote.ask(&to, &Asked::get()).await?)?;
            self.arrivals(wanted).take(page.resources, report, &mut span).await?;
            report.pages += 1;
            (self.watch)(report);
            at = page.next.map(|next| cursor.follow(&next, self.remote.rules())).transpose()?;
        }
        Ok(span)
    }

    /// What was deleted there since then, a page at a time. Asked for after the search, so that nothing falls between this
    /// time and the next.
    async fn deletions(
        &mut self,
        resource_type: ResourceType,
        since: Instant,
        report: &mut Report,
        span: &mut Span,
    ) -> Result<(), Failure> {
        let abilities = match self.abilities.take() {
            Some(abilities) => abilities,
            None => Abilities::ask(self.remote).await?,
        };
        let tells_history = self.abilities.insert(abilities).tells_history(resource_type);
        let pairs = [("_since".to_owned(), since.to_string()), ("_count".to_owned(), PAGE_COUNT.to_owned())];
        let first = self.remote.below(&format!("{resource_type}/_history?{}", written(&pairs)))?;
        let mut cursor = Cursor::new(self.naming.base());
        let (mut at, mut seen) = (tells_history.then_some(first), HashSet::new());
        if at.is_none() {
            report.deletions_untold.push(resource_type.name().to_owned());
        }
        while let Some(to) = at {
            let answer = self.remote.ask(&to, &Asked::get()).await?;
            // What the search brought lies here and must not be asked for again and again, so this ends no pull.
            let Ok(page) = HistoryPage::read(&answer, self.naming) else {
                report.deletions_untold.push(resource_type.name().to_owned());
                return Ok(());
            };
            // The newest version comes first, and alone says whether there is an end.
            let newest = page.versions.into_iter().filter(|one| seen.insert(one.remote.clone()));
            let is_of_type = |one: &Told| one.remote.split('/').next() == Some(resource_type.name());
            let ended = newest.filter(|one| one.is_end && is_of_type(one)).collect();
            self.arrivals(&[resource_type]).end(ended, report, span).await?;
            report.pages += 1;
            (self.watch)(report);
            at = page.next.map(|next| cursor.follow(&next, self.remote.rules())).transpose()?;
        }
        Ok(())
    }

    /// Single resources, unless they are what they were.
    async fn singles(&mut self, ids: &[String], report: &mut Report) -> Result<(), Failure> {
        if ids.len() > SINGLE_MAX {
            return Err(bad("ids-many", &format!("At most {SINGLE_MAX} resources are pulled by id")));
        }
        for text in ids {
            let Some(ParsedReference::Local { resource_type, id, version: None }) =
                ParsedReference::parse(text)
            else {
                return Err(bad("id-invalid", "An id is written with its type: Patient/123"));
            };
            travels(resource_type)?;
            self.single(resource_type, id, report).await?;
            (self.watch)(report);
        }
        Ok(())
    }

    async fn single(
        &mut self,
        resource_type: ResourceType,
        id: &str,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let mut asked = Asked::get();
        if let Some(etag) = self.known_etag(resource_type, id).await? {
            asked = asked.with(header::IF_NONE_MATCH, &etag)?;
        }
        let to = self.remote.below(&format!("{resource_type}/{id}"))?;
        let answer = self.remote.ask(&to, &asked).await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            report.seen += 1;
            report.unchanged += 1;
            return Ok(());
        }
        if !answer.status.is_success() {
            let rejection = trouble::refused(&answer);
            report.seen += 1;
            report.refuse(format!("{resource_type}/{id}"), rejection.code, rejection.message);
            return Ok(());
        }
        let json = parse(&answer.body).map_err(|_| trouble::unreadable("it is no JSON"))?;
        if json.str("id") != Some(id) || json.str("resourceType") != Some(resource_type.name()) {
            return Err(trouble::unreadable("it is another resource than was asked for"));
        }
        // A single resource says nothing of the others of its type: no watermark.
        self.arrivals(&[resource_type]).take(vec![json], report, &mut Span::default()).await
    }

    /// The ETag of the version that lies here: R4's is the weak one of `meta.versionId`.
    async fn known_etag(&self, resource_type: ResourceType, id: &str) -> Result<Option<String>, Failure> {
        let local = self.naming.local_id(resource_type.name(), id);
        let stored = self.house.records.get(resource_type, &local).await?;
        let Some(stored) = stored.filter(|stored| !stored.document.deleted) else { return Ok(None) };
        let Some(resource) = stored.resource()? else { return Ok(None) };
        let source = resource.json().str_at(&["meta", "source"]);
        let version = source.and_then(|source| self.naming.of_source(source)).map(|(_, version)| version);
        Ok(version.filter(|version| galen_fhir::valid_id(version)).map(|version| format!("W/\"{version}\"")))
    }

    fn arrivals<'a>(&'a self, wanted: &'a [ResourceType]) -> Arrivals<'a> {
        let (house, context, partner, naming) = (self.house, self.context, self.partner, self.naming);
        Arrivals { house, context, partner, naming, wanted }
    }
}

fn first_page(
    remote: &Remote<'_>,
    resource_type: ResourceType,
    query: Option<&str>,
    since: Option<Instant>,
) -> Result<Destination, Failure> {
    let mut pairs = match query {
        None => Vec::new(),
        Some(query) => query_pairs(query).ok_or_else(|| bad("query-invalid", "The query cannot be read"))?,
    };
    let gives = |pairs: &[(String, String)], wanted: &str| pairs.iter().any(|(name, _)| name == wanted);
    if !gives(&pairs, "_count") {
        pairs.push(("_count".to_owned(), PAGE_COUNT.to_owned()));
    }
    if let Some(since) = since {
        pairs.push(("_lastUpdated".to_owned(), format!("ge{since}")));
    }
    remote.below(&format!("{resource_type}?{}", written(&pairs)))
}

/// The types that are named, those first that others refer to.
pub(super) fn types_of(names: &[String]) -> Result<Vec<ResourceType>, Failure> {
    let mut types = Vec::with_capacity(names.len());
    for name in names {
        let resource_type = ResourceType::parse(name)
            .ok_or_else(|| bad("type-unknown", "A type is one of R4's resource types, such as Patient"))?;
        travels(resource_type)?;
        if !types.contains(&resource_type) {
            types.push(resource_type);
        }
    }
    types.sort_by_key(|one| rank(one.name()));
    Ok(types)
}

fn travels(resource_type: ResourceType) -> Result<(), Failure> {
    if STAYS.contains(&resource_type.name()) {
        return Err(bad("type-stays", &format!("{resource_type} is not exchanged")));
    }
    Ok(())
}

pub(super) fn bad(code: &'static str, message: &str) -> Failure {
    Rejection::new(RejectionKind::Malformed, code, message).into()
}
