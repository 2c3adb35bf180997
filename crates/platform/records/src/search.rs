//! Running a search: scans per shard, merged, paged by keyset, within the caller's sight.

use crate::encode::{SubjectHash, code_hash, patient_subject};
use crate::page::PageToken;
use crate::reader::{Records, Stored, journal_document, journal_position};
use crate::rows::{ANY_CODE, is_linked_code, is_linked_date};
use crate::sealed::SealedPatients;
use crate::sight::{Sight, conditions};
use crate::{condition, kind_of};
use futures_util::future::try_join_all;
use galen_fhir::bundle::SearchMode;
use galen_fhir::search::{
    Clause, Modifier, ReferenceTest, SearchQuery, SearchValue, SortKey, TokenTest, Total,
};
use galen_fhir::{ParamKind, ParsedReference, ResourceType};
use galen_kernel::{Fault, Instant, Rejection, RejectionKind};
use galen_store::{Bound, Condition, Document, Match, Order, PAGE_ROWS_MAX, Param, Position, Scan, ShardId};
use std::cmp::Ordering;

/// Rows on a page when nobody asks for a number.
pub const PAGE_COUNT_DEFAULT: u32 = 50;
/// Totals are counted no further than this.
pub const TOTAL_COUNTED_MAX: u64 = 1_000_000;

/// Journal entries are counted no further than this: each is walked.
const JOURNAL_COUNTED_MAX: u64 = 100_000;

/// A row of a result.
#[derive(Debug, Clone)]
pub struct FoundRow {
    /// The resource.
    pub stored: Stored,
    /// Whether it matched or was included.
    pub mode: SearchMode,
}

/// A page of results.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Matches, then includes.
    pub rows: Vec<FoundRow>,
    /// How many match in all, where that was asked for.
    pub total: Option<u64>,
    /// Where the next page begins.
    pub next: Option<PageToken>,
}

/// A clause's compartment and what narrows it there.
#[derive(Clone, Copy)]
struct Compartment {
    subject: SubjectHash,
    code: [u8; 8],
}

impl Records {
    /// Runs a search as of `now`. What `sight` does not show is neither found, counted, included nor chained through.
    pub async fn search(
        &self,
        query: &SearchQuery,
        sight: &Sight,
        from: Option<PageToken>,
        now: Instant,
    ) -> Result<Result<Found, Rejection>, Fault> {
        let sealed = self.sealed(now).await?;
        let scan = match self.scan_of(query, sight, &sealed, now).await? {
            Ok(scan) => scan,
            Err(rejection) => return Ok(Err(rejection)),
        };
        if self.is_journal(query.resource_type)
            && let Err(rejection) = self.index_journal().await?
        {
            return Ok(Err(rejection));
        }
        let mut found = Found::default();
        if query.count_only || query.total != Total::None {
            found.total = Some(if self.is_journal(query.resource_type) {
                self.count_journal(&scan).await?
            } else {
                self.count(&scan).await?
            });
        }
        if !query.count_only {
            let token = from.unwrap_or_else(|| PageToken::start(self.store().shards()));
            (found.rows, found.next) = self.page(query.resource_type, &scan, token).await?;
            let included = self.included(query, &found.rows, sight, &sealed).await?;
            found.rows.extend(included);
        }
        Ok(Ok(found))
    }

    fn is_journal(&self, resource_type: ResourceType) -> bool {
        self.journal_view.as_ref().is_some_and(|view| view.resource_type() == resource_type)
    }

    async fn count(&self, scan: &Scan) -> Result<u64, Fault> {
        let counts = (0..self.store().shards())
            .map(|shard| async move { self.store().count(ShardId(shard), scan, TOTAL_COUNTED_MAX).await });
        Ok(try_join_all(counts).await?.into_iter().sum())
    }

    /// Counts journal entries by walking their keys: they are no documents.
    async fn count_journal(&self, scan: &Scan) -> Result<u64, Fault> {
        let order = Order::Key { descending: false };
        let mut total = 0;
        for shard in (0..self.store().shards()).map(ShardId) {
            let mut scan = Scan { order, after: None, limit: PAGE_ROWS_MAX, ..scan.clone() };
            while total < JOURNAL_COUNTED_MAX {
                let (keys, next) = self.store().scan_keys(shard, &scan).await?;
                total += u64::try_from(keys.len()).unwrap_or(0);
                scan.after = next;
                if scan.after.is_none() {
                    break;
                }
            }
        }
        Ok(total)
    }

    /// The scan that a query asks of each shard.
    async fn scan_of(
        &self,
        query: &SearchQuery,
        sight: &Sight,
        sealed: &SealedPatients,
        now: Instant,
    ) -> Result<Result<Scan, Rejection>, Fault> {
        let Some(visibility) = sight.of(query.resource_type) else {
            return Ok(Err(unseen(query.resource_type)));
        };
        let compartment = compartment(query.resource_type, &query.clauses);
        let mut all = Vec::with_capacity(query.clauses.len() + 2);
        if let Some(Compartment { subject, code }) = compartment {
            let at = (Bound::Open, Bound::Open);
            all.push(Condition::Any(vec![Match::Link { subject, code, at }]));
        }
        for clause in &query.clauses {
            if clause.chain.is_empty() {
                if !is_answered_by_link(clause, compartment) {
                    all.push(condition::condition(clause, self.is_journal(query.resource_type)));
                }
            } else {
                match self.chained(clause, sight, now).await? {
                    Ok(condition) => all.push(condition),
                    Err(rejection) => return Ok(Err(rejection)),
                }
            }
        }
        all.extend(conditions(query.resource_type, visibility, sealed));
        let order = match order(&query.sort, compartment, self.is_journal(query.resource_type)) {
            Ok(order) => order,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let limit = query.count.unwrap_or(PAGE_COUNT_DEFAULT).max(1);
        Ok(Ok(Scan { kind: kind_of(query.resource_type), all, order, after: None, limit }))
    }

    async fn page(
        &self,
        resource_type: ResourceType,
        scan: &Scan,
        mut token: PageToken,
    ) -> Result<(Vec<FoundRow>, Option<PageToken>), Fault> {
        let open: Vec<(ShardId, Option<Position>)> = token.open().map(|(s, p)| (s, p.cloned())).collect();
        let pages = open.into_iter().map(|(shard, after)| async move {
            let scan = Scan { after, ..scan.clone() };
            self.shard_page(resource_type, shard, &scan).await
        });
        let mut rows = Vec::new();
        let mut more = Vec::new();
        for (shard, page, has_more) in try_join_all(pages).await? {
            more.push((shard, has_more, page.len()));
            rows.extend(page.into_iter().map(|(position, stored)| (shard, position, stored)));
        }
        rows.sort_by(|a, b| compare(scan.order, (a.0, &a.1), (b.0, &b.1)));
        rows.truncate(usize::try_from(scan.limit).unwrap_or(usize::MAX));
        for (shard, has_more, fetched) in more {
            let shown = rows.iter().filter(|r| r.0 == shard).count();
            if shown == fetched && !has_more {
                token.finish(shard);
            } else if let Some((_, position, _)) = rows.iter().rev().find(|r| r.0 == shard) {
                token.advance(shard, position.clone());
            }
        }
        let rows =
            rows.into_iter().map(|(_, _, stored)| FoundRow { stored, mode: SearchMode::Match }).collect();
        Ok((rows, (!token.is_done()).then_some(token)))
    }

    async fn shard_page(
        &self,
        resource_type: ResourceType,
        shard: ShardId,
        scan: &Scan,
    ) -> Result<(ShardId, Vec<(Position, Stored)>, bool), Fault> {
        if let Some(view) = self.journal_view.as_ref().filter(|v| v.resource_type() == resource_type) {
            let (keys, next) = self.store().scan_keys(shard, scan).await?;
            let places: Vec<_> = keys.iter().map(|p| journal_position(p.key)).collect();
            let entries = self.store().journal_entries(shard, &places).await?;
            let mut rows = Vec::with_capacity(entries.len());
            for (place, position) in places.iter().zip(keys) {
                let stored = entries
                    .iter()
                    .find(|row| row.position == *place)
                    .and_then(|row| journal_document(view.as_ref(), shard, row));
                rows.extend(stored.map(|stored| (position, stored)));
            }
            return Ok((shard, rows, next.is_some()));
        }
        let page = self.store().scan(shard, scan).await?;
        let stored = |document: Document| Stored { resource_type, shard, document };
        let rows = page.positions.into_iter().zip(page.documents.into_iter().map(stored)).collect();
        Ok((shard, rows, page.next.is_some()))
    }
}

/// The refusal of a type that the caller may not search.
pub(crate) fn unseen(resource_type: ResourceType) -> Rejection {
    let message = format!("Your role does not permit searching {}", resource_type.name());
    Rejection::new(RejectionKind::Forbidden, "not-permitted", message)
}

/// Whether the clause's parameter is the patients among the subjects, and subjects put resources into compartments: the
/// compartment definition names only `subject` then.
fn is_patient_of_subject(resource_type: ResourceType, clause: &Clause) -> bool {
    clause.param.code == "patient"
        && galen_fhir::search_parameter(resource_type, "subject")
            .is_some_and(|subject| subject.patient_compartment)
}

/// The one patient that a clause names, when the clause's parameter puts resources into patients' compartments.
fn patient_of(resource_type: ResourceType, clause: &Clause) -> Option<&str> {
    if !clause.chain.is_empty()
        || !(clause.param.patient_compartment || is_patient_of_subject(resource_type, clause))
    {
        return None;
    }
    let is_patient = |t: &ResourceType| t.name() == "Patient";
    let of_type = match clause.modifier {
        Modifier::None => true,
        Modifier::Type(t) => is_patient(&t),
        _ => false,
    };
    match clause.any_of.as_slice() {
        [SearchValue::Reference(ReferenceTest::Id(id))] if of_type => {
            // A bare id may be another type's where the parameter allows several: the reference condition decides;
            // the compartment then only narrows when Patient is the sole target.
            // What is called 'patient' indexes patients only, whatever else its element may refer to.
            let sole = matches!(clause.modifier, Modifier::Type(_))
                || clause.param.code == "patient"
                || clause.param.targets.iter().all(is_patient);
            sole.then_some(id)
        }
        [SearchValue::Reference(ReferenceTest::To(ParsedReference::Local { resource_type, id, .. }))]
            if of_type && is_patient(resource_type) =>
        {
            Some(id)
        }
        _ => None,
    }
}

/// The code that a clause asks for in a compartment row.
fn linked_code(clause: &Clause) -> Option<[u8; 8]> {
    if clause.modifier != Modifier::None || !is_linked_code(clause.param.code) {
        return None;
    }
    match clause.any_of.as_slice() {
        [SearchValue::Token(TokenTest::Code(code) | TokenTest::SystemCode(_, code))] => {
            Some(code_hash(clause.param.id, code))
        }
        _ => None,
    }
}

fn compartment(resource_type: ResourceType, clauses: &[Clause]) -> Option<Compartment> {
    let patient = clauses.iter().find_map(|clause| patient_of(resource_type, clause))?;
    let code = clauses.iter().find_map(linked_code).unwrap_or(ANY_CODE);
    Some(Compartment { subject: patient_subject(patient), code })
}

/// A bare code is answered by the compartment row alone; with a system, the term decides as well.
fn is_answered_by_link(clause: &Clause, compartment: Option<Compartment>) -> bool {
    let bare = matches!(clause.any_of.as_slice(), [SearchValue::Token(TokenTest::Code(_))]);
    bare && compartment.is_some_and(|c| c.code != ANY_CODE && linked_code(clause) == Some(c.code))
}

fn order(sort: &[SortKey], compartment: Option<Compartment>, in_journal: bool) -> Result<Order, Rejection> {
    let linked = |descending| {
        compartment.map(|Compartment { subject, code }| Order::Linked { subject, code, descending })
    };
    match sort {
        [] => Ok(linked(true).unwrap_or(Order::Key { descending: false })),
        [one] => {
            let (param, descending) = (Param(one.param.id.0), one.descending);
            Ok(match (one.param.code, one.param.kind) {
                ("_lastUpdated", _) if !in_journal => Order::Updated { descending },
                ("_id", _) if !in_journal => Order::Id { descending },
                // Compartment rows put undated resources first in ascending order; they belong last.
                (code, ParamKind::Date) if is_linked_date(code) && descending => {
                    linked(descending).unwrap_or(Order::Span { param, descending })
                }
                (_, ParamKind::Date) => Order::Span { param, descending },
                (_, ParamKind::Number | ParamKind::Quantity) => Order::Quantity { param, descending },
                _ => Order::Term { param, descending },
            })
        }
        _ => Err(Rejection::new(RejectionKind::Malformed, "not-supported", "_sort takes one key so far")
            .at("_sort")
            .next("Sort by one parameter")),
    }
}

/// The order of rows of several shards: by value (missing last), then key, then shard.
fn compare(order: Order, a: (ShardId, &Position), b: (ShardId, &Position)) -> Ordering {
    let directed = |o: Ordering| if order.is_descending() { o.reverse() } else { o };
    let by_value = match (&a.1.value, &b.1.value) {
        (Some(x), Some(y)) => directed(x.cmp(y)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    };
    by_value.then_with(|| directed(a.1.key.cmp(&b.1.key))).then_with(|| a.0.cmp(&b.0))
}
