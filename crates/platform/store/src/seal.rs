//! Sealing: AES-256-GCM over compressed bytes. A sealed blob is `format ‖ nonce (12) ‖ ciphertext ‖ tag (16)`; the
//! first byte names the compression, so that a dictionary can be replaced while old blobs stay readable.

use crate::StoreError;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use std::{cell::RefCell, sync::LazyLock};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
};

/// Most bytes a document's body or a journal entry may have.
pub const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Compressed with the first FHIR dictionary.
const FORMAT_FHIR_1: u8 = 1;
const COMPRESSION_LEVEL: i32 = 1;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
pub(crate) const HEADER_BYTES: usize = 1 + NONCE_BYTES;
/// The beginning of a sealed blob. Its nonce is drawn for each sealing: two blobs of one header are the same blob.
pub(crate) type Seal = [u8; HEADER_BYTES];

/// The header of a sealed blob, or of its beginning.
pub(crate) fn seal_of(blob: &[u8]) -> Option<Seal> {
    blob.first_chunk().copied()
}
/// The length of the plain bytes stands before the compressed ones, so that opening allocates once.
const LENGTH_BYTES: usize = 4;
/// Plain bytes are a body and its index rows.
const PLAIN_BYTES_MAX: usize = BODY_BYTES_MAX + 8 * 1024 * 1024;

static DICTIONARY: &[u8] = include_bytes!("../generated/fhir-1.dict");
static ENCODER: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, COMPRESSION_LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// A key that seals. The library wipes it when it is dropped.
pub(crate) struct SealingKey(LessSafeKey);

impl SealingKey {
    pub(crate) fn new(bytes: &[u8; 32]) -> Result<Self, StoreError> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| failed())?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Compresses and seals.
    pub(crate) fn seal(&self, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let length = u32::try_from(plain.len()).map_err(|_| failed())?;
        let room = zstd::zstd_safe::compress_bound(plain.len());
        let mut out = Vec::with_capacity(HEADER_BYTES + LENGTH_BYTES + room + TAG_BYTES);
        out.push(FORMAT_FHIR_1);
        out.extend_from_slice(&random::<NONCE_BYTES>()?);
        out.extend_from_slice(&length.to_le_bytes());
        compress(plain, room, &mut out)?;
        self.finish(bound, out)
    }

    /// Seals as it is, for keys and other short things.
    pub(crate) fn seal_short(&self, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut out = Vec::with_capacity(HEADER_BYTES + plain.len() + TAG_BYTES);
        out.push(0);
        out.extend_from_slice(&random::<NONCE_BYTES>()?);
        out.extend_from_slice(plain);
        self.finish(bound, out)
    }

    fn finish(&self, bound: &[u8], mut out: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let (header, text) = out.split_at_mut_checked(HEADER_BYTES).ok_or_else(failed)?;
        let (format, nonce) = header.split_at(1);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| failed())?;
        let aad = Aad::from([format, bound].concat());
        let tag = self.0.seal_in_place_separate_tag(nonce, aad, text).map_err(|_| failed())?;
        out.extend_from_slice(tag.as_ref());
        Ok(out)
    }

    /// Opens what `seal` made.
    pub(crate) fn open(&self, bound: &[u8], mut sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        if sealed.first() != Some(&FORMAT_FHIR_1) {
            return Err(StoreError::Damaged("a sealed body has an unknown format".into()));
        }
        let plain = self.open_in_place(bound, &mut sealed)?;
        decompress(plain)
    }

    /// Opens what `seal_short` made.
    pub(crate) fn open_short(&self, bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut sealed = sealed.to_vec();
        self.open_in_place(bound, &mut sealed).map(|plain| plain.to_vec())
    }

    fn open_in_place<'a>(&self, bound: &[u8], sealed: &'a mut [u8]) -> Result<&'a mut [u8], StoreError> {
        let damaged = || StoreError::Damaged("a sealed value does not open".into());
        let (header, text) = sealed.split_at_mut_checked(HEADER_BYTES).ok_or_else(damaged)?;
        let (format, nonce) = header.split_at(1);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let aad = Aad::from([format, bound].concat());
        self.0.open_in_place(nonce, aad, text).map_err(|_| damaged())
    }
}

fn failed() -> StoreError {
    StoreError::Other("sealing failed".into())
}

/// Unpredictable bytes for keys and nonces.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| StoreError::Other("no randomness".into()))?;
    Ok(bytes)
}

fn compress(plain: &[u8], room: usize, out: &mut Vec<u8>) -> Result<(), StoreError> {
    COMPRESSOR.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some(compressor) => compressor,
            None => slot.insert(Compressor::with_prepared_dictionary(&ENCODER).map_err(other)?),
        };
        let start = out.len();
        out.resize(start + room, 0);
        let target = out.get_mut(start..).ok_or_else(failed)?;
        let count = compressor.compress_to_buffer(plain, target).map_err(other)?;
        out.truncate(start + count);
        Ok(())
    })
}

fn decompress(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let damaged = || StoreError::Damaged("a body does not decompress".into());
    let (length, packed) = bytes.split_first_chunk::<LENGTH_BYTES>().ok_or_else(damaged)?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > PLAIN_BYTES_MAX {
        return Err(damaged());
    }
    DECOMPRESSOR.with_borrow_mut(|slot| {
        let decompressor = match slot {
            Some(decompressor) => decompressor,
            None => slot.insert(Decompressor::with_prepared_dictionary(&DECODER).map_err(other)?),
        };
        let plain = decompressor.decompress(packed, length).map_err(|_| damaged())?;
        if plain.len() == length { Ok(plain) } else { Err(damaged()) }
    })
}

fn other(error: impl std::fmt::Display) -> StoreError {
    StoreError::Other(format!("compression: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_body_opens_only_where_it_was_bound() {
        let key = SealingKey::new(&[7; 32]).unwrap();
        let sealed = key.seal(b"here", b"a body, a body, a body").unwrap();
        assert_eq!(key.open(b"here", sealed.clone()).unwrap(), b"a body, a body, a body");
        assert!(key.open(b"there", sealed.clone()).is_err());
        for place in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[place] ^= 1;
            assert!(key.open(b"here", flipped).is_err(), "byte {place}");
        }
        let short = key.seal_short(b"here", b"key").unwrap();
        assert_eq!(key.open_short(b"here", &short).unwrap(), b"key");
    }
}
