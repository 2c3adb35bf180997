//! What became free is offered to whoever waits for it: one offer for each delivery, and what is left over is told again, so
//! that every offer has a commit of its own and happens once.

use crate::decide::{self, Open, Wanted};
use crate::events::Event;
use crate::fhir;
use crate::model::{Actor, Entry, ServiceRules, Span, Timetable, Visit, Wishes};
use crate::queries;
use crate::rest::announce;
use crate::store::{self, Read, StoredVisit};
use galen_contracts::scheduling::TimeFreedV1;
use galen_kernel::{Contract, Fault, Instant, MICROS_PER_DAY, MICROS_PER_MINUTE, PatientId};
use galen_records::{Change, resource_type};
use galen_service::reaction::Reaction;
use galen_service::{House, Refusal};
use galen_store::Expected;
use std::collections::{BTreeMap, BTreeSet};

/// How much of what became free is looked at for one offer: a session, not a whole year of them.
const LOOKED_AT_DAYS_MAX: i64 = 31;
/// Most times that are looked at for one patient.
const TIMES_LOOKED_AT_MAX: usize = 500;
/// Most times that one patient is tried with before the next is looked at.
const TIMES_TRIED_MAX: usize = 8;

/// Offers what became free.
pub const OFFER_TIME: Reaction = Reaction {
    name: "scheduling-offer-time",
    events: &[TimeFreedV1::NAME],
    react: |house, delivery| {
        Box::pin(async move {
            let Some(freed) = TimeFreedV1::read(&delivery.envelope) else { return Ok(None) };
            match offer_first(house, &freed, house.clock.now()).await {
                Ok(change) => Ok(change),
                Err(Refusal::Faulted(fault)) => Err(fault),
                Err(Refusal::Rejected(refused)) => Err(Fault::new("offer", refused.message)),
            }
        })
    },
};

/// The freed time with all that stands around it.
struct Freed {
    /// What is looked at now.
    span: Span,
    /// What was freed together, the one with sessions for the service first.
    tables: Vec<Timetable>,
    entries: BTreeMap<Actor, Vec<Entry>>,
}

async fn offer_first(house: &House, freed: &TimeFreedV1, now: Instant) -> Result<Option<Change>, Refusal> {
    let Some(whole) = Span::new(freed.start.max(now), freed.end) else { return Ok(None) };
    let days = Span::new(whole.start(), whole.start().plus_micros(LOOKED_AT_DAYS_MAX * MICROS_PER_DAY));
    let Some(span) = days.and_then(|days| days.shared(whole)) else { return Ok(None) };
    let tables = tables(house, &freed.schedules).await?;
    let Some(leading) = tables.first() else { return Ok(None) };
    let waiting = queries::waiting_visits(house, services(leading).as_deref()).await?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let actors: BTreeSet<Actor> = tables.iter().map(|table| Actor::Schedule(table.id.clone())).collect();
    // What lies beside it may make it long enough.
    let day = |at: Instant, days: i64| at.plus_micros(days * MICROS_PER_DAY);
    let around = Span::new(day(span.start(), -1), day(span.end(), 1)).unwrap_or(span);
    let entries = store::diaries(house, &actors, &[around]).await?.into_entries();
    let found = Freed { span, tables, entries };
    let mut rules: BTreeMap<String, Option<ServiceRules>> = BTreeMap::new();
    for visit in waiting {
        let (Some(id), Some(patient)) = (visit.service.clone(), visit.patient.clone()) else { continue };
        if !rules.contains_key(&id) {
            rules.insert(id.clone(), store::service(house, &id).await?);
        }
        let Some(service) = rules.get(&id).and_then(Option::as_ref) else { continue };
        let times = found.times(&visit, service, now);
        for time in times.into_iter().take(TIMES_TRIED_MAX) {
            if let Some(mut change) = offer(house, &visit.id, &patient, &found, time, now).await? {
                for rest in decide::left_of(whole, time) {
                    let schedules = freed.schedules.clone();
                    change.event(&TimeFreedV1 { schedules, start: rest.start(), end: rest.end() });
                }
                return Ok(Some(change));
            }
        }
    }
    // Nobody takes anything of these days; there may be more of them.
    Ok(Span::new(span.end(), whole.end()).map(|rest| {
        let mut change = Change::new();
        let schedules = freed.schedules.clone();
        change.event(&TimeFreedV1 { schedules, start: rest.start(), end: rest.end() });
        change
    }))
}

/// The timetables that are in use; practitioners' first: it is they whom people wait for.
async fn tables(house: &House, schedules: &[String]) -> Result<Vec<Timetable>, Fault> {
    let kind = resource_type("Schedule")?;
    let wanted: Vec<_> = schedules.iter().map(|id| (kind, id.clone())).collect();
    let mut tables = Vec::with_capacity(wanted.len());
    for stored in house.records.get_many(&wanted).await? {
        tables.extend(stored.resource()?.as_ref().and_then(fhir::timetable));
    }
    tables.sort_by_key(|table| (!table.actor.starts_with("Practitioner"), table.id.clone()));
    Ok(tables)
}

/// The services that a timetable is for; `None`: any.
fn services(table: &Timetable) -> Option<Vec<String>> {
    if table.sessions.is_empty() || table.sessions.iter().any(|session| session.services.is_empty()) {
        return None;
    }
    let all: BTreeSet<&String> = table.sessions.iter().flat_map(|session| &session.services).collect();
    Some(all.into_iter().cloned().collect())
}

impl Freed {
    /// The times within what became free that somebody would take, in order.
    fn times(&self, visit: &Visit, service: &ServiceRules, now: Instant) -> Vec<Span> {
        let (Some(wishes), Some(leading)) = (&visit.wishes, self.tables.first()) else { return Vec::new() };
        if !decide::is_offered_more(wishes) || !Self::is_for(wishes, leading) {
            return Vec::new();
        }
        let beside = service.minutes * MICROS_PER_MINUTE;
        let window = Span::new(self.span.start().plus_micros(-beside), self.span.end().plus_micros(beside));
        let Some(window) = window else { return Vec::new() };
        let groups: Vec<Vec<(&str, Vec<Open>)>> = self
            .tables
            .iter()
            .map(|table| {
                let open = decide::open(table, Some(&service.id), window);
                let entries = self.entries.get(&Actor::Schedule(table.id.clone()));
                let entries = entries.map(Vec::as_slice).unwrap_or_default();
                vec![(table.id.as_str(), decide::free(&open, entries, table.capacity, now))]
            })
            .collect();
        let found = decide::find(&groups, service.minutes, window, TIMES_LOOKED_AT_MAX);
        let suits = |span: &Span| {
            span.overlaps(self.span) && decide::suits(wishes, *span, &self.schedules(), leading, now)
        };
        found.into_iter().map(|choice| choice.span).filter(suits).collect()
    }

    /// Whether there is somebody to see: a room alone is nothing to come for, unless it is what is wished for.
    fn is_for(wishes: &Wishes, leading: &Timetable) -> bool {
        leading.actor.starts_with("Practitioner") || wishes.schedules.contains(&leading.id)
    }

    fn schedules(&self) -> Vec<String> {
        self.tables.iter().map(|table| table.id.clone()).collect()
    }
}

/// The offer of this time, if the rules allow it now.
async fn offer(
    house: &House,
    id: &str,
    patient: &PatientId,
    freed: &Freed,
    time: Span,
    now: Instant,
) -> Result<Option<Change>, Refusal> {
    let (has_offer, was_offered) = store::has_offer(house, patient, time.start(), now).await?;
    if has_offer || was_offered {
        return Ok(None);
    }
    // As it is now: the list may be older.
    let StoredVisit { version, mut resource, visit } = match store::load(house, id).await {
        Ok(stored) => stored,
        Err(Refusal::Rejected(_)) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let schedules = freed.schedules();
    let service = visit.service.as_deref();
    let read = store::around(house, Some(patient), service, &schedules, &[time], &[&visit]).await?;
    let wanted =
        Wanted { span: time, schedules, patient: Some(patient.clone()), overbook: false, is_there: false };
    let Ok(events) = decide::offer(&visit, &wanted, &read.around, false, now) else { return Ok(None) };
    let mut change = Change::new();
    for event in &events {
        let Event::Offered { schedules, .. } = event else { continue };
        fhir::apply(&mut resource, event, &read.taken(schedules));
        announce(&visit, event, patient, version + 1, false, &mut change);
    }
    let after = fhir::visit(&resource);
    let Read { around, diaries, .. } = read;
    let room = store::room(&around.schedules, false);
    diaries.rewrite(&[&after], &room, now, &mut change)?;
    store::claims(house, &visit, &after, now, &mut change);
    change.put(&house.records, &mut resource, Expected::Version(version), now);
    Ok(Some(change))
}
