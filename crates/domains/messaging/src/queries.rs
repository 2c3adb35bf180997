//! The read side: what is due, what a patient was told, what was given up, how the queue fares.

use crate::decide::MESSAGES_OF_APPOINTMENT_MAX;
use crate::model::{Message, State};
use crate::store::{self, ANSWERS_FROM, APPOINTMENT, DUE, FEED, Feed, MESSAGE, PATIENT, STATE, Stored};
use galen_access::Visibility;
use galen_fhir::Resource;
use galen_fhir::search::{Handling, parse};
use galen_kernel::{Fault, Instant, MICROS_PER_DAY, MICROS_PER_MINUTE, PatientId};
use galen_records::Sight;
use galen_service::House;
use galen_store::{Bound, Condition, Kind, Match, Order, PAGE_ROWS_MAX, Param, Scan, ShardId, TermMatch};
use serde::de::DeserializeOwned;

/// Messages of a patient that are listed.
pub const MESSAGES_LISTED_MAX: u32 = 200;
/// Dead letters that are listed.
pub const DEAD_LETTERS_LISTED_MAX: usize = 500;
/// Feeds of a patient that are listed.
const FEEDS_LISTED_MAX: u32 = 100;
/// Due messages of a shard that are taken at once.
pub const DUE_PAGE_MAX: u32 = 100;
/// A message that should have gone out so long ago is overdue: somebody must look why.
pub const OVERDUE_MICROS: i64 = 15 * MICROS_PER_MINUTE;
/// Appointments that a calendar feed shows.
pub const FEED_EVENTS_MAX: u32 = 500;
/// How long a feed shows what is over.
pub const FEED_PAST_MICROS: i64 = 60 * MICROS_PER_DAY;

/// How the queue fares. Counts end at the most that are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that wait, or are on their way.
    pub open: usize,
    /// Those that should have gone out a while ago.
    pub overdue: usize,
    /// Those that were given up.
    pub dead: usize,
}

fn term(param: Param, value: &str) -> Condition {
    Condition::Any(vec![Match::Term(param, TermMatch::Equals(value.as_bytes().to_vec()))])
}

fn due_until(until: Bound<i64>) -> Condition {
    Condition::Any(vec![Match::Span {
        param: DUE,
        low: (Bound::Open, until),
        high: (Bound::Open, Bound::Open),
    }])
}

async fn scan<T: DeserializeOwned>(
    house: &House,
    shard: ShardId,
    scan: &Scan,
) -> Result<Vec<Stored<T>>, Fault> {
    let found = house.store.scan(shard, scan).await?.documents;
    found.into_iter().filter_map(|document| store::read(document).transpose()).collect()
}

fn of_patient(kind: Kind, patient: &PatientId, limit: u32) -> Scan {
    Scan::new(kind, vec![term(PATIENT, patient.as_str())], Order::Key { descending: true }, limit)
}

/// The messages that are due, those that wait longest first.
pub async fn due(house: &House, now: Instant) -> Result<Vec<Stored<Message>>, Fault> {
    let order = Order::Span { param: DUE, descending: false };
    let wanted = Scan::new(MESSAGE, vec![due_until(Bound::Included(now.micros()))], order, DUE_PAGE_MAX);
    let mut found = Vec::new();
    for shard in (0..house.store.shards()).map(ShardId) {
        found.extend(scan(house, shard, &wanted).await?);
    }
    Ok(found)
}

/// A patient's messages, the newest first.
pub async fn messages(house: &House, patient: &PatientId) -> Result<Vec<Stored<Message>>, Fault> {
    let wanted = of_patient(MESSAGE, patient, MESSAGES_LISTED_MAX);
    scan(house, store::shard_of(house, patient), &wanted).await
}

/// The messages about a patient's appointment.
pub async fn about(
    house: &House,
    patient: &PatientId,
    appointment: &str,
) -> Result<Vec<Stored<Message>>, Fault> {
    let all = vec![term(APPOINTMENT, appointment)];
    let order = Order::Key { descending: true };
    let wanted = Scan::new(MESSAGE, all, order, MESSAGES_OF_APPOINTMENT_MAX);
    scan(house, store::shard_of(house, patient), &wanted).await
}

/// The messages that were given up, the latest first within each shard.
pub async fn dead_letters(house: &House) -> Result<Vec<Stored<Message>>, Fault> {
    let order = Order::Updated { descending: true };
    let limit = u32::try_from(DEAD_LETTERS_LISTED_MAX).unwrap_or(PAGE_ROWS_MAX);
    let wanted = Scan::new(MESSAGE, vec![term(STATE, State::Dead.code())], order, limit);
    let mut found = Vec::new();
    for shard in (0..house.store.shards()).map(ShardId) {
        found.extend(scan(house, shard, &wanted).await?);
    }
    found.truncate(DEAD_LETTERS_LISTED_MAX);
    Ok(found)
}

/// How the queue fares; each count ends at a page for each shard.
pub async fn counts(house: &House, now: Instant) -> Result<Counts, Fault> {
    let overdue = due_until(Bound::Excluded(now.plus_micros(-OVERDUE_MICROS).micros()));
    let open = Condition::Any(vec![Match::SpanPresent(DUE)]);
    Ok(Counts {
        open: count(house, open).await?,
        overdue: count(house, overdue).await?,
        dead: count(house, term(STATE, State::Dead.code())).await?,
    })
}

/// How many messages are overdue.
pub async fn overdue(house: &House, now: Instant) -> Result<usize, Fault> {
    count(house, due_until(Bound::Excluded(now.plus_micros(-OVERDUE_MICROS).micros()))).await
}

async fn count(house: &House, condition: Condition) -> Result<usize, Fault> {
    let wanted = Scan::new(MESSAGE, vec![condition], Order::Key { descending: false }, PAGE_ROWS_MAX);
    let mut count = 0;
    for shard in (0..house.store.shards()).map(ShardId) {
        count += house.store.scan(shard, &wanted).await?.documents.len();
    }
    Ok(count)
}

/// The last reminder that was sent to the number of this fingerprint.
pub async fn last_reminder_to(house: &House, number: &str) -> Result<Option<Stored<Message>>, Fault> {
    let order = Order::Key { descending: true };
    let wanted = Scan::new(MESSAGE, vec![term(ANSWERS_FROM, number)], order, PAGE_ROWS_MAX);
    let mut last: Option<Stored<Message>> = None;
    for shard in (0..house.store.shards()).map(ShardId) {
        for one in scan::<Message>(house, shard, &wanted).await? {
            let sent = |stored: &Stored<Message>| stored.value.sent;
            if sent(&one).is_some() && last.as_ref().is_none_or(|last| sent(last) < sent(&one)) {
                last = Some(one);
            }
        }
    }
    Ok(last)
}

/// A patient's feeds, the newest first.
pub async fn feeds(house: &House, patient: &PatientId) -> Result<Vec<Stored<Feed>>, Fault> {
    scan(house, store::shard_of(house, patient), &of_patient(FEED, patient, FEEDS_LISTED_MAX)).await
}

/// A patient's appointments from a while ago on, as a feed shows them.
pub async fn appointments(house: &House, patient: &PatientId, now: Instant) -> Result<Vec<Resource>, Fault> {
    let resource_type = galen_records::resource_type("Appointment")?;
    let pairs = [
        ("patient".to_owned(), format!("Patient/{patient}")),
        ("date".to_owned(), format!("ge{}", now.plus_micros(-FEED_PAST_MICROS))),
        ("_sort".to_owned(), "date".to_owned()),
    ];
    let refused = |text: String| Fault::new("search appointments", text);
    let mut query = parse(resource_type, &pairs, Handling::Strict, &house.records.parameters())
        .map_err(|issues| refused(format!("{} issues", issues.len())))?;
    query.count = Some(FEED_EVENTS_MAX);
    let sight = Sight::nothing().with(resource_type, Visibility::everything());
    let found = house.records.search(&query, &sight, None, now).await?;
    let found = found.map_err(|rejection| refused(rejection.code.to_owned()))?;
    let mut resources = Vec::with_capacity(found.rows.len());
    for row in found.rows {
        resources.extend(row.stored.resource()?);
    }
    Ok(resources)
}
