//! Registering, listing and changing client applications.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::actor::ActorKind;
use galen_access::smart::client::{self, Authentication, Client, StoredClient};
use galen_access::smart::{Scopes, secret};
use galen_access::user::{self, HOME};
use galen_access::{Category, Context, Target};
use galen_audit::Interaction;
use galen_kernel::{Fault, Rejection, RejectionKind, UserId};
use galen_records::Change;
use galen_service::caller::parsed;
use galen_service::command::{Command, Facts, Saved};
use galen_service::execute::execute;
use galen_service::http::{json, read_json};
use galen_service::observe::{Draft, looked, refused};
use galen_service::{Caller, House, Refusal};
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// What registers a client.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddClient {
    /// What people know it by.
    pub name: String,
    /// Where answers may be sent, character by character.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Where an EHR launch begins.
    #[serde(default)]
    pub launch_url: Option<String>,
    /// What it may ask for at most, as SMART scopes.
    pub scopes: String,
    /// Whether it keeps a secret; made here, shown once.
    #[serde(default)]
    pub secret: bool,
    /// The public keys by which it signs assertions.
    #[serde(default)]
    pub jwks: Option<Value>,
    /// Where they are published, instead.
    #[serde(default)]
    pub jwks_uri: Option<String>,
    /// For `system/` scopes: the sign-in name of the account whose rights they are within.
    #[serde(default)]
    pub user: Option<String>,
    /// Filled by the server: the hash of its secret.
    #[serde(skip)]
    pub secret_hash: Option<String>,
}

/// A client that was registered or changed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddedClient {
    /// Its `client_id`.
    pub client_id: String,
    /// Its name.
    pub name: String,
    /// Its secret, shown once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

/// A client as administrators see it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientView {
    /// Its `client_id`.
    pub client_id: String,
    /// Its name.
    pub name: String,
    /// `public`, `secret`, `jwks` or `jwksUri`.
    pub authentication: &'static str,
    /// Where answers may be sent.
    pub redirect_uris: Vec<String>,
    /// Where an EHR launch begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_url: Option<String>,
    /// What it may ask for.
    pub scopes: String,
    /// The account whose rights its `system/` scopes are within.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether it gets nothing any more.
    pub disabled: bool,
    /// Since when.
    pub created: String,
}

/// What changes a client.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeClientBody {
    /// `disable` or `enable`.
    pub change: ClientChange,
}

/// A change of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ClientChange {
    /// It gets nothing any more, and what it has ends.
    Disable,
    /// It may ask again; what it had stays ended.
    Enable,
}

fn target() -> Target {
    Target::plain("Client", Category::Security)
}

/// `ClientAdded`.
pub struct Added(StoredClient);

impl AddClient {
    fn authentication(&self) -> Result<Authentication, Rejection> {
        let given = [self.secret, self.jwks.is_some(), self.jwks_uri.is_some()];
        if given.iter().filter(|given| **given).count() > 1 {
            let message =
                "A client proves who it is in one way: by a secret, by keys, or by keys at an address";
            return Err(Rejection::new(RejectionKind::Unprocessable, "proof-ambiguous", message).at("jwks"));
        }
        Ok(match (&self.secret_hash, &self.jwks, &self.jwks_uri) {
            (Some(hash), ..) => Authentication::Secret { hash: hash.clone() },
            (_, Some(jwks), _) => Authentication::Keys { jwks: jwks.to_string() },
            (.., Some(url)) => Authentication::KeysAt { url: url.clone() },
            _ => Authentication::Nothing,
        })
    }
}

impl Command for AddClient {
    type Loaded = Option<UserId>;
    type Event = Added;
    type Answer = AddedClient;
    const NAME: &'static str = "AddClient";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = ("Client", Category::Security);

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let Some(name) = &self.user else { return Ok(None) };
        let found = user::by_name(&house.store, &user::parse_name(name)?, context.at).await?;
        let found = found.filter(|found| found.user.kind == ActorKind::Service && !found.user.disabled);
        let found = found.ok_or_else(|| {
            let message = "There is no enabled account of a program of this name";
            Rejection::new(RejectionKind::Unprocessable, "account-unknown", message)
                .at("user")
                .next("Add one with the role integration")
        })?;
        Ok(Some(found.id))
    }

    fn target(&self, _: &Self::Loaded) -> Target {
        target()
    }

    fn decide(&self, account: &Self::Loaded, facts: &Facts) -> Result<Vec<Added>, Rejection> {
        let many =
            |_| Rejection::new(RejectionKind::Unprocessable, "scopes-invalid", "There are too many scopes");
        let scopes = Scopes::parse(&self.scopes).map_err(many)?;
        let strange = self.scopes.split_ascii_whitespace().find(|word| {
            Scopes::parse(word)
                .map_or(true, |one| one.is_empty() || one.resources().any(|one| !crate::scopes::fits(one)))
        });
        if let Some(word) = strange {
            let message = format!("'{word}' is no scope that this server knows or can enforce");
            return Err(Rejection::new(RejectionKind::Unprocessable, "scopes-invalid", message)
                .at("scopes")
                .next("Give scopes as 'launch/patient patient/Observation.rs openid fhirUser'"));
        }
        let client = Client {
            name: self.name.trim().to_owned(),
            authentication: self.authentication()?,
            redirect_uris: self.redirect_uris.clone(),
            launch_url: self.launch_url.clone(),
            scopes,
            account: account.clone(),
            disabled: false,
            valid_from: facts.now,
            created: facts.now,
        };
        client.check()?;
        let id = data_encoding::HEXLOWER.encode(&facts.chance_for_id());
        Ok(vec![Added(StoredClient { id, version: 0, client })])
    }

    fn save(
        &self,
        _: &House,
        _: Self::Loaded,
        events: Vec<Added>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AddedClient>, Fault> {
        let Some(Added(stored)) = events.into_iter().next() else {
            return Err(Fault::new("add client", "nothing decided"));
        };
        change.push(HOME, stored.add()?);
        let entity = format!("Client/{}", stored.id);
        let view = AddedClient { client_id: stored.id, name: stored.client.name, client_secret: None };
        Ok(Saved::new(view, vec![entity]))
    }
}

/// Registers a client; its secret, where it has one, is in the answer.
pub async fn add_client(
    house: &House,
    context: &Context,
    mut command: AddClient,
) -> Result<AddedClient, Refusal> {
    let fresh = command.secret.then(|| secret::text_of(&house.entropy.thirty_two()));
    command.secret_hash = fresh.as_deref().map(secret::hash_of);
    let added = execute(house, context, &command, None).await?;
    Ok(AddedClient { client_secret: fresh, ..added })
}

/// Changes a client.
#[derive(Debug, Clone)]
struct ChangeClient {
    id: String,
    change: ClientChange,
}

impl Command for ChangeClient {
    type Loaded = StoredClient;
    type Event = Client;
    type Answer = AddedClient;
    const NAME: &'static str = "ChangeClient";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("Client", Category::Security);

    async fn load(&self, house: &House, _: &Context) -> Result<Self::Loaded, Refusal> {
        let found = client::by_id(&house.store, &self.id).await?;
        let missing = || Rejection::new(RejectionKind::NotFound, "not-found", "There is no such client");
        Ok(found.ok_or_else(missing)?)
    }

    fn target(&self, _: &Self::Loaded) -> Target {
        target()
    }

    fn decide(&self, found: &Self::Loaded, facts: &Facts) -> Result<Vec<Client>, Rejection> {
        let mut client = found.client.clone();
        client.disabled = self.change == ClientChange::Disable;
        if client.disabled {
            client.valid_from = facts.now;
        }
        Ok(vec![client])
    }

    fn save(
        &self,
        _: &House,
        found: Self::Loaded,
        events: Vec<Client>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AddedClient>, Fault> {
        let Some(client) = events.into_iter().next() else {
            return Err(Fault::new("change client", "nothing decided"));
        };
        let stored = StoredClient { client, ..found };
        change.push(HOME, stored.change()?);
        let entity = format!("Client/{}", stored.id);
        let view = AddedClient { client_id: stored.id, name: stored.client.name, client_secret: None };
        Ok(Saved::new(view, vec![entity]))
    }
}

/// Disables or enables a client; its tokens stop at once.
pub async fn change_client(
    house: &House,
    context: &Context,
    id: String,
    change: ClientChange,
) -> Result<AddedClient, Refusal> {
    let changed = execute(house, context, &ChangeClient { id, change }, None).await?;
    house.access.forget_grants();
    Ok(changed)
}

/// `POST /api/clients`.
pub(crate) async fn add(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    let command: AddClient =
        parsed(&house, &context, AddClient::NAME, Interaction::Create, read_json(&body)).await?;
    Ok(json(StatusCode::CREATED, &add_client(&house, &context, command).await?))
}

/// `PATCH /api/clients/{id}`.
pub(crate) async fn change(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: ChangeClientBody =
        parsed(&house, &context, ChangeClient::NAME, Interaction::Update, read_json(&body)).await?;
    Ok(json(StatusCode::OK, &change_client(&house, &context, id, body.change).await?))
}

/// `GET /api/clients`.
pub(crate) async fn list(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
) -> Result<Response, Refusal> {
    let mut draft = Draft::new("ListClients", Interaction::Read);
    if let Err(refusal) = draft.allow(&house, &context, "ListClients", &target()).await {
        return Err(refused(&house, Some(&context), draft, refusal).await);
    }
    let views: Vec<ClientView> = client::list(&house.store).await?.into_iter().map(view).collect();
    looked(&house, &context, draft).await?;
    Ok(json(StatusCode::OK, &views))
}

/// A client as administrators see it.
pub fn view(stored: StoredClient) -> ClientView {
    let StoredClient { id, client, .. } = stored;
    ClientView {
        client_id: id,
        name: client.name,
        authentication: match client.authentication {
            Authentication::Nothing => "public",
            Authentication::Secret { .. } => "secret",
            Authentication::Keys { .. } => "jwks",
            Authentication::KeysAt { .. } => "jwksUri",
        },
        redirect_uris: client.redirect_uris,
        launch_url: client.launch_url,
        scopes: client.scopes.to_string(),
        user: client.account.map(|account| account.as_str().to_owned()),
        disabled: client.disabled,
        created: client.created.to_string(),
    }
}
