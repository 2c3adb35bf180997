//! The tables of a PostgreSQL shard: one schema each, so that a schema can be moved whole. Values are `BYTEA` and text
//! is `COLLATE "C"`, so that both order as they do in SQLite. Bodies are stored `EXTERNAL`: ciphertext does not shrink.

/// Newest format this program writes and reads.
pub(super) const FORMAT: u32 = 2;

pub(super) const TABLES: &str = r#"
CREATE TABLE meta (name TEXT COLLATE "C" PRIMARY KEY, value BYTEA NOT NULL);
CREATE TABLE doc (key BIGINT PRIMARY KEY, kind INTEGER NOT NULL, id TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL,
    at BIGINT NOT NULL, deleted INTEGER NOT NULL, owner BIGINT NOT NULL, body BYTEA, UNIQUE (kind, id));
ALTER TABLE doc ALTER body SET STORAGE EXTERNAL;
CREATE INDEX doc_kind ON doc (kind, key) WHERE deleted = 0;
CREATE INDEX doc_updated ON doc (kind, at, key) WHERE deleted = 0;
CREATE INDEX doc_deleted ON doc (kind, at, key) WHERE deleted = 1;
CREATE TABLE history (key BIGINT NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL, deleted INTEGER NOT NULL,
    owner BIGINT NOT NULL, body BYTEA, kind INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (key, version));
CREATE INDEX history_changed ON history (kind, at, key, version);
ALTER TABLE history ALTER body SET STORAGE EXTERNAL;
CREATE TABLE term (kind INTEGER NOT NULL, param INTEGER NOT NULL, value BYTEA NOT NULL, key BIGINT NOT NULL,
    edge INTEGER NOT NULL, PRIMARY KEY (kind, param, value, key));
CREATE TABLE span (kind INTEGER NOT NULL, param INTEGER NOT NULL, low BIGINT NOT NULL, high BIGINT NOT NULL,
    key BIGINT NOT NULL, edge INTEGER NOT NULL, PRIMARY KEY (kind, param, low, high, key));
CREATE TABLE quantity (kind INTEGER NOT NULL, param INTEGER NOT NULL, value BYTEA NOT NULL, unit BYTEA NOT NULL,
    key BIGINT NOT NULL, edge INTEGER NOT NULL, PRIMARY KEY (kind, param, value, unit, key));
CREATE TABLE link (subject BYTEA NOT NULL, kind INTEGER NOT NULL, code BYTEA NOT NULL, at BIGINT NOT NULL,
    key BIGINT NOT NULL, PRIMARY KEY (subject, kind, code, at, key));
CREATE TABLE claim (scope TEXT COLLATE "C" NOT NULL, value BYTEA NOT NULL, holder BYTEA NOT NULL, until BIGINT,
    PRIMARY KEY (scope, value));
CREATE TABLE balance (name TEXT COLLATE "C" PRIMARY KEY, value BIGINT NOT NULL) WITH (fillfactor = 50);
CREATE TABLE entry (account TEXT COLLATE "C" NOT NULL, posting BIGINT NOT NULL, line INTEGER NOT NULL,
    unit TEXT COLLATE "C" NOT NULL, amount BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (account, posting, line));
CREATE TABLE journal (chain INTEGER NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, hash BYTEA NOT NULL,
    body BYTEA NOT NULL, PRIMARY KEY (chain, seq));
ALTER TABLE journal ALTER body SET STORAGE EXTERNAL;
CREATE TABLE cursor (name TEXT COLLATE "C" NOT NULL, chain INTEGER NOT NULL, seq BIGINT NOT NULL,
    PRIMARY KEY (name, chain));
CREATE SEQUENCE key_number;
CREATE TABLE key (id BIGINT PRIMARY KEY DEFAULT nextval('key_number'), owner TEXT COLLATE "C" NOT NULL UNIQUE,
    wrapped BYTEA, erased INTEGER NOT NULL);
CREATE SEQUENCE doc_block;
CREATE SEQUENCE posting_number;
CREATE FUNCTION journal_keeps() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE TRIGGER journal_keeps_rows BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_keeps();
CREATE TRIGGER journal_keeps_all BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_keeps();
"#;

/// What turns the tables of an older format into those of the next: the step at place `n` is for format `n + 1`.
pub(super) const STEPS: &[&str] = &["
ALTER TABLE history ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
UPDATE history SET kind = doc.kind FROM doc WHERE doc.key = history.key;
CREATE INDEX doc_deleted ON doc (kind, at, key) WHERE deleted = 1;
CREATE INDEX history_changed ON history (kind, at, key, version);
"];
