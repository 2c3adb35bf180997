//! The demo's accounts: known to everybody, and therefore only ever served on loopback. The service that names them
//! runs in `galen demo` alone.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use galen_access::actor::{ActorKind, Position};
use galen_access::totp::{OneTimeCode, SECRET_BYTES, STEP_SECONDS};
use galen_access::user::{self, HOME, StoredUser, User};
use galen_hospital::chance::Chance;
use galen_hospital::people::Person;
use galen_hospital::staff::{self, Colleague};
use galen_kernel::{Fault, Instant, MICROS_PER_SECOND, PatientId, Phi, PractitionerId, UserId};
use galen_service::http::json;
use galen_service::openapi::schema;
use galen_service::{Access, House, Media, Method, Refusal, Route, Service};
use galen_store::{Operation, StoreError};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// The password of every demo account.
pub const PASSWORD: &str = "aldermoor-demo-hospital";
/// Account of the sample patient: id, role by its alias, and by its code.
const PATIENT_USER: &str = "demo-user-patient";
const PATIENT_ROLE: &str = "patient";
const PATIENT_CODE: &str = "G-PATIENT";
/// Scope of the claims that say what an installation is.
const SCOPE: &str = "installation";
/// Claimed before the first resource is loaded; its holder is the seed.
const BEGUN: &str = "demo-begun";
/// Claimed when everything is loaded.
const DONE: &str = "demo-done";

/// The service.
pub static SERVICE: Service = Service {
    name: "demo",
    about: "The demo hospital's sample sign-ins",
    needs: &["accounts"],
    kinds: &[],
    owns: &[],
    policy: None,
    routes,
    subgraph: None,
    guards: &[],
    reactions: &[],
    work: None,
};

fn routes() -> Vec<Route> {
    vec![Route {
        method: Method::Get,
        path: "/api/demo/sign-ins",
        access: Access::Public("the demo's accounts are public; it runs on loopback only"),
        summary: "One sample sign-in for each role, with the code that is good now",
        media: Media::Json,
        query: None,
        request: None,
        answer: Some(schema::<SignInPage>),
        handler: || get(sign_ins),
    }]
}

/// The sample sign-ins.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInPage {
    /// The hospital.
    pub hospital: &'static str,
    /// One account for each role.
    pub accounts: Vec<SignInView>,
}

/// A sample sign-in.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInView {
    /// Sign-in name.
    pub name: String,
    /// Password.
    pub password: &'static str,
    /// One-time code that is good now.
    pub code: String,
    /// Role, by its alias.
    pub role: &'static str,
    /// Who it is.
    pub person: String,
    /// What one can do as them.
    pub about: &'static str,
}

async fn sign_ins(State(house): State<Arc<House>>) -> Result<Response, Refusal> {
    let now = house.clock.now();
    Ok(json(StatusCode::OK, &page(&house, now).await?).into_response())
}

/// The sample sign-ins of this moment.
pub async fn page(house: &House, now: Instant) -> Result<SignInPage, Fault> {
    let mut accounts: Vec<SignInView> = Vec::new();
    let mut found: Vec<Sample> = Vec::new();
    for colleague in staff::staff(seed(house, now).await?.unwrap_or(galen_hospital::SEED_DEFAULT)) {
        if found.iter().all(|sample| sample.role != colleague.role) {
            found.push(Sample {
                name: colleague.sign_in,
                role: colleague.role,
                person: colleague.spoken,
                about: colleague.about,
            });
        }
    }
    found.extend(sample_patient(house).await?);
    for sample in found {
        let last = user::by_name(&house.store, &sample.name, now).await?.and_then(|u| u.user.totp_last_step);
        accounts.push(SignInView {
            code: OneTimeCode::new(&secret(&sample.name))?.now(fresh(now, last)),
            name: sample.name,
            password: PASSWORD,
            role: sample.role,
            person: sample.person,
            about: sample.about,
        });
    }
    Ok(SignInPage { hospital: galen_hospital::places::TRUST_NAME, accounts })
}

/// A sign-in before it has a code.
struct Sample {
    name: String,
    role: &'static str,
    person: String,
    about: &'static str,
}

/// The patient who has an account: who that is follows from the day on which the hospital was made, so it is looked up.
async fn sample_patient(house: &House) -> Result<Option<Sample>, Fault> {
    let Some(stored) = user::by_id(&house.store, PATIENT_USER).await? else { return Ok(None) };
    let Some(patient) = &stored.user.patient else { return Ok(None) };
    let resource = house.records.resource("Patient", patient.as_str()).await?;
    let name = resource.as_ref().and_then(|resource| resource.json().list("name").next());
    let given = name.and_then(|name| name.str_at(&["given", "0"]));
    let family = name.and_then(|name| name.str("family"));
    Ok(Some(Sample {
        name: stored.user.name.clone(),
        role: PATIENT_ROLE,
        person: [given, family].into_iter().flatten().collect::<Vec<_>>().join(" "),
        about: "Patient: the own record and appointments",
    }))
}

/// A code is good once. Who signs in twice within one step gets the next step's, which the clock's tolerance admits.
fn fresh(now: Instant, last: Option<u64>) -> Instant {
    let step = u64::try_from(now.unix_seconds()).unwrap_or(0) / STEP_SECONDS;
    if last.is_some_and(|last| last >= step) {
        let step = i64::try_from(STEP_SECONDS).unwrap_or(0);
        return Instant::from_micros(now.micros() + step * MICROS_PER_SECOND);
    }
    now
}

/// The secret of somebody's one-time codes: made of the sign-in name, so that it needs no keeping.
fn secret(sign_in: &str) -> Vec<u8> {
    let stream = sign_in.bytes().fold(1_u64, |sum, byte| sum.wrapping_mul(257).wrapping_add(byte.into()));
    let mut chance = Chance::new(stream, 1);
    (0..SECRET_BYTES).map(|_| u8::try_from(chance.below(256)).unwrap_or(0)).collect()
}

/// The operations that give a colleague an account.
pub fn account(colleague: &Colleague, id: UserId, hash: &str, now: Instant) -> Result<Vec<Operation>, Fault> {
    let mut user = ready(&colleague.sign_in, ActorKind::Staff, colleague.code, hash, now);
    user.practitioner =
        Some(PractitionerId::parse(colleague.id.as_str()).map_err(|e| Fault::new("practitioner id", e))?);
    StoredUser { id, version: 0, user }.add()
}

/// The operations that give the sample patient an account.
pub fn patient_account(patient: &Person, hash: &str, now: Instant) -> Result<Vec<Operation>, Fault> {
    let id = UserId::parse(PATIENT_USER).map_err(|e| Fault::new("demo user id", e))?;
    let mut user = ready(&patient.sign_in(), ActorKind::Patient, PATIENT_CODE, hash, now);
    user.patient = Some(PatientId::parse(patient.id.as_str()).map_err(|e| Fault::new("patient id", e))?);
    StoredUser { id, version: 0, user }.add()
}

/// An account that can be used at once: nobody has to change its password or to set up its codes.
fn ready(name: &str, kind: ActorKind, role: &str, hash: &str, now: Instant) -> User {
    let position = Position { role: role.to_owned(), facility: None, added: Vec::new() };
    let mut user = User::new(name.to_owned(), kind, position, hash.to_owned(), now);
    user.password_expired = false;
    user.totp_secret = Some(Phi::new(data_encoding::HEXLOWER.encode(&secret(name))));
    user.totp_confirmed = true;
    user
}

/// How far an installation is a demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is none.
    None,
    /// Its loading was interrupted.
    Begun,
    /// It is one.
    Done,
}

/// How far this installation is a demo.
pub async fn stage(house: &House, now: Instant) -> Result<Stage, StoreError> {
    if house.store.claim(HOME, SCOPE, DONE, now).await?.is_some() {
        return Ok(Stage::Done);
    }
    let has_begun = house.store.claim(HOME, SCOPE, BEGUN, now).await?.is_some();
    Ok(if has_begun { Stage::Begun } else { Stage::None })
}

async fn seed(house: &House, now: Instant) -> Result<Option<u64>, StoreError> {
    let claim = house.store.claim(HOME, SCOPE, BEGUN, now).await?;
    Ok(claim.and_then(|claim| claim.holder.try_into().ok()).map(u64::from_be_bytes))
}

/// Marks the beginning, and remembers the seed.
pub fn begin(seed: u64) -> Operation {
    Operation::Claim {
        scope: SCOPE,
        value: BEGUN.to_owned(),
        holder: seed.to_be_bytes().to_vec(),
        until: None,
    }
}

/// Marks the end.
pub fn finish() -> Operation {
    Operation::Claim { scope: SCOPE, value: DONE.to_owned(), holder: Vec::new(), until: None }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_was_used_is_followed_by_the_next() {
        let now = Instant::from_micros(1_790_000_000 * MICROS_PER_SECOND);
        let step = 1_790_000_000 / STEP_SECONDS;
        assert_eq!(fresh(now, None), now);
        assert_eq!(fresh(now, Some(step - 1)), now);
        assert_eq!(fresh(now, Some(step)).micros() - now.micros(), 30 * MICROS_PER_SECOND);
        let colleague = &staff::staff(1)[0];
        let secrets = [secret(&colleague.sign_in), secret(&staff::staff(1)[1].sign_in)];
        assert_eq!(secrets[0].len(), SECRET_BYTES);
        assert_ne!(secrets[0], secrets[1]);
    }
}
