//! Diaries: one document for each actor and day, and the places of the grid that the database counts.

use super::DIARY;
use crate::model::{Actor, Diary, Entry, Span, Status, Visit, What};
use futures_util::future::try_join_all;
use galen_contracts::scheduling::TimeFreedV1;
use galen_kernel::{Fault, Instant};
use galen_records::Change;
use galen_service::House;
use galen_store::{Document, Expected, IndexRows, Kind, Operation, Put, ShardId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A day's diary as it was read.
#[derive(Debug, Clone)]
struct Page {
    actor: Actor,
    day: i64,
    shard: ShardId,
    /// `None`: nothing was ever in it.
    version: Option<u64>,
    diary: Diary,
}

/// The diaries that a decision reads and a commit rewrites.
#[derive(Debug, Clone, Default)]
pub struct Diaries(Vec<Page>);

fn diary_id(actor: &Actor, day: i64) -> String {
    format!("{}.{day}", actor.id())
}

/// The diaries of these actors on all days that these spans touch: one read for each shard.
pub async fn diaries(house: &House, actors: &BTreeSet<Actor>, spans: &[Span]) -> Result<Diaries, Fault> {
    let days: BTreeSet<i64> = spans.iter().flat_map(|span| span.utc_days()).collect();
    let mut pages = Vec::with_capacity(actors.len() * days.len());
    let mut wanted: BTreeMap<ShardId, Vec<(Kind, String)>> = BTreeMap::new();
    for actor in actors {
        let shard = house.records.shard_of(actor.id());
        for day in &days {
            wanted.entry(shard).or_default().push((DIARY, diary_id(actor, *day)));
            let diary = Diary::default();
            pages.push(Page { actor: actor.clone(), day: *day, shard, version: None, diary });
        }
    }
    let read = wanted.iter().map(|(shard, ids)| house.store.get_many(*shard, ids));
    let found: Vec<Document> = try_join_all(read).await?.into_iter().flatten().collect();
    let mut found: HashMap<String, Document> = found.into_iter().map(|d| (d.id.clone(), d)).collect();
    for page in &mut pages {
        let Some(document) = found.remove(&diary_id(&page.actor, page.day)) else { continue };
        page.version = Some(document.version);
        if let Some(body) = document.body {
            page.diary = serde_json::from_slice(&body).map_err(|e| Fault::new("read diary", e))?;
        }
    }
    Ok(Diaries(pages))
}

impl Diaries {
    /// What is in an actor's diaries.
    pub fn entries(&self, actor: &Actor) -> Vec<Entry> {
        let mut all: Vec<Entry> =
            self.0.iter().filter(|page| page.actor == *actor).flat_map(|p| p.diary.entries.clone()).collect();
        // What lasts over midnight is in two.
        all.sort_by(|a, b| a.holder.cmp(&b.holder).then(a.span().cmp(&b.span())));
        all.dedup();
        all
    }

    /// Whether the diary of this id is among them.
    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|page| diary_id(&page.actor, page.day) == id)
    }

    /// What is in everybody's diaries.
    pub fn into_entries(self) -> BTreeMap<Actor, Vec<Entry>> {
        let mut all: BTreeMap<Actor, Vec<Entry>> = BTreeMap::new();
        for page in self.0 {
            all.entry(page.actor).or_default().extend(page.diary.entries);
        }
        all
    }

    /// Writes what appointments take now in place of what they took, and drops holds that lapsed. `room` is how many
    /// appointments each Schedule may have at the same time; the database counts the places and refuses one too many.
    /// Whoever waits for a time hears of what became free.
    pub fn rewrite(
        self,
        visits: &[&Visit],
        room: &BTreeMap<&str, u32>,
        now: Instant,
        change: &mut Change,
    ) -> Result<(), Fault> {
        let holders: Vec<&str> = visits.iter().map(|visit| visit.id.as_str()).collect();
        let mut freed: BTreeMap<(String, Span), BTreeSet<String>> = BTreeMap::new();
        for page in self.0 {
            let entries: Vec<Entry> = visits.iter().filter_map(|visit| entry(visit, &page.actor)).collect();
            if let Actor::Schedule(id) = &page.actor {
                for (holder, span) in page.freed(&holders, &entries, now) {
                    freed.entry((holder, span)).or_default().insert(id.clone());
                }
            }
            let capacity = room.get(page.actor.id()).copied().unwrap_or(1);
            page.replace(&holders, entries, capacity, now, change)?;
        }
        for ((_, span), schedules) in freed {
            tell_freed(schedules, span, now, change);
        }
        Ok(())
    }

    /// Writes an exception into a Schedule's diaries, or takes it out of them.
    pub fn except(
        self,
        holder: &str,
        entry: Option<&Entry>,
        now: Instant,
        change: &mut Change,
    ) -> Result<(), Fault> {
        let mut freed = BTreeSet::new();
        for page in self.0 {
            let before = page.diary.entries.iter().filter(|one| one.holder == holder);
            // Leave that is taken back, and an extra session that is added.
            let gone = before.filter(|one| one.what == What::Absence && Some(*one) != entry);
            let come = entry.filter(|one| one.what == What::Opening);
            freed.extend(
                gone.chain(come).filter_map(Entry::span).map(|span| (page.actor.id().to_owned(), span)),
            );
            page.replace(&[holder], entry.cloned().into_iter().collect(), 1, now, change)?;
        }
        for (schedule, span) in freed {
            tell_freed(BTreeSet::from([schedule]), span, now, change);
        }
        Ok(())
    }
}

/// What an appointment is in this actor's diary now, if anything.
fn entry(visit: &Visit, actor: &Actor) -> Option<Entry> {
    let what = match visit.status {
        status if status.occupies() => What::Visit,
        Status::Fulfilled | Status::Noshow => What::Past,
        _ => return None,
    };
    let span = visit.span.filter(|_| visit.actors().any(|own| own == *actor))?;
    Some(Entry::new(&visit.id, span, what, visit.until))
}

fn tell_freed(schedules: BTreeSet<String>, span: Span, now: Instant, change: &mut Change) {
    if span.end() > now {
        let schedules = schedules.into_iter().collect();
        change.event(&TimeFreedV1 { schedules, start: span.start(), end: span.end() });
    }
}

impl Page {
    /// The times of appointments that stood here, or that lapsed unnoticed, and do not stand any more.
    fn freed(&self, holders: &[&str], after: &[Entry], now: Instant) -> Vec<(String, Span)> {
        let is_kept = |one: &Entry| {
            after
                .iter()
                .any(|own| own.what == What::Visit && own.holder == one.holder && own.span() == one.span())
        };
        let is_gone = |one: &&Entry| {
            one.what == What::Visit
                && if holders.contains(&one.holder.as_str()) { !is_kept(one) } else { !one.is_live(now) }
        };
        let gone = self.diary.entries.iter().filter(is_gone);
        gone.filter_map(|one| Some((one.holder.clone(), one.span()?))).collect()
    }

    fn replace(
        self,
        holders: &[&str],
        entries: Vec<Entry>,
        capacity: u32,
        now: Instant,
        change: &mut Change,
    ) -> Result<(), Fault> {
        let today = Span::of_utc_day(self.day);
        let stays = |entry: &&Entry| !holders.contains(&entry.holder.as_str()) && entry.is_live(now);
        let mut after: Vec<Entry> = self.diary.entries.iter().filter(stays).cloned().collect();
        after.extend(
            entries.into_iter().filter(|entry| entry.span().is_some_and(|span| span.overlaps(today))),
        );
        if after == self.diary.entries {
            return Ok(());
        }
        if let Actor::Schedule(id) = &self.actor {
            for (granule, delta) in places(&self.diary.entries, &after, today) {
                let floor = if delta < 0 { -i64::from(capacity) } else { i64::MIN };
                let balance = format!("{id}.{granule}");
                change.push(self.shard, Operation::Add { balance, delta, floor });
            }
        }
        let owner = match &self.actor {
            Actor::Patient(id) => id.to_string(),
            Actor::Schedule(_) => String::new(),
        };
        let diary = Diary { entries: after };
        let body = serde_json::to_vec(&diary).map_err(|e| Fault::new("write diary", e))?;
        let put = Put {
            kind: DIARY,
            id: diary_id(&self.actor, self.day),
            expected: self.version.map_or(Expected::Absent, Expected::Version),
            owner,
            body,
            index: IndexRows::default(),
        };
        change.push(self.shard, Operation::Put(put));
        Ok(())
    }
}

/// By how much the free places of each granule of the day change: one less for each appointment that comes.
fn places(before: &[Entry], after: &[Entry], today: Span) -> BTreeMap<i64, i64> {
    let mut changes: BTreeMap<i64, i64> = BTreeMap::new();
    for (entries, delta) in [(before, 1), (after, -1)] {
        let visits = entries.iter().filter(|entry| entry.what == What::Visit);
        for span in visits.filter_map(Entry::span).filter_map(|span| span.shared(today)) {
            for granule in span.granules() {
                *changes.entry(granule).or_default() += delta;
            }
        }
    }
    changes.retain(|_, delta| *delta != 0);
    changes
}
