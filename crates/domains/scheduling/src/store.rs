//! Scheduling in the store: diaries, the places of the grid, and what is read for a decision.

use crate::decide::{Around, OVERBOOKED_MAX, ScheduleDay};
use crate::events::QueueEvent;
use crate::fhir::{service_rules, timetable, visit};
use crate::model::{Actor, Diary, Entry, Queue, ServiceRules, Span, Status, Timetable, Visit, What};
use futures_util::future::{try_join, try_join_all};
use galen_fhir::{Json, Resource};
use galen_kernel::{Fault, Instant, MICROS_PER_DAY, PatientId, Rejection, RejectionKind};
use galen_records::Change;
use galen_records::resource_type;
use galen_service::{House, Refusal};
use galen_store::{Conflict, Document, Expected, IndexRows, Kind, Operation, Put, ShardId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Diaries: one document for each actor and day.
pub const DIARY: Kind = Kind(1121);
/// Queues: one document for each clinic and day.
pub const QUEUE: Kind = Kind(1122);
/// What of a token is claimed in the database: that nobody has it already.
const TOKEN_SCOPE: &str = "queue-token";
/// How long a claimed token is remembered.
const TOKEN_DAYS: i64 = 2;

/// An appointment as stored.
#[derive(Debug, Clone)]
pub struct StoredVisit {
    /// The version that was read.
    pub version: u64,
    /// The resource.
    pub resource: Resource,
    /// What the rules read of it.
    pub visit: Visit,
}

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

    /// Writes what an appointment takes now in place of what it took, and drops holds that lapsed. `room` is how many
    /// appointments each Schedule may have at the same time; the database counts the places and refuses one too many.
    pub fn rewrite(
        self,
        visit: &Visit,
        room: &BTreeMap<&str, u32>,
        now: Instant,
        change: &mut Change,
    ) -> Result<(), Fault> {
        let what = match visit.status {
            status if status.occupies() => Some(What::Visit),
            Status::Fulfilled | Status::Noshow => Some(What::Past),
            _ => None,
        };
        let actors: BTreeSet<Actor> = visit.actors().collect();
        for page in self.0 {
            let own = visit.span.zip(what).filter(|_| actors.contains(&page.actor));
            let entry = own.map(|(span, what)| Entry::new(&visit.id, span, what, visit.until));
            let capacity = room.get(page.actor.id()).copied().unwrap_or(1);
            page.replace(&visit.id, entry, capacity, now, change)?;
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
        for page in self.0 {
            page.replace(holder, entry.cloned(), 1, now, change)?;
        }
        Ok(())
    }
}

impl Page {
    fn replace(
        self,
        holder: &str,
        entry: Option<Entry>,
        capacity: u32,
        now: Instant,
        change: &mut Change,
    ) -> Result<(), Fault> {
        let today = Span::of_utc_day(self.day);
        let stays = |entry: &&Entry| entry.holder != holder && entry.is_live(now);
        let mut after: Vec<Entry> = self.diary.entries.iter().filter(stays).cloned().collect();
        after.extend(entry.filter(|entry| entry.span().is_some_and(|span| span.overlaps(today))));
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

/// An appointment; a refusal when there is none.
pub async fn load(house: &House, id: &str) -> Result<StoredVisit, Refusal> {
    let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such appointment");
    let Some(found) = house.records.get(resource_type("Appointment")?, id).await? else {
        return Err(missing().into());
    };
    let Some(resource) = found.resource()? else { return Err(missing().into()) };
    let visit = visit(&resource);
    Ok(StoredVisit { version: found.document.version, resource, visit })
}

/// The resources that a decision about an appointment reads.
pub struct Read {
    /// What the rules read of them.
    pub around: Around,
    /// The diaries, to be rewritten.
    pub diaries: Diaries,
    /// The Patient.
    pub patient: Option<Resource>,
}

/// Reads all that a decision needs: at most two reads for each shard.
pub async fn around(
    house: &House,
    patient: Option<&PatientId>,
    service: Option<&str>,
    schedules: &[String],
    spans: &[Span],
    before: Option<&Visit>,
) -> Result<Read, Refusal> {
    let mut wanted = Vec::new();
    for id in schedules {
        wanted.push((resource_type("Schedule")?, id.clone()));
    }
    if let Some(id) = patient {
        wanted.push((resource_type("Patient")?, id.to_string()));
    }
    if let Some(id) = service {
        wanted.push((resource_type("HealthcareService")?, id.to_owned()));
    }
    let mut actors: BTreeSet<Actor> = schedules.iter().cloned().map(Actor::Schedule).collect();
    actors.extend(patient.cloned().map(Actor::Patient));
    actors.extend(before.into_iter().flat_map(Visit::actors));
    let mut spans = spans.to_vec();
    spans.extend(before.and_then(|visit| visit.span));
    let (found, diaries) = try_join(house.records.get_many(&wanted), diaries(house, &actors, &spans)).await?;
    let mut read = Read {
        around: Around {
            service: None,
            schedules: Vec::new(),
            patient_entries: patient
                .map(|id| diaries.entries(&Actor::Patient(id.clone())))
                .unwrap_or_default(),
            is_deceased: false,
            is_inactive: false,
            by_patient: false,
        },
        diaries,
        patient: None,
    };
    for stored in found {
        if let Some(resource) = stored.resource()? {
            read.take(resource);
        }
    }
    Ok(read)
}

impl Read {
    fn take(&mut self, resource: Resource) {
        match resource.resource_type().name() {
            "Schedule" => {
                if let Some(timetable) = timetable(&resource) {
                    let entries = self.diaries.entries(&Actor::Schedule(timetable.id.clone()));
                    self.around.schedules.push(ScheduleDay { timetable, entries });
                }
            }
            "HealthcareService" => self.around.service = service_rules(&resource),
            _ => {
                let json = resource.json();
                self.around.is_deceased = resource.is_deceased();
                self.around.is_inactive = json.get("active").and_then(Json::as_bool) == Some(false);
                self.patient = Some(resource);
            }
        }
    }

    /// The timetables of these Schedules.
    pub fn timetable(&self, id: &str) -> Option<&Timetable> {
        self.around.schedules.iter().map(|day| &day.timetable).find(|timetable| timetable.id == id)
    }

    /// Who or what the Schedules are of.
    pub fn actors(&self, schedules: &[String]) -> Vec<String> {
        schedules.iter().filter_map(|id| self.timetable(id)).map(|t| t.actor.clone()).collect()
    }

    /// The service; a refusal when there is none that can be booked.
    pub fn service(&self) -> Result<&ServiceRules, Rejection> {
        self.around.service.as_ref().ok_or_else(|| {
            Rejection::new(
                RejectionKind::Unprocessable,
                "service-unknown",
                "There is nothing like this to book",
            )
            .at("service")
        })
    }
}

/// How many appointments each Schedule may have at the same time.
pub fn room(schedules: &[ScheduleDay], overbook: bool) -> BTreeMap<&str, u32> {
    let beyond = if overbook { OVERBOOKED_MAX } else { 0 };
    let room = |day: &ScheduleDay| day.timetable.capacity + beyond;
    schedules.iter().map(|day| (day.timetable.id.as_str(), room(day))).collect()
}

/// What one can make appointments for; `None` when there is no such service or it is not one to book.
pub async fn service(house: &House, id: &str) -> Result<Option<ServiceRules>, Fault> {
    let resource = house.records.resource("HealthcareService", id).await?;
    Ok(resource.as_ref().and_then(service_rules))
}

/// What a clash on a place of the grid means.
pub fn clash(conflict: &Conflict) -> Option<Rejection> {
    match conflict {
        Conflict::BelowFloor { .. } => Some(
            Rejection::new(RejectionKind::Conflict, "already-booked", "This time is taken")
                .at("start")
                .next("Look for free times again and choose another"),
        ),
        _ => None,
    }
}

/// A clinic's queue of one day as it was read.
#[derive(Debug, Clone)]
pub struct QueueDay {
    clinic: String,
    id: String,
    shard: ShardId,
    /// `None`: nobody has had a token yet.
    version: Option<u64>,
    /// The queue.
    pub queue: Queue,
}

/// A clinic's queue of a local day (`2026-11-27`).
pub async fn queue_day(house: &House, clinic: &str, day: &str) -> Result<QueueDay, Fault> {
    let shard = house.records.shard_of(clinic);
    let id = format!("{clinic}.{day}");
    let found = house.store.get(shard, QUEUE, &id).await?;
    let version = found.as_ref().map(|document| document.version);
    let queue = match found.and_then(|document| document.body) {
        Some(body) => serde_json::from_slice(&body).map_err(|e| Fault::new("read queue", e))?,
        None => Queue::default(),
    };
    Ok(QueueDay { clinic: clinic.to_owned(), id, shard, version, queue })
}

impl QueueDay {
    /// For the audit.
    pub fn entity(&self) -> String {
        format!("Location/{}", self.clinic)
    }

    /// Writes the queue, and claims the token that is new: the database gives none twice.
    pub fn write(
        self,
        queue: &Queue,
        events: &[QueueEvent],
        now: Instant,
        change: &mut Change,
    ) -> Result<(), Fault> {
        for event in events {
            if let QueueEvent::Issued(ticket) = event {
                let value = format!("{}.{}", self.id, ticket.number);
                let until = Some(now.plus_micros(TOKEN_DAYS * MICROS_PER_DAY));
                let claim = Operation::Claim { scope: TOKEN_SCOPE, value, holder: Vec::new(), until };
                change.push(self.shard, claim);
            }
        }
        let body = serde_json::to_vec(queue).map_err(|e| Fault::new("write queue", e))?;
        let put = Put {
            kind: QUEUE,
            id: self.id,
            expected: self.version.map_or(Expected::Absent, Expected::Version),
            owner: String::new(),
            body,
            index: IndexRows::default(),
        };
        change.push(self.shard, Operation::Put(put));
        Ok(())
    }
}
