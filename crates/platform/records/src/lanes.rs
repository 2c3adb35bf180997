//! Pages over several types and shards: each is a lane with its own keyset, merged in the search's order.

use crate::page::{Lane, PageToken};
use crate::reader::{Records, Stored, journal_document, journal_position};
use crate::search::{FoundRow, Planned};
use crate::stop::Stop;
use futures_util::future::try_join_all;
use galen_fhir::bundle::SearchMode;
use galen_store::{Condition, Document, Match, Order, Page, Pages, Position, Scan, ShardId};
use std::collections::BTreeMap;

/// What one lane gave: rows with their places, and whether it has more.
struct Fetched {
    lane: Lane,
    rows: Vec<(Position, Stored)>,
    has_more: bool,
}

impl Fetched {
    fn of(lane: Lane, page: Page) -> Self {
        let Lane { resource_type, shard } = lane;
        let stored = |document: Document| Stored { resource_type, shard, document };
        let rows = page.positions.into_iter().zip(page.documents.into_iter().map(stored)).collect();
        Self { lane, rows, has_more: page.next.is_some() }
    }
}

/// The compartment in which everything lies that these scans may find, if that is one.
fn shared_subject(planned: &[Planned]) -> Option<[u8; 16]> {
    let (first, others) = planned.split_first()?;
    let subject = subject(&first.scan)?;
    others.iter().all(|one| self::subject(&one.scan) == Some(subject)).then_some(subject)
}

fn subject(scan: &Scan) -> Option<[u8; 16]> {
    scan.all.iter().find_map(|condition| match condition {
        Condition::Any(matches) => match matches.as_slice() {
            [Match::Link { subject, .. }] => Some(*subject),
            _ => None,
        },
        Condition::None(_) => None,
    })
}

impl Records {
    /// The beginning of a search that is pinned by its first page: for one type, whose shards that page reads at one moment.
    pub(crate) fn beginning(&self, planned: &Planned) -> PageToken {
        PageToken::start(self.lanes(planned), BTreeMap::new())
    }

    /// The beginning of a search, pinned to the newest documents of now. What lies in one compartment is looked for only
    /// in the shards that hold something of it.
    pub(crate) async fn pinned_beginning(&self, planned: &[Planned]) -> Result<PageToken, Stop> {
        let extents = self.store().extents(shared_subject(planned)).await?;
        let holds = |lane: &Lane| {
            let extent = extents.get(usize::from(lane.shard.0));
            self.is_journal(lane.resource_type) || extent.is_some_and(|extent| extent.holds)
        };
        let lanes = planned.iter().flat_map(|one| self.lanes(one)).filter(holds);
        let pins = (0..).zip(&extents).map(|(shard, extent)| (shard, extent.newest)).collect();
        Ok(PageToken::start(lanes, pins))
    }

    fn lanes(&self, planned: &Planned) -> impl Iterator<Item = Lane> + use<> {
        let resource_type = planned.resource_type;
        (0..self.store().shards()).map(move |shard| Lane { resource_type, shard: ShardId(shard) })
    }

    /// A page. Types that share no order follow each other; what has an order is merged by it.
    pub(crate) async fn page(
        &self,
        planned: &[Planned],
        mut token: PageToken,
    ) -> Result<(Vec<FoundRow>, Option<PageToken>), Stop> {
        let Some(first) = planned.first() else { return Ok((Vec::new(), None)) };
        let limit = usize::try_from(first.scan.limit).unwrap_or(usize::MAX);
        let is_ordered = !matches!(first.scan.order, Order::Key { .. } | Order::Linked { .. });
        let mut rows = Vec::new();
        if is_ordered {
            rows = self.merged(planned, &mut token, limit).await?;
        } else {
            for one in planned {
                if rows.len() >= limit {
                    break;
                }
                let rest = limit - rows.len();
                rows.extend(self.merged(std::slice::from_ref(one), &mut token, rest).await?);
            }
        }
        let rows = rows.into_iter().map(|stored| FoundRow { stored, mode: SearchMode::Match }).collect();
        Ok((rows, (!token.is_done()).then_some(token)))
    }

    /// The next rows of these types, in the order that they share.
    async fn merged(
        &self,
        planned: &[Planned],
        token: &mut PageToken,
        limit: usize,
    ) -> Result<Vec<Stored>, Stop> {
        let Some(first) = planned.first() else { return Ok(Vec::new()) };
        let mut open = Vec::new();
        for one in planned {
            for lane in self.lanes(one) {
                if let Some(after) = token.open(lane).cloned() {
                    let until = token.pin(lane.shard).filter(|_| !self.is_journal(lane.resource_type));
                    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
                    open.push((lane, Scan { after, until, limit, ..one.scan.clone() }));
                }
            }
        }
        let fetched = self.fetched(open, token).await?;
        let mut ends = Vec::with_capacity(fetched.len());
        let mut rows = Vec::new();
        for (place, Fetched { lane, rows: found, has_more }) in fetched.into_iter().enumerate() {
            ends.push((lane, has_more, found.len()));
            rows.extend(found.into_iter().map(|(position, stored)| (place, position, stored)));
        }
        rows.sort_by(|a, b| first.scan.compare(&a.1, &b.1).then(a.0.cmp(&b.0)));
        rows.truncate(limit);
        for (place, (lane, has_more, fetched)) in ends.into_iter().enumerate() {
            let mut shown = rows.iter().filter(|row| row.0 == place);
            let count = shown.clone().count();
            if count == fetched && !has_more {
                token.finish(lane);
            } else if let Some((_, position, _)) = shown.next_back() {
                token.advance(lane, position.clone());
            }
        }
        Ok(rows.into_iter().map(|(_, _, stored)| stored).collect())
    }

    /// What each lane gives. Lanes of one type are read at one moment; if the search is not pinned yet, that is its beginning.
    async fn fetched(&self, open: Vec<(Lane, Scan)>, token: &mut PageToken) -> Result<Vec<Fetched>, Stop> {
        let is_of_one_type = open
            .iter()
            .all(|(lane, _)| Some(lane.resource_type) == open.first().map(|(l, _)| l.resource_type));
        let is_journal = open.iter().any(|(lane, _)| self.is_journal(lane.resource_type));
        if is_journal || !is_of_one_type {
            return try_join_all(open.iter().map(|(lane, scan)| self.fetch(*lane, scan))).await;
        }
        let (lanes, scans): (Vec<Lane>, Vec<(ShardId, Scan)>) =
            open.into_iter().map(|(lane, scan)| (lane, (lane.shard, scan))).unzip();
        let Pages { pages, newest } = self.store().scan_together(&scans, !token.is_pinned()).await?;
        token.pin_to(lanes.iter().map(|lane| lane.shard.0).zip(newest));
        Ok(lanes.into_iter().zip(pages).map(|(lane, page)| Fetched::of(lane, page)).collect())
    }

    async fn fetch(&self, lane: Lane, scan: &Scan) -> Result<Fetched, Stop> {
        let Lane { resource_type, shard } = lane;
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
            return Ok(Fetched { lane, rows, has_more: next.is_some() });
        }
        Ok(Fetched::of(lane, self.store().scan(shard, scan).await?))
    }
}
