//! When a patient may see what is held back: an extension of the resource, indexed so that searches keep to it.

use crate::rows::RELEASE;
use crate::sight::in_compartment;
use crate::{Records, kind_of};
use galen_fhir::{Json, Resource, ResourceType, object, set_extensions};
use galen_kernel::{Fault, Instant, PatientId};
use galen_store::{Bound, Condition, Match, Order, Scan};

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
    let extension = release.map(|release| {
        object! { "url" => RELEASE_EXTENSION, "valueInstant" => release.to_string() }
    });
    set_extensions(resource.json_mut(), RELEASE_EXTENSION, extension.into_iter().collect());
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
        let conditions =
            vec![Condition::Any(vec![in_compartment(patient)]), Condition::Any(vec![held_after(now)])];
        let order = Order::Key { descending: false };
        let scan = Scan::new(kind_of(resource_type), conditions, order, HELD_COUNTED_MAX);
        // A resource whose id was made elsewhere lies wherever its id says, not with the patient.
        let mut held = Vec::new();
        for document in self.store().scan_everywhere(&scan).await? {
            if let Some(body) = document.body {
                let resource =
                    Resource::parse(&body).map_err(|issue| Fault::new("stored resource", issue.message))?;
                held.extend(release_of(&resource));
            }
        }
        Ok(held)
    }
}
