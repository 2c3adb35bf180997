//! Notifications that wait, and those that were given up. They are kept in segments: what one commit made one subscription
//! want, in order; a segment is delivered whole before it goes.

use crate::owner::HOME;
use crate::{DEAD_LETTER, SEGMENT};
use galen_kernel::Fault;
use galen_store::{
    Condition, Document, Expected, IndexRows, Kind, Match, Operation, Order, Param, Put, Scan, Store,
    TermMatch,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Most notices of a segment: what may be told twice after a crash.
pub(crate) const NOTICES_MAX: usize = 50;
/// Most notices that wait for one subscription; it is turned off then.
pub(crate) const WAITING_MAX: i64 = 100_000;
/// Dead letters of a subscription that are listed, and looked at.
pub(crate) const DEAD_LETTERS_LISTED_MAX: u32 = 500;
/// Segments of nobody that are cleared away in one go.
const SWEPT_MAX: u32 = 200;
/// The subscription that a document belongs to.
const SUBSCRIPTION: Param = Param(1);

/// A version that somebody is to be told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notice {
    /// Its type.
    #[serde(rename = "t")]
    pub(crate) resource_type: String,
    /// Its id.
    #[serde(rename = "i")]
    pub(crate) id: String,
    /// The version.
    #[serde(rename = "v")]
    pub(crate) version: u64,
}

impl Notice {
    /// `Patient/1/_history/2`.
    pub(crate) fn reference(&self) -> String {
        format!("{}/{}/_history/{}", self.resource_type, self.id, self.version)
    }
}

/// Notices that wait, and how the first of them fares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Segment {
    /// The subscription.
    #[serde(rename = "s")]
    pub(crate) subscription: String,
    /// What is still to be told, in order.
    #[serde(rename = "n")]
    pub(crate) notices: Vec<Notice>,
    /// How often the first failed.
    #[serde(rename = "f", default)]
    pub(crate) failures: u32,
    /// When it is tried next, in microseconds.
    #[serde(rename = "d", default)]
    pub(crate) due: i64,
}

/// A segment with its place.
#[derive(Debug, Clone)]
pub(crate) struct StoredSegment {
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) segment: Segment,
}

/// A notice that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeadLetter {
    /// The subscription.
    pub(crate) subscription: String,
    /// What was not told.
    pub(crate) notice: Notice,
    /// Why.
    pub(crate) reason: String,
    /// When it was given up, in microseconds.
    pub(crate) at: i64,
}

/// A dead letter with its place.
#[derive(Debug, Clone)]
pub(crate) struct StoredLetter {
    pub(crate) id: String,
    pub(crate) version: u64,
    pub(crate) letter: DeadLetter,
}

fn index(subscription: &str) -> IndexRows {
    IndexRows { terms: vec![(SUBSCRIPTION, subscription.as_bytes().to_vec())], ..IndexRows::default() }
}

fn put<T: Serialize>(
    kind: Kind,
    id: &str,
    expected: Expected,
    value: &T,
    index: IndexRows,
) -> Result<Operation, Fault> {
    let body = serde_json::to_vec(value).map_err(|e| Fault::new("notification queue", e))?;
    Ok(Operation::Put(Put { kind, id: id.to_owned(), expected, owner: String::new(), body, index }))
}

fn read<T: DeserializeOwned>(document: &Document) -> Result<Option<T>, Fault> {
    let Some(body) = &document.body else { return Ok(None) };
    serde_json::from_slice(body).map(Some).map_err(|e| Fault::new("notification queue", e))
}

/// How many notices wait for a subscription.
pub(crate) async fn waiting(store: &Store, subscription: &str) -> Result<i64, Fault> {
    Ok(store.balance(HOME, &waiting_name(subscription)).await?.0)
}

fn waiting_name(subscription: &str) -> String {
    format!("subscription-waiting/{subscription}")
}

/// The operation that counts notices in or out.
pub(crate) fn count(subscription: &str, delta: i64) -> Operation {
    Operation::Add { balance: waiting_name(subscription), delta, floor: i64::MIN }
}

/// The operation that counts what matched for a websocket's subscription.
pub(crate) fn matched(subscription: &str) -> Operation {
    Operation::Add { balance: matched_name(subscription), delta: 1, floor: i64::MIN }
}

/// How often something matched for a websocket's subscription.
pub(crate) async fn matches(store: &Store, subscription: &str) -> Result<i64, Fault> {
    Ok(store.balance(HOME, &matched_name(subscription)).await?.0)
}

fn matched_name(subscription: &str) -> String {
    format!("subscription-matched/{subscription}")
}

impl Segment {
    /// New segments for what one delivery made a subscription want, counted in.
    pub(crate) fn queue(
        origin: &str,
        subscription: &str,
        notices: &[Notice],
    ) -> Result<Vec<Operation>, Fault> {
        let mut operations = Vec::with_capacity(notices.len() / NOTICES_MAX + 2);
        for (at, some) in notices.chunks(NOTICES_MAX).enumerate() {
            let segment =
                Self { subscription: subscription.to_owned(), notices: some.to_vec(), failures: 0, due: 0 };
            let id = format!("{origin}.{at}.{subscription}");
            operations.push(put(SEGMENT, &id, Expected::Absent, &segment, index(subscription))?);
        }
        operations.push(count(subscription, i64::try_from(notices.len()).unwrap_or(i64::MAX)));
        Ok(operations)
    }
}

impl StoredSegment {
    /// The first segment of a subscription.
    pub(crate) async fn head(store: &Store, subscription: &str) -> Result<Option<Self>, Fault> {
        let found = listed(store, SEGMENT, subscription, 1).await?;
        let Some(document) = found.into_iter().next() else { return Ok(None) };
        Self::of(document)
    }

    fn of(document: Document) -> Result<Option<Self>, Fault> {
        let segment = read(&document)?;
        Ok(segment.map(|segment| Self { id: document.id, version: document.version, segment }))
    }

    /// The operations after which these notices are left; none, and the segment goes.
    pub(crate) fn left(&self, rest: &Segment) -> Result<Vec<Operation>, Fault> {
        let gone = self.segment.notices.len().saturating_sub(rest.notices.len());
        let mut operations = Vec::with_capacity(2);
        if rest.notices.is_empty() {
            operations.push(Operation::Delete { kind: SEGMENT, id: self.id.clone(), expected: self.version });
        } else {
            let expected = Expected::Version(self.version);
            operations.push(put(SEGMENT, &self.id, expected, rest, index(&rest.subscription))?);
        }
        if gone > 0 {
            let gone = i64::try_from(gone).unwrap_or(i64::MAX);
            operations.push(count(&self.segment.subscription, -gone));
        }
        Ok(operations)
    }
}

impl DeadLetter {
    /// The operation that keeps it; the id follows from the notice, so that it is kept once.
    pub(crate) fn add(&self) -> Result<Operation, Fault> {
        put(DEAD_LETTER, &self.id(), Expected::Absent, self, index(&self.subscription))
    }

    fn id(&self) -> String {
        let Notice { resource_type, id, version } = &self.notice;
        format!("{}.{resource_type}.{id}.{version}.{}", self.subscription, self.at)
    }
}

impl StoredLetter {
    /// The operation that lets it go.
    pub(crate) fn remove(&self) -> Operation {
        Operation::Delete { kind: DEAD_LETTER, id: self.id.clone(), expected: self.version }
    }

    /// One letter.
    pub(crate) async fn by_id(store: &Store, id: &str) -> Result<Option<Self>, Fault> {
        let Some(document) = store.get(HOME, DEAD_LETTER, id).await? else { return Ok(None) };
        Self::of(document)
    }

    /// The letters of a subscription, oldest first.
    pub(crate) async fn of_subscription(store: &Store, subscription: &str) -> Result<Vec<Self>, Fault> {
        let found = listed(store, DEAD_LETTER, subscription, DEAD_LETTERS_LISTED_MAX).await?;
        found.into_iter().filter_map(|document| Self::of(document).transpose()).collect()
    }

    fn of(document: Document) -> Result<Option<Self>, Fault> {
        let letter = read(&document)?;
        Ok(letter.map(|letter| Self { id: document.id, version: document.version, letter }))
    }
}

/// Some segments of any subscription, from a place on: for clearing away those that nobody waits for.
pub(crate) async fn some_segments(
    store: &Store,
    after: Option<galen_store::Position>,
) -> Result<(Vec<StoredSegment>, Option<galen_store::Position>), Fault> {
    let scan = Scan { after, ..Scan::new(SEGMENT, Vec::new(), Order::Key { descending: false }, SWEPT_MAX) };
    let page = store.scan(HOME, &scan).await?;
    let mut found = Vec::with_capacity(page.documents.len());
    for document in page.documents {
        found.extend(StoredSegment::of(document)?);
    }
    Ok((found, page.next))
}

async fn listed(store: &Store, kind: Kind, subscription: &str, most: u32) -> Result<Vec<Document>, Fault> {
    let own = Match::Term(SUBSCRIPTION, TermMatch::Equals(subscription.as_bytes().to_vec()));
    let scan = Scan::new(kind, vec![Condition::Any(vec![own])], Order::Key { descending: false }, most);
    Ok(store.scan(HOME, &scan).await?.documents)
}
