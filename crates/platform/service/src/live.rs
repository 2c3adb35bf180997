//! Who listens for changes: an index of topics, so that a change wakes those who asked for it and nobody else. Of a
//! change its type and id are told, never what it says.

use galen_access::Target;
use galen_fhir::ResourceType;
use galen_kernel::PatientId;
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{mpsc, watch};

/// Changes that are remembered, for listeners that come back.
pub const REMEMBERED_MAX: usize = 8_192;
/// Changes that wait for one listener; one that takes longer is told to read everything again.
pub const WAITING_MAX: usize = 256;

/// One changed resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its place in the order of this process; from 1.
    pub sequence: u64,
    /// Its type.
    pub resource_type: ResourceType,
    /// Its id.
    pub id: String,
    /// What policy is asked about, for each listener.
    pub target: Target,
}

/// What one may listen for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Everything of a type.
    Type(ResourceType),
    /// Everything in a patient's record.
    Patient(PatientId),
}

impl Topic {
    fn fits(&self, tag: &Tag) -> bool {
        match self {
            Self::Type(wanted) => *wanted == tag.resource_type,
            Self::Patient(patient) => tag.target.patients.contains(patient),
        }
    }
}

/// Where a listener is told.
#[derive(Debug, Clone)]
struct Ear {
    sender: mpsc::Sender<Arc<Tag>>,
    missed: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Index {
    sequence: u64,
    recent: VecDeque<Arc<Tag>>,
    topics: HashMap<Topic, HashMap<u64, Ear>>,
    listeners: u64,
    next: u64,
}

/// The listeners of one process, and what was told lately.
#[derive(Debug)]
pub struct Live {
    /// Names this process's numbers, so that another's are not taken for them.
    epoch: String,
    index: Mutex<Index>,
    /// Counts commits of this process.
    commits: watch::Sender<u64>,
    /// Whether somebody listens.
    demand: watch::Sender<bool>,
    /// Whether changes are being told from now on.
    ready: watch::Sender<bool>,
}

impl Live {
    /// Nobody listens yet; `epoch` is no other process's.
    pub fn new(epoch: String) -> Self {
        Self {
            epoch,
            index: Mutex::default(),
            commits: watch::Sender::new(0),
            demand: watch::Sender::new(false),
            ready: watch::Sender::new(false),
        }
    }

    /// Names this process's numbers.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }
}

/// Somebody who listens; dropped, they do not any more.
#[derive(Debug)]
pub struct Listener {
    live: Arc<Live>,
    id: u64,
    topics: Vec<Topic>,
    ear: Ear,
    receiver: mpsc::Receiver<Arc<Tag>>,
}

/// What a listener who comes back has missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// These, in order.
    Tags(Vec<Arc<Tag>>),
    /// More than is remembered: everything is to be read again.
    TooMuch,
}

impl Live {
    /// To be told after a commit of this process.
    pub fn committed(&self) {
        self.commits.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Changes after each commit of this process.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Whether somebody listens.
    pub fn demand(&self) -> watch::Receiver<bool> {
        self.demand.subscribe()
    }

    /// To be told when changes are, or are no longer, told from now on.
    pub fn set_ready(&self, is_ready: bool) {
        self.ready.send_replace(is_ready);
    }

    /// Whether changes are told from now on; until then what one reads may be older than the first change told.
    pub fn ready(&self) -> watch::Receiver<bool> {
        self.ready.subscribe()
    }

    /// Whether somebody listens for this type, or for the record of one of these patients.
    pub fn is_wanted(&self, resource_type: ResourceType, patients: &[PatientId]) -> bool {
        let index = self.index.lock();
        index.topics.contains_key(&Topic::Type(resource_type))
            || patients.iter().any(|patient| index.topics.contains_key(&Topic::Patient(patient.clone())))
    }

    /// Tells of a change, and remembers it.
    pub fn tell(&self, resource_type: ResourceType, id: String, target: Target) {
        let mut index = self.index.lock();
        index.sequence += 1;
        let tag = Arc::new(Tag { sequence: index.sequence, resource_type, id, target });
        if index.recent.len() == REMEMBERED_MAX {
            index.recent.pop_front();
        }
        index.recent.push_back(Arc::clone(&tag));
        let topics = std::iter::once(Topic::Type(resource_type))
            .chain(tag.target.patients.iter().cloned().map(Topic::Patient));
        for ears in topics.filter_map(|topic| index.topics.get(&topic)) {
            for ear in ears.values() {
                if ear.sender.try_send(Arc::clone(&tag)).is_err() {
                    ear.missed.store(true, Ordering::Release);
                }
            }
        }
    }

    /// Something changed that cannot be told one by one: everybody is to read everything again.
    pub fn tell_all(&self) {
        let mut index = self.index.lock();
        index.sequence += 1;
        index.recent.clear();
        for ear in index.topics.values().flat_map(HashMap::values) {
            ear.missed.store(true, Ordering::Release);
        }
    }

    /// Listens for `topics` from now on; `after` is the last change that the listener knows of.
    pub fn listen(self: &Arc<Self>, topics: Vec<Topic>, after: Option<u64>) -> (Listener, Missed, u64) {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        let ear = Ear { sender, missed: Arc::default() };
        let mut index = self.index.lock();
        index.next += 1;
        index.listeners += 1;
        let id = index.next;
        for topic in &topics {
            index.topics.entry(topic.clone()).or_default().insert(id, ear.clone());
        }
        let missed = match after {
            Some(after) if index.remembers(after) => Missed::Tags(
                index
                    .recent
                    .iter()
                    .filter(|tag| tag.sequence > after && topics.iter().any(|topic| topic.fits(tag)))
                    .cloned()
                    .collect(),
            ),
            _ => Missed::TooMuch,
        };
        let sequence = index.sequence;
        drop(index);
        self.demand.send_if_modified(|is_wanted| !std::mem::replace(is_wanted, true));
        (Listener { live: Arc::clone(self), id, topics, ear, receiver }, missed, sequence)
    }

    /// How many listen.
    pub fn listeners(&self) -> u64 {
        self.index.lock().listeners
    }
}

impl Index {
    /// Whether everything after this change is remembered.
    fn remembers(&self, after: u64) -> bool {
        let first = self.recent.front().map_or(self.sequence + 1, |tag| tag.sequence);
        after <= self.sequence && after + 1 >= first
    }
}

impl Listener {
    /// The next change; never ends while the process tells of changes.
    pub async fn next(&mut self) -> Option<Arc<Tag>> {
        self.receiver.recv().await
    }

    /// Whether changes were missed since this was asked last: more came than the listener took.
    pub fn has_missed(&self) -> bool {
        self.ear.missed.swap(false, Ordering::AcqRel)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut index = self.live.index.lock();
        for topic in &self.topics {
            if let Some(ears) = index.topics.get_mut(topic) {
                ears.remove(&self.id);
                if ears.is_empty() {
                    index.topics.remove(topic);
                }
            }
        }
        index.listeners -= 1;
        if index.listeners == 0 {
            self.live.demand.send_replace(false);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use galen_access::Category;

    fn kind(name: &str) -> ResourceType {
        ResourceType::parse(name).unwrap()
    }

    fn tell(live: &Live, name: &'static str, id: &str, patient: &str) {
        let target =
            Target::plain(name, Category::of_type(name)).of(vec![PatientId::parse(patient).unwrap()]);
        live.tell(kind(name), id.to_owned(), target);
    }

    fn ids(missed: Missed) -> Option<Vec<String>> {
        match missed {
            Missed::Tags(tags) => Some(tags.iter().map(|tag| tag.id.clone()).collect()),
            Missed::TooMuch => None,
        }
    }

    #[tokio::test]
    async fn listeners_hear_what_they_asked_for_once() {
        let live = Arc::new(Live::new("e".to_owned()));
        let (mut board, ..) = live.listen(vec![Topic::Type(kind("Appointment"))], None);
        let patient = Topic::Patient(PatientId::parse("p1").unwrap());
        let (mut portal, ..) = live.listen(vec![patient], None);
        tell(&live, "Appointment", "a", "p1");
        tell(&live, "Observation", "o", "p1");
        tell(&live, "Appointment", "b", "p2");
        assert_eq!(board.next().await.unwrap().id, "a");
        assert_eq!(board.next().await.unwrap().id, "b");
        assert_eq!(portal.next().await.unwrap().id, "a");
        assert_eq!(portal.next().await.unwrap().id, "o");
        assert!(board.receiver.try_recv().is_err() && portal.receiver.try_recv().is_err());
    }

    #[test]
    fn who_comes_back_hears_what_was_missed_or_that_it_is_too_much() {
        let live = Arc::new(Live::new("e".to_owned()));
        let topics = || vec![Topic::Type(kind("Appointment"))];
        let (first, missed, sequence) = live.listen(topics(), None);
        assert_eq!((ids(missed), sequence), (None, 0));
        drop(first);
        tell(&live, "Appointment", "a", "p1");
        tell(&live, "Observation", "o", "p1");
        tell(&live, "Appointment", "b", "p1");
        assert_eq!(ids(live.listen(topics(), Some(1)).1), Some(vec!["b".to_owned()]));
        assert_eq!(ids(live.listen(topics(), Some(3)).1), Some(vec![]));
        assert_eq!(ids(live.listen(topics(), Some(4)).1), None, "another process's number");
        for n in 0..REMEMBERED_MAX {
            tell(&live, "Observation", &n.to_string(), "p1");
        }
        assert_eq!(ids(live.listen(topics(), Some(2)).1), None);
        assert_eq!(ids(live.listen(topics(), Some(3)).1), Some(vec![]));
        live.tell_all();
        assert_eq!(ids(live.listen(topics(), Some(100)).1), None);
    }

    #[test]
    fn a_listener_that_never_reads_costs_a_bounded_queue_and_learns_that_it_missed_something() {
        let live = Arc::new(Live::new("e".to_owned()));
        let (listener, ..) = live.listen(vec![Topic::Type(kind("Appointment"))], None);
        for n in 0..WAITING_MAX {
            tell(&live, "Appointment", &n.to_string(), "p1");
        }
        assert!(!listener.has_missed());
        tell(&live, "Appointment", "one too many", "p1");
        assert!(listener.has_missed() && !listener.has_missed());
    }

    #[test]
    fn nobody_listens_after_the_last_one_left() {
        let live = Arc::new(Live::new("e".to_owned()));
        let demand = live.demand();
        let (one, ..) = live.listen(vec![Topic::Type(kind("Task"))], None);
        let (two, ..) = live.listen(vec![Topic::Type(kind("Task"))], None);
        assert!(*demand.borrow() && live.is_wanted(kind("Task"), &[]));
        drop(one);
        assert!(*demand.borrow());
        drop(two);
        assert!(!*demand.borrow() && !live.is_wanted(kind("Task"), &[]) && live.listeners() == 0);
    }
}
