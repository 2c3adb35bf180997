//! What is said to those who may not.

use crate::actor::{ActorKind, Context};
use crate::target::{Label, Target};
use galen_kernel::{Rejection, RejectionKind};

/// A patient learns nothing of records that are not the own: they do not exist for them.
pub(crate) fn forbidden(context: &Context, target: &Target) -> Rejection {
    if context.actor.kind == ActorKind::Patient && !target.patients.is_empty() {
        return Rejection::new(
            RejectionKind::NotFound,
            "not-found",
            format!("There is no such {}", target.kind),
        );
    }
    Rejection::new(
        RejectionKind::Forbidden,
        "not-permitted",
        format!("Your role does not permit this ({})", target.kind),
    )
    .next("Ask an administrator if your position should include it")
}

/// Whoever acts for a patient knows that there is one: what the proxy does not cover is said plainly, but for what is
/// sealed, which is not there for them.
pub(crate) fn beyond_proxy(context: &Context, target: &Target) -> Rejection {
    if target.label > Label::Normal {
        return forbidden(context, target);
    }
    Rejection::new(
        RejectionKind::Forbidden,
        "beyond-proxy",
        format!("You act for this person, but not in this ({})", target.kind),
    )
    .next("The person, or the clinic, can let you do more for them")
}

pub(crate) fn sealed() -> Rejection {
    Rejection::new(
        RejectionKind::Forbidden,
        "record-sealed",
        "This record is sealed and you have no care relationship",
    )
    .next("If care cannot wait, open it by break-glass: POST /api/access/break-glass with patient and reason")
}

pub(crate) fn withheld() -> Rejection {
    Rejection::new(RejectionKind::Forbidden, "consent-withheld", "The patient does not consent to this").next(
        "If care cannot wait, open it by break-glass: POST /api/access/break-glass with patient and reason",
    )
}
