//! One transaction for many write sets: check under locks (one round trip), decide, apply and commit (one more).

use super::{
    Answer, Shared, apply,
    check::{self, Facts, Verdict},
    connect::fault,
    writer::{KEYS_IN_BLOCK, Session},
};
use crate::{Committed, JournalPosition, ShardId, StoreError, prepared::Prepared};
use tokio_postgres::error::SqlState;

/// How a batch failed as a whole.
pub(super) enum Failure {
    /// Another transaction got in between; nothing was written.
    Again(StoreError),
    /// Nothing was written, and its members may fare better alone.
    RolledBack(StoreError),
    /// Whether anything was written is not known, or the database is away.
    Unknown(StoreError),
}

impl Failure {
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Self::Again(error) => StoreError::Unavailable(format!("too much is written at once: {error}")),
            Self::RolledBack(error) | Self::Unknown(error) => error,
        }
    }

    /// What a failed statement means for the batch.
    pub(super) fn of(error: &tokio_postgres::Error) -> Self {
        let known = fault(error);
        match error.code() {
            Some(code)
                if [
                    SqlState::UNIQUE_VIOLATION,
                    SqlState::T_R_DEADLOCK_DETECTED,
                    SqlState::T_R_SERIALIZATION_FAILURE,
                ]
                .contains(code) =>
            {
                Self::Again(known)
            }
            Some(code) if code.code().starts_with("57") || code.code().starts_with("08") => {
                Self::Unknown(known)
            }
            Some(_) => Self::RolledBack(known),
            None => Self::Unknown(known),
        }
    }
}

/// What became of each set; `None` means that it must wait for the next batch.
pub(super) type Outcomes = Vec<Option<Result<Answer, StoreError>>>;

/// A set that is to be applied, and what its application needs.
pub(super) struct Accepted<'a> {
    pub(super) set: &'a Prepared,
    /// Of each put: the key of the document it replaces or makes.
    pub(super) keys: Vec<i64>,
    /// Of each posting: its number.
    pub(super) postings: Vec<i64>,
    pub(super) journal: Option<(JournalPosition, [u8; 32])>,
}

/// Commits the sets that may be committed and says what became of each.
pub(super) async fn transact(
    session: &mut Session,
    shared: &Shared,
    shard: ShardId,
    sets: &[&Prepared],
) -> Result<Outcomes, Failure> {
    take_keys(session, sets).await?;
    let facts = match check::read(&session.connection, shared, "BEGIN", sets).await {
        Ok(facts) => facts,
        Err(failure) => return Err(roll_back(session, failure).await),
    };
    let mut plan = Plan::default();
    if let Err(error) = decide(session, shared, shard, sets, facts, &mut plan) {
        return Err(roll_back(session, Failure::RolledBack(error)).await);
    }
    if plan.accepted.is_empty() {
        session.connection.run("ROLLBACK").await.map_err(Failure::Unknown)?;
        return Ok(plan.outcomes);
    }
    if let Err(failure) = apply::apply(&session.connection, shared, shard, &plan, "COMMIT").await {
        return Err(roll_back(session, failure).await);
    }
    session.keys.start = plan.next_key;
    session.head = plan.head.unwrap_or(session.head);
    remember(shared, shard, &plan);
    Ok(plan.outcomes)
}

/// The batch as decided.
#[derive(Default)]
pub(super) struct Plan<'a> {
    pub(super) accepted: Vec<Accepted<'a>>,
    pub(super) facts: Facts,
    outcomes: Outcomes,
    next_key: i64,
    head: Option<crate::chain::Head>,
}

/// One set within a transaction that goes on: a spanning commit. `None` when an owner's key changed.
pub(super) async fn decide_one(
    session: &mut Session,
    shared: &Shared,
    shard: ShardId,
    set: &Prepared,
) -> Result<Option<Committed>, Failure> {
    let facts = check::read(&session.connection, shared, "", &[set]).await?;
    let mut plan = Plan::default();
    decide(session, shared, shard, &[set], facts, &mut plan).map_err(Failure::RolledBack)?;
    match plan.outcomes.pop().flatten() {
        Some(Ok(Answer::Committed(committed))) => {
            apply::apply(&session.connection, shared, shard, &plan, "").await?;
            Ok(Some(committed))
        }
        Some(Ok(Answer::Stale)) => Ok(None),
        Some(Err(error)) => Err(Failure::RolledBack(error)),
        None => Err(Failure::Again(StoreError::Unavailable("a set waits for itself".into()))),
    }
}

fn decide<'a>(
    session: &Session,
    shared: &Shared,
    shard: ShardId,
    sets: &[&'a Prepared],
    mut facts: Facts,
    plan: &mut Plan<'a>,
) -> Result<(), StoreError> {
    let mut next_key = session.keys.start;
    let mut head = session.head;
    for set in sets {
        let outcome = match facts.judge(shared, shard, set) {
            Ok(Verdict::Accept(replaced)) => {
                let mut keys = Vec::with_capacity(replaced.len());
                for key in replaced {
                    keys.push(key.unwrap_or_else(|| {
                        next_key += 1;
                        next_key - 1
                    }));
                }
                let journal = set.journal.as_ref().map(|sealed| {
                    head = head.next(set.at, sealed);
                    (JournalPosition { chain: head.chain, sequence: head.sequence }, head.hash)
                });
                let postings = facts.take_postings(set.postings.len());
                plan.accepted.push(Accepted { set, keys, postings, journal });
                Some(Ok(Answer::Committed(Committed { journal: journal.map(|(place, _)| place) })))
            }
            Ok(Verdict::Stale) => Some(Ok(Answer::Stale)),
            Ok(Verdict::HoldBack) => None,
            Err(error @ (StoreError::Conflict(_) | StoreError::Invalid(_))) => Some(Err(error)),
            Err(error) => return Err(error),
        };
        plan.outcomes.push(outcome);
    }
    plan.next_key = next_key;
    plan.head = Some(head);
    plan.facts = facts;
    Ok(())
}

/// Makes sure that there are document keys for every put that might need one.
pub(super) async fn take_keys(session: &mut Session, sets: &[&Prepared]) -> Result<(), Failure> {
    let wanted = sets.iter().flat_map(|set| &set.puts).filter(|put| put.expected.is_none()).count() as i64;
    if session.keys.end - session.keys.start >= wanted {
        return Ok(());
    }
    // Blocks that follow each other, so that keys still grow: the rest of the old one is given up. Another process
    // taking a block in between only breaks the run, never the uniqueness.
    loop {
        let rows = session
            .connection
            .query(
                "SELECT nextval('doc_block') FROM generate_series(1, $1::bigint)",
                &[&(wanted / KEYS_IN_BLOCK + 1)],
            )
            .await
            .map_err(Failure::Unknown)?;
        let blocks: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { continue };
        if last - first + 1 == blocks.len() as i64 {
            session.keys = first * KEYS_IN_BLOCK..(last + 1) * KEYS_IN_BLOCK;
            return Ok(());
        }
    }
}

async fn roll_back(session: &Session, failure: Failure) -> Failure {
    if matches!(failure, Failure::Unknown(_)) {
        return failure;
    }
    match session.connection.run("ROLLBACK").await {
        Ok(()) => failure,
        Err(error) => Failure::Unknown(error),
    }
}

/// After the commit: key numbers become known, erased keys are forgotten.
fn remember(shared: &Shared, shard: ShardId, plan: &Plan<'_>) {
    for accepted in &plan.accepted {
        for owner in &accepted.set.owners {
            if owner.id.is_none()
                && let Some(id) = plan.facts.owner_number(&owner.owner)
            {
                let _ = shared.vault.learn(shard, Some(id), &owner.owner, &owner.wrapped);
            }
        }
        for owner in &accepted.set.erased {
            shared.vault.forget(shard, owner);
            if let Some(id) = plan.facts.owner_number(owner) {
                shared.vault.forget_id(shard, id);
            }
        }
    }
}
