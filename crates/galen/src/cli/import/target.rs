//! Where an import goes: this installation's own store, or a server. Both remember what they have had.

use super::remote::Remote;
use super::units::{Content, Unit};
use crate::cli::Failure;
use galen_access::Context;
use galen_fhir_api::LineRefusal;
use galen_service::House;
use galen_store::{Operation, ShardId, StoreError, WriteSet};
use std::sync::Arc;

/// Codes of refusals that may pass once the rest is loaded.
const WAITING_CODES: [&str; 1] = ["no-match"];
/// Scope of the claims on what was imported.
const SCOPE: &str = "import";

/// What came of a unit.
#[derive(Debug, Default)]
pub struct Answer {
    /// New resources.
    pub created: usize,
    /// New versions.
    pub updated: usize,
    /// Nothing to do.
    pub unchanged: usize,
    /// What was refused.
    pub refused: Vec<LineRefusal>,
}

impl Answer {
    /// Whether it refers to something that may come later.
    pub fn waits(&self) -> bool {
        self.refused.iter().any(|r| WAITING_CODES.contains(&r.code.as_str()))
    }
}

/// Where to.
pub enum Target {
    /// The data directory.
    Local(Box<Local>),
    /// A server.
    Remote(Box<Remote>),
}

/// The data directory, opened.
pub struct Local {
    /// The house.
    pub house: Arc<House>,
    /// Who loads.
    pub context: Context,
}

impl Target {
    /// Whether the unit was loaded before.
    pub async fn is_done(&self, unit: &Unit) -> Result<bool, Failure> {
        match self {
            Self::Remote(remote) => Ok(remote.is_done(&unit.fingerprint())),
            Self::Local(local) => {
                let house = &local.house;
                let now = house.clock.now();
                Ok(house.store.claim(ShardId(0), SCOPE, &unit.fingerprint(), now).await?.is_some())
            }
        }
    }

    /// Remembers that the unit was loaded.
    pub async fn mark_done(&self, unit: &Unit) -> Result<(), Failure> {
        match self {
            Self::Remote(remote) => remote.mark_done(&unit.fingerprint()),
            Self::Local(local) => {
                let house = &local.house;
                let claim = Operation::Claim {
                    scope: SCOPE,
                    value: unit.fingerprint(),
                    holder: Vec::new(),
                    until: None,
                };
                let at = house.clock.now();
                let set = WriteSet { shard: ShardId(0), at, operations: vec![claim], journal: None };
                match house.store.commit(set).await {
                    // Loaded again on purpose: it is remembered already.
                    Ok(_) | Err(StoreError::Conflict(_)) => Ok(()),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }

    /// Loads the unit.
    pub async fn load(&self, unit: &Unit) -> Result<Answer, Failure> {
        match (self, &unit.content) {
            (Self::Remote(remote), _) => remote.load(unit).await,
            (Self::Local(local), Content::Document(bytes)) => {
                Local::answer(galen_fhir_api::load(&local.house, &local.now(), bytes).await)
            }
            (Self::Local(local), Content::Lines(lines)) => {
                let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
                Local::answer(galen_fhir_api::load_lines(&local.house, &local.now(), &lines).await)
            }
        }
    }
}

impl Local {
    fn now(&self) -> Context {
        Context { at: self.house.clock.now(), ..self.context.clone() }
    }

    fn answer(loaded: Result<galen_fhir_api::LoadReport, galen_service::Refusal>) -> Result<Answer, Failure> {
        match loaded {
            Ok(report) => Ok(Answer {
                created: report.created,
                updated: report.updated,
                unchanged: report.unchanged,
                refused: report.refused,
            }),
            Err(galen_service::Refusal::Rejected(rejection)) => {
                let refused = LineRefusal {
                    index: 0,
                    location: rejection.location,
                    code: rejection.code.to_owned(),
                    message: rejection.message,
                };
                Ok(Answer { refused: vec![refused], ..Answer::default() })
            }
            Err(refusal) => Err(refusal.into()),
        }
    }
}
