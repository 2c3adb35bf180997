//! Documents that need not be sent again: those that come with Galen, and those that clients sent before with their hash
//! (Apollo's automatic persisted queries).

use crate::GraphSettings;
use crate::limits::{DOCUMENT_BYTES_MAX, DOCUMENTS_REMEMBERED_MAX};
use aws_lc_rs::digest::{SHA256, digest};
use galen_kernel::{Rejection, RejectionKind};
use galen_service::graph::Subgraph;
use moka::sync::Cache;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// What clients of the protocol look for.
pub const NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";

/// The hash by which a document is known.
pub fn hash(document: &str) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, document.as_bytes()).as_ref())
}

/// Documents by their hash.
pub struct Documents {
    /// Those that come with Galen, each with its name.
    known: HashMap<String, (&'static str, Arc<str>)>,
    remembered: Cache<String, Arc<str>>,
}

/// A document to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its text.
    pub text: Arc<str>,
    /// Its name, where it comes with Galen. Others could name people, or be endlessly many.
    pub name: &'static str,
}

/// What all others are called where names are counted.
pub const OTHER: &str = "other";

impl Documents {
    /// Those of these parts are known.
    pub fn of(parts: &[(&'static str, &'static Subgraph)]) -> Self {
        let all = parts.iter().flat_map(|(_, part)| part.operations);
        Self {
            known: all.map(|(name, text)| (hash(text), (*name, Arc::from(*text)))).collect(),
            remembered: Cache::new(DOCUMENTS_REMEMBERED_MAX),
        }
    }

    /// The document that a request sends or means.
    pub fn document(
        &self,
        query: Option<&str>,
        extensions: Option<&Map<String, Value>>,
        settings: GraphSettings,
    ) -> Result<Document, Rejection> {
        let meant = extensions.and_then(|all| all.get("persistedQuery")).map(meant).transpose()?;
        let own = query.map(hash);
        if let (Some(own), Some(meant)) = (&own, meant)
            && own != meant
        {
            return Err(malformed("persisted-query-mismatch", "The hash is not the document's")
                .at("extensions.persistedQuery.sha256Hash"));
        }
        let Some(id) = own.as_deref().or(meant) else {
            return Err(malformed("query-required", "There is no document").at("query"));
        };
        if let Some((name, text)) = self.known.get(id) {
            return Ok(Document { text: Arc::clone(text), name });
        }
        if settings.persisted_only {
            return Err(Rejection::new(
                RejectionKind::Forbidden,
                "query-not-listed",
                "Only the operations that come with this server are answered",
            )
            .at("query"));
        }
        let text = match query {
            Some(text) => {
                let text: Arc<str> = Arc::from(text);
                if meant.is_some() && text.len() <= DOCUMENT_BYTES_MAX {
                    self.remembered.insert(id.to_owned(), Arc::clone(&text));
                }
                text
            }
            None => self.remembered.get(id).ok_or_else(not_found)?,
        };
        Ok(Document { text, name: OTHER })
    }
}

fn malformed(code: &'static str, message: &str) -> Rejection {
    Rejection::new(RejectionKind::Malformed, code, message)
}

fn not_found() -> Rejection {
    // The message is the protocol's word.
    Rejection::new(RejectionKind::NotFound, NOT_FOUND, "PersistedQueryNotFound")
}

fn meant(persisted: &Value) -> Result<&str, Rejection> {
    let is_first = persisted.get("version").and_then(Value::as_u64) == Some(1);
    let hash = persisted.get("sha256Hash").and_then(Value::as_str);
    let is_hash =
        |hash: &&str| hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    hash.filter(is_hash).filter(|_| is_first).ok_or_else(|| {
        malformed("persisted-query-invalid", "A persisted query is version 1 with a sha256Hash of 64 digits")
            .at("extensions.persistedQuery")
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn extensions(hash: &str) -> Map<String, Value> {
        Map::from_iter([("persistedQuery".to_owned(), json!({ "version": 1, "sha256Hash": hash }))])
    }

    #[test]
    fn a_document_is_remembered_by_its_hash_and_no_other() {
        let documents = Documents::of(&[]);
        let (any, text) = (GraphSettings::default(), "{ __typename }");
        let own = extensions(&hash(text));
        let unknown = documents.document(None, Some(&own), any).unwrap_err();
        assert_eq!(unknown.code, NOT_FOUND);
        let other = documents.document(Some("{ a }"), Some(&own), any).unwrap_err();
        assert_eq!(other.code, "persisted-query-mismatch");
        assert_eq!(documents.document(None, Some(&own), any).unwrap_err().code, NOT_FOUND);
        documents.document(Some(text), Some(&own), any).unwrap();
        assert_eq!(&*documents.document(None, Some(&own), any).unwrap().text, text);
        assert_eq!(
            documents.document(None, Some(&extensions("ABC")), any).unwrap_err().code,
            "persisted-query-invalid"
        );
        assert_eq!(documents.document(None, None, any).unwrap_err().code, "query-required");
    }

    #[test]
    fn what_is_not_sent_with_its_hash_is_not_remembered() {
        let documents = Documents::of(&[]);
        let any = GraphSettings::default();
        documents.document(Some("{ a }"), None, any).unwrap();
        let own = extensions(&hash("{ a }"));
        assert_eq!(documents.document(None, Some(&own), any).unwrap_err().code, NOT_FOUND);
    }
}
