//! Which rows of a search somebody may see.

use crate::smart::grant::{Grant, Granted, insufficient};
use crate::target::Label;
use galen_kernel::{Instant, PatientId, Rejection};

/// Which rows of a search a context may see: put into the query, never applied after it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visibility {
    /// Only these patients' compartments (a patient's own); `None` = not limited to any.
    pub only: Option<Vec<PatientId>>,
    /// Labels whose rows are seen only in the compartments of `related`.
    pub hidden: Vec<Label>,
    /// Patients whose sealed rows may be seen nevertheless.
    pub related: Vec<PatientId>,
    /// Patients whose rows are seen by an open break-glass grant only: those of `related` who are there by it, and those
    /// who withhold them.
    pub opened: Vec<PatientId>,
    /// Patients who withhold these rows from the caller.
    pub withheld: Vec<PatientId>,
    /// Rows that are held back until after this are not seen; `None` = they are.
    pub released_by: Option<Instant>,
    /// Rows that belong to a facility are seen for these facilities (Organization ids) only; `None` = for all.
    pub facilities: Option<Vec<String>>,
    /// Of all that, only what an application's token covers, in one of these ways; `None` = no application is there.
    pub granted: Option<Vec<Granted>>,
}

impl Visibility {
    /// Everything there is.
    pub fn everything() -> Self {
        Self::default()
    }

    /// Of this what the grant covers, or the refusal when that is nothing.
    pub(crate) fn within(self, grant: &Grant, action: &str, kind: &str) -> Result<Self, Rejection> {
        let ways = grant.granted(action, kind);
        if ways.is_empty() {
            return Err(insufficient(kind));
        }
        let is_open = ways.iter().any(|way| way.patient.is_none() && way.criteria.is_none());
        Ok(Self { granted: (!is_open).then_some(ways), ..self })
    }
}
