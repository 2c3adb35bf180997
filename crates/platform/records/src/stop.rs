//! Why a search ends before its result: refused to the caller, or failed.

use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_store::StoreError;

/// A refusal or a fault.
#[derive(Debug)]
pub(crate) enum Stop {
    Refused(Rejection),
    Failed(Fault),
}

impl Stop {
    /// As the public interface has it: a refusal is a value.
    pub(crate) fn parted<T>(outcome: Result<T, Self>) -> Result<Result<T, Rejection>, Fault> {
        match outcome {
            Ok(value) => Ok(Ok(value)),
            Err(Self::Refused(rejection)) => Ok(Err(rejection)),
            Err(Self::Failed(fault)) => Err(fault),
        }
    }
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TooCostly => {
                Self::Refused(too_costly("The search would have to look at too many resources"))
            }
            other => Self::Failed(other.into()),
        }
    }
}

/// The refusal of a search that is too wide.
pub(crate) fn too_costly(message: impl Into<String>) -> Rejection {
    Rejection::new(RejectionKind::Malformed, "too-costly", message)
        .next("Add a condition that leaves fewer resources, such as a patient or a date")
}
