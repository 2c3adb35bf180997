//! Things read by their ids: many in one read of the store, each decided about by itself.

use super::{Evidence, missing};
use crate::house::House;
use crate::observe::Draft;
use crate::refusal::Refusal;
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_fhir::Resource;
use galen_kernel::{Rejection, RejectionKind};
use galen_records::{SealedPatients, Stored, resource_type};
use serde_json::Value;
use std::collections::HashMap;

/// How things of a type are read by their ids: what REST asks of policy for one, asked for each of many.
#[derive(Clone, Copy)]
pub struct Load {
    /// JSON Schema of what is shown.
    pub view: fn() -> Value,
    /// The action.
    pub action: &'static str,
    /// The resource type that it is stored as.
    pub kind: &'static str,
    /// What it is to policy before one is in hand.
    pub category: Category,
    /// What it is to policy.
    pub target: fn(&Resource, &SealedPatients) -> Target,
    /// What is shown of a version of it; nothing where there is nothing to see for whoever asks.
    pub show: fn(&Resource, u64, &Context) -> Result<Option<Value>, Refusal>,
}

/// What came of each id.
pub type Loaded = HashMap<String, Result<Value, Refusal>>;

/// Reads these things, each once; of each is noted that it was shown or refused.
///
/// # Errors
/// None of them can be read.
pub async fn load(
    house: &House,
    context: &Context,
    load: &Load,
    ids: &[String],
    evidence: &Evidence,
) -> Result<Loaded, Refusal> {
    let about = |ids: &[String]| Draft {
        entities: ids.iter().map(|id| format!("{}/{id}", load.kind)).collect(),
        ..Draft::new(load.action, Interaction::Read)
    };
    match found(house, context, load, ids).await {
        Ok((stored, sealed)) => {
            let mut loaded = Loaded::with_capacity(ids.len());
            for id in ids {
                let mut draft = about(std::slice::from_ref(id));
                let one = one(house, context, load, stored.get(id), &sealed, &mut draft).await;
                match &one {
                    Ok(_) => evidence.shown(draft),
                    Err(refusal) => evidence.refused(draft, refusal),
                }
                loaded.insert(id.clone(), one);
            }
            Ok(loaded)
        }
        Err(refusal) => {
            evidence.refused(about(ids), &refusal);
            Err(refusal)
        }
    }
}

type Found = (HashMap<String, Stored>, std::sync::Arc<SealedPatients>);

async fn found(house: &House, context: &Context, load: &Load, ids: &[String]) -> Result<Found, Refusal> {
    // Whoever may never see one learns nothing of what is there.
    let anybody = Target::plain(load.kind, load.category);
    house.access.visibility(context, load.action, &anybody).await??;
    let kind = resource_type(load.kind)?;
    let wanted: Vec<_> = ids.iter().map(|id| (kind, id.clone())).collect();
    let stored = house.records.get_many(&wanted).await?;
    let sealed = house.records.sealed(context.at).await?;
    Ok((stored.into_iter().map(|one| (one.document.id.clone(), one)).collect(), sealed))
}

async fn one(
    house: &House,
    context: &Context,
    load: &Load,
    stored: Option<&Stored>,
    sealed: &SealedPatients,
    draft: &mut Draft,
) -> Result<Value, Refusal> {
    let stored = stored.ok_or_else(|| missing(load.kind))?;
    let resource = stored.resource()?.ok_or_else(|| {
        Rejection::new(RejectionKind::Gone, "gone", format!("This {} was deleted", load.kind))
    })?;
    let target = (load.target)(&resource, sealed);
    draft.patients = target.patients.iter().map(|patient| patient.as_str().to_owned()).collect();
    draft.allow(house, context, load.action, &target).await?;
    let shown = (load.show)(&resource, stored.document.version, context)?;
    shown.ok_or_else(|| missing(load.kind).into())
}
