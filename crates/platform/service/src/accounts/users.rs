//! Adding, listing and changing accounts.

use crate::caller::Caller;
use crate::command::{Command, Facts, Saved};
use crate::execute::execute;
use crate::house::House;
use crate::http::{json, read_json};
use crate::observe::{Draft, looked, refused};
use crate::refusal::Refusal;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::actor::{ActorKind, Position};
use galen_access::user::{self, HOME, StoredUser, User};
use galen_access::{Category, Context, Decision, Target, password, session};
use galen_audit::Interaction;
use galen_kernel::{Fault, Instant, PatientId, Phi, PractitionerId, Rejection, RejectionKind, UserId};
use galen_records::Change;
use galen_store::Conflict;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Characters of a first password: 20 of 32 are 100 bits.
const FIRST_PASSWORD_BYTES: usize = 20;

/// What adds an account.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddUser {
    /// Sign-in name.
    pub name: String,
    /// Role: code, alias or name.
    pub role: String,
    /// Facility (Organization id); absent for all.
    #[serde(default)]
    pub facility: Option<String>,
    /// The patient it is, for the role patient.
    #[serde(default)]
    pub patient: Option<String>,
    /// The practitioner it is.
    #[serde(default)]
    pub practitioner: Option<String>,
    /// Filled by the server: the hash of the first password.
    #[serde(skip)]
    pub password_hash: String,
}

/// What changes an account.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeBody {
    /// `disable`, `enable` or `reset` (new first password, new authenticator).
    pub change: AccountChange,
}

/// A change of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AccountChange {
    /// It may not sign in; its sessions and tokens end.
    Disable,
    /// It may again.
    Enable,
    /// New first password, new authenticator; sessions and tokens end.
    Reset,
}

/// An account as administrators see it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    /// Its id.
    pub id: String,
    /// Sign-in name.
    pub name: String,
    /// Role codes.
    pub roles: Vec<String>,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// Whether an authenticator is enrolled.
    pub enrolled: bool,
    /// Since when.
    pub created: String,
}

/// An account that was added or changed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddedView {
    /// Its id.
    pub id: String,
    /// Sign-in name.
    pub name: String,
    /// The first password, shown once; it must be changed at the first sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_password: Option<String>,
}

/// `UserAdded`.
pub struct Added(StoredUser);

fn target() -> Target {
    Target::plain("User", Category::Security)
}

/// A password that a person can type: base32 in groups.
pub fn first_password(chance: [u8; 32]) -> String {
    let text = data_encoding::BASE32_NOPAD
        .encode(chance.get(..FIRST_PASSWORD_BYTES).unwrap_or_default())
        .to_lowercase();
    let groups: Vec<&str> =
        text.as_bytes().chunks(5).take(4).filter_map(|c| std::str::from_utf8(c).ok()).collect();
    groups.join("-")
}

impl Command for AddUser {
    type Loaded = (String, ActorKind);
    type Event = Added;
    type Answer = AddedView;
    const NAME: &'static str = "AddUser";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = ("User", Category::Security);

    async fn load(&self, house: &House, _: &Context) -> Result<Self::Loaded, Refusal> {
        let Some(role) = house.access.catalogue.find(&self.role) else {
            return Err(unknown_role(&house.access.catalogue.aliases()).into());
        };
        let kind = match role.alias.as_str() {
            "patient" => ActorKind::Patient,
            "integration" => ActorKind::Service,
            _ => ActorKind::Staff,
        };
        Ok((role.code().to_owned(), kind))
    }

    fn target(&self, _: &Self::Loaded) -> Target {
        target()
    }

    fn decide(&self, (role, kind): &Self::Loaded, facts: &Facts) -> Result<Vec<Added>, Rejection> {
        let name = user::parse_name(&self.name)?;
        let position = Position { role: role.clone(), facility: self.facility.clone(), added: Vec::new() };
        let mut user = User::new(name, *kind, position, self.password_hash.clone(), facts.now);
        user.patient = id_of(self.patient.as_ref(), "patient", PatientId::parse)?;
        user.practitioner = id_of(self.practitioner.as_ref(), "practitioner", PractitionerId::parse)?;
        if (*kind == ActorKind::Patient) != user.patient.is_some() {
            return Err(Rejection::new(
                RejectionKind::Unprocessable,
                "patient-required",
                "The role patient, and no other, belongs to a patient",
            )
            .at("patient"));
        }
        let id = data_encoding::HEXLOWER.encode(&facts.chance_for_id());
        let id = UserId::parse(id)
            .map_err(|e| Rejection::new(RejectionKind::Unprocessable, "id-invalid", e.to_string()))?;
        Ok(vec![Added(StoredUser { id, version: 1, user })])
    }

    fn save(
        &self,
        _: &House,
        _: Self::Loaded,
        events: Vec<Added>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AddedView>, Fault> {
        let Some(Added(user)) = events.into_iter().next() else {
            return Err(Fault::new("add user", "nothing decided"));
        };
        for operation in user.add()? {
            change.push(HOME, operation);
        }
        let entity = format!("User/{}", user.id);
        let view = AddedView { id: user.id.to_string(), name: user.user.name, first_password: None };
        Ok(Saved::new(view, vec![entity]))
    }

    fn clash(&self, conflict: &Conflict) -> Rejection {
        match conflict {
            Conflict::Claimed { scope, .. } if *scope == user::NAME_SCOPE => {
                Rejection::new(RejectionKind::Conflict, "user-name-taken", "An account of this name exists")
                    .at("name")
                    .next("Choose another name")
            }
            Conflict::Claimed { scope, .. } if *scope == user::PATIENT_SCOPE => account_exists(),
            other => crate::command::clash(other),
        }
    }
}

/// The refusal of a second account for one patient.
pub fn account_exists() -> Rejection {
    Rejection::new(RejectionKind::Conflict, "account-exists", "This patient has an account")
        .at("patient")
        .next("If it cannot be used any more, an administrator can reset it")
}

fn id_of<T, E>(
    text: Option<&String>,
    field: &str,
    parse: impl Fn(String) -> Result<T, E>,
) -> Result<Option<T>, Rejection> {
    match text {
        None => Ok(None),
        Some(text) => parse(text.clone()).map(Some).map_err(|_| {
            Rejection::new(
                RejectionKind::Unprocessable,
                "id-invalid",
                "An id has 1 to 64 letters, digits, '-' or '.'",
            )
            .at(field)
        }),
    }
}

fn unknown_role(known: &[&str]) -> Rejection {
    Rejection::new(RejectionKind::Unprocessable, "role-unknown", "There is no such role")
        .at("role")
        .next(format!("Use one of: {}", known.join(", ")))
}

/// Adds an account with a fresh first password, which is in the answer.
pub async fn add_user(house: &House, context: &Context, mut command: AddUser) -> Result<AddedView, Refusal> {
    let first = first_password(house.entropy.thirty_two());
    command.password_hash = password::hash(first.clone()).await?;
    let added = execute(house, context, &command, None).await?;
    Ok(AddedView { first_password: Some(first), ..added })
}

/// Changes an account.
#[derive(Debug, Clone)]
pub struct ChangeUser {
    /// Which account.
    pub id: String,
    /// How.
    pub change: AccountChange,
    /// The hash of the next first password, for a reset.
    pub password_hash: Option<String>,
}

impl Command for ChangeUser {
    type Loaded = (StoredUser, Vec<session::StoredSession>);
    type Event = User;
    type Answer = AddedView;
    const NAME: &'static str = "ChangeUser";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = ("User", Category::Security);

    async fn load(&self, house: &House, _: &Context) -> Result<Self::Loaded, Refusal> {
        let Some(found) = user::by_id(&house.store, &self.id).await? else {
            return Err(
                Rejection::new(RejectionKind::NotFound, "not-found", "There is no such account").into()
            );
        };
        let sessions = session::of_user(&house.store, &found.id).await?;
        Ok((found, sessions))
    }

    fn target(&self, _: &Self::Loaded) -> Target {
        target()
    }

    fn decide(&self, (found, _): &Self::Loaded, facts: &Facts) -> Result<Vec<User>, Rejection> {
        if self.change == AccountChange::Disable && facts.actor == found.id {
            return Err(Rejection::new(
                RejectionKind::Conflict,
                "own-account",
                "Nobody disables the own account",
            )
            .next("Ask another administrator"));
        }
        Ok(vec![changed(&found.user, self.change, self.password_hash.as_ref(), facts.now)])
    }

    fn save(
        &self,
        house: &House,
        (found, sessions): Self::Loaded,
        events: Vec<User>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<AddedView>, Fault> {
        let Some(user) = events.into_iter().next() else {
            return Err(Fault::new("change user", "nothing decided"));
        };
        let stored = StoredUser { user, ..found };
        change.push(HOME, stored.change()?);
        if self.change != AccountChange::Enable {
            for session in &sessions {
                change.push(HOME, session.end());
            }
        }
        house.access.forget(&stored.id);
        let entity = format!("User/{}", stored.id);
        let view = AddedView { id: stored.id.to_string(), name: stored.user.name, first_password: None };
        Ok(Saved::new(view, vec![entity]))
    }
}

fn changed(user: &User, change: AccountChange, password_hash: Option<&String>, now: Instant) -> User {
    let mut user = user.clone();
    match change {
        AccountChange::Enable => user.disabled = false,
        AccountChange::Disable => user.disabled = true,
        AccountChange::Reset => {
            if let Some(hash) = password_hash {
                user.password_hash = Phi::new(hash.clone());
            }
            user.password_expired = true;
            user.totp_secret = None;
            user.totp_confirmed = false;
            user.totp_last_step = None;
        }
    }
    if change != AccountChange::Enable {
        user.valid_from = now;
    }
    user
}

/// Changes an account; a reset's new first password is in the answer.
pub async fn change_user(
    house: &House,
    context: &Context,
    id: String,
    change: AccountChange,
) -> Result<AddedView, Refusal> {
    let mut first = None;
    let mut command = ChangeUser { id, change, password_hash: None };
    if change == AccountChange::Reset {
        let text = first_password(house.entropy.thirty_two());
        command.password_hash = Some(password::hash(text.clone()).await?);
        first = Some(text);
    }
    let view = execute(house, context, &command, None).await?;
    if let Ok(id) = UserId::parse(view.id.clone()) {
        house.access.forget(&id);
    }
    Ok(AddedView { first_password: first, ..view })
}

/// `POST /api/users`.
pub async fn add(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    let command: AddUser =
        crate::caller::parsed(&house, &context, AddUser::NAME, Interaction::Create, read_json(&body)).await?;
    Ok(json(StatusCode::CREATED, &add_user(&house, &context, command).await?))
}

/// `PATCH /api/users/{id}`.
pub async fn change(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: ChangeBody =
        crate::caller::parsed(&house, &context, ChangeUser::NAME, Interaction::Update, read_json(&body))
            .await?;
    Ok(json(StatusCode::OK, &change_user(&house, &context, id, body.change).await?))
}

/// `GET /api/users`.
pub async fn list(State(house): State<Arc<House>>, Caller(context): Caller) -> Result<Response, Refusal> {
    let draft = Draft::new("ListUsers", Interaction::Read);
    if let Decision::Refused(rejection) = house.access.authorize(&context, "ListUsers", &target()).await? {
        return Err(refused(&house, Some(&context), draft, rejection.into()).await);
    }
    let views: Vec<UserView> = user::list(&house.store).await?.into_iter().map(view).collect();
    looked(&house, &context, draft).await?;
    Ok(json(StatusCode::OK, &views))
}

/// An account as administrators see it.
pub fn view(stored: StoredUser) -> UserView {
    UserView {
        id: stored.id.to_string(),
        name: stored.user.name,
        roles: stored.user.positions.into_iter().map(|p| p.role).collect(),
        disabled: stored.user.disabled,
        enrolled: stored.user.totp_confirmed,
        created: stored.user.created.to_string(),
    }
}
