//! The root key: where it is read from, and what derives from it.

use crate::{KeySource, StoreError, seal::SealingKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The key that every other key derives from or is wrapped by.
#[derive(Clone)]
pub(crate) struct RootKey(Zeroizing<[u8; 32]>);

impl RootKey {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key-encryption key: wraps data keys.
    pub(crate) fn wrapping(&self) -> Result<SealingKey, StoreError> {
        SealingKey::new(&*derive(self.bytes(), &[b"kek"])?)
    }

    /// The raw key of the SQLite file, as SQLCipher wants it in a PRAGMA.
    pub(crate) fn file_key(&self) -> Result<Zeroizing<String>, StoreError> {
        let key = derive(self.bytes(), &[b"sqlcipher"])?;
        Ok(Zeroizing::new(format!("x'{}'", data_encoding::HEXLOWER.encode(&*key))))
    }

    /// Reads the key; makes the key file when it is absent and `may_create` (the database is new).
    pub(crate) fn load(source: &KeySource, may_create: bool) -> Result<Self, StoreError> {
        match source {
            KeySource::File(path) => Self::from_file(path, may_create),
            KeySource::Environment(name) => {
                let text = Zeroizing::new(std::env::var(name).map_err(|_| {
                    StoreError::Other(format!("the environment variable {name} does not hold the root key"))
                })?);
                Self::parse(&text)
            }
            KeySource::Command(command) => {
                let output = std::process::Command::new("sh")
                    .args(["-c", command])
                    .output()
                    .map_err(|e| StoreError::Other(format!("the key command did not run: {e}")))?;
                if !output.status.success() {
                    return Err(StoreError::Unavailable("the key command failed".into()));
                }
                Self::parse(&Zeroizing::new(String::from_utf8_lossy(&output.stdout).into_owned()))
            }
        }
    }

    fn from_file(path: &Path, may_create: bool) -> Result<Self, StoreError> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&Zeroizing::new(text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && may_create => {
                let key = Self::new(crate::seal::random()?);
                key.write(path)?;
                Ok(key)
            }
            Err(e) => Err(StoreError::Other(format!("the key file {} cannot be read: {e}", path.display()))),
        }
    }

    /// Writes the key to a new file that only its owner may read, synced with its directory.
    pub(crate) fn write(&self, path: &Path) -> Result<(), StoreError> {
        let fault = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                StoreError::ReadOnly(format!("{}: {e}", path.display()))
            }
            _ => StoreError::Other(format!("the key file {} cannot be written: {e}", path.display())),
        };
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(fault)?;
        let text = Zeroizing::new(data_encoding::HEXLOWER.encode(self.bytes()));
        file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(fault)?;
        file.sync_all().map_err(fault)?;
        sync_directory(path)
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).map(Zeroizing::new);
        match bytes.map(|b| <[u8; 32]>::try_from(b.as_slice())) {
            Ok(Ok(key)) => Ok(Self::new(key)),
            _ => Err(StoreError::Other("the root key must be 64 hexadecimal digits".into())),
        }
    }
}

/// Where a rotation leaves the new key until it is finished: beside the old one.
pub(crate) fn next_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// Makes a rename or a new file durable.
pub(crate) fn sync_directory(path: &Path) -> Result<(), StoreError> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::File::open(parent)
        .and_then(|d| d.sync_all())
        .map_err(|e| StoreError::Other(format!("{} cannot be synced: {e}", parent.display())))
}

/// HKDF-SHA256 with the purpose as its info.
pub(crate) fn derive(secret: &[u8], purpose: &[&[u8]]) -> Result<Zeroizing<[u8; 32]>, StoreError> {
    let failed = |_| StoreError::Other("key derivation failed".into());
    let mut key = Zeroizing::new([0; 32]);
    let extracted = Salt::new(HKDF_SHA256, b"galen-store-v1").extract(secret);
    extracted.expand(purpose, HKDF_SHA256).map_err(failed)?.fill(&mut *key).map_err(failed)?;
    Ok(key)
}
