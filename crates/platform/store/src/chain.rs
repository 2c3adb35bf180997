//! The hash chain of the journal. The definition is public: others verify it independently.

use crate::{ChainId, ShardId};
use aws_lc_rs::digest;

/// What the first entry of a chain is chained to: SHA-256("galen-journal-v1" ‖ zone ‖ shard (1 byte) ‖ chain (2 bytes)).
pub fn genesis_hash(zone: &str, shard: ShardId, chain: ChainId) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"galen-journal-v1");
    context.update(zone.as_bytes());
    context.update(&[shard.0]);
    context.update(&chain.0.to_be_bytes());
    finish(context)
}

/// An entry's hash: SHA-256(previous ‖ chain (2 bytes) ‖ sequence (8) ‖ at, microseconds (8) ‖ sealed), big-endian.
pub fn entry_hash(previous: &[u8; 32], chain: ChainId, sequence: u64, at: i64, sealed: &[u8]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(previous);
    context.update(&chain.0.to_be_bytes());
    context.update(&sequence.to_be_bytes());
    context.update(&at.to_be_bytes());
    context.update(sealed);
    finish(context)
}

fn finish(context: digest::Context) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The newest entry of a chain, as its writer keeps it in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) chain: ChainId,
    pub(crate) sequence: u64,
    pub(crate) hash: [u8; 32],
}

impl Head {
    pub(crate) fn start(zone: &str, shard: ShardId, chain: ChainId) -> Self {
        Self { chain, sequence: 0, hash: genesis_hash(zone, shard, chain) }
    }

    /// The head after one more entry.
    pub(crate) fn next(&self, at: i64, sealed: &[u8]) -> Self {
        let sequence = self.sequence + 1;
        let hash = entry_hash(&self.hash, self.chain, sequence, at, sealed);
        Self { chain: self.chain, sequence, hash }
    }
}
