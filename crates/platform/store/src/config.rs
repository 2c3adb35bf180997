//! Where the data lies and where its key comes from.

use std::path::PathBuf;

/// How to open a store.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Which engine.
    pub engine: Engine,
    /// The residency zone whose shards these are, for example `uk1`: lowercase letters and digits.
    pub zone: String,
    /// Where the root key comes from.
    pub key: KeySource,
}

/// The database engine.
#[derive(Debug, Clone)]
pub enum Engine {
    /// One encrypted SQLite file, `<directory>/<zone>-00.db`.
    Sqlite {
        /// The data directory; made (0700) when absent.
        directory: PathBuf,
    },
    /// PostgreSQL 15 or newer: one schema per shard.
    Postgres {
        /// `postgres://user:password@host/database?sslmode=require`; plaintext only to loopback or a unix socket.
        url: String,
        /// How many shards the zone has; fixed when the zone is made.
        shards: u8,
    },
}

/// Where the 32-byte root key comes from. Every other key derives from it or is wrapped by it.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// A file of 64 hex digits, made with mode 0600 when absent and the database is new.
    File(PathBuf),
    /// An environment variable of 64 hex digits.
    Environment(String),
    /// A command that prints 64 hex digits (a KMS client).
    Command(String),
}
