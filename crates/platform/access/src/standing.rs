//! Who stands behind an application's access token: token, client, authorization and account must all still hold.

use crate::actor::Actor;
use crate::decision::Access;
use crate::smart::once::Presented;
use crate::smart::{Grant, authorization, client, secret};
use crate::token;
use crate::user::USER_CACHE_MICROS_MAX;
use galen_kernel::{Fault, Instant, Rejection, UserId};
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;

/// Tokens remembered.
const STANDINGS_CACHED_MAX: u64 = 10_000;

/// Tokens as last read, by their hashes.
pub(crate) struct Standings(Cache<String, (Arc<Grant>, Instant)>);

impl Default for Standings {
    fn default() -> Self {
        let idle = Duration::from_secs(60);
        Self(Cache::builder().max_capacity(STANDINGS_CACHED_MAX).time_to_idle(idle).build())
    }
}

impl Access {
    /// Forgets what is cached of applications' tokens: call after committing a change of a client or an authorization.
    pub fn forget_grants(&self) {
        self.standings.0.invalidate_all();
    }

    /// What an access token covers, while it, its client and its authorization hold.
    pub async fn grant(&self, text: &str, now: Instant) -> Result<Option<Arc<Grant>>, Fault> {
        if text.len() > secret::SECRET_CHARACTERS_MAX {
            return Ok(None);
        }
        let hash = secret::hash_of(text);
        let is_fresh = |read_at: Instant| now >= read_at && now.since(read_at) <= USER_CACHE_MICROS_MAX;
        if let Some((grant, read_at)) = self.standings.0.get(&hash)
            && is_fresh(read_at)
            && grant.is_live(now)
        {
            return Ok(Some(grant));
        }
        let Some(grant) = Presented::Access.find::<Grant>(&self.store, text, now).await? else {
            return Ok(None);
        };
        if !grant.is_live(now) || !self.is_backed(&grant, now).await? {
            return Ok(None);
        }
        let grant = Arc::new(grant);
        self.standings.0.insert(hash, (Arc::clone(&grant), now));
        Ok(Some(grant))
    }

    /// Whether the client and the authorization that a grant stands on still hold.
    async fn is_backed(&self, grant: &Grant, now: Instant) -> Result<bool, Fault> {
        let Some(client) = client::by_id(&self.store, &grant.client).await? else { return Ok(false) };
        if client.client.disabled || grant.issued < client.client.valid_from {
            return Ok(false);
        }
        let Some(id) = &grant.authorization else { return Ok(true) };
        Ok(authorization::by_id(&self.store, id).await?.is_some_and(|found| found.authorization.is_live(now)))
    }

    /// The actor of work that goes on after its request: the account as it is now, within the grant under which it was
    /// asked for, while client and authorization hold. The token's own end does not end the work.
    pub async fn actor_of_work(
        &self,
        user: &UserId,
        grant: Option<&Grant>,
        now: Instant,
    ) -> Result<Option<Arc<Actor>>, Fault> {
        let Some((actor, valid_from)) = self.actor(user, now).await? else { return Ok(None) };
        let Some(grant) = grant else { return Ok(Some(actor)) };
        if grant.issued < valid_from || !self.is_backed(grant, now).await? {
            return Ok(None);
        }
        Ok(Some(Arc::new(Actor { grant: Some(Arc::new(grant.clone())), ..(*actor).clone() })))
    }

    /// The actor of an application's access token.
    pub(crate) async fn actor_of_grant(
        &self,
        text: &str,
        now: Instant,
    ) -> Result<Result<Arc<Actor>, Rejection>, Fault> {
        let Some(grant) = self.grant(text, now).await? else { return Ok(Err(token::refused())) };
        Ok(match self.actor(&grant.user, now).await? {
            Some((actor, valid_from)) if grant.issued >= valid_from => {
                Ok(Arc::new(Actor { grant: Some(grant), ..(*actor).clone() }))
            }
            _ => Err(token::refused()),
        })
    }
}
