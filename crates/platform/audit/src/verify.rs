//! Walks every chain of the journal, recomputes each link, and compares with a checkpoint. Names the first bad entry.

use crate::checkpoint::Checkpoint;
use crate::merkle::Frontier;
use aws_lc_rs::digest::{Context, SHA256};
use galen_kernel::Fault as KernelFault;
use galen_store::{ChainId, JournalPosition, JournalRow, ShardId, Store};
use std::collections::BTreeMap;
use std::fmt;

/// Journal rows read at a time.
const ROWS_READ_AT_ONCE: u32 = 1_000;

/// What is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An entry's hash does not follow from the one before it: it was changed, inserted or moved.
    BrokenLink(Place),
    /// The entry that should stand here is gone.
    Missing(Place),
    /// The entry's body does not open: its bytes were changed together with its hash.
    Unreadable(Place),
    /// The chain is shorter than a checkpoint has seen.
    Truncated {
        /// The first entry that is gone.
        place: Place,
        /// What the checkpoint saw.
        checkpointed: u64,
    },
    /// The chain is whole in itself but is not the one that the checkpoint saw.
    Forked(Place),
    /// The checkpoint is of another zone.
    WrongZone {
        /// Its zone.
        checkpoint: String,
        /// Ours.
        store: String,
    },
    /// The checkpoint was signed by a key this installation never had.
    UnknownKey,
}

/// A place in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The shard.
    pub shard: u8,
    /// The chain.
    pub chain: u16,
    /// The entry, from 1.
    pub sequence: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shard {:02}, chain {}, entry {}", self.shard, self.chain, self.sequence)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BrokenLink(p) => write!(f, "{p}: the chain is broken (changed, inserted or moved)"),
            Self::Missing(p) => write!(f, "{p}: the entry is missing"),
            Self::Unreadable(p) => write!(f, "{p}: the entry does not open (its bytes were changed)"),
            Self::Truncated { place, checkpointed } => {
                write!(f, "{place}: the log ends before it, but a checkpoint saw {checkpointed} entries")
            }
            Self::Forked(p) => write!(f, "{p}: the log up to here is not the one that the checkpoint saw"),
            Self::WrongZone { checkpoint, store } => {
                write!(f, "the checkpoint is of zone '{checkpoint}', the log of zone '{store}'")
            }
            Self::UnknownKey => {
                f.write_str("the checkpoint was signed by a key that this installation never had")
            }
        }
    }
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Entries that were read and are good.
    pub entries: u64,
    /// Chains that were read.
    pub chains: u64,
    /// The first fault of each chain, if any.
    pub faults: Vec<Fault>,
}

/// The hash that an entry must have, given the one before it (the definition is with `galen_store::JournalRow`).
fn link(previous: &[u8; 32], row: &JournalRow) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(previous);
    context.update(&row.position.chain.0.to_be_bytes());
    context.update(&row.position.sequence.to_be_bytes());
    context.update(&row.at.micros().to_be_bytes());
    context.update(&row.sealed);
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

fn genesis(zone: &str, shard: ShardId, chain: ChainId) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(b"galen-journal-v1");
    context.update(zone.as_bytes());
    context.update(&[shard.0]);
    context.update(&chain.0.to_be_bytes());
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// Verifies every chain, and each against `checkpoint` where one is given. `known_keys` are the installation's
/// checkpoint keys; `progress` hears of every batch.
pub async fn verify(
    store: &Store,
    checkpoint: Option<&Checkpoint>,
    known_keys: &[Vec<u8>],
    mut progress: impl FnMut(u64),
) -> Result<Report, KernelFault> {
    let mut report = Report { entries: 0, chains: 0, faults: Vec::new() };
    if let Some(checkpoint) = checkpoint {
        if checkpoint.zone != store.zone() {
            let (checkpoint, store) = (checkpoint.zone.clone(), store.zone().to_owned());
            report.faults.push(Fault::WrongZone { checkpoint, store });
        }
        if !known_keys.contains(&checkpoint.key) {
            report.faults.push(Fault::UnknownKey);
        }
    }
    let mut expected: BTreeMap<(u8, u16), (u64, [u8; 32])> = checkpoint
        .map(|c| c.chains.iter().map(|(name, state)| (*name, (state.size, state.root))).collect())
        .unwrap_or_default();
    for shard in (0..store.shards()).map(ShardId) {
        for head in store.journal_heads(shard).await? {
            let chain = head.position.chain;
            let seen = expected.remove(&(shard.0, chain.0));
            let mut walk = Walk::new(store.zone(), shard, chain, seen);
            walk.run(store, &mut progress).await?;
            report.chains += 1;
            report.entries += walk.good;
            report.faults.extend(walk.fault);
        }
    }
    for ((shard, chain), (size, _)) in expected {
        if size > 0 {
            let place = Place { shard, chain, sequence: 1 };
            report.faults.push(Fault::Truncated { place, checkpointed: size });
        }
    }
    Ok(report)
}

struct Walk {
    shard: ShardId,
    chain: ChainId,
    previous: [u8; 32],
    tree: Frontier,
    seen: Option<(u64, [u8; 32])>,
    good: u64,
    fault: Option<Fault>,
}

impl Walk {
    fn new(zone: &str, shard: ShardId, chain: ChainId, seen: Option<(u64, [u8; 32])>) -> Self {
        let previous = genesis(zone, shard, chain);
        Self { shard, chain, previous, tree: Frontier::default(), seen, good: 0, fault: None }
    }

    async fn run(&mut self, store: &Store, progress: &mut impl FnMut(u64)) -> Result<(), KernelFault> {
        loop {
            let after = JournalPosition { chain: self.chain, sequence: self.good };
            let rows = store.journal(self.shard, after, ROWS_READ_AT_ONCE).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                if let Err(fault) = self.step(row) {
                    self.fault = Some(fault);
                    return Ok(());
                }
            }
            progress(rows.len() as u64);
        }
        if let Some((size, _)) = self.seen
            && size > self.good
        {
            self.fault = Some(Fault::Truncated { place: self.place(self.good + 1), checkpointed: size });
        }
        Ok(())
    }

    fn step(&mut self, row: &JournalRow) -> Result<(), Fault> {
        let place = self.place(self.good + 1);
        if row.position.sequence != place.sequence {
            return Err(Fault::Missing(place));
        }
        if link(&self.previous, row) != row.hash {
            return Err(Fault::BrokenLink(place));
        }
        if row.body.is_none() {
            return Err(Fault::Unreadable(place));
        }
        self.previous = row.hash;
        self.good += 1;
        self.tree.push(&row.hash);
        match self.seen {
            Some((size, root)) if size == self.good && self.tree.root() != root => Err(Fault::Forked(place)),
            _ => Ok(()),
        }
    }

    fn place(&self, sequence: u64) -> Place {
        Place { shard: self.shard.0, chain: self.chain.0, sequence }
    }
}
