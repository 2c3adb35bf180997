//! The shell: authorize, load, decide, save, commit, with audit, idempotency and events, for every command.

use crate::command::{Command, Facts};
use crate::house::House;
use crate::idempotency::{self, Key, Replay};
use crate::observe::{Draft, commit, refused};
use crate::refusal::Refusal;
use galen_access::{Context, Target};
use galen_kernel::Rejection;
use galen_records::Change;
use galen_store::Conflict;

/// Runs a command. With an idempotency key, the same request again gets the same answer and no second effect.
pub async fn execute<C: Command>(
    house: &House,
    context: &Context,
    command: &C,
    key: Option<&Key>,
) -> Result<C::Answer, Refusal> {
    let mut draft = Draft::new(C::NAME, C::INTERACTION);
    match attempt_until_done(house, context, command, key, &mut draft).await {
        Ok(answer) => Ok(answer),
        Err(refusal) => Err(refused(house, Some(context), draft, refusal).await),
    }
}

/// The same for an edge that audits by a draft of its own: a refusal is the caller's to record.
pub async fn perform<C: Command>(
    house: &House,
    context: &Context,
    command: &C,
    draft: &mut Draft,
) -> Result<C::Answer, Refusal> {
    C::NAME.clone_into(&mut draft.operation);
    draft.interaction = C::INTERACTION;
    attempt_until_done(house, context, command, None, draft).await
}

/// What one attempt came to.
enum Attempt<A> {
    Done(A),
    Again(Rejection),
}

async fn attempt_until_done<C: Command>(
    house: &House,
    context: &Context,
    command: &C,
    key: Option<&Key>,
    draft: &mut Draft,
) -> Result<C::Answer, Refusal> {
    let (kind, category) = C::ABOUT;
    // Whether the caller may ever do this; with the thing in hand the question is asked again, in full.
    house.access.visibility(context, C::NAME, &Target::plain(kind, category)).await??;
    let mut clash = None;
    for _ in 0..C::ATTEMPTS {
        if let Some(key) = key
            && let Replay::Answer(answer) = idempotency::replay::<C>(house, context, key).await?
        {
            return Ok(answer);
        }
        match attempt(house, context, command, key, draft).await? {
            Attempt::Done(answer) => return Ok(answer),
            Attempt::Again(rejection) => clash = Some(rejection),
        }
    }
    Err(clash.map_or_else(
        || Refusal::from(galen_kernel::Fault::new("execute", "no attempt was made")),
        Refusal::from,
    ))
}

async fn attempt<C: Command>(
    house: &House,
    context: &Context,
    command: &C,
    key: Option<&Key>,
    draft: &mut Draft,
) -> Result<Attempt<C::Answer>, Refusal> {
    let loaded = command.load(house, context).await?;
    let target = command.target(&loaded);
    draft.patients = target.patients.iter().map(|p| p.as_str().to_owned()).collect();
    draft.allow(house, context, C::NAME, &target).await?;
    let facts =
        Facts { now: context.at, chance: house.entropy.thirty_two(), actor: context.actor.user.clone() };
    let events = command.decide(&loaded, &facts)?;
    let mut change = Change::new();
    let saved = command.save(house, loaded, events, &facts, &mut change)?;
    draft.entities = saved.entities;
    draft.patients.extend(saved.patients);
    if let Some(key) = key {
        idempotency::remember::<C>(context, key, &saved.answer, &mut change)?;
    }
    match commit(house, context, draft.clone(), change).await? {
        Ok(()) => Ok(Attempt::Done(saved.answer)),
        // A claim that clashes is decided again, too: the number drawn by chance may be free next time, and an
        // idempotency key that was taken in the meantime is answered from memory.
        Err(conflict @ (Conflict::Version { .. } | Conflict::Claimed { .. })) => {
            Ok(Attempt::Again(command.clash(&conflict)))
        }
        Err(conflict) => Err(command.clash(&conflict).into()),
    }
}
