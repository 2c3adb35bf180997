//! Opening a zone's schemas, and making them.

use super::{
    ExtentStatements, Postgres, QUEUE_GROUPS_MAX, Shard, Shared,
    connect::{Address, Connection, Purpose},
    pool::Pool,
    schema::{FORMAT, STEPS, TABLES},
    schema_name,
    writer::{Duty, Request, Writer},
};
use crate::{
    KeySource, ShardId, StoreError,
    root::{self, RootKey},
    vault::{PURPOSE_KEY, PURPOSE_OWNER, SHARD_KEY, Vault},
};
use std::sync::{Arc, atomic::AtomicBool};
use tokio::sync::mpsc;

/// Oldest server that is known to do.
const SERVER_VERSION_MIN: i32 = 150_000;
/// Names the lock under which processes that start together make the schemas one after the other.
const OPEN_LOCK: i64 = 0x6761_6c65_6e01;

impl Postgres {
    /// Opens the zone's shards, or makes them, and starts their writers.
    pub(crate) async fn open(
        url: &str,
        shards: u8,
        zone: &str,
        source: &KeySource,
    ) -> Result<Self, StoreError> {
        if shards == 0 {
            return Err(StoreError::Invalid("a zone has at least one shard"));
        }
        let address = Address::parse(url)?;
        let connection = address.connect("", Purpose::Write).await?;
        check_server(&connection).await?;
        connection.run(&format!("SELECT pg_advisory_lock({OPEN_LOCK})")).await?;
        let vault = match prepare_zone(&connection, zone, shards, source).await {
            Err(StoreError::WrongKey) => {
                let KeySource::File(path) = source else { return Err(StoreError::WrongKey) };
                let next = root::next_path(path);
                if !next.exists() {
                    return Err(StoreError::WrongKey);
                }
                // A rotation stopped after its transaction and before it replaced the key file.
                let vault = prepare_zone(&connection, zone, shards, &KeySource::File(next.clone())).await?;
                std::fs::rename(&next, path)
                    .map_err(|e| StoreError::Other(format!("{}: {e}", path.display())))?;
                root::sync_directory(path)?;
                vault
            }
            outcome => outcome?,
        };
        connection.run(&format!("SELECT pg_advisory_unlock({OPEN_LOCK})")).await?;
        let shared = Arc::new(Shared {
            zone: zone.to_owned(),
            key: source.clone(),
            address: address.clone(),
            vault: Arc::new(vault),
            closed: AtomicBool::new(false),
        });
        let extents = ExtentStatements::of(&shared.zone, shards);
        let (spanning, notes) = (writer(&shared, Duty::Spanning), writer(&shared, Duty::Notes));
        let shards = (0..shards).map(|n| start(&shared, ShardId(n))).collect();
        let whole = Pool::new(shared.address.clone(), String::new());
        Ok(Self { shared, shards, whole, spanning, notes, extents })
    }
}

fn start(shared: &Arc<Shared>, shard: ShardId) -> Shard {
    let pool = Pool::new(shared.address.clone(), schema_name(&shared.zone, shard));
    Shard { pool, queue: writer(shared, Duty::Shard(shard)) }
}

/// The queue of a new writer.
fn writer(shared: &Arc<Shared>, duty: Duty) -> mpsc::Sender<Request> {
    let (queue, requests) = mpsc::channel(QUEUE_GROUPS_MAX);
    tokio::spawn(Writer::new(Arc::clone(shared), duty).run(requests));
    queue
}

async fn check_server(connection: &Connection) -> Result<(), StoreError> {
    let rows = connection.query("SELECT current_setting('server_version_num')::int", &[]).await?;
    let version: i32 = rows.first().map_or(0, |row| row.get(0));
    if version < SERVER_VERSION_MIN {
        return Err(StoreError::Other("PostgreSQL 15 or newer is needed".into()));
    }
    Ok(())
}

async fn prepare_zone(
    connection: &Connection,
    zone: &str,
    shards: u8,
    source: &KeySource,
) -> Result<Vault, StoreError> {
    let first = schema_name(zone, ShardId(0));
    let rows = connection
        .query(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = $1 AND table_name = 'meta'",
            &[&first],
        )
        .await?;
    let new = rows.first().is_none_or(|row| row.get::<_, i64>(0) == 0);
    let root = RootKey::load(source, new)?;
    let vault = Vault::new(zone, root, shards)?;
    if new {
        connection.run("BEGIN").await?;
        let made = make_zone(connection, &vault, zone, shards).await;
        connection.run(if made.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
        made?;
    }
    check_zone(connection, &vault, zone, shards).await?;
    for shard in (0..shards).map(ShardId) {
        load_keys(connection, &vault, zone, shard).await?;
    }
    Ok(vault)
}

/// Makes all schemas in one transaction: a zone is there whole or not at all.
async fn make_zone(connection: &Connection, vault: &Vault, zone: &str, shards: u8) -> Result<(), StoreError> {
    let check = vault.key_check(&vault.root())?;
    for shard in (0..shards).map(ShardId) {
        let schema = schema_name(zone, shard);
        connection
            .run(&format!("CREATE SCHEMA {schema}; SET LOCAL search_path = {schema}; {TABLES}"))
            .await?;
        let meta: [(&str, Vec<u8>); 6] = [
            ("format", FORMAT.to_be_bytes().to_vec()),
            ("zone", zone.as_bytes().to_vec()),
            ("shard", vec![shard.0]),
            ("shards", vec![shards]),
            ("check", check.clone()),
            ("generation", 0u64.to_be_bytes().to_vec()),
        ];
        for (name, value) in &meta {
            let sql = format!("INSERT INTO {schema}.meta (name, value) VALUES ($1, $2)");
            connection.execute(&sql, &[name, value]).await?;
        }
        for (id, owner) in [(SHARD_KEY, ""), (PURPOSE_KEY, PURPOSE_OWNER)] {
            let wrapped = vault.fresh_wrapped(shard, owner)?;
            let sql = format!("INSERT INTO {schema}.key (id, owner, wrapped, erased) VALUES ($1, $2, $3, 0)");
            connection.execute(&sql, &[&id, &owner, &wrapped]).await?;
        }
    }
    Ok(())
}

async fn check_zone(
    connection: &Connection,
    vault: &Vault,
    zone: &str,
    shards: u8,
) -> Result<(), StoreError> {
    let schema = schema_name(zone, ShardId(0));
    let rows = connection.query(&format!("SELECT name, value FROM {schema}.meta"), &[]).await?;
    let find = |name: &str| {
        rows.iter().find(|row| row.get::<_, &str>(0) == name).map(|row| row.get::<_, Vec<u8>>(1))
    };
    let format = find("format").and_then(|b| Some(u32::from_be_bytes(b.try_into().ok()?)));
    match format {
        Some(found) if found > FORMAT => return Err(StoreError::NewerFormat { found, known: FORMAT }),
        Some(_) => {}
        None => return Err(StoreError::Damaged("the format of the data is missing".into())),
    }
    if find("shards") != Some(vec![shards]) {
        return Err(StoreError::Invalid("the zone was made with another number of shards"));
    }
    vault.check(&find("check").unwrap_or_default())?;
    let generation = find("generation").and_then(|b| Some(u64::from_be_bytes(b.try_into().ok()?)));
    vault.set_generation(generation.unwrap_or(0));
    bring_up(connection, zone, shards, format.unwrap_or(FORMAT)).await
}

/// Brings the tables of an older format up to this one, all shards in one transaction. A process of the older version
/// that still runs writes history without its kind: such versions are missing from histories of a type until the next
/// of their document.
async fn bring_up(connection: &Connection, zone: &str, shards: u8, found: u32) -> Result<(), StoreError> {
    if found == FORMAT {
        return Ok(());
    }
    let done = usize::try_from(found).unwrap_or(0).saturating_sub(1);
    let steps = STEPS.get(done..).unwrap_or_default().concat();
    let format = data_encoding::HEXLOWER.encode(&FORMAT.to_be_bytes());
    let of_shard = |shard| {
        let schema = schema_name(zone, shard);
        format!(
            "SET LOCAL search_path = {schema}; {steps}; UPDATE meta SET value = '\\x{format}' WHERE name = 'format';"
        )
    };
    let shards: Vec<String> = (0..shards).map(ShardId).map(of_shard).collect();
    let sql = format!("BEGIN; {} COMMIT", shards.concat());
    let outcome = connection.run(&sql).await;
    if outcome.is_err() {
        connection.run("ROLLBACK").await?;
    }
    outcome
}

async fn load_keys(
    connection: &Connection,
    vault: &Vault,
    zone: &str,
    shard: ShardId,
) -> Result<(), StoreError> {
    let schema = schema_name(zone, shard);
    let rows = connection
        .query(&format!("SELECT id, wrapped FROM {schema}.key WHERE id <= 0 AND wrapped IS NOT NULL"), &[])
        .await?;
    for row in rows {
        let (id, wrapped): (i64, Vec<u8>) = (row.get(0), row.get(1));
        if id == PURPOSE_KEY {
            vault.learn_secrets(shard, &wrapped)?;
        } else if id == SHARD_KEY {
            vault.learn(shard, Some(SHARD_KEY), "", &wrapped)?;
        }
    }
    Ok(())
}
