//! Stores to test with, and short ways to say what is written.

use galen_kernel::Instant;
use galen_store::{
    Engine, Expected, IndexRows, KeySource, Kind, Link, Operation, Put, ShardId, Store, StoreConfig, WriteSet,
};
use std::path::Path;
use tempfile::TempDir;

pub const PATIENT: Kind = Kind(1);
pub const OBSERVATION: Kind = Kind(2);
pub const S0: ShardId = ShardId(0);

/// An open store and what must outlive it.
pub struct Fixture {
    pub store: Store,
    pub config: StoreConfig,
    pub directory: TempDir,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

pub fn sqlite_config(directory: &Path) -> StoreConfig {
    StoreConfig {
        engine: Engine::Sqlite { directory: directory.join("data") },
        zone: "uk1".into(),
        key: KeySource::File(directory.join("galen.key")),
    }
}

pub async fn fixture(on: On) -> Fixture {
    let directory = TempDir::new().unwrap();
    let config = match on {
        On::Sqlite => sqlite_config(directory.path()),
        On::Postgres => postgres_config(directory.path()),
    };
    Fixture { store: Store::open(config.clone()).await.unwrap(), config, directory }
}

fn postgres_config(directory: &Path) -> StoreConfig {
    StoreConfig {
        engine: Engine::Postgres { url: galen_testkit::postgres::server().database(), shards: 3 },
        zone: "uk1".into(),
        key: KeySource::File(directory.join("galen.key")),
    }
}

impl Fixture {
    /// Closes and opens it again.
    pub async fn reopened(self) -> Self {
        self.store.close().await;
        let store = Store::open(self.config.clone()).await.unwrap();
        Self { store, ..self }
    }
}

pub fn at(seconds: i64) -> Instant {
    Instant::from_micros(1_700_000_000_000_000 + seconds * 1_000_000)
}

pub fn set(seconds: i64, operations: Vec<Operation>) -> WriteSet {
    WriteSet { shard: S0, at: at(seconds), operations, journal: None }
}

pub fn put(kind: Kind, id: &str, expected: Expected, body: &str) -> Put {
    Put {
        kind,
        id: id.into(),
        expected,
        owner: String::new(),
        body: body.as_bytes().to_vec(),
        index: IndexRows::default(),
    }
}

pub fn link(subject: u8, code: u8, seconds: i64) -> Link {
    Link { subject: [subject; 16], code: [code; 8], at: at(seconds).micros() }
}

/// Makes each case a test on each engine.
#[macro_export]
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::conformance::fixture($crate::conformance::On::Sqlite).await).await; })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::conformance::fixture($crate::conformance::On::Postgres).await).await; })*
        }
    };
}
