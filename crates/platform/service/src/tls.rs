//! TLS 1.3 by rustls, and a development certificate made on first start.

use galen_kernel::Fault;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// Names that the development certificate is good for.
const DEVELOPMENT_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Where certificate and key lie.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// PEM chain.
    pub certificate: PathBuf,
    /// PEM key.
    pub key: PathBuf,
}

/// The acceptor: TLS 1.3 and nothing older.
pub fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, Fault> {
    let fault = |what: &'static str, e: String| Fault::new(what, e);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(|e| fault("TLS certificate", e.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| fault("TLS key", e.to_string()))?;
    let mut config = ServerConfig::builder_with_protocol_versions(&[&rustls::version::TLS13])
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| fault("TLS certificate", e.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The development certificate in `folder`, made if it is not there.
pub fn development(folder: &Path) -> Result<TlsFiles, Fault> {
    let files = TlsFiles { certificate: folder.join("development.crt"), key: folder.join("development.key") };
    if files.certificate.exists() && files.key.exists() {
        return Ok(files);
    }
    let io = |e: std::io::Error| Fault::new("write development certificate", e);
    let names = DEVELOPMENT_NAMES.map(str::to_owned).to_vec();
    let made =
        rcgen::generate_simple_self_signed(names).map_err(|e| Fault::new("development certificate", e))?;
    std::fs::create_dir_all(folder).map_err(io)?;
    let mut key = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&files.key)
        .map_err(io)?;
    key.write_all(made.signing_key.serialize_pem().as_bytes()).map_err(io)?;
    std::fs::write(&files.certificate, made.cert.pem()).map_err(io)?;
    Ok(files)
}
