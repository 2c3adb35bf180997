//! The words that every other crate shares: time, ids, refusals, faults and guarded values. No I/O here.

mod entropy;
mod envelope;
mod fault;
mod id;
mod instant;
mod phi;
mod rejection;

pub use entropy::{Clock, Entropy};
pub use envelope::{Contract, Envelope};
pub use fault::Fault;
pub use id::{
    FacilityId, ID_CHARACTERS_MAX, InvalidId, PatientId, PractitionerId, RequestId, UserId, valid_id,
};
pub use instant::{Instant, MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND};
pub use phi::Phi;
pub use rejection::{Rejection, RejectionKind};
