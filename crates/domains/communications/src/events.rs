//! What happens to threads.

use crate::model::Thread;

/// What happened, with the thread as it stands after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Somebody wrote about something new.
    Started(Thread),
    /// Somebody answered.
    Answered(Thread),
    /// One side read it.
    Read(Thread),
    /// The staff closed it.
    Closed(Thread),
}

impl Event {
    /// The thread as it stands after.
    pub fn into_thread(self) -> Thread {
        match self {
            Self::Started(thread) | Self::Answered(thread) | Self::Read(thread) | Self::Closed(thread) => {
                thread
            }
        }
    }
}
