//! Running scans on either engine: pages, tests on documents in hand, orders by several keys.

mod together;

pub use together::Pages;

use crate::{
    Bound, Condition, Kind, Match, Order, PAGE_ROWS_MAX, Page, Param, Position, Scan, ShardExtent, ShardId,
    Store, StoreError, filter,
    pages::{self, Explained, Row, SORTED_IN_MEMORY_MAX, ScanRows},
    plan::{self, Phase, Want},
    store::Backend,
};

/// Most documents that one page of a scan looks at by hand; beyond, the scan is refused as too costly.
pub const EXAMINED_ROWS_MAX: usize = 100_000;
/// Documents looked at beyond a page before the next are fetched, where conditions are tested on documents.
const AHEAD: usize = 20;
/// Documents fetched at once where most of them are thrown away.
const FETCHED_ROWS: usize = 1_000;
/// Rows counted of each condition when a scan is explained.
const EXPLAINED_ROWS_MAX: i64 = 100_000;

/// How a scan would be run.
#[derive(Debug, Clone)]
pub struct ScanExplained {
    /// What leads it.
    pub leading: Leading,
    /// The scan's conditions, by place, that an index answers by itself, with the rows each yields (counted so far).
    pub conditions: Vec<(usize, u64)>,
    /// Places of the conditions that are tested on documents in hand.
    pub in_hand: Vec<usize>,
    /// The statement, without its arguments.
    pub statement: String,
}

/// What leads a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leading {
    /// The index of its order.
    Order,
    /// The condition at this place.
    Condition(usize),
}

impl Store {
    /// A page of a search.
    pub async fn scan(&self, shard: ShardId, scan: &Scan) -> Result<Page, StoreError> {
        let (rows, next) = self.page(shard, scan).await?;
        self.opened(shard, rows, next)
    }

    fn opened(&self, shard: ShardId, rows: ScanRows, next: Option<Position>) -> Result<Page, StoreError> {
        let positions = rows.iter().map(Row::position).collect();
        let mut documents = Vec::with_capacity(rows.len());
        for row in rows {
            documents.extend(row.open(self.vault(), shard)?);
        }
        Ok(Page { documents, positions, next })
    }

    /// As `scan`, but the keys only and without a look at documents: for kinds whose rows were written by
    /// `Operation::Index` and point into the journal. Ids and last updates cannot be asked for.
    pub async fn scan_keys(
        &self,
        shard: ShardId,
        scan: &Scan,
    ) -> Result<(Vec<Position>, Option<Position>), StoreError> {
        self.check_shard(shard)?;
        plan::validate(scan, Want::Keys)?;
        let limit = limit_of(scan);
        let mut rows = self.single(shard, scan, Want::Keys, limit).await?;
        let next = pages::cut(&mut rows, limit);
        Ok((rows.iter().map(Row::position).collect(), next))
    }

    /// As `scan`, but the ids only: bodies stay closed where no condition looks into them.
    pub async fn scan_ids(
        &self,
        shard: ShardId,
        scan: &Scan,
    ) -> Result<(Vec<String>, Option<Position>), StoreError> {
        let (rows, next) = self.page(shard, scan).await?;
        Ok((rows.into_iter().filter_map(Row::into_id).collect(), next))
    }

    /// As `scan`, but the values that the matching documents have of one parameter in the term family.
    pub async fn scan_terms(
        &self,
        shard: ShardId,
        scan: &Scan,
        param: Param,
    ) -> Result<(Vec<Vec<u8>>, Option<Position>), StoreError> {
        let (mut rows, next) = self.page(shard, scan).await?;
        let mut values = Vec::new();
        for row in &mut rows {
            if let Some((_, known)) = row.look(self.vault(), shard)? {
                values.extend(known.terms.iter().filter(|r| r.param == param.0).map(|r| r.value.clone()));
            }
        }
        Ok((values, next))
    }

    /// The least value above `after` that a document of this kind has in the term family: a step from one value to the
    /// next, however many documents share it. Whose documents they are is not asked.
    pub async fn next_term(
        &self,
        shard: ShardId,
        kind: Kind,
        param: Param,
        after: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.check_shard(shard)?;
        match self.engine() {
            Backend::Sqlite(engine) => engine.next_term(kind, param, after),
            Backend::Postgres(engine) => engine.apart().next_term(shard, kind, param, after).await,
        }
    }

    /// What each shard holds at this moment, in one round trip: to pin a search, and to ask only the shards where something
    /// of a compartment lies (of `subject`; all of them without one).
    pub async fn extents(&self, subject: Option<[u8; 16]>) -> Result<Vec<ShardExtent>, StoreError> {
        match self.engine() {
            Backend::Sqlite(engine) => Ok(vec![ShardExtent { newest: engine.newest()?, holds: true }]),
            Backend::Postgres(engine) => engine.apart().extents(subject).await,
        }
    }

    /// How many match, counting no further than `most`.
    pub async fn count(&self, shard: ShardId, scan: &Scan, most: u64) -> Result<u64, StoreError> {
        self.check_shard(shard)?;
        plan::validate(scan, Want::Count)?;
        if scan.all.iter().any(filter::is_of_bodies) {
            return self.count_in_hand(shard, scan, most).await;
        }
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let count = match self.engine() {
            Backend::Sqlite(engine) => engine.count(scan, most)?,
            Backend::Postgres(engine) => engine.apart().count(shard, scan, most).await?,
        };
        Ok(u64::try_from(count).unwrap_or(0))
    }

    async fn count_in_hand(&self, shard: ShardId, scan: &Scan, most: u64) -> Result<u64, StoreError> {
        // What a compartment orders is only what it holds; any other order counts the same.
        let order = match scan.order {
            Order::Linked { .. } => scan.order,
            _ => Order::Key { descending: false },
        };
        let mut rest = Scan { order, then: Vec::new(), limit: PAGE_ROWS_MAX, after: None, ..scan.clone() };
        let mut total = 0;
        loop {
            let (rows, next) = self.page(shard, &rest).await?;
            total += rows.len() as u64;
            rest.after = next;
            if rest.after.is_none() || total >= most {
                return Ok(total.min(most));
            }
        }
    }

    /// How the scan would be run, without running it.
    pub async fn explain(&self, shard: ShardId, scan: &Scan) -> Result<ScanExplained, StoreError> {
        self.check_shard(shard)?;
        plan::validate(scan, Want::Documents)?;
        let Split { narrowed, tests, places } = self.split(shard, scan).await?;
        let Explained { driver, conditions, statement } = match self.engine() {
            Backend::Sqlite(engine) => engine.explain(&narrowed, EXPLAINED_ROWS_MAX)?,
            Backend::Postgres(engine) => engine.apart().explain(shard, &narrowed, EXPLAINED_ROWS_MAX).await?,
        };
        // What is tested in hand left the scan: the others are numbered as the caller gave them.
        let original: Vec<usize> = (0..scan.all.len()).filter(|place| !places.contains(place)).collect();
        let place = |n: usize| original.get(n).copied().unwrap_or(n);
        let by_order = matches!(scan.order, Order::Linked { .. })
            || plan::has_missing(&scan.order) && !self.is_small(shard, &narrowed).await?;
        Ok(ScanExplained {
            leading: match driver {
                Some(n) if !by_order => Leading::Condition(place(n)),
                _ => Leading::Order,
            },
            conditions: conditions
                .into_iter()
                .map(|(n, rows)| (place(n), u64::try_from(rows).unwrap_or(0)))
                .collect(),
            in_hand: if tests.is_empty() { Vec::new() } else { places },
            statement,
        })
    }

    async fn page(&self, shard: ShardId, scan: &Scan) -> Result<(ScanRows, Option<Position>), StoreError> {
        self.check_shard(shard)?;
        plan::validate(scan, Want::Documents)?;
        let limit = limit_of(scan);
        let mut rows = self.document_rows(shard, scan, limit).await?;
        let next = pages::cut(&mut rows, limit);
        Ok((rows, next))
    }

    /// Parts a scan into what indexes answer and what is tested on documents: what looks into bodies always, ranges where
    /// the rest leaves few documents.
    async fn split(&self, shard: ShardId, scan: &Scan) -> Result<Split, StoreError> {
        let (split, ranges) = Split::of(scan);
        if ranges.is_empty() {
            return Ok(split);
        }
        if matches!(scan.order, Order::Linked { .. }) || self.is_small(shard, &split.narrowed).await? {
            return Ok(split.with_ranges(ranges));
        }
        Ok(split.by_indexes(scan))
    }

    /// One row more than `limit`.
    async fn document_rows(&self, shard: ShardId, scan: &Scan, limit: usize) -> Result<ScanRows, StoreError> {
        let split = self.split(shard, scan).await?;
        let first = self.ordered(shard, &split.narrowed, split.fetched(limit)).await?;
        self.tested(shard, split, first, limit).await
    }

    /// One row more than `limit` of those that pass the tests: among `first`, which are one more than [`Split::fetched`], and
    /// what follows them.
    async fn tested(
        &self,
        shard: ShardId,
        split: Split,
        first: ScanRows,
        limit: usize,
    ) -> Result<ScanRows, StoreError> {
        let mut fetched = split.fetched(limit);
        let Split { mut narrowed, tests, .. } = split;
        if tests.is_empty() {
            return Ok(first);
        }
        let mut found = Vec::with_capacity(limit + 1);
        let (mut rows, mut examined) = (first, 0);
        loop {
            let is_last = rows.len() <= fetched;
            examined += rows.len();
            narrowed.after = rows.last().map(Row::position);
            for mut row in rows {
                let Some((document, known)) = row.look(self.vault(), shard)? else { continue };
                if tests.iter().all(|condition| filter::holds(condition, document, known)) {
                    found.push(row);
                }
                if found.len() > limit {
                    return Ok(found);
                }
            }
            if is_last {
                return Ok(found);
            }
            if examined > EXAMINED_ROWS_MAX {
                return Err(StoreError::TooCostly);
            }
            fetched = FETCHED_ROWS;
            rows = self.ordered(shard, &narrowed, fetched).await?;
        }
    }

    /// One row more than `limit`, in order, from the scan's position on; by indexes alone.
    async fn ordered(&self, shard: ShardId, scan: &Scan, limit: usize) -> Result<ScanRows, StoreError> {
        let by_values = plan::has_missing(&scan.order) || !scan.then.is_empty();
        if by_values && self.is_small(shard, scan).await? {
            let order = Order::Key { descending: false };
            let mut whole = Scan { order, then: Vec::new(), after: None, ..scan.clone() };
            // Only what the compartment holds has a place in its order.
            if let Order::Linked { subject, code, .. } = scan.order {
                let at = (Bound::Open, Bound::Open);
                whole.all.push(Condition::Any(vec![Match::Link { subject, code, at }]));
            }
            let all =
                self.phase(shard, &whole, Want::Documents, Phase::Valued, SORTED_IN_MEMORY_MAX + 1).await?;
            if (all.len() as i64) <= SORTED_IN_MEMORY_MAX {
                return pages::sort(self.vault(), shard, scan, all);
            }
        }
        match scan.then.split_first() {
            None => self.single(shard, scan, Want::Documents, limit).await,
            Some((next, rest)) => Box::pin(self.runs(shard, scan, (*next, rest), limit)).await,
        }
    }

    /// An order by several keys as runs of documents that are equal by the first: no index has two sort values. Short
    /// runs are sorted in hand; within a long one the next key's own index gives the order.
    async fn runs(
        &self,
        shard: ShardId,
        scan: &Scan,
        further: (Order, &[Order]),
        limit: usize,
    ) -> Result<ScanRows, StoreError> {
        let mut found: ScanRows = Vec::new();
        // Where the next run begins (`None`: at the first), and the run to go on with, if the scan stands within one.
        let mut from = None;
        let mut within = scan.after.clone();
        loop {
            if let Some(position) = within.take() {
                let value = position.value.clone();
                let wanted = limit - found.len();
                found.extend(self.run(shard, scan, further, position, wanted).await?);
                if found.len() > limit || value.is_none() {
                    return Ok(found);
                }
                // Behind every document of this value, wherever it lies.
                let key = if scan.order.is_descending() { i64::MIN } else { i64::MAX };
                from = Some(Position { value, then: Vec::new(), key });
            }
            let ahead = Scan { then: Vec::new(), after: from.take(), ..scan.clone() };
            let mut batch = self.single(shard, &ahead, Want::Documents, limit + 1).await?;
            let last = batch.last().filter(|_| batch.len() > limit + 1).map(|row| row.value.clone());
            if let Some(value) = &last {
                batch.retain(|row| row.value != *value);
            }
            let whole = Scan { after: None, ..scan.clone() };
            found.extend(pages::sort(self.vault(), shard, &whole, batch)?);
            match last {
                Some(value) if found.len() <= limit => {
                    within = Some(Position { value, then: Vec::new(), key: 0 });
                }
                _ => return Ok(found),
            }
        }
    }

    /// The documents of one run, after the position where it has further values, else from its beginning.
    async fn run(
        &self,
        shard: ShardId,
        scan: &Scan,
        (order, then): (Order, &[Order]),
        position: Position,
        limit: usize,
    ) -> Result<ScanRows, StoreError> {
        let Position { value, then: further, key } = position;
        let mut run = scan.clone();
        run.all.push(Condition::Any(vec![Match::Ordered(scan.order, value.clone())]));
        run.after = further.split_first().map(|(first, rest)| Position {
            value: first.clone(),
            then: rest.to_vec(),
            key,
        });
        (run.order, run.then) = (order, then.to_vec());
        let rows = self.ordered(shard, &run, limit).await?;
        Ok(rows.into_iter().map(|row| row.within_run(value.clone())).collect())
    }

    /// One row more than `limit` by the scan's first order.
    async fn single(
        &self,
        shard: ShardId,
        scan: &Scan,
        want: Want,
        limit: usize,
    ) -> Result<ScanRows, StoreError> {
        let wanted = limit as i64 + 1;
        if !plan::has_missing(&scan.order) {
            return self.phase(shard, scan, want, Phase::Valued, wanted).await;
        }
        let mut rows: Vec<Row> = Vec::new();
        if scan.after.as_ref().is_none_or(|position| position.value.is_some()) {
            rows = self.phase(shard, scan, want, Phase::Valued, wanted).await?;
        }
        let rest = wanted - rows.len() as i64;
        if rest > 0 {
            rows.extend(self.phase(shard, scan, want, Phase::Missing, rest).await?);
        }
        Ok(rows)
    }

    /// Whether some condition leaves so few documents that sorting them beats walking the order's index.
    async fn is_small(&self, shard: ShardId, scan: &Scan) -> Result<bool, StoreError> {
        let limit = SORTED_IN_MEMORY_MAX + 1;
        let least = match self.engine() {
            Backend::Sqlite(engine) => engine.selectivity(scan, limit)?,
            Backend::Postgres(engine) => engine.apart().selectivity(shard, scan, limit).await?,
        };
        Ok(least.is_some_and(|rows| rows <= SORTED_IN_MEMORY_MAX))
    }

    async fn phase(
        &self,
        shard: ShardId,
        scan: &Scan,
        want: Want,
        phase: Phase,
        limit: i64,
    ) -> Result<ScanRows, StoreError> {
        match self.engine() {
            Backend::Sqlite(engine) => engine.scan_rows(scan, want, phase, limit),
            Backend::Postgres(engine) => engine.apart().scan_rows(shard, scan, want, phase, limit).await,
        }
    }
}

/// The most rows of a page.
fn limit_of(scan: &Scan) -> usize {
    scan.limit.min(PAGE_ROWS_MAX) as usize
}

/// A scan, parted.
struct Split {
    /// What indexes answer.
    narrowed: Scan,
    /// What is tested on documents.
    tests: Vec<Condition>,
    /// Where those stood.
    places: Vec<usize>,
}

impl Split {
    /// A scan without what can only be tested on documents, and the ranges, which may be.
    fn of(scan: &Scan) -> (Self, Vec<(usize, Condition)>) {
        let narrowed = Scan { all: Vec::with_capacity(scan.all.len()), ..scan.clone() };
        let mut split = Self { narrowed, tests: Vec::new(), places: Vec::new() };
        let mut ranges = Vec::new();
        for (place, condition) in scan.all.iter().enumerate() {
            if filter::is_of_bodies(condition) {
                split.tests.push(condition.clone());
                split.places.push(place);
            } else if filter::is_costly(condition) {
                ranges.push((place, condition.clone()));
            } else {
                split.narrowed.all.push(condition.clone());
            }
        }
        (split, ranges)
    }

    /// With the ranges tested on documents.
    fn with_ranges(mut self, ranges: Vec<(usize, Condition)>) -> Self {
        for (place, condition) in ranges {
            self.tests.push(condition);
            self.places.push(place);
        }
        self
    }

    /// With the ranges left to indexes.
    fn by_indexes(mut self, scan: &Scan) -> Self {
        self.narrowed.all = scan.all.iter().filter(|c| !filter::is_of_bodies(c)).cloned().collect();
        self
    }

    /// How many rows are fetched at first for a page of `limit`.
    fn fetched(&self, limit: usize) -> usize {
        if self.tests.is_empty() { limit } else { limit + AHEAD }
    }
}

impl Row {
    /// With the value of the run that it was found in.
    fn within_run(mut self, value: Option<Vec<u8>>) -> Self {
        self.then.insert(0, std::mem::replace(&mut self.value, value));
        self
    }
}
