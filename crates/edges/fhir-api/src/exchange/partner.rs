//! Partners: the servers that records are exchanged with, as they are kept.

use super::naming::hash;
use super::progress::Progress;
use super::token::Proof;
use super::{HOME, permitted, trouble};
use crate::failure::Failure;
use galen_access::Context;
use galen_access::smart::ClientKey;
use galen_audit::Interaction;
use galen_fhir::valid_id;
use galen_kernel::{Fault, Rejection, RejectionKind};
use galen_outbound::Destination;
use galen_records::Change;
use galen_service::command::clash;
use galen_service::observe::{Draft, commit, looked};
use galen_service::{House, Refusal};
use galen_store::{Condition, Document, Expected, IndexRows, Kind, Operation, Order, Put, Scan};
use serde::{Deserialize, Serialize};

/// The kind of a partner.
pub(crate) const PARTNER: Kind = Kind(1202);
/// Longest name.
const NAME_CHARACTERS_MAX: usize = 32;
/// Most partners.
const PARTNERS_MAX: u32 = 200;
/// What is asked for when nobody says.
const SCOPES_DEFAULT: &str = "system/*.cruds";

/// A partner, as kept under its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Partner {
    pub(super) name: String,
    /// Its FHIR base, without a slash at the end.
    pub(super) base: String,
    /// How we prove who we are; nothing for an open server.
    pub(super) proof: Option<Proof>,
    /// The key we sign with. It is made at once, so that its public half can be registered before a client id is known.
    pub(super) key: ClientKey,
    /// How far pulling has come.
    #[serde(default)]
    pub(super) progress: Progress,
}

/// A partner with its version.
#[derive(Debug, Clone)]
pub(super) struct StoredPartner {
    pub(super) version: u64,
    pub(super) partner: Partner,
}

/// What a partner is to be.
#[derive(Debug, Clone, Default)]
pub struct AddPartner {
    /// Its name here.
    pub name: String,
    /// Its FHIR base.
    pub base: String,
    /// Our client id there; without one it is asked as an open server.
    pub client_id: Option<String>,
    /// Its token endpoint, where it does not tell.
    pub token_endpoint: Option<String>,
    /// What we ask for.
    pub scopes: Option<String>,
}

/// A partner, as told.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartnerView {
    /// Its name here.
    pub name: String,
    /// Its FHIR base.
    pub base: String,
    /// Our client id there.
    pub client_id: Option<String>,
    /// What we ask for.
    pub scopes: Option<String>,
    /// The id of our key.
    pub key: String,
    /// How many searches were pulled to their end.
    pub searches: usize,
}

impl StoredPartner {
    pub(super) async fn read(house: &House, name: &str) -> Result<Option<Self>, Fault> {
        match house.store.get(HOME, PARTNER, name).await? {
            Some(document) => Self::of(&document),
            None => Ok(None),
        }
    }

    /// A partner that must be there.
    pub(super) async fn named(house: &House, name: &str) -> Result<Self, Failure> {
        Self::read(house, name).await?.ok_or_else(|| {
            Rejection::new(
                RejectionKind::NotFound,
                "no-such-partner",
                format!("There is no partner '{name}'"),
            )
            .next("galen exchange list tells them")
            .into()
        })
    }

    fn of(document: &Document) -> Result<Option<Self>, Fault> {
        let Some(body) = &document.body else { return Ok(None) };
        let partner = serde_json::from_slice(body).map_err(|e| Fault::new("exchange partner", e))?;
        Ok(Some(Self { version: document.version, partner }))
    }
}

impl Partner {
    /// The operation that writes it.
    pub(super) fn put(&self, expected: Expected) -> Result<Operation, Fault> {
        let body = serde_json::to_vec(self).map_err(|e| Fault::new("exchange partner", e))?;
        let (id, owner, index) = (self.name.clone(), String::new(), IndexRows::default());
        Ok(Operation::Put(Put { kind: PARTNER, id, expected, owner, body, index }))
    }

    fn view(self) -> PartnerView {
        let (client_id, scopes) = self.proof.map(|proof| (proof.client_id, proof.scopes)).unzip();
        let searches = self.progress.searches();
        PartnerView { name: self.name, base: self.base, client_id, scopes, key: self.key.id, searches }
    }
}

/// Adds a partner, or changes one: its key stays, and so does its progress while its base is the same.
pub async fn add_partner(
    house: &House,
    context: &Context,
    asked: AddPartner,
) -> Result<PartnerView, Refusal> {
    let mut draft = about("AddExchangePartner", &asked.name);
    match added(house, context, asked, &mut draft).await {
        Ok(view) => Ok(view),
        Err(failure) => Err(failure.recorded(house, context, draft).await.refusal),
    }
}

async fn added(
    house: &House,
    context: &Context,
    asked: AddPartner,
    draft: &mut Draft,
) -> Result<PartnerView, Failure> {
    both_ways(house, context, draft).await?;
    let base = checked(house, &asked)?;
    let known = StoredPartner::read(house, &asked.name).await?;
    // A document that was removed leaves its version behind.
    let before = house.store.get(HOME, PARTNER, &asked.name).await?;
    let expected = before.map_or(Expected::Absent, |document| Expected::Version(document.version));
    let (key, progress) = match known.map(|known| known.partner) {
        Some(known) if known.base == base => (known.key, known.progress),
        Some(known) => (known.key, Progress::default()),
        None => (ClientKey::generate()?, Progress::default()),
    };
    let proof = asked.client_id.map(|client_id| Proof {
        client_id,
        token_endpoint: asked.token_endpoint,
        scopes: asked.scopes.unwrap_or_else(|| SCOPES_DEFAULT.to_owned()),
    });
    let partner = Partner { name: asked.name, base, proof, key, progress };
    let mut change = Change::new();
    change.push(HOME, partner.put(expected)?);
    commit(house, context, draft.clone(), change).await?.map_err(|conflict| clash(&conflict))?;
    Ok(partner.view())
}

/// The base of what is asked for, without a slash at its end; all of it can be called.
fn checked(house: &House, asked: &AddPartner) -> Result<String, Failure> {
    let is_name = valid_id(&asked.name)
        && asked.name.len() <= NAME_CHARACTERS_MAX
        && asked.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !is_name {
        let message = format!("A name has 1 to {NAME_CHARACTERS_MAX} small letters, digits or '-'");
        return Err(Rejection::new(RejectionKind::Malformed, "name-invalid", message).at("name").into());
    }
    let base = asked.base.trim_end_matches('/').to_owned();
    let parsed = Destination::parse(&base, house.outbound.rules()).map_err(trouble::uncallable)?;
    // As it is written is how links and sources are compared with it.
    if parsed.uri().query().is_some() || parsed.uri().path().contains("//") || base == house.fhir_base() {
        let message = "A base is an address without a query, and not our own";
        return Err(Rejection::new(RejectionKind::Malformed, "base-invalid", message).at("url").into());
    }
    if let Some(endpoint) = &asked.token_endpoint {
        Destination::parse(endpoint, house.outbound.rules()).map_err(trouble::uncallable)?;
    }
    Ok(base)
}

/// Removes a partner and its key. What came from it stays, and what it has of us is remembered by its base.
pub async fn remove_partner(house: &House, context: &Context, name: &str) -> Result<(), Refusal> {
    let mut draft = about("RemoveExchangePartner", name);
    let removed = async {
        both_ways(house, context, &mut draft).await?;
        let stored = StoredPartner::named(house, name).await?;
        let mut change = Change::new();
        let operation = Operation::Delete { kind: PARTNER, id: name.to_owned(), expected: stored.version };
        change.push(HOME, operation);
        commit(house, context, draft.clone(), change)
            .await?
            .map_err(|conflict| Failure::from(clash(&conflict)))
    };
    let removed = removed.await;
    match removed {
        Ok(()) => Ok(()),
        Err(failure) => Err(failure.recorded(house, context, draft).await.refusal),
    }
}

/// The partners, by name.
pub async fn partners(house: &House, context: &Context) -> Result<Vec<PartnerView>, Refusal> {
    let mut draft = Draft::new("ListExchangePartners", Interaction::Read);
    if let Err(failure) = both_ways(house, context, &mut draft).await {
        return Err(failure.recorded(house, context, draft).await.refusal);
    }
    let scan = Scan::new(PARTNER, Vec::<Condition>::new(), Order::Key { descending: false }, PARTNERS_MAX);
    let mut found = Vec::new();
    for document in house.store.scan(HOME, &scan).await.map_err(Fault::from)?.documents {
        found.extend(StoredPartner::of(&document)?.map(|stored| stored.partner.view()));
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    looked(house, context, draft).await?;
    Ok(found)
}

/// The public key set by which a partner knows us.
pub async fn key_set_of(house: &House, context: &Context, name: &str) -> Result<serde_json::Value, Refusal> {
    let mut draft = about("ReadExchangeKeys", name);
    draft.interaction = Interaction::Read;
    let read = async {
        both_ways(house, context, &mut draft).await?;
        Ok(StoredPartner::named(house, name).await?.partner.key.key_set()?)
    };
    let read: Result<_, Failure> = read.await;
    match read {
        Ok(keys) => {
            looked(house, context, draft).await?;
            Ok(keys)
        }
        Err(failure) => Err(failure.recorded(house, context, draft).await.refusal),
    }
}

/// Who says with whom is exchanged may exchange both ways.
async fn both_ways(house: &House, context: &Context, draft: &mut Draft) -> Result<(), Failure> {
    permitted(house, context, "FhirImport", draft).await?;
    permitted(house, context, "FhirExport", draft).await
}

/// The audit entry of something done with a partner. Its name comes from outside: one that is none is not written down.
pub(super) fn about(operation: &str, name: &str) -> Draft {
    let mut draft = Draft::new(operation, Interaction::Execute);
    let shown = if valid_id(name) { name.to_owned() } else { hash(&[name], 8) };
    draft.entities = vec![format!("ExchangePartner/{shown}")];
    draft
}
