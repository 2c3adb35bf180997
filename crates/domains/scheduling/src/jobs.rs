//! The work behind scheduling: holds that lapsed become cancelled. Their times are free the moment they lapse; this only
//! makes their records say so.

use crate::decide;
use crate::fhir::{self, Taken};
use crate::queries;
use crate::rest::announce;
use crate::store;
use galen_audit::Interaction;
use galen_kernel::Fault;
use galen_records::Change;
use galen_service::observe::{Draft, commit};
use galen_service::reaction::system_context;
use galen_service::{House, Refusal};
use galen_store::{Conflict, Expected};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often lapsed holds are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How often those who wait for days that are over are looked for, in looks.
const OVER_EVERY: u32 = 120;

/// Works until `stop` says so. Several processes may: of two that end one hold, one writes it.
pub async fn run(house: Arc<House>, mut stop: watch::Receiver<bool>) {
    let mut looks: u32 = 0;
    while !*stop.borrow() {
        if let Err(fault) = end_lapsed(&house).await {
            tracing::warn!(context = fault.context(), "lapsed holds wait after a fault");
        }
        if looks.is_multiple_of(OVER_EVERY)
            && let Err(fault) = end_waiting(&house).await
        {
            tracing::warn!(context = fault.context(), "the waiting list waits after a fault");
        }
        looks = looks.wrapping_add(1);
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Ends all holds that have lapsed by now; how many.
pub async fn end_lapsed(house: &House) -> Result<usize, Fault> {
    let (mut page, mut ended) = (None, 0);
    loop {
        let (ids, next) = queries::pending(house, page.as_deref()).await.map_err(fault)?;
        for id in ids {
            ended += usize::from(end(house, &id).await?);
        }
        page = next;
        if page.is_none() {
            return Ok(ended);
        }
    }
}

fn fault(refusal: Refusal) -> Fault {
    match refusal {
        Refusal::Faulted(fault) => fault,
        Refusal::Rejected(rejection) => Fault::new("lapsed holds", rejection.message),
    }
}

/// Takes those off the waiting list who wait for days that are over; how many.
pub async fn end_waiting(house: &House) -> Result<usize, Fault> {
    let mut ended = 0;
    for id in queries::over(house, house.clock.now()).await.map_err(fault)? {
        ended += usize::from(end(house, &id).await?);
    }
    Ok(ended)
}

async fn end(house: &House, id: &str) -> Result<bool, Fault> {
    let now = house.clock.now();
    let stored = match store::load(house, id).await {
        Ok(stored) => stored,
        Err(Refusal::Faulted(fault)) => return Err(fault),
        // Deleted in the meantime.
        Err(Refusal::Rejected(_)) => return Ok(false),
    };
    let Some(event) = decide::expire(&stored.visit, now).or_else(|| decide::end_waiting(&stored.visit, now))
    else {
        return Ok(false);
    };
    let actors: BTreeSet<_> = stored.visit.actors().collect();
    let spans: Vec<_> = stored.visit.span.into_iter().collect();
    let diaries = store::diaries(house, &actors, &spans).await?;
    let mut resource = stored.resource;
    fhir::apply(&mut resource, &event, &Taken::default());
    let after = fhir::visit(&resource);
    let mut change = Change::new();
    diaries.rewrite(&[&after], &BTreeMap::new(), now, &mut change)?;
    store::claims(house, &stored.visit, &after, now, &mut change);
    change.put(&house.records, &mut resource, Expected::Version(stored.version), now);
    let mut draft = Draft::new("ExpireAppointment", Interaction::Update);
    draft.entities = vec![format!("Appointment/{id}")];
    if let Some(patient) = &stored.visit.patient {
        draft.patients = vec![patient.to_string()];
        announce(&stored.visit, &event, patient, stored.version + 1, false, &mut change);
    }
    match commit(house, &system_context(house, &format!("expire-{id}"))?, draft, change).await? {
        Ok(()) => Ok(true),
        // Somebody else writes it or the same day; what is still lapsed is found again.
        Err(Conflict::Version { .. } | Conflict::Erased { .. }) => Ok(false),
        Err(conflict) => Err(Fault::new("lapsed hold", format!("{conflict:?}"))),
    }
}
