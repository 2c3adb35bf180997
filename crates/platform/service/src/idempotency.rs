//! Idempotency keys: a request sent twice has the effect of once and gets the same answer (claims in the same commit).

use crate::command::Command;
use crate::house::House;
use crate::refusal::Refusal;
use aws_lc_rs::digest::{SHA256, digest};
use galen_access::Context;
use galen_kernel::{Fault, MICROS_PER_DAY, Rejection, RejectionKind};
use galen_records::Change;
use galen_store::{Operation, ShardId};
use serde::{Deserialize, Serialize};

/// The header.
pub const HEADER: &str = "idempotency-key";
/// Longest key.
pub const KEY_CHARACTERS_MAX: usize = 255;
/// How long an answer is remembered.
pub const REMEMBERED_MICROS: i64 = MICROS_PER_DAY;
const SCOPE: &str = "idempotency-key";
/// Bytes of a name: more than anybody guesses or meets by chance.
const NAME_BYTES: usize = 16;

/// A key with a fingerprint of the request that came with it.
#[derive(Debug, Clone)]
pub struct Key {
    text: String,
    fingerprint: String,
}

/// What is remembered.
pub enum Replay<A> {
    /// Nothing: run the command.
    Unknown,
    /// This was answered before.
    Answer(A),
}

#[derive(Serialize, Deserialize)]
struct Held<A> {
    fingerprint: String,
    answer: A,
}

impl Key {
    /// From the header's text, what the request is about (an address) and its body. The same body sent elsewhere asks for
    /// another thing.
    pub fn new(text: &str, about: &str, body: &[u8]) -> Result<Self, Rejection> {
        let fits =
            (1..=KEY_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if !fits {
            return Err(Rejection::new(
                RejectionKind::Malformed,
                "idempotency-key-invalid",
                "An idempotency key has 1 to 255 visible ASCII characters",
            )
            .at("Idempotency-Key"));
        }
        let body = data_encoding::HEXLOWER.encode(digest(&SHA256, body).as_ref());
        Ok(Self { text: text.to_owned(), fingerprint: format!("{about} {body}") })
    }

    /// A name for what this request makes: whoever sends it again comes to the same, and nobody else does.
    pub fn name(&self, context: &Context) -> String {
        let whole = digest(&SHA256, self.value(context).as_bytes());
        data_encoding::HEXLOWER.encode(whole.as_ref().get(..NAME_BYTES).unwrap_or_default())
    }

    /// The key of one of several commands that this request is made of.
    pub fn part(&self, number: usize, body: &[u8]) -> Result<Self, Rejection> {
        Self::new(&format!("{}.{number}", self.text), "", body)
    }

    fn value(&self, context: &Context) -> String {
        format!("{}/{}", context.actor.user, self.text)
    }
}

/// The answer given before to the same request; a refusal when the key came with another request.
pub async fn replay<C: Command>(
    house: &House,
    context: &Context,
    key: &Key,
) -> Result<Replay<C::Answer>, Refusal> {
    let found = house.store.claim(ShardId(0), SCOPE, &key.value(context), context.at).await?;
    let Some(claim) = found else { return Ok(Replay::Unknown) };
    let held: Held<serde_json::Value> =
        serde_json::from_slice(&claim.holder).map_err(|e| Fault::new("remembered answer", e))?;
    if held.fingerprint != fingerprint::<C>(key) {
        return Err(Rejection::new(
            RejectionKind::Unprocessable,
            "idempotency-key-reused",
            "This idempotency key was used for another request",
        )
        .at("Idempotency-Key")
        .next("Use a new key for a new request")
        .into());
    }
    let answer = serde_json::from_value(held.answer).map_err(|e| Fault::new("remembered answer", e))?;
    Ok(Replay::Answer(answer))
}

/// Remembers the answer in the command's own commit.
pub fn remember<C: Command>(
    context: &Context,
    key: &Key,
    answer: &C::Answer,
    change: &mut Change,
) -> Result<(), Fault> {
    let held = Held { fingerprint: fingerprint::<C>(key), answer };
    let holder = serde_json::to_vec(&held).map_err(|e| Fault::new("remember answer", e))?;
    let until = Some(context.at.plus_micros(REMEMBERED_MICROS));
    change.push(ShardId(0), Operation::Claim { scope: SCOPE, value: key.value(context), holder, until });
    Ok(())
}

fn fingerprint<C: Command>(key: &Key) -> String {
    format!("{} {}", C::NAME, key.fingerprint)
}
