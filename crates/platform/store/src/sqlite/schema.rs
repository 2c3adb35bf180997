//! The tables of a SQLite shard. The database's pages are encrypted as a whole, so rows need only their own bodies sealed.

/// Newest format this program writes and reads.
pub(crate) const FORMAT: u32 = 2;

pub(super) const TABLES: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE doc (key INTEGER PRIMARY KEY, kind INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
    at INTEGER NOT NULL, deleted INTEGER NOT NULL, owner INTEGER NOT NULL, body BLOB, UNIQUE (kind, id)) STRICT;
CREATE INDEX doc_kind ON doc (kind, key) WHERE deleted = 0;
CREATE INDEX doc_updated ON doc (kind, at, key) WHERE deleted = 0;
CREATE INDEX doc_deleted ON doc (kind, at, key) WHERE deleted = 1;
CREATE TABLE history (key INTEGER NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, deleted INTEGER NOT NULL,
    owner INTEGER NOT NULL, body BLOB, kind INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (key, version)) STRICT, WITHOUT ROWID;
CREATE INDEX history_changed ON history (kind, at, key, version);
CREATE TABLE term (kind INTEGER NOT NULL, param INTEGER NOT NULL, value BLOB NOT NULL, key INTEGER NOT NULL,
    edge INTEGER NOT NULL, PRIMARY KEY (kind, param, value, key)) STRICT, WITHOUT ROWID;
CREATE TABLE span (kind INTEGER NOT NULL, param INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
    key INTEGER NOT NULL, edge INTEGER NOT NULL, PRIMARY KEY (kind, param, low, high, key)) STRICT, WITHOUT ROWID;
CREATE TABLE quantity (kind INTEGER NOT NULL, param INTEGER NOT NULL, value BLOB NOT NULL, unit BLOB NOT NULL,
    key INTEGER NOT NULL, edge INTEGER NOT NULL, PRIMARY KEY (kind, param, value, unit, key)) STRICT, WITHOUT ROWID;
CREATE TABLE link (subject BLOB NOT NULL, kind INTEGER NOT NULL, code BLOB NOT NULL, at INTEGER NOT NULL,
    key INTEGER NOT NULL, PRIMARY KEY (subject, kind, code, at, key)) STRICT, WITHOUT ROWID;
CREATE TABLE claim (scope TEXT NOT NULL, value BLOB NOT NULL, holder BLOB NOT NULL, until INTEGER,
    PRIMARY KEY (scope, value)) STRICT, WITHOUT ROWID;
CREATE TABLE balance (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE entry (account TEXT NOT NULL, posting INTEGER NOT NULL, line INTEGER NOT NULL, unit TEXT NOT NULL,
    amount INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (account, posting, line)) STRICT, WITHOUT ROWID;
CREATE TABLE journal (chain INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (chain, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE cursor (name TEXT NOT NULL, chain INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (name, chain)) STRICT, WITHOUT ROWID;
CREATE TABLE key (id INTEGER PRIMARY KEY, owner TEXT NOT NULL UNIQUE, wrapped BLOB, erased INTEGER NOT NULL) STRICT;
CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_keeps_words BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
";

/// What turns the tables of an older format into those of the next: the step at place `n` is for format `n + 1`.
pub(super) const STEPS: &[&str] = &["
ALTER TABLE history ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
UPDATE history SET kind = (SELECT doc.kind FROM doc WHERE doc.key = history.key);
CREATE INDEX doc_deleted ON doc (kind, at, key) WHERE deleted = 1;
CREATE INDEX history_changed ON history (kind, at, key, version);
"];
