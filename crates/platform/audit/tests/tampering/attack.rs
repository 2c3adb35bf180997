//! What an attacker does to a chain, chosen by a seed; and which fault verification must name.

use crate::ZONE;
use galen_audit::AuditFault;
use galen_audit::verify::Place;
use galen_store::{ChainId, ShardId, entry_hash, genesis_hash};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The chain that is attacked: the only one of its shard.
pub const CHAIN: ChainId = ChainId(0);

/// A row of the journal as it lies in the database. Sequences are the places in the vector, unless told otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub sequence: i64,
    pub at: i64,
    pub hash: Vec<u8>,
    pub body: Vec<u8>,
}

/// A kind of attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    FlipInBody,
    FlipInHash,
    FlipInTime,
    Delete,
    DeleteAndRenumber,
    Swap,
    InsertCopy,
    Truncate,
    ReplaceChain,
    ChangeAndRehash,
}

/// All kinds, used in turn.
pub const ATTACKS: [Attack; 10] = [
    Attack::FlipInBody,
    Attack::FlipInHash,
    Attack::FlipInTime,
    Attack::Delete,
    Attack::DeleteAndRenumber,
    Attack::Swap,
    Attack::InsertCopy,
    Attack::Truncate,
    Attack::ReplaceChain,
    Attack::ChangeAndRehash,
];

/// The chain after the attack of this number, and the fault that must be named.
pub fn attacked(number: usize, shard: u8, good: &[Row]) -> (Attack, Vec<Row>, AuditFault) {
    let mut chance = StdRng::seed_from_u64(number as u64);
    let attack = ATTACKS[number % ATTACKS.len()];
    let mut rows = good.to_vec();
    let (size, at) = (good.len(), chance.random_range(0..good.len()));
    let place = |index: usize| Place { shard, chain: CHAIN.0, sequence: index as u64 + 1 };
    let truncated = |left: usize| AuditFault::Truncated { place: place(left), checkpointed: size as u64 };
    let fault = match attack {
        Attack::FlipInBody => {
            flip(&mut rows[at].body, &mut chance);
            AuditFault::BrokenLink(place(at))
        }
        Attack::FlipInHash => {
            flip(&mut rows[at].hash, &mut chance);
            AuditFault::BrokenLink(place(at))
        }
        Attack::FlipInTime => {
            rows[at].at ^= 1 << chance.random_range(0..62);
            AuditFault::BrokenLink(place(at))
        }
        Attack::Delete => {
            rows.remove(at);
            if at + 1 == size { truncated(at) } else { AuditFault::Missing(place(at)) }
        }
        Attack::DeleteAndRenumber => {
            rows.remove(at);
            renumber(&mut rows);
            if at + 1 == size { truncated(at) } else { AuditFault::BrokenLink(place(at)) }
        }
        Attack::Swap => {
            let other = (at + chance.random_range(1..size)) % size;
            rows.swap(at, other);
            renumber(&mut rows);
            AuditFault::BrokenLink(place(at.min(other)))
        }
        Attack::InsertCopy => {
            let source = chance.random_range(0..size);
            rows.insert(at, good[source].clone());
            renumber(&mut rows);
            // A copy right before its original stands where the original stood: what follows it does not.
            AuditFault::BrokenLink(place(if source == at { at + 1 } else { at }))
        }
        Attack::Truncate => {
            rows.truncate(at);
            truncated(at)
        }
        Attack::ReplaceChain => {
            // Somebody who may do everything builds a chain that is whole in itself: only the checkpoint tells.
            let other = (at + chance.random_range(1..size)) % size;
            rows.swap(at, other);
            renumber(&mut rows);
            rehash(shard, &mut rows);
            AuditFault::Forked(place(size - 1))
        }
        Attack::ChangeAndRehash => {
            flip(&mut rows[at].body, &mut chance);
            rehash(shard, &mut rows);
            AuditFault::Unreadable(place(at))
        }
    };
    assert_ne!(rows, good, "attack {number} changes nothing");
    (attack, rows, fault)
}

fn flip(bytes: &mut [u8], chance: &mut StdRng) {
    let at = chance.random_range(0..bytes.len());
    bytes[at] ^= 1 << chance.random_range(0..8);
}

fn renumber(rows: &mut [Row]) {
    for (index, row) in rows.iter_mut().enumerate() {
        row.sequence = i64::try_from(index).unwrap() + 1;
    }
}

fn rehash(shard: u8, rows: &mut [Row]) {
    let mut previous = genesis_hash(ZONE, ShardId(shard), CHAIN);
    for row in rows {
        previous = entry_hash(&previous, CHAIN, row.sequence.try_into().unwrap(), row.at, &row.body);
        row.hash = previous.to_vec();
    }
}
