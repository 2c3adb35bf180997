//! When a patient may see what is held back: an extension of the resource, indexed so that searches keep to it.

use crate::encode::patient_subject;
use crate::rows::{ANY_CODE, RELEASE};
use crate::{Records, kind_of};
use galen_fhir::{Json, Resource, ResourceType, object};
use galen_kernel::{Fault, Instant, PatientId};
use galen_store::{Bound, Condition, Match, Order, Scan, ShardId};

/// The extension that says when the patient may see the resource (`valueInstant`).
pub const RELEASE_EXTENSION: &str = "https://galen.health/fhir/StructureDefinition/result-release";
/// Things held back from one patient that are counted, of each type.
const HELD_COUNTED_MAX: u32 = 100;

/// When the patient may see the resource; `None` for one that nobody holds back.
pub fn release_of(resource: &Resource) -> Option<Instant> {
    let is_it = |one: &&Json| one.str("url") == Some(RELEASE_EXTENSION);
    Instant::parse(resource.json().list("extension").find(is_it)?.str("valueInstant")?)
}

/// Says when the patient may see it, or that nobody holds it back.
pub fn set_release(resource: &mut Resource, release: Option<Instant>) {
    let of_others = |one: &&Json| one.str("url") != Some(RELEASE_EXTENSION);
    let mut all: Vec<Json> = resource.json().list("extension").filter(of_others).cloned().collect();
    all.extend(release.map(|release| {
        object! { "url" => RELEASE_EXTENSION, "valueInstant" => release.to_string() }
    }));
    let Some(object) = resource.json_mut().as_object_mut() else { return };
    if all.is_empty() {
        object.remove("extension");
    } else {
        object.insert("extension", Json::Array(all));
    }
}

/// What a scan for what is held back at `now` asks.
pub(crate) fn held_after(now: Instant) -> Match {
    Match::Span {
        param: RELEASE,
        low: (Bound::Excluded(now.micros()), Bound::Open),
        high: (Bound::Open, Bound::Open),
    }
}

impl Records {
    /// Of a patient's resources of this type, when those will be released that are held back at `now`: 100 of each shard at most.
    pub async fn held(
        &self,
        resource_type: ResourceType,
        patient: &PatientId,
        now: Instant,
    ) -> Result<Vec<Instant>, Fault> {
        let subject = patient_subject(patient.as_str());
        let own = Match::Link { subject, code: ANY_CODE, at: (Bound::Open, Bound::Open) };
        let conditions = vec![Condition::Any(vec![own]), Condition::Any(vec![held_after(now)])];
        let order = Order::Key { descending: false };
        let scan = Scan::new(kind_of(resource_type), conditions, order, HELD_COUNTED_MAX);
        // A resource whose id was made elsewhere lies wherever its id says, not with the patient.
        let store = self.store();
        let scans: Vec<_> = (0..store.shards()).map(|shard| (ShardId(shard), scan.clone())).collect();
        let pages = store.scan_together(&scans, false).await?.pages;
        let mut held = Vec::new();
        for document in pages.into_iter().flat_map(|page| page.documents) {
            if let Some(body) = document.body {
                let resource =
                    Resource::parse(&body).map_err(|issue| Fault::new("stored resource", issue.message))?;
                held.extend(release_of(&resource));
            }
        }
        Ok(held)
    }
}
