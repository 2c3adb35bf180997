//! The one decision function: REST, FHIR and every later edge ask here, one thing at a time or for a whole search.

use crate::actor::{Actor, Context, PurposeOfUse};
use crate::consent::{self, Withheld};
use crate::facts::Facts;
use crate::policy::Policies;
use crate::proxy::{self, StoredProxy};
use crate::refusals::{beyond_proxy, forbidden, sealed, withheld};
use crate::roles::RoleCatalogue;
use crate::session::{self, StoredSession};
use crate::signing::{self, KeyUse, SigningKey};
use crate::smart::grant::insufficient;
use crate::standing::Standings;
use crate::target::{Label, Target};
use crate::throttle::Throttle;
use crate::token::{self, Claims};
use crate::user::{self, USER_CACHE_MICROS_MAX};
use crate::visibility::Visibility;
use crate::{break_glass, relationship};
use galen_kernel::{Fault, Instant, PatientId, Rejection, RejectionKind, UserId};
use galen_store::Store;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;

/// Decisions remembered (by the facts they were made from, so they cannot go stale).
const DECISIONS_CACHED_MAX: u64 = 100_000;
/// Verified tokens remembered.
const TOKENS_CACHED_MAX: u64 = 10_000;
/// Accounts and their open records remembered.
const ACTORS_CACHED_MAX: u64 = 10_000;

/// Yes or no, and why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Allowed; `broken_glass` when only an open break-glass grant made it so.
    Allowed {
        /// Whether a grant was needed.
        broken_glass: bool,
    },
    /// Refused.
    Refused(Rejection),
}

/// Patients that a user may see beyond the rule, and until when this list may be believed.
#[derive(Debug, Clone, Default)]
struct Circle {
    related: Vec<PatientId>,
    broken_glass: Vec<(PatientId, Instant)>,
    read_at: Instant,
}

/// An account as last read.
#[derive(Debug, Clone)]
struct Account {
    actor: Arc<Actor>,
    disabled: bool,
    valid_from: Instant,
    read_at: Instant,
}

/// A list, and when it was read.
type Read<T> = (Arc<Vec<T>>, Instant);

/// Who is who and who may what, over one store.
pub struct Access {
    /// The store that keeps accounts.
    pub store: Store,
    /// Roles and activities.
    pub catalogue: RoleCatalogue,
    /// Compiled policies.
    pub policies: Policies,
    /// Limits on sign-in tries.
    pub throttle: Throttle,
    decisions: Cache<Facts, bool>,
    actors: Cache<UserId, Account>,
    circles: Cache<UserId, Arc<Circle>>,
    proxies: Cache<UserId, Read<StoredProxy>>,
    withheld: Cache<(UserId, PurposeOfUse), Read<Withheld>>,
    tokens: Cache<[u8; 32], Arc<Claims>>,
    pub(crate) standings: Standings,
    keys: parking_lot::RwLock<Arc<Vec<SigningKey>>>,
}

impl Access {
    /// Over `store`, with these policies and roles.
    pub async fn open(store: Store, policies: Policies, catalogue: RoleCatalogue) -> Result<Self, Fault> {
        let keys = Arc::new(signing::list(&store, KeyUse::Token).await?);
        let idle = Duration::from_secs(3_600);
        Ok(Self {
            store,
            catalogue,
            policies,
            throttle: Throttle::default(),
            decisions: Cache::new(DECISIONS_CACHED_MAX),
            actors: Cache::builder().max_capacity(ACTORS_CACHED_MAX).time_to_idle(idle).build(),
            circles: Cache::builder().max_capacity(ACTORS_CACHED_MAX).time_to_idle(idle).build(),
            proxies: Cache::builder().max_capacity(ACTORS_CACHED_MAX).time_to_idle(idle).build(),
            withheld: Cache::builder().max_capacity(ACTORS_CACHED_MAX).time_to_idle(idle).build(),
            tokens: Cache::builder().max_capacity(TOKENS_CACHED_MAX).time_to_idle(idle).build(),
            standings: Standings::default(),
            keys: parking_lot::RwLock::new(keys),
        })
    }

    /// Forgets what is cached of a user: call after committing a change of account, grants or relationships.
    pub fn forget(&self, user: &UserId) {
        self.actors.invalidate(user);
        self.circles.invalidate(user);
        self.proxies.invalidate(user);
    }

    /// Forgets what patients withhold: call after committing a consent.
    pub fn forget_consents(&self) {
        self.withheld.invalidate_all();
    }

    /// The keys that verify tokens, newest first.
    pub fn keys(&self) -> Arc<Vec<SigningKey>> {
        Arc::clone(&self.keys.read())
    }

    /// Reads the keys again (another process may have added one).
    pub async fn reload_keys(&self) -> Result<(), Fault> {
        let keys = Arc::new(signing::list(&self.store, KeyUse::Token).await?);
        *self.keys.write() = keys;
        Ok(())
    }

    /// The actor of an account that may act, with the time before which its sessions and tokens are void.
    pub async fn actor(&self, id: &UserId, now: Instant) -> Result<Option<(Arc<Actor>, Instant)>, Fault> {
        let account = match self.actors.get(id).filter(|account| is_fresh(account.read_at, now)) {
            Some(account) => account,
            None => {
                let Some(found) = user::by_id(&self.store, id.as_str()).await? else { return Ok(None) };
                let account = Account {
                    actor: Arc::new(found.actor(&self.catalogue)),
                    disabled: found.user.disabled,
                    valid_from: found.user.valid_from,
                    read_at: now,
                };
                self.actors.insert(id.clone(), account.clone());
                account
            }
        };
        Ok((!account.disabled).then_some((account.actor, account.valid_from)))
    }

    /// The same account as it acts for `patient`; `None` when no proxy lets it.
    pub async fn acting_for(
        &self,
        actor: &Arc<Actor>,
        patient: &PatientId,
        now: Instant,
    ) -> Result<Option<Arc<Actor>>, Fault> {
        if actor.patient.as_ref() == Some(patient) {
            return Ok(Some(Arc::clone(actor)));
        }
        let proxies = match self.proxies.get(&actor.user).filter(|(_, read_at)| is_fresh(*read_at, now)) {
            Some((proxies, _)) => proxies,
            None => {
                let proxies = Arc::new(proxy::of_holder(&self.store, &actor.user, now).await?);
                self.proxies.insert(actor.user.clone(), (Arc::clone(&proxies), now));
                proxies
            }
        };
        let found = proxies.iter().find(|held| held.proxy.patient == *patient && now < held.proxy.until);
        Ok(found.map(|held| Arc::new(held.actor(actor))))
    }

    /// The actor of an access token.
    pub async fn actor_of_token(
        &self,
        text: &str,
        now: Instant,
    ) -> Result<Result<Arc<Actor>, Rejection>, Fault> {
        // Our own JWTs have dots; what was issued to an application is a reference without.
        if !text.contains('.') {
            return self.actor_of_grant(text, now).await;
        }
        let hash = hash(text.as_bytes());
        let claims = match self.tokens.get(&hash) {
            Some(claims) if now < claims.expires() => claims,
            _ => match self.verified(text, now).await? {
                Ok(claims) => {
                    let claims = Arc::new(claims);
                    self.tokens.insert(hash, Arc::clone(&claims));
                    claims
                }
                Err(rejection) => return Ok(Err(rejection)),
            },
        };
        let Ok(id) = UserId::parse(claims.sub.clone()) else { return Ok(Err(token::refused())) };
        // `iat` counts whole seconds: a token of the second in which the account became valid is good.
        Ok(match self.actor(&id, now).await? {
            Some((actor, valid_from)) if claims.issued().unix_seconds() >= valid_from.unix_seconds() => {
                Ok(actor)
            }
            _ => Err(token::refused()),
        })
    }

    async fn verified(&self, text: &str, now: Instant) -> Result<Result<Claims, Rejection>, Fault> {
        match token::verify(&self.keys(), text, now) {
            Ok(claims) => Ok(Ok(claims)),
            Err(_) => {
                // The key may be newer than our list: another process of this installation may have made it.
                self.reload_keys().await?;
                Ok(token::verify(&self.keys(), text, now))
            }
        }
    }

    /// The actor of a browser session, with the session.
    pub async fn actor_of_session(
        &self,
        cookie: &str,
        now: Instant,
    ) -> Result<Result<(Arc<Actor>, StoredSession), Rejection>, Fault> {
        let ended = || {
            Rejection::new(RejectionKind::Unauthenticated, "session-ended", "The session has ended")
                .next("Sign in again")
        };
        let Some(found) = session::by_token(&self.store, cookie).await? else { return Ok(Err(ended())) };
        if !found.session.is_live(now) {
            return Ok(Err(ended()));
        }
        Ok(match self.actor(&found.session.user, now).await? {
            Some((actor, valid_from)) if found.session.created >= valid_from => Ok((actor, found)),
            _ => Err(ended()),
        })
    }

    /// Decides about one thing: what the account may, and of that what an application's token covers.
    pub async fn authorize(
        &self,
        context: &Context,
        action: &'static str,
        target: &Target,
    ) -> Result<Decision, Fault> {
        let decision = self.authorize_account(context, action, target).await?;
        let is_covered = context.actor.grant.as_ref().is_none_or(|grant| grant.permits(action, target));
        let is_acted = context.actor.acting.as_ref().is_none_or(|acting| acting.covers(action, target));
        Ok(match decision {
            Decision::Allowed { .. } if !is_covered => Decision::Refused(insufficient(target.kind)),
            Decision::Allowed { .. } if !is_acted => Decision::Refused(beyond_proxy(context, target)),
            decision => decision,
        })
    }

    async fn authorize_account(
        &self,
        context: &Context,
        action: &'static str,
        target: &Target,
    ) -> Result<Decision, Fault> {
        let own = is_own(context, target);
        let mut facts = Facts::of(context, action, target, own);
        facts.withheld = !own && self.is_withheld(context, target).await?;
        if self.decide(&facts, &context.actor)? {
            return Ok(Decision::Allowed { broken_glass: false });
        }
        if (target.label > Label::Normal || facts.withheld) && !target.patients.is_empty() {
            let circle = self.circle(context).await?;
            facts.relationship = target.patients.iter().all(|p| circle.related.contains(p));
            if facts.relationship && self.decide(&facts, &context.actor)? {
                return Ok(Decision::Allowed { broken_glass: false });
            }
            facts.relationship = false;
            facts.broken_glass = true;
            let is_open = |p: &PatientId| {
                circle.is_open(p, context.at) || !facts.withheld && circle.related.contains(p)
            };
            let would = self.decide(&facts, &context.actor)?;
            if would && target.patients.iter().all(is_open) {
                return Ok(Decision::Allowed { broken_glass: true });
            }
            if would {
                return Ok(Decision::Refused(if facts.withheld { withheld() } else { sealed() }));
            }
        }
        Ok(Decision::Refused(forbidden(context, target)))
    }

    /// Which rows of `kind` the context may see in a search, or the refusal when there are none.
    pub async fn visibility(
        &self,
        context: &Context,
        action: &'static str,
        target: &Target,
    ) -> Result<Result<Visibility, Rejection>, Fault> {
        let visible = self.visible_to_account(context, action, target).await?;
        Ok(match &context.actor.grant {
            Some(grant) => visible.and_then(|all| all.within(grant, action, target.kind)),
            None => visible,
        })
    }

    async fn visible_to_account(
        &self,
        context: &Context,
        action: &'static str,
        target: &Target,
    ) -> Result<Result<Visibility, Rejection>, Fault> {
        let ask_with = |label: Label, own: bool, relationship: bool, broken_glass: bool| {
            let mut facts = Facts::of(context, action, target, own);
            facts.label = label;
            facts.relationship = relationship;
            facts.of_patient = own || relationship || broken_glass || !target.patients.is_empty();
            facts.broken_glass = broken_glass;
            self.decide(&facts, &context.actor)
        };
        let ask = |label: Label, own: bool, relationship: bool| ask_with(label, own, relationship, false);
        let acting = context.actor.acting.as_ref();
        if acting.is_some_and(|acting| !acting.covers(action, target)) {
            return Ok(Err(beyond_proxy(context, target)));
        }
        if !ask(Label::Normal, false, false)? {
            if let (Some(patient), true) = (&context.actor.patient, ask(Label::Normal, true, false)?) {
                let hidden = hidden_labels(|label| Ok(acting.is_none() && ask(label, true, false)?))?;
                let mut held = Facts::of(context, action, target, true);
                (held.of_patient, held.held) = (true, true);
                let released_by = (!self.decide(&held, &context.actor)?).then_some(context.at);
                return Ok(Ok(Visibility {
                    only: Some(vec![patient.clone()]),
                    hidden,
                    released_by,
                    ..Visibility::default()
                }));
            }
            return Ok(Err(forbidden(context, target)));
        }
        let hidden = hidden_labels(|label| ask(label, false, false))?;
        let mut related = Vec::new();
        let mut opened = Vec::new();
        if !hidden.is_empty() {
            let circle = self.circle(context).await?;
            let by_relationship = hidden_labels(|label| ask(label, false, true))?.is_empty();
            if by_relationship {
                related.clone_from(&circle.related);
            }
            if hidden_labels(|label| ask_with(label, false, false, true))?.is_empty() {
                let open =
                    circle.broken_glass.iter().filter(|(_, until)| context.at < *until).map(|(p, _)| p);
                opened = open.filter(|p| !related.contains(p)).cloned().collect();
            }
            related.extend(opened.iter().cloned());
        }
        let facilities = self.facilities(context, action, target)?;
        let withheld = self.withheld_rows(context, action, target, &mut opened).await?;
        Ok(Ok(Visibility { hidden, related, opened, withheld, facilities, ..Visibility::default() }))
    }

    /// Whose rows of this kind are withheld from the context; those that it broke the glass for go to `opened`.
    async fn withheld_rows(
        &self,
        context: &Context,
        action: &'static str,
        target: &Target,
        opened: &mut Vec<PatientId>,
    ) -> Result<Vec<PatientId>, Fault> {
        let all = self.withheld(context).await?;
        let mut patients: Vec<PatientId> =
            all.iter().filter(|one| one.covers(target, context.at)).map(|one| one.patient.clone()).collect();
        if patients.is_empty() {
            return Ok(patients);
        }
        let mut facts = Facts::of(context, action, target, false);
        facts.of_patient = true;
        facts.withheld = true;
        if self.decide(&facts, &context.actor)? {
            return Ok(Vec::new());
        }
        facts.broken_glass = true;
        if self.decide(&facts, &context.actor)? {
            let circle = self.circle(context).await?;
            let (open, closed) = patients.into_iter().partition(|p| circle.is_open(p, context.at));
            let open: Vec<PatientId> = open;
            opened.extend(open.into_iter().filter(|p| !circle.related.contains(p)));
            patients = closed;
        }
        patients.sort_unstable();
        patients.dedup();
        Ok(patients)
    }

    /// The facilities at which the context may do this; `None` when one position holds everywhere.
    fn facilities(
        &self,
        context: &Context,
        action: &'static str,
        target: &Target,
    ) -> Result<Option<Vec<String>>, Fault> {
        let positions = &context.actor.positions;
        let mut allowed = Vec::new();
        for facility in positions.iter().map(|position| position.facility.as_ref()) {
            let Some(facility) = facility else { return Ok(None) };
            let mut facts = Facts::of(context, action, target, false);
            facts.facility = Some(facility.clone());
            if !allowed.contains(facility) && self.decide(&facts, &context.actor)? {
                allowed.push(facility.clone());
            }
        }
        Ok(Some(allowed))
    }

    async fn is_withheld(&self, context: &Context, target: &Target) -> Result<bool, Fault> {
        if target.patients.is_empty() {
            return Ok(false);
        }
        let all = self.withheld(context).await?;
        Ok(all.iter().any(|one| target.patients.contains(&one.patient) && one.covers(target, context.at)))
    }

    /// What patients withhold from the context: believed as long as an account is.
    async fn withheld(&self, context: &Context) -> Result<Arc<Vec<Withheld>>, Fault> {
        let key = (context.actor.user.clone(), context.purpose);
        if let Some((all, _)) = self.withheld.get(&key).filter(|(_, read_at)| is_fresh(*read_at, context.at))
        {
            return Ok(all);
        }
        let all = consent::against(&self.store, &context.actor, context.purpose, context.at).await?;
        let all = Arc::new(all);
        self.withheld.insert(key, (Arc::clone(&all), context.at));
        Ok(all)
    }

    async fn circle(&self, context: &Context) -> Result<Arc<Circle>, Fault> {
        let user = &context.actor.user;
        if let Some(circle) = self.circles.get(user)
            && is_fresh(circle.read_at, context.at)
        {
            return Ok(circle);
        }
        let related = relationship::patients_of(&self.store, user, context.at).await?;
        let open = break_glass::open_of(&self.store, user, context.at).await?;
        let broken_glass = open.into_iter().map(|g| (g.grant.patient, g.grant.until)).collect();
        let circle = Arc::new(Circle { related, broken_glass, read_at: context.at });
        self.circles.insert(user.clone(), Arc::clone(&circle));
        Ok(circle)
    }

    fn decide(&self, facts: &Facts, actor: &Actor) -> Result<bool, Fault> {
        if let Some(known) = self.decisions.get(facts) {
            return Ok(known);
        }
        let allowed = facts.ask(&self.policies, actor)?;
        self.decisions.insert(facts.clone(), allowed);
        Ok(allowed)
    }
}

impl Circle {
    fn is_open(&self, patient: &PatientId, now: Instant) -> bool {
        self.broken_glass.iter().any(|(p, until)| p == patient && now < *until)
    }
}

fn hidden_labels(mut sees: impl FnMut(Label) -> Result<bool, Fault>) -> Result<Vec<Label>, Fault> {
    let mut hidden = Vec::new();
    for label in [Label::Restricted, Label::VeryRestricted] {
        if !sees(label)? {
            hidden.push(label);
        }
    }
    Ok(hidden)
}

/// Whether what was read then may still be believed.
fn is_fresh(read_at: Instant, now: Instant) -> bool {
    now >= read_at && now.since(read_at) <= USER_CACHE_MICROS_MAX
}

fn is_own(context: &Context, target: &Target) -> bool {
    match &context.actor.patient {
        Some(own) => !target.patients.is_empty() && target.patients.iter().all(|p| p == own),
        None => false,
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    out
}
