//! Signed statements of how far the journal has come, exported where whoever runs the database cannot write.
//!
//! The text form follows the "signed note" shape: lines, an empty line, a signature line. One line per chain carries
//! shard, chain, size and Merkle root; a plain hash chain would miss a cut-off tail, a signed size and root do not. Behind
//! them stand the tree's subtrees, from which the next start goes on without reading the journal from its beginning.

use crate::merkle::{Frontier, Hash};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use data_encoding::{BASE64, HEXLOWER};
use galen_kernel::{Fault, Instant};
use galen_store::{ChainId, JournalPosition, ShardId, Store};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Journal rows read at a time.
const ROWS_READ_AT_ONCE: u32 = 1_000;
/// First line of the text form.
const HEADING: &str = "galen audit checkpoint v1";
/// Name of the newest checkpoint in the export folder.
pub const LATEST: &str = "latest.checkpoint";

/// How far one chain had come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainState {
    /// Entries.
    pub size: u64,
    /// Merkle root over the entries' hashes.
    pub root: Hash,
    /// Roots of the tree's perfect subtrees, largest first; none in the checkpoints of older versions.
    pub subtrees: Vec<Hash>,
}

impl ChainState {
    fn of(tree: &Frontier) -> Self {
        Self { size: tree.size(), root: tree.root(), subtrees: tree.subtrees().to_vec() }
    }

    /// The tree, where it can be made from this.
    fn tree(&self) -> Option<Frontier> {
        Frontier::of(self.size, self.subtrees.clone()).filter(|tree| tree.root() == self.root)
    }
}

fn hash_of(hex: &str) -> Option<Hash> {
    HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}

/// All chains of a zone at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The zone.
    pub zone: String,
    /// When it was made.
    pub at: Instant,
    /// The public key that signs it.
    pub key: Vec<u8>,
    /// Its chains.
    pub chains: BTreeMap<(u8, u16), ChainState>,
}

/// Why a checkpoint cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckpointError {
    /// It does not parse; the line says where.
    Malformed(usize),
    /// The signature does not fit the text.
    BadSignature,
}

impl std::fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(line) => write!(f, "the checkpoint cannot be read (line {line})"),
            Self::BadSignature => f.write_str("the checkpoint's signature does not fit its text"),
        }
    }
}

impl std::error::Error for CheckpointError {}

impl Checkpoint {
    fn body(&self) -> String {
        let mut text =
            format!("{HEADING}\nzone {}\nat {}\nkey {}\n", self.zone, self.at, BASE64.encode(&self.key));
        for ((shard, chain), state) in &self.chains {
            let _infallible =
                write!(text, "chain {shard} {chain} {} {}", state.size, HEXLOWER.encode(&state.root));
            for subtree in &state.subtrees {
                let _infallible = write!(text, " {}", HEXLOWER.encode(subtree));
            }
            text.push('\n');
        }
        text
    }

    /// The text form, signed.
    pub fn sign(&self, key: &Ed25519KeyPair) -> String {
        let body = self.body();
        let signature = key.sign(body.as_bytes());
        format!("{body}\nsignature {}\n", BASE64.encode(signature.as_ref()))
    }

    /// Reads a signed checkpoint and verifies it against the key it names. Who trusts that key is the caller's matter:
    /// the audit compares it with the keys of the installation.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let (body, tail) = text.split_once("\n\n").ok_or(CheckpointError::Malformed(0))?;
        let body = format!("{body}\n");
        let mut checkpoint =
            Self { zone: String::new(), at: Instant::default(), key: vec![], chains: BTreeMap::new() };
        for (number, line) in body.lines().enumerate() {
            checkpoint.read_line(number, line).ok_or(CheckpointError::Malformed(number + 1))?;
        }
        let signature = tail
            .strip_prefix("signature ")
            .and_then(|s| BASE64.decode(s.trim_end().as_bytes()).ok())
            .ok_or(CheckpointError::BadSignature)?;
        UnparsedPublicKey::new(&ED25519, &checkpoint.key)
            .verify(body.as_bytes(), &signature)
            .map_err(|_| CheckpointError::BadSignature)?;
        Ok(checkpoint)
    }

    fn read_line(&mut self, number: usize, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split(' ').collect();
        match (number, words.as_slice()) {
            (0, _) if line == HEADING => {}
            (1, ["zone", zone]) => self.zone = (*zone).to_owned(),
            (2, ["at", at]) => self.at = Instant::parse(at)?,
            (3, ["key", key]) => self.key = BASE64.decode(key.as_bytes()).ok()?,
            (_, ["chain", shard, chain, size, root, subtrees @ ..]) if number > 3 => {
                let subtrees = subtrees.iter().map(|hex| hash_of(hex)).collect::<Option<_>>()?;
                let state = ChainState { size: size.parse().ok()?, root: hash_of(root)?, subtrees };
                self.chains.insert((shard.parse().ok()?, chain.parse().ok()?), state);
            }
            _ => return None,
        }
        Some(())
    }
}

/// Follows the journal and writes checkpoints into a folder.
pub struct Checkpointer {
    store: Store,
    folder: PathBuf,
    trees: BTreeMap<(u8, u16), Frontier>,
}

impl Checkpointer {
    /// Over `store`, exporting into `folder` (made when absent).
    pub fn new(store: Store, folder: PathBuf) -> Self {
        Self { store, folder, trees: BTreeMap::new() }
    }

    /// Where checkpoints go.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Goes on from the newest exported checkpoint, if one of these keys signed it for this zone. Without one, or where it
    /// does not say enough, the journal is read from its beginning.
    pub fn resume(&mut self, keys: &[Vec<u8>]) {
        let text = std::fs::read_to_string(self.folder.join(LATEST)).ok();
        let Some(newest) = text.and_then(|text| Checkpoint::parse(&text).ok()) else { return };
        if !keys.contains(&newest.key) || newest.zone != self.store.zone() {
            return;
        }
        let tree = |(name, state): (&(u8, u16), &ChainState)| Some((*name, state.tree()?));
        self.trees = newest.chains.iter().filter_map(tree).collect();
    }

    /// Reads what is new; says whether anything was.
    pub async fn advance(&mut self) -> Result<bool, Fault> {
        let mut moved = false;
        for shard in (0..self.store.shards()).map(ShardId) {
            for head in self.store.journal_heads(shard).await? {
                let chain = head.position.chain;
                moved |= self.follow(shard, chain, head.position.sequence).await?;
            }
        }
        Ok(moved)
    }

    async fn follow(&mut self, shard: ShardId, chain: ChainId, upto: u64) -> Result<bool, Fault> {
        let tree = self.trees.entry((shard.0, chain.0)).or_default();
        if tree.size() > upto {
            // An older copy of the database was put back: this checkpoint is of what is there now, and the one before it,
            // which is kept, proves what is missing.
            tracing::error!(
                shard = shard.0,
                chain = chain.0,
                "the journal is shorter than its last checkpoint"
            );
            *tree = Frontier::default();
        }
        let before = tree.size();
        while tree.size() < upto {
            let after = JournalPosition { chain, sequence: tree.size() };
            let hashes = self.store.journal_hashes(shard, after, ROWS_READ_AT_ONCE).await?;
            if hashes.is_empty() {
                break;
            }
            for hash in &hashes {
                tree.push(hash);
            }
        }
        Ok(tree.size() > before)
    }

    /// Signs the present state and writes it: a dated file, and `latest.checkpoint` replaced in one step.
    pub fn export(&self, key: &Ed25519KeyPair, at: Instant) -> Result<PathBuf, Fault> {
        let fault = |e: std::io::Error| Fault::unavailable("export audit checkpoint", e);
        let chains = self.trees.iter().map(|(name, tree)| (*name, ChainState::of(tree))).collect();
        let zone = self.store.zone().to_owned();
        let checkpoint = Checkpoint { zone, at, key: key.public_key().as_ref().to_vec(), chains };
        let text = checkpoint.sign(key);
        std::fs::create_dir_all(&self.folder).map_err(fault)?;
        let dated = self.folder.join(format!("{}.checkpoint", at.micros()));
        write_synced(&dated, &text).map_err(fault)?;
        let next = self.folder.join("latest.checkpoint.new");
        write_synced(&next, &text).map_err(fault)?;
        std::fs::rename(&next, self.folder.join(LATEST)).map_err(fault)?;
        Ok(dated)
    }
}

fn write_synced(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sample() -> (Checkpoint, Ed25519KeyPair) {
        let key = Ed25519KeyPair::generate().unwrap();
        let chains =
            BTreeMap::from([((0, 0), ChainState { size: 7, root: [3; 32], subtrees: vec![[4; 32]] })]);
        let key_bytes = key.public_key().as_ref().to_vec();
        (Checkpoint { zone: "uk1".into(), at: Instant::from_micros(5_000), key: key_bytes, chains }, key)
    }

    #[test]
    fn a_signed_checkpoint_reads_back() {
        let (checkpoint, key) = sample();
        assert_eq!(Checkpoint::parse(&checkpoint.sign(&key)).unwrap(), checkpoint);
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let (checkpoint, key) = sample();
        let text = checkpoint.sign(&key);
        for at in 0..text.trim_end().len() {
            let mut bytes = text.clone().into_bytes();
            let byte = bytes.get_mut(at).unwrap();
            *byte = if *byte == b'7' { b'8' } else { b'7' };
            let changed = String::from_utf8(bytes).unwrap();
            if changed != text {
                let parsed = Checkpoint::parse(&changed);
                assert!(parsed.is_err(), "byte {at}");
            }
        }
    }
}
