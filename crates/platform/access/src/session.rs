//! Browser sessions: opaque reference tokens. The store keeps only their hashes; revocation is a delete.

use crate::user::HOME;
use crate::{SESSION, document};
use aws_lc_rs::digest;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use galen_kernel::{Fault, Instant, MICROS_PER_HOUR, MICROS_PER_MINUTE, UserId};
use galen_store::{Condition, Expected, IndexRows, Match, Operation, Order, Param, Scan, Store, TermMatch};
use serde::{Deserialize, Serialize};

/// A session ends after so long without a request.
pub const IDLE_MICROS_MAX: i64 = 15 * MICROS_PER_MINUTE;
/// A session ends so long after sign-in, whatever happens.
pub const AGE_MICROS_MAX: i64 = 12 * MICROS_PER_HOUR;
/// How often "last seen" is written down.
pub const SEEN_WRITTEN_EVERY_MICROS: i64 = MICROS_PER_MINUTE;
/// Name of the cookie. `__Host-` makes browsers refuse it from any other host or path or without TLS.
pub const COOKIE: &str = "__Host-galen-session";
/// Most sessions of one user that are ended at once.
pub const SESSIONS_OF_USER_MAX: u32 = 1_000;

const PARAM_USER: Param = Param(1);

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Whose.
    pub user: UserId,
    /// Since when.
    pub created: Instant,
    /// Last request that was written down.
    pub seen: Instant,
    /// What a changing request must carry in `X-CSRF-Token`.
    pub csrf: String,
}

/// A session with its id and version.
#[derive(Debug, Clone)]
pub struct StoredSession {
    /// Hash of its token.
    pub id: String,
    /// Version of its document.
    pub version: u64,
    /// The session.
    pub session: Session,
}

/// The id under which a token's session is stored.
pub fn id_of_token(token: &str) -> String {
    HEXLOWER.encode(digest::digest(&digest::SHA256, token.as_bytes()).as_ref())
}

/// A new session: the token for the cookie, the CSRF value, and the operation that stores it.
pub fn start(
    user: &UserId,
    at: Instant,
    token: [u8; 32],
    csrf: [u8; 16],
) -> Result<(String, Session, Operation), Fault> {
    let token = BASE64URL_NOPAD.encode(&token);
    let session = Session { user: user.clone(), created: at, seen: at, csrf: BASE64URL_NOPAD.encode(&csrf) };
    let put = document::put(SESSION, &id_of_token(&token), Expected::Absent, &session, index(&session))?;
    Ok((token, session, put))
}

fn index(session: &Session) -> IndexRows {
    IndexRows { terms: vec![(PARAM_USER, session.user.as_str().as_bytes().to_vec())], ..IndexRows::default() }
}

impl Session {
    /// Whether it still holds at `now`.
    pub fn is_live(&self, now: Instant) -> bool {
        now.since(self.seen) <= IDLE_MICROS_MAX && now.since(self.created) <= AGE_MICROS_MAX
    }

    /// Whether "last seen" is old enough to be written again.
    pub fn is_due(&self, now: Instant) -> bool {
        now.since(self.seen) >= SEEN_WRITTEN_EVERY_MICROS
    }
}

impl StoredSession {
    /// The operation that writes "last seen".
    pub fn touch(&self, now: Instant) -> Result<Operation, Fault> {
        let session = Session { seen: now, ..self.session.clone() };
        document::put(SESSION, &self.id, Expected::Version(self.version), &session, index(&session))
    }

    /// The operation that ends it.
    pub fn end(&self) -> Operation {
        Operation::Delete { kind: SESSION, id: self.id.clone(), expected: self.version }
    }
}

/// The session of a token, live or not.
pub async fn by_token(store: &Store, token: &str) -> Result<Option<StoredSession>, Fault> {
    by_id(store, &id_of_token(token)).await
}

/// The session with this id, live or not.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<StoredSession>, Fault> {
    let Some(found) = store.get(HOME, SESSION, id).await? else { return Ok(None) };
    let Some(session) = document::read(&found)? else { return Ok(None) };
    Ok(Some(StoredSession { id: found.id, version: found.version, session }))
}

/// Every session of a user, to end them all.
pub async fn of_user(store: &Store, user: &UserId) -> Result<Vec<StoredSession>, Fault> {
    let scan = Scan::new(
        SESSION,
        vec![Condition::Any(vec![Match::Term(
            PARAM_USER,
            TermMatch::Equals(user.as_str().as_bytes().to_vec()),
        )])],
        Order::Key { descending: false },
        SESSIONS_OF_USER_MAX,
    );
    let mut sessions = Vec::new();
    for found in store.scan(HOME, &scan).await?.documents {
        if let Some(session) = document::read(&found)? {
            sessions.push(StoredSession { id: found.id, version: found.version, session });
        }
    }
    Ok(sessions)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_when_idle_and_when_old() {
        let at = Instant::from_micros(0);
        let user = UserId::parse("u").unwrap();
        let (token, session, _) = start(&user, at, [1; 32], [2; 16]).unwrap();
        assert_eq!(token.len(), 43);
        assert!(session.is_live(at.plus_micros(IDLE_MICROS_MAX)));
        assert!(!session.is_live(at.plus_micros(IDLE_MICROS_MAX + 1)));
        let busy = Session { seen: at.plus_micros(AGE_MICROS_MAX), ..session };
        assert!(busy.is_live(at.plus_micros(AGE_MICROS_MAX)));
        assert!(!busy.is_live(at.plus_micros(AGE_MICROS_MAX + 1)));
    }
}
