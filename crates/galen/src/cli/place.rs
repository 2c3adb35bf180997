//! Opening the place where the data lies, the same way for every command.

use super::{Failure, PlaceArguments};
use crate::config::{self, File};
use galen_access::actor::{Actor, ActorKind, EffectivePosition};
use galen_access::roles::RoleCatalogue;
use galen_access::system::{SystemClock, SystemEntropy};
use galen_access::{Context, PurposeOfUse};
use galen_kernel::{Clock, Entropy, RequestId, UserId};
use galen_service::{House, Service, Settings, build};
use galen_store::{Engine, KeySource, Store, StoreConfig};
use std::path::PathBuf;
use std::sync::Arc;

/// The zone of an installation that names none.
const ZONE_DEFAULT: &str = "main";
/// Shards of a new PostgreSQL zone.
const SHARDS_DEFAULT: u8 = 4;
/// Environment variable that holds the root key.
const KEY_VARIABLE: &str = "GALEN_KEY";
/// Environment variable that holds a command printing the root key.
const KEY_COMMAND_VARIABLE: &str = "GALEN_KEY_COMMAND";

/// The configuration file of a place.
pub fn file(place: &PlaceArguments) -> Result<File, Failure> {
    match &place.config {
        Some(path) => Ok(config::read(path, true)?),
        None => Ok(config::read(&place.data.join("galen.toml"), false)?),
    }
}

/// Where checkpoints go.
pub fn checkpoint_folder(place: &PlaceArguments, file: &File) -> PathBuf {
    file.checkpoint_dir.clone().unwrap_or_else(|| place.data.join("checkpoints"))
}

/// How the store of a place is opened.
pub fn store_config(place: &PlaceArguments, file: &File) -> StoreConfig {
    let url = place.database_url.clone().or_else(|| file.database_url.clone());
    let engine = match url {
        Some(url) => Engine::Postgres { url, shards: file.shards.unwrap_or(SHARDS_DEFAULT) },
        None => Engine::Sqlite { directory: place.data.clone() },
    };
    StoreConfig {
        engine,
        zone: file.zone.clone().unwrap_or_else(|| ZONE_DEFAULT.to_owned()),
        key: key(place, file),
    }
}

fn key(place: &PlaceArguments, file: &File) -> KeySource {
    if std::env::var_os(KEY_VARIABLE).is_some() {
        return KeySource::Environment(KEY_VARIABLE.to_owned());
    }
    let command = std::env::var(KEY_COMMAND_VARIABLE).ok().or_else(|| file.key_command.clone());
    match command {
        Some(command) => KeySource::Command(command),
        None => KeySource::File(file.key_file.clone().unwrap_or_else(|| place.data.join("galen.key"))),
    }
}

/// Opens the store and builds a house around it.
pub async fn house(
    place: &PlaceArguments,
    file: &File,
    origin: String,
    run: Vec<&'static Service>,
) -> Result<Arc<House>, Failure> {
    std::fs::create_dir_all(&place.data).map_err(|e| format!("{}: {e}", place.data.display()))?;
    let store = Store::open(store_config(place, file)).await?;
    let catalogue = match &file.roles {
        None => RoleCatalogue::shipped()?,
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
            RoleCatalogue::parse(&text).map_err(|e| format!("{}: {e}", path.display()))?
        }
    };
    let plan = build::Plan {
        store,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        limits: file.limits.figures(),
        origin,
        outbound: file.outbound.rules(),
        settings: Settings::default()
            .with(file.messaging.set_up()?)
            .with(file.results.policy()?)
            .with(file.graphql.settings()),
        strictness: file.validation.strictness(),
        catalogue,
        all: crate::services::all(),
        run,
    };
    Ok(build::house(plan).await?)
}

/// A house for a command that does one thing and ends.
pub async fn house_for_command(place: &PlaceArguments) -> Result<Arc<House>, Failure> {
    let file = file(place)?;
    house(place, &file, "http://127.0.0.1:8080".to_owned(), crate::services::all()).await
}

/// The standing of whoever sits at the terminal: they hold the key of the data, so they administer it. The audit
/// names them.
pub fn terminal_context(house: &House) -> Result<Context, Failure> {
    terminal_context_with(house, &[])
}

/// The same, with activities that the administrator's role has not.
pub fn terminal_context_with(house: &House, added: &[String]) -> Result<Context, Failure> {
    let fault = |e: galen_kernel::InvalidId| Failure::from(e.to_string());
    let role = "G-ADMINISTRATOR";
    let position = EffectivePosition {
        role: role.to_owned(),
        facility: None,
        activities: house.access.catalogue.effective(role, added),
    };
    let name = std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
    let actor = Actor {
        user: UserId::parse("galen-cli").map_err(fault)?,
        name: format!("terminal:{name}"),
        kind: ActorKind::Service,
        positions: vec![position],
        patient: None,
        practitioner: None,
        version: 0,
        grant: None,
        acting: None,
    };
    let request = data_encoding::HEXLOWER.encode(&SystemEntropy.sixteen());
    Ok(Context {
        actor: Arc::new(actor),
        purpose: PurposeOfUse::Hsysadmin,
        at: SystemClock.now(),
        request: RequestId::parse(request).map_err(fault)?,
        client: "terminal".to_owned(),
        session: None,
        multi_factor: false,
    })
}
