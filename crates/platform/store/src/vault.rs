//! The keys in use: data keys per owner (unwrapped, in a bounded cache), and each shard's secrets for its journal and
//! its claims. Raw key bytes are wiped as soon as the cipher holds them; the cipher wipes itself.

use crate::{
    ShardId, StoreError,
    root::{RootKey, derive},
    seal::{SealingKey, random},
};
use aws_lc_rs::hmac;
use lru::LruCache;
use parking_lot::{Mutex, RwLock};
use std::{num::NonZeroUsize, sync::Arc};
use zeroize::Zeroizing;

/// Most unwrapped data keys kept in memory.
pub(crate) const DATA_KEYS_CACHED_MAX: usize = 65_536;
/// The shard's own data key: what is put with an empty owner.
pub(crate) const SHARD_KEY: i64 = 0;
/// The shard's secret for journal and claims.
pub(crate) const PURPOSE_KEY: i64 = -1;
/// Its name in the key table; no owner may begin with the tilde.
pub(crate) const PURPOSE_OWNER: &str = "~purpose";
const KEY_CHECK: &[u8] = b"galen key check";
const MICROS_PER_DAY: i64 = galen_kernel::MICROS_PER_DAY;

/// An owner's data key. `id` is known once its row is committed.
#[derive(Clone)]
pub(crate) struct OwnerKey {
    pub(crate) id: Option<i64>,
    pub(crate) wrapped: Arc<[u8]>,
    pub(crate) key: Arc<SealingKey>,
}

/// A shard's secrets that no owner has.
pub(crate) struct ShardSecrets {
    looks_file: Zeroizing<[u8; 32]>,
    claim_names: hmac::Key,
    claim_holders: SealingKey,
    journal: Zeroizing<[u8; 32]>,
    journal_days: Mutex<LruCache<u32, Arc<SealingKey>>>,
}

struct Current {
    root: RootKey,
    wrapping: SealingKey,
    /// Grows with each rotation: what was wrapped before it must be wrapped again.
    generation: u64,
}

/// All keys of a store.
pub(crate) struct Vault {
    zone: String,
    current: RwLock<Current>,
    secrets: Vec<std::sync::OnceLock<ShardSecrets>>,
    by_owner: Mutex<LruCache<(ShardId, String), OwnerKey>>,
    by_id: Mutex<LruCache<(ShardId, i64), Arc<SealingKey>>>,
}

impl Vault {
    pub(crate) fn new(zone: &str, root: RootKey, shards: u8) -> Result<Self, StoreError> {
        let capacity = NonZeroUsize::new(DATA_KEYS_CACHED_MAX).unwrap_or(NonZeroUsize::MIN);
        Ok(Self {
            zone: zone.to_owned(),
            current: RwLock::new(Current { wrapping: root.wrapping()?, root, generation: 0 }),
            secrets: (0..shards).map(|_| std::sync::OnceLock::new()).collect(),
            by_owner: Mutex::new(LruCache::new(capacity)),
            by_id: Mutex::new(LruCache::new(capacity)),
        })
    }

    pub(crate) fn root(&self) -> RootKey {
        self.current.read().root.clone()
    }

    pub(crate) fn generation(&self) -> u64 {
        self.current.read().generation
    }

    /// Tells the vault how many rotations there were, where the database counts them.
    pub(crate) fn set_generation(&self, generation: u64) {
        self.current.write().generation = generation;
    }

    /// Takes a new root into use; wrapped keys in memory are forgotten because they are wrapped by the old one.
    pub(crate) fn replace_root(&self, root: RootKey) -> Result<(), StoreError> {
        let wrapping = root.wrapping()?;
        let mut current = self.current.write();
        let generation = current.generation + 1;
        *current = Current { root, wrapping, generation };
        self.by_owner.lock().clear();
        Ok(())
    }

    fn bound(&self, shard: ShardId, owner: &str) -> Vec<u8> {
        [b"wrap\0".as_slice(), self.zone.as_bytes(), &[0, shard.0], owner.as_bytes()].concat()
    }

    /// What is kept in `meta` to tell whether a key is the right one.
    pub(crate) fn key_check(&self, root: &RootKey) -> Result<Vec<u8>, StoreError> {
        root.wrapping()?.seal_short(&self.bound(ShardId(0), "~check"), KEY_CHECK)
    }

    pub(crate) fn check(&self, check: &[u8]) -> Result<(), StoreError> {
        let current = self.current.read();
        let opened = current.wrapping.open_short(&self.bound(ShardId(0), "~check"), check);
        if opened.is_ok_and(|text| text == KEY_CHECK) { Ok(()) } else { Err(StoreError::WrongKey) }
    }

    /// A fresh key, wrapped, for a row of the key table.
    pub(crate) fn fresh_wrapped(&self, shard: ShardId, owner: &str) -> Result<Vec<u8>, StoreError> {
        let key = Zeroizing::new(random::<32>()?);
        self.current.read().wrapping.seal_short(&self.bound(shard, owner), &*key)
    }

    fn unwrap(&self, shard: ShardId, owner: &str, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        let plain = self.current.read().wrapping.open_short(&self.bound(shard, owner), wrapped)?;
        let plain = Zeroizing::new(plain);
        let key = plain.as_slice().try_into().map(Zeroizing::new);
        key.map_err(|_| StoreError::Damaged("a wrapped key has the wrong length".into()))
    }

    /// The same data key under another root.
    pub(crate) fn rewrap(
        &self,
        next: &SealingKey,
        shard: ShardId,
        owner: &str,
        wrapped: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        next.seal_short(&self.bound(shard, owner), &*self.unwrap(shard, owner, wrapped)?)
    }

    /// Learns a shard's purpose secret at open.
    pub(crate) fn learn_secrets(&self, shard: ShardId, wrapped: &[u8]) -> Result<(), StoreError> {
        let secret = self.unwrap(shard, PURPOSE_OWNER, wrapped)?;
        let secrets = ShardSecrets {
            claim_names: hmac::Key::new(hmac::HMAC_SHA256, &*derive(&*secret, &[b"claim names"])?),
            claim_holders: SealingKey::new(&*derive(&*secret, &[b"claim holders"])?)?,
            journal: derive(&*secret, &[b"journal"])?,
            looks_file: derive(&*secret, &[b"looks file"])?,
            journal_days: Mutex::new(LruCache::new(NonZeroUsize::new(64).unwrap_or(NonZeroUsize::MIN))),
        };
        if let Some(slot) = self.secrets.get(usize::from(shard.0)) {
            let _ = slot.set(secrets);
        }
        Ok(())
    }

    fn secrets(&self, shard: ShardId) -> Result<&ShardSecrets, StoreError> {
        let slot = self.secrets.get(usize::from(shard.0));
        slot.and_then(|slot| slot.get()).ok_or(StoreError::Invalid("no such shard"))
    }

    /// The key of the file that keeps what was looked at; the same for the life of the store.
    pub(crate) fn file_secret(&self, shard: ShardId) -> Result<[u8; 32], StoreError> {
        Ok(*self.secrets(shard)?.looks_file)
    }

    /// Learns a data key read from the key table.
    pub(crate) fn learn(
        &self,
        shard: ShardId,
        id: Option<i64>,
        owner: &str,
        wrapped: &[u8],
    ) -> Result<OwnerKey, StoreError> {
        let key = Arc::new(SealingKey::new(&*self.unwrap(shard, owner, wrapped)?)?);
        let learned = OwnerKey { id, wrapped: wrapped.into(), key };
        if let Some(id) = id {
            self.by_id.lock().put((shard, id), Arc::clone(&learned.key));
        }
        self.by_owner.lock().put((shard, owner.to_owned()), learned.clone());
        Ok(learned)
    }

    /// The key for an owner that has none yet: the one another task just made, or a fresh one.
    pub(crate) fn candidate(&self, shard: ShardId, owner: &str) -> Result<OwnerKey, StoreError> {
        let wrapped = self.fresh_wrapped(shard, owner)?;
        let key = Arc::new(SealingKey::new(&*self.unwrap(shard, owner, &wrapped)?)?);
        let fresh = OwnerKey { id: None, wrapped: wrapped.into(), key };
        let mut cache = self.by_owner.lock();
        Ok(cache.get_or_insert((shard, owner.to_owned()), || fresh).clone())
    }

    pub(crate) fn of_owner(&self, shard: ShardId, owner: &str) -> Option<OwnerKey> {
        self.by_owner.lock().get(&(shard, owner.to_owned())).cloned()
    }

    pub(crate) fn of_id(&self, shard: ShardId, id: i64) -> Option<Arc<SealingKey>> {
        self.by_id.lock().get(&(shard, id)).cloned()
    }

    /// Forgets an owner's key: it was erased, or another process made a different one.
    pub(crate) fn forget(&self, shard: ShardId, owner: &str) {
        if let Some(OwnerKey { id: Some(id), .. }) = self.by_owner.lock().pop(&(shard, owner.to_owned())) {
            self.by_id.lock().pop(&(shard, id));
        }
    }

    /// Forgets a key by its number.
    pub(crate) fn forget_id(&self, shard: ShardId, id: i64) {
        self.by_id.lock().pop(&(shard, id));
    }

    /// What ties a document's body to its place.
    pub(crate) fn document_bound(&self, shard: ShardId, kind: u16, id: &str, version: u64) -> Vec<u8> {
        let mut bound = Vec::with_capacity(32 + self.zone.len() + id.len());
        bound.extend_from_slice(b"doc\0");
        bound.extend_from_slice(self.zone.as_bytes());
        bound.extend_from_slice(&[0, shard.0]);
        bound.extend_from_slice(&kind.to_be_bytes());
        bound.extend_from_slice(&version.to_be_bytes());
        bound.extend_from_slice(id.as_bytes());
        bound
    }

    /// The 16 bytes that stand for a claimed value in the table.
    pub(crate) fn claim_name(
        &self,
        shard: ShardId,
        scope: &str,
        value: &str,
    ) -> Result<[u8; 16], StoreError> {
        let mut context = hmac::Context::with_key(&self.secrets(shard)?.claim_names);
        context.update(scope.as_bytes());
        context.update(&[0]);
        context.update(value.as_bytes());
        let tag = context.sign();
        let mut name = [0; 16];
        name.copy_from_slice(tag.as_ref().get(..16).unwrap_or(&[0; 16]));
        Ok(name)
    }

    pub(crate) fn seal_holder(
        &self,
        shard: ShardId,
        scope: &str,
        name: &[u8; 16],
        holder: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let bound = [b"claim\0", scope.as_bytes(), name].concat();
        self.secrets(shard)?.claim_holders.seal_short(&bound, holder)
    }

    pub(crate) fn open_holder(
        &self,
        shard: ShardId,
        scope: &str,
        name: &[u8; 16],
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let bound = [b"claim\0", scope.as_bytes(), name].concat();
        self.secrets(shard)?.claim_holders.open_short(&bound, sealed)
    }

    /// The journal's key of a day: random nonces must not repeat under one key, so no key seals for ever.
    fn journal_key(&self, shard: ShardId, day: u32) -> Result<Arc<SealingKey>, StoreError> {
        let secrets = self.secrets(shard)?;
        if let Some(key) = secrets.journal_days.lock().get(&day) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(SealingKey::new(&*derive(&*secrets.journal, &[b"day", &day.to_be_bytes()])?)?);
        secrets.journal_days.lock().put(day, Arc::clone(&key));
        Ok(key)
    }

    /// Seals a journal body: day (4 bytes), then a sealed blob.
    pub(crate) fn seal_journal(&self, shard: ShardId, at: i64, body: &[u8]) -> Result<Vec<u8>, StoreError> {
        let day = u32::try_from(at.div_euclid(MICROS_PER_DAY)).unwrap_or(0);
        let sealed = self.journal_key(shard, day)?.seal(&self.journal_bound(shard, at), body)?;
        Ok([day.to_be_bytes().as_slice(), &sealed].concat())
    }

    pub(crate) fn open_journal(&self, shard: ShardId, at: i64, sealed: &[u8]) -> Option<Vec<u8>> {
        let (day, blob) = sealed.split_first_chunk::<4>()?;
        let key = self.journal_key(shard, u32::from_be_bytes(*day)).ok()?;
        key.open(&self.journal_bound(shard, at), blob.to_vec()).ok()
    }

    fn journal_bound(&self, shard: ShardId, at: i64) -> Vec<u8> {
        [b"journal\0", self.zone.as_bytes(), &[0, shard.0], &at.to_be_bytes()].concat()
    }
}
