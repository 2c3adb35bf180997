//! Running a search: criteria to scans, counts, pages and what they include, within the caller's sight.

use crate::compartment::{Compartment, compartment, is_answered_by};
use crate::condition::condition;
use crate::kind_of;
use crate::page::PageToken;
use crate::reader::{Records, Stored};
use crate::resolve::View;
use crate::rows::{index_rows, is_linked_date, places};
use crate::sight::{Sight, conditions};
use crate::stop::Stop;
use futures_util::future::try_join_all;
use galen_fhir::bundle::SearchMode;
use galen_fhir::search::{Criterion, SearchQuery, SortKey, Total};
use galen_fhir::{ParamKind, ResourceType};
use galen_kernel::{Fault, Instant, Rejection, RejectionKind};
use galen_store::{Condition, Order, PAGE_ROWS_MAX, Param, Scan, ScanExplained, ShardId};

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
    /// Whether more would have been included than a page takes.
    pub is_truncated: bool,
}

/// How a search of one type would be run in one shard.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The type.
    pub resource_type: ResourceType,
    /// The shard.
    pub shard: ShardId,
    /// What each condition is about, by place.
    pub about: Vec<String>,
    /// The store's plan.
    pub scan: ScanExplained,
}

/// A query as a scan, with what each of its conditions is about.
pub(crate) struct Planned {
    pub(crate) resource_type: ResourceType,
    pub(crate) scan: Scan,
    about: Vec<String>,
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
        self.search_types(std::slice::from_ref(query), sight, from, now).await
    }

    /// Runs a search over several types, one query each; they share sort keys, count and total. Unsorted, the types
    /// follow each other in the order given.
    pub async fn search_types(
        &self,
        queries: &[SearchQuery],
        sight: &Sight,
        from: Option<PageToken>,
        now: Instant,
    ) -> Result<Result<Found, Rejection>, Fault> {
        Stop::parted(self.found(queries, sight, from, now).await)
    }

    async fn found(
        &self,
        queries: &[SearchQuery],
        sight: &Sight,
        from: Option<PageToken>,
        now: Instant,
    ) -> Result<Found, Stop> {
        let sealed = self.sealed(now).await?;
        let view = View { sight, sealed: &sealed, now };
        let Some(first) = queries.first() else { return Ok(Found::default()) };
        let mut planned = Vec::with_capacity(queries.len());
        for query in queries {
            planned.push(self.planned(query, view).await?);
            if self.is_journal(query.resource_type) {
                self.index_journal().await?;
            }
        }
        let counts = first.count_only || first.total != Total::None;
        let mut token = match (from, planned.as_slice()) {
            (Some(token), _) => token,
            (None, [only]) if !counts => self.beginning(only),
            (None, planned) => self.pinned_beginning(planned).await?,
        };
        if token.total.is_none() && counts {
            let mut total = 0;
            for one in &planned {
                total += self.count(one, &token).await?;
            }
            token.total = Some(total);
        }
        let mut found = Found { total: token.total, ..Found::default() };
        if !first.count_only {
            (found.rows, found.next) = self.page(&planned, token).await?;
            let (included, is_truncated) = self.included(queries, &found.rows, view).await?;
            found.rows.extend(included);
            found.is_truncated = is_truncated;
        }
        Ok(found)
    }

    /// How a search would be run, shard by shard, without running it.
    pub async fn explain(
        &self,
        query: &SearchQuery,
        sight: &Sight,
        now: Instant,
    ) -> Result<Result<Vec<Explained>, Rejection>, Fault> {
        Stop::parted(self.explained(query, sight, now).await)
    }

    async fn explained(
        &self,
        query: &SearchQuery,
        sight: &Sight,
        now: Instant,
    ) -> Result<Vec<Explained>, Stop> {
        if self.is_journal(query.resource_type) {
            let message = "Searches of the audit log are not explained";
            return Err(Rejection::new(RejectionKind::NotSupported, "not-supported", message).into());
        }
        let sealed = self.sealed(now).await?;
        let Planned { resource_type, scan, about } =
            self.planned(query, View { sight, sealed: &sealed, now }).await?;
        let mut all = Vec::new();
        for shard in (0..self.store().shards()).map(ShardId) {
            let explained = self.store().explain(shard, &scan).await?;
            all.push(Explained { resource_type, shard, about: about.clone(), scan: explained });
        }
        Ok(all)
    }

    /// Whether a version that is in hand is what a search for matches finds, within `sight`. What it refers to is looked at as
    /// it is now; the version itself as it was written.
    pub async fn matches(
        &self,
        query: &SearchQuery,
        sight: &Sight,
        version: &Stored,
        now: Instant,
    ) -> Result<Result<bool, Rejection>, Fault> {
        Stop::parted(self.is_found(query, sight, version, now).await)
    }

    async fn is_found(
        &self,
        query: &SearchQuery,
        sight: &Sight,
        version: &Stored,
        now: Instant,
    ) -> Result<bool, Stop> {
        let Some(resource) = version.resource()? else { return Ok(false) };
        let sealed = self.sealed(now).await?;
        let planned = self.planned(query, View { sight, sealed: &sealed, now }).await?;
        let index = index_rows(&resource, version.document.at, &self.parameters());
        Ok(version.resource_type == planned.resource_type
            && Condition::all_hold(&planned.scan.all, &version.document, index)?)
    }

    pub(crate) fn is_journal(&self, resource_type: ResourceType) -> bool {
        self.journal_view.as_ref().is_some_and(|view| view.resource_type() == resource_type)
    }

    async fn count(&self, planned: &Planned, token: &PageToken) -> Result<u64, Stop> {
        if self.is_journal(planned.resource_type) {
            return self.count_journal(&planned.scan).await;
        }
        let counts = (0..self.store().shards()).map(ShardId).map(|shard| async move {
            let scan = Scan { until: token.pin(shard), ..planned.scan.clone() };
            self.store().count(shard, &scan, TOTAL_COUNTED_MAX).await
        });
        Ok(try_join_all(counts).await?.into_iter().sum())
    }

    /// Counts journal entries by walking their keys: they are no documents.
    async fn count_journal(&self, scan: &Scan) -> Result<u64, Stop> {
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
    async fn planned(&self, query: &SearchQuery, view: View<'_>) -> Result<Planned, Stop> {
        let resource_type = query.resource_type;
        let Some(visibility) = view.sight.of(resource_type) else {
            return Err(unseen(resource_type).into());
        };
        let compartment = compartment(resource_type, &query.criteria);
        let (mut all, mut about) = (Vec::with_capacity(query.criteria.len() + 2), Vec::new());
        if let Some(compartment) = compartment {
            all.push(Condition::Any(vec![compartment.test()]));
            about.push("the patient's compartment".to_owned());
        }
        for criterion in &query.criteria {
            if compartment.is_some_and(|compartment| is_answered_by(criterion, compartment)) {
                continue;
            }
            let test = self.test(resource_type, criterion, view).await?;
            all.extend(condition(test));
            about.resize(all.len(), name_of(criterion));
        }
        all.extend(conditions(resource_type, visibility, view.sealed));
        about.resize(all.len(), "what the caller may see".to_owned());
        let mut orders = orders(&query.sort, compartment, self.is_journal(resource_type))?.into_iter();
        let order = orders.next().unwrap_or(Order::Key { descending: false });
        let limit = query.count.unwrap_or(PAGE_COUNT_DEFAULT).max(1);
        let mut scan = Scan::new(kind_of(resource_type), all, order, limit);
        scan.then = orders.collect();
        Ok(Planned { resource_type, scan, about })
    }
}

/// What a criterion is called in an explanation.
fn name_of(criterion: &Criterion) -> String {
    match criterion {
        Criterion::Clause(clause) => clause.param.code.to_owned(),
        Criterion::Chained(param, _) => format!("{} (chained)", param.code),
        Criterion::Reverse(source, param, _) => format!("_has:{}:{}", source.name(), param.code),
        Criterion::Listed(_) => "_list".to_owned(),
        Criterion::Compartment(owner, _) => format!("compartment of a {}", owner.name()),
        Criterion::Words(true, _) => "_text".to_owned(),
        Criterion::Words(false, _) => "_content".to_owned(),
        Criterion::All(_) | Criterion::Any(_) | Criterion::Not(_) => "_filter".to_owned(),
    }
}

/// The refusal of a type that the caller may not search.
pub(crate) fn unseen(resource_type: ResourceType) -> Rejection {
    let message = format!("Your role does not permit searching {}", resource_type.name());
    Rejection::new(RejectionKind::Forbidden, "not-permitted", message)
}

fn orders(
    sort: &[SortKey],
    compartment: Option<Compartment>,
    in_journal: bool,
) -> Result<Vec<Order>, Rejection> {
    let linked = |descending| compartment.map(|compartment| compartment.order(descending));
    let Some((first, further)) = sort.split_first() else {
        return Ok(linked(true).into_iter().collect());
    };
    if in_journal && !further.is_empty() {
        let message = "Audit events are sorted by one key";
        return Err(Rejection::new(RejectionKind::NotSupported, "not-supported", message).at("_sort"));
    }
    let leading = match (first.param.code, first.param.kind) {
        // Compartment rows put undated resources first in ascending order; they belong last.
        (code, ParamKind::Date) if is_linked_date(code) && first.descending => linked(true),
        _ => None,
    };
    let mut all = vec![leading.unwrap_or_else(|| order(first, in_journal))];
    for key in further {
        all.push(order(key, in_journal));
        // Ids are unique: nothing is left to order behind one.
        if key.param.code == "_id" {
            break;
        }
    }
    Ok(all)
}

fn order(key: &SortKey, in_journal: bool) -> Order {
    // What several keep is in the order of the first: the values of the whole, before those of its parts.
    let param = places(key.param).next().unwrap_or(Param(key.param.id.0));
    let descending = key.descending;
    match (key.param.code, key.param.kind) {
        ("_lastUpdated", _) if !in_journal => Order::Updated { descending },
        ("_id", _) if !in_journal => Order::Id { descending },
        (_, ParamKind::Date) => Order::Span { param, descending },
        (_, ParamKind::Number | ParamKind::Quantity) => Order::Quantity { param, descending },
        _ => Order::Term { param, descending },
    }
}
