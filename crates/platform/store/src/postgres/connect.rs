//! Connections to PostgreSQL: URL, TLS, session settings, prepared statements, and what its errors mean.

use crate::{StoreError, dialect::Arg};
use lru::LruCache;
use parking_lot::Mutex;
use std::{num::NonZeroUsize, sync::Arc, time::Duration};
use tokio_postgres::{
    Client, Config, NoTls, Statement,
    config::{Host, SslMode},
    error::SqlState,
    types::{IsNull, ToSql, Type, to_sql_checked},
};
use tokio_postgres_rustls::MakeRustlsConnect;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A peer that is silent for so long is taken for gone.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// Prepared statements kept per connection; scans have many shapes.
const STATEMENTS_CACHED_MAX: usize = 512;
/// Environment variable that names a file of trusted certificates (PEM).
const CA_VARIABLE: &str = "GALEN_PG_CA";

/// How to reach the server.
#[derive(Clone)]
pub(super) struct Address {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Address {
    /// Reads the URL. Plaintext is for loopback and unix sockets; anything further away must speak TLS.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let (url, certificates) = take_root_certificates(url);
        let mut config: Config =
            url.parse().map_err(|_| StoreError::Other("the database URL does not parse".into()))?;
        config.application_name("galen").keepalives_idle(SILENCE_MAX).tcp_user_timeout(SILENCE_MAX);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        let near = config.get_hosts().iter().all(is_near);
        if near && config.get_ssl_mode() != SslMode::Require {
            config.ssl_mode(SslMode::Disable);
            return Ok(Self { config, tls: None });
        }
        config.ssl_mode(SslMode::Require);
        let certificates = certificates.or_else(|| std::env::var(CA_VARIABLE).ok());
        Ok(Self { config, tls: Some(MakeRustlsConnect::new(trust(certificates.as_deref())?)) })
    }

    /// Connects with a schema as the search path.
    pub(super) async fn connect(&self, schema: &str, purpose: Purpose) -> Result<Connection, StoreError> {
        let mut config = self.config.clone();
        // Every statement is driven by an index; a plan made while tables were small must not stay. Which index leads is
        // decided by the scan's planner, so a plan is good for all values, and made once: making it costs more than most
        // searches.
        let driven = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";
        let own = match purpose {
            Purpose::Write => "-c synchronous_commit=on",
            Purpose::Read => {
                "-c default_transaction_read_only=on -c statement_timeout=60000 -c plan_cache_mode=force_generic_plan"
            }
        };
        let path = if schema.is_empty() { String::new() } else { format!("-c search_path={schema}") };
        let given = config.get_options().unwrap_or_default().to_owned();
        config.options(format!("{given} {path} {driven} {own} -c jit=off -c random_page_cost=1.1"));
        let client = match &self.tls {
            None => {
                let (client, connection) = config.connect(NoTls).await.map_err(|e| fault(&e))?;
                tokio::spawn(async move { drop(connection.await) });
                client
            }
            Some(tls) => {
                let (client, connection) = config.connect(tls.clone()).await.map_err(|e| fault(&e))?;
                tokio::spawn(async move { drop(connection.await) });
                client
            }
        };
        Ok(Connection::new(client))
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
}

/// A connection with its prepared statements. Several tasks may use it at once: their statements are pipelined.
pub(super) struct Connection {
    pub(super) client: Client,
    statements: Mutex<LruCache<String, Statement>>,
}

impl Connection {
    fn new(client: Client) -> Self {
        let capacity = NonZeroUsize::new(STATEMENTS_CACHED_MAX).unwrap_or(NonZeroUsize::MIN);
        Self { client, statements: Mutex::new(LruCache::new(capacity)) }
    }

    pub(super) async fn statement(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.lock().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await.map_err(|e| fault(&e))?;
        self.statements.lock().put(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) async fn query(
        &self,
        sql: &str,
        args: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        let statement = self.statement(sql).await?;
        self.client.query(&statement, args).await.map_err(|e| fault(&e))
    }

    pub(super) async fn execute(&self, sql: &str, args: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreError> {
        let statement = self.statement(sql).await?;
        self.client.execute(&statement, args).await.map_err(|e| fault(&e))
    }

    pub(super) async fn run(&self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).await.map_err(|e| fault(&e))
    }
}

fn is_near(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

/// Takes `sslrootcert=` out of the URL: the client does not know it.
fn take_root_certificates(url: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut certificates = None;
    let mut kept = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslrootcert", path)) => certificates = Some(path.replace("%2F", "/")),
            _ => kept.push(pair),
        }
    }
    let query = kept.join("&");
    (if query.is_empty() { base.to_owned() } else { format!("{base}?{query}") }, certificates)
}

fn trust(certificates: Option<&str>) -> Result<rustls::ClientConfig, StoreError> {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let mut roots = rustls::RootCertStore::empty();
    let untrusted = |why: String| StoreError::Other(format!("no trusted certificates: {why}"));
    if let Some(path) = certificates {
        let found = CertificateDer::pem_file_iter(path).map_err(|e| untrusted(format!("{path}: {e}")))?;
        for certificate in found.flatten() {
            roots.add(certificate).map_err(|e| untrusted(e.to_string()))?;
        }
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| untrusted(e.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// What an error of PostgreSQL means to callers.
pub(super) fn fault(error: &tokio_postgres::Error) -> StoreError {
    let Some(database) = error.as_db_error() else {
        return StoreError::Unavailable(error.to_string());
    };
    let code = database.code();
    // The message's detail may quote values: it is left out.
    let message = format!("{} ({})", database.message(), code.code());
    if *code == SqlState::DISK_FULL {
        StoreError::DiskFull
    } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        StoreError::ReadOnly(message)
    } else if ["08", "53", "57", "40"].iter().any(|class| code.code().starts_with(class)) {
        StoreError::Unavailable(message)
    } else {
        StoreError::Other(message)
    }
}

impl ToSql for Arg {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Small(n) if *ty == Type::INT4 => i32::from(*n).to_sql(ty, out),
            Self::Small(n) => i64::from(*n).to_sql(ty, out),
            Self::Int(n) => n.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::BytesList(list) => list.as_ref().to_sql(ty, out),
            Self::TextList(list) => list.as_ref().to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT4, Type::INT8, Type::BYTEA, Type::TEXT, Type::BYTEA_ARRAY, Type::TEXT_ARRAY].contains(ty)
    }

    to_sql_checked!();
}
