//! Server-made ids and the routing of ids to shards.

use crate::ShardId;
use aws_lc_rs::digest;
use galen_kernel::Instant;

/// Length of a server-made id: two hex digits of shard and 26 of 48-bit milliseconds and 80 bits of chance.
pub(crate) const ID_BYTES: usize = 28;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Makes an id that names its shard and sorts by time within it.
pub(crate) fn new_id(shard: ShardId, now: Instant, entropy: [u8; 16]) -> String {
    let millis = (now.micros().div_euclid(1_000)).max(0) as u128 & ((1 << 48) - 1);
    let chance = u128::from_be_bytes(entropy) >> 48;
    let bits = (millis << 80) | chance;
    let mut id = format!("{:02x}", shard.0);
    for place in (0..26).rev() {
        let digit = (bits >> (place * 5)) as usize & 31;
        id.push(char::from(ALPHABET.get(digit).copied().unwrap_or(b'0')));
    }
    id
}

/// The shard a server-made id names; `None` for ids of any other shape and for shards this zone does not have.
pub(crate) fn shard_of_id(id: &str, shards: u8) -> Option<ShardId> {
    let (tag, rest) = id.as_bytes().split_first_chunk::<2>()?;
    let shape = id.len() == ID_BYTES
        && rest.iter().all(|c| ALPHABET.contains(c))
        && rest.first().is_some_and(|c| (b'0'..=b'7').contains(c));
    if !shape {
        return None;
    }
    let shard = hex_digit(tag[0])? * 16 + hex_digit(tag[1])?;
    (shard < shards).then_some(ShardId(shard))
}

fn hex_digit(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    }
}

/// The shard of a hash-routed id: the first eight bytes of its SHA-256, big-endian, modulo the number of shards.
/// Never change it: it says where patients already lie.
pub(crate) fn shard_of_hash(id: &str, shards: u8) -> ShardId {
    let hash = digest::digest(&digest::SHA256, id.as_bytes());
    let number = hash.as_ref().iter().take(8).fold(0u64, |n, byte| (n << 8) | u64::from(*byte));
    ShardId((number % u64::from(shards.max(1))) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_made_id_names_its_shard_and_sorts_by_time() {
        let early = new_id(ShardId(2), Instant::from_micros(1_700_000_000_000_000), [255; 16]);
        let late = new_id(ShardId(2), Instant::from_micros(1_700_000_000_001_000), [0; 16]);
        assert_eq!(early.len(), ID_BYTES);
        assert!(early < late);
        assert_eq!(early, "0201hf7yat00zzzzzzzzzzzzzzzz");
        assert_eq!(shard_of_id(&early, 3), Some(ShardId(2)));
        assert_eq!(shard_of_id(&early, 2), None);
        assert_eq!(shard_of_id("patient-1", 3), None);
        assert_eq!(shard_of_id(&early.to_uppercase(), 3), None);
    }

    #[test]
    fn hash_routing_never_changes() {
        let shards: Vec<u8> = ["", "a", "patient-1", "patient-2"].map(|id| shard_of_hash(id, 16).0).into();
        assert_eq!(shards, [4, 10, 8, 8]);
    }
}
