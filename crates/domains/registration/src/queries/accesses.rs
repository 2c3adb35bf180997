//! Who saw a patient's record: entries of the audit, and the people behind their accounts.

use super::{ask, page_token};
use crate::fhir::demographics;
use crate::rest::{ActedForPage, ActedForView, ProxyView};
use galen_access::actor::ActorKind;
use galen_access::proxy::StoredProxy;
use galen_access::{Visibility, user};
use galen_fhir::{Resource, spoken_name};
use galen_kernel::{Fault, Instant, PatientId, PractitionerId};
use galen_records::Sight;
use galen_service::{House, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Entries on a page.
const ACCESSES_PER_PAGE: u32 = 50;

/// Which part of the list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListAccesses {
    /// Where the page before ended.
    pub page: Option<String>,
}

/// One entry of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accessed {
    /// Id of the AuditEvent.
    pub id: String,
    /// When.
    pub at: String,
    /// Whose record.
    pub patient: PatientId,
    /// The account; empty for nobody.
    pub user: String,
    /// The class of what was done.
    pub interaction: String,
    /// What was done.
    pub operation: String,
    /// Types of what was touched.
    pub types: Vec<String>,
    /// Why.
    pub purpose: String,
    /// Whether a seal was broken for it.
    pub broken_glass: bool,
    /// Whether it was refused or failed.
    pub refused: bool,
}

/// A page of entries.
#[derive(Debug, Clone, Default)]
pub struct Accesses {
    /// The latest first.
    pub accesses: Vec<Accessed>,
    /// Token of the next page.
    pub next: Option<String>,
}

/// Whoever is behind an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What kind of account.
    pub kind: ActorKind,
    /// Their name, as practitioners have it.
    pub name: Option<String>,
    /// What they are here, by the roles' aliases.
    pub roles: Vec<String>,
    /// The patient that the account is.
    pub patient: Option<PatientId>,
    /// The practitioner that the account is.
    pub practitioner: Option<PractitionerId>,
}

/// The entries about a patient, the latest first.
pub async fn accesses(
    house: &House,
    patient: &PatientId,
    wanted: &ListAccesses,
    now: Instant,
) -> Result<Accesses, Refusal> {
    let audit = galen_records::resource_type("AuditEvent")?;
    let pairs = [("patient".to_owned(), patient.to_string()), ("_sort".to_owned(), "-date".to_owned())];
    let query = ask(house, audit, &pairs, ACCESSES_PER_PAGE)?;
    let from = page_token(house, wanted.page.as_deref())?;
    let sight = Sight::nothing().with(audit, Visibility::everything());
    let found = house.records.search(&query, &sight, from, now).await??;
    let mut accesses = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        accesses.extend(row.stored.resource()?.map(|event| accessed(&event, patient)));
    }
    let next = found.next.map(|token| token.seal(&house.store)).transpose()?;
    Ok(Accesses { accesses, next })
}

/// What an AuditEvent says.
fn accessed(event: &Resource, patient: &PatientId) -> Accessed {
    let json = event.json();
    let text = |path: &[&str]| json.str_at(path).unwrap_or_default().to_owned();
    let agent = json.list("agent").next();
    let first_code = |name: &str| {
        let code = json.list(name).next().and_then(|concept| concept.list("coding").next()?.str("code"));
        code.unwrap_or_default().to_owned()
    };
    let touched: BTreeSet<&str> = json
        .list("entity")
        .filter_map(|entity| entity.str_at(&["what", "reference"])?.split_once('/'))
        .map(|(kind, _)| kind)
        .filter(|kind| *kind != "Patient")
        .collect();
    let interaction = match json.str("action") {
        Some("C") => "create",
        Some("R") => "read",
        Some("U") => "update",
        Some("D") => "delete",
        _ => "execute",
    };
    Accessed {
        id: event.id().unwrap_or_default().to_owned(),
        at: text(&["recorded"]),
        patient: patient.clone(),
        user: agent.and_then(|agent| agent.str("altId")).unwrap_or_default().to_owned(),
        interaction: interaction.to_owned(),
        operation: json.list("subtype").next().and_then(|c| c.str("code")).unwrap_or_default().to_owned(),
        types: touched.into_iter().map(str::to_owned).collect(),
        purpose: first_code("purposeOfEvent"),
        broken_glass: json.str_at(&["type", "code"]) == Some("110113"),
        refused: json.str("outcome").is_some_and(|outcome| outcome != "0"),
    }
}

/// Who is behind these accounts; of one that is gone, or was never one, nothing is known.
pub async fn people<'u>(
    house: &House,
    users: impl Iterator<Item = &'u str>,
) -> Result<BTreeMap<String, Person>, Fault> {
    let ids: BTreeSet<&str> = users.filter(|id| !id.is_empty()).collect();
    let accounts = user::many(&house.store, ids.into_iter()).await?;
    let known = accounts.iter().filter_map(|account| account.user.practitioner.as_ref());
    let names = practitioners(house, known).await?;
    let person = |account: &user::StoredUser| {
        let user = &account.user;
        let roles = user.positions.iter();
        Person {
            kind: user.kind,
            name: user.practitioner.as_ref().and_then(|id| names.get(id.as_str()).cloned().flatten()),
            roles: roles.filter_map(|p| Some(house.access.catalogue.find(&p.role)?.alias.clone())).collect(),
            patient: user.patient.clone(),
            practitioner: user.practitioner.clone(),
        }
    };
    Ok(accounts.iter().map(|account| (account.id.to_string(), person(account))).collect())
}

/// The practitioners with these ids who are known here, each with a name if there is one.
pub async fn practitioners<'p>(
    house: &House,
    ids: impl Iterator<Item = &'p PractitionerId>,
) -> Result<BTreeMap<String, Option<String>>, Fault> {
    let practitioner = galen_records::resource_type("Practitioner")?;
    let ids: BTreeSet<&str> = ids.map(PractitionerId::as_str).collect();
    let wanted: Vec<_> = ids.into_iter().map(|id| (practitioner, id.to_owned())).collect();
    let mut names = BTreeMap::new();
    for stored in house.records.get_many(&wanted).await? {
        if let Some(resource) = stored.resource()? {
            names.insert(resource.id().unwrap_or_default().to_owned(), spoken_name(resource.json()));
        }
    }
    Ok(names)
}

/// The people for whom somebody acts, by name.
pub async fn acted_for(house: &House, held: Vec<StoredProxy>) -> Result<ActedForPage, Refusal> {
    let patient = crate::fhir::patient_type()?;
    let wanted: Vec<_> = held.iter().map(|held| (patient, held.proxy.patient.to_string())).collect();
    let mut known = BTreeMap::new();
    for stored in house.records.get_many(&wanted).await? {
        if let Some(resource) = stored.resource()? {
            known.insert(resource.id().unwrap_or_default().to_owned(), demographics(&resource));
        }
    }
    let people = held
        .iter()
        .filter_map(|held| {
            let who = known.get(held.proxy.patient.as_str())?;
            Some(ActedForView {
                proxy: ProxyView::new(held),
                family: who.shown.family.as_ref().map(|name| name.reveal().clone()),
                given: who.shown.given.iter().map(|name| name.reveal().clone()).collect(),
                birth_date: who.birth_date.as_ref().map(|date| date.reveal().clone()),
            })
        })
        .collect();
    Ok(ActedForPage { people })
}
