//! One transaction for many write sets: check under locks (one round trip), decide, apply and commit (one more).

use super::{
    Answer, Shared, apply,
    check::{self, Facts, Judged, Verdict},
    connect::fault,
    schema_name,
    writer::{Hold, KEYS_IN_BLOCK, Session, lost},
};
use crate::{ChainId, Committed, JournalPosition, ShardId, StoreError, chain::Head, prepared::Prepared};
use std::collections::BTreeMap;
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

/// What became of each group of sets; `None` means that it must wait for the next batch.
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

/// Commits what may be committed and says what became of each group of sets, which stand or fall together.
pub(super) async fn transact(
    session: &mut Session,
    shared: &Shared,
    groups: &[&[Prepared]],
) -> Result<Outcomes, Failure> {
    // Locks are taken in the order of shards, so that two writers of several shards cannot wait for each other.
    let mut by_shard: BTreeMap<ShardId, Vec<&Prepared>> = BTreeMap::new();
    for set in groups.iter().copied().flatten() {
        by_shard.entry(set.shard).or_default().push(set);
    }
    for (shard, sets) in &by_shard {
        take_keys(session, shared, *shard, sets).await?;
    }
    let mut plans = BTreeMap::new();
    for (n, (shard, sets)) in by_shard.iter().enumerate() {
        let begin = if n == 0 { "BEGIN" } else { "" };
        let begin = format!("{begin};{}", session.path(shared, *shard));
        let facts = match check::read(&session.connection, shared, &begin, sets).await {
            Ok(facts) => facts,
            Err(failure) => return Err(roll_back(session, failure).await),
        };
        plans.insert(*shard, Plan::new(session, shared, *shard, facts));
    }
    let mut outcomes = Vec::with_capacity(groups.len());
    for group in groups {
        match decide(&mut plans, shared, group) {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) => return Err(roll_back(session, Failure::RolledBack(error)).await),
        }
    }
    plans.retain(|_, plan| !plan.accepted.is_empty());
    if plans.is_empty() {
        session.connection.run("ROLLBACK").await.map_err(Failure::Unknown)?;
        return Ok(outcomes);
    }
    if let Err(failure) = write(session, shared, &plans, by_shard.len() > 1).await {
        return Err(roll_back(session, failure).await);
    }
    for (shard, plan) in &plans {
        session.holds.insert(*shard, Hold { head: plan.head, keys: plan.keys.clone() });
        remember(shared, *shard, plan);
    }
    Ok(outcomes)
}

/// Writes what was accepted and commits.
async fn write(
    session: &Session,
    shared: &Shared,
    plans: &BTreeMap<ShardId, Plan<'_>>,
    several: bool,
) -> Result<(), Failure> {
    for (n, (shard, plan)) in plans.iter().enumerate() {
        let end = if n + 1 == plans.len() { "COMMIT" } else { "" };
        if several {
            session.connection.run(&session.path(shared, *shard)).await.map_err(Failure::Unknown)?;
        }
        apply::apply(&session.connection, shared, *shard, plan, end).await?;
    }
    Ok(())
}

/// A shard's part of the batch as decided.
pub(super) struct Plan<'a> {
    pub(super) accepted: Vec<Accepted<'a>>,
    pub(super) facts: Facts,
    keys: std::ops::Range<i64>,
    head: Head,
}

impl<'a> Plan<'a> {
    fn new(session: &Session, shared: &Shared, shard: ShardId, facts: Facts) -> Self {
        let hold = session.holds.get(&shard);
        let head = hold.map_or_else(|| Head::start(&shared.zone, shard, ChainId(0)), |hold| hold.head);
        let keys = hold.map_or(0..0, |hold| hold.keys.clone());
        Self { accepted: Vec::new(), facts, keys, head }
    }

    fn accept(&mut self, set: &'a Prepared, judged: Judged) -> Committed {
        let mut keys = Vec::with_capacity(judged.replaced.len());
        for key in &judged.replaced {
            keys.push(key.unwrap_or_else(|| {
                self.keys.start += 1;
                self.keys.start - 1
            }));
        }
        self.facts.accept(set, judged);
        let journal = set.journal.as_ref().map(|sealed| {
            self.head = self.head.next(set.at, sealed);
            (JournalPosition { chain: self.head.chain, sequence: self.head.sequence }, self.head.hash)
        });
        let postings = self.facts.take_postings(set.postings.len());
        self.accepted.push(Accepted { set, keys, postings, journal });
        Committed { journal: journal.map(|(place, _)| place) }
    }
}

/// Decides sets that stand or fall together, each by the facts of its own shard.
fn decide<'a>(
    plans: &mut BTreeMap<ShardId, Plan<'a>>,
    shared: &Shared,
    group: &'a [Prepared],
) -> Result<Option<Result<Answer, StoreError>>, StoreError> {
    let mut all = Vec::with_capacity(group.len());
    for set in group {
        let Some(plan) = plans.get(&set.shard) else { return Err(StoreError::Invalid("no such shard")) };
        match plan.facts.judge(shared, set.shard, set) {
            Ok(Verdict::Accept(judged)) => all.push(judged),
            Ok(Verdict::Stale) => return Ok(Some(Ok(Answer::Stale))),
            Ok(Verdict::HoldBack) => return Ok(None),
            Err(error @ (StoreError::Conflict(_) | StoreError::Invalid(_))) => return Ok(Some(Err(error))),
            Err(error) => return Err(error),
        }
    }
    let mut first = None;
    for (set, judged) in group.iter().zip(all) {
        let committed = plans.get_mut(&set.shard).map(|plan| plan.accept(set, judged));
        first = first.or(committed);
    }
    Ok(Some(Ok(Answer::Committed(first.unwrap_or(Committed { journal: None })))))
}

/// Makes sure that there are document keys for every put that might need one.
async fn take_keys(
    session: &mut Session,
    shared: &Shared,
    shard: ShardId,
    sets: &[&Prepared],
) -> Result<(), Failure> {
    let wanted = sets.iter().flat_map(|set| &set.puts).filter(|put| put.expected.is_none()).count() as i64;
    let Some(hold) = session.holds.get_mut(&shard) else { return Err(Failure::Unknown(lost())) };
    if hold.keys.end - hold.keys.start >= wanted {
        return Ok(());
    }
    let sequence = format!("{}.doc_block", schema_name(&shared.zone, shard));
    // Blocks that follow each other, so that keys still grow: the rest of the old one is given up. Another process
    // taking a block in between only breaks the run, never the uniqueness.
    loop {
        let rows = session
            .connection
            .query(
                "SELECT nextval($2::text::regclass) FROM generate_series(1, $1::bigint)",
                &[&(wanted / KEYS_IN_BLOCK + 1), &sequence],
            )
            .await
            .map_err(Failure::Unknown)?;
        let blocks: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { continue };
        if last - first + 1 == blocks.len() as i64 {
            hold.keys = first * KEYS_IN_BLOCK..(last + 1) * KEYS_IN_BLOCK;
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
