//! Where the SQL of the two engines differs. Everything else is the same text on both.

use std::sync::Arc;

/// The SQL of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite: placeholders `?1`.
    Sqlite,
    /// PostgreSQL: placeholders `$1`.
    Postgres,
}

impl Dialect {
    /// The sign before a placeholder's number. In SQLite `$2` would be a *named* parameter and bind silently wrong.
    pub(crate) const fn sign(self) -> char {
        match self {
            Self::Sqlite => '?',
            Self::Postgres => '$',
        }
    }

    /// Ends a look-up of one row by its whole key, so that it stays one: PostgreSQL would make a join of it and read all
    /// rows of a value, which grow with the hospital, to find those of one patient.
    pub(crate) const fn probe_end(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " OFFSET 0",
        }
    }

    /// What stands before and after the sets of keys that lead to documents `d`. PostgreSQL is told to read the keys first:
    /// left to itself it reads every document of the kind and looks each up among them.
    pub(crate) fn led_by_keys(self, schema: &str) -> (String, String) {
        match self {
            Self::Sqlite => (format!(" FROM {schema}doc d WHERE d.key IN ("), ") AND d.deleted = 0".into()),
            Self::Postgres => (
                " FROM (SELECT DISTINCT key FROM (".into(),
                format!(
                    ") s OFFSET 0) k CROSS JOIN LATERAL (SELECT * FROM {schema}doc i WHERE i.key = k.key OFFSET 0) d WHERE d.deleted = 0"
                ),
            ),
        }
    }

    /// Whether `value` has the bytes of placeholder `needle` in it.
    pub(crate) fn contains(self, value: &str, needle: &str) -> String {
        match self {
            Self::Sqlite => format!("instr({value}, {needle}) > 0"),
            Self::Postgres => format!("position({needle} IN {value}) > 0"),
        }
    }

    /// Whether `value` is one of the bytes in the list of placeholder `list`.
    pub(crate) fn bytes_in(self, value: &str, list: &str) -> String {
        match self {
            // JSON has no bytes: they travel in hexadecimal.
            Self::Sqlite => format!("{value} IN (SELECT unhex(json_each.value) FROM json_each({list}))"),
            Self::Postgres => format!("{value} = ANY({list}::bytea[])"),
        }
    }

    /// Whether `value` is one of the texts in the list of placeholder `list`.
    pub(crate) fn text_in(self, value: &str, list: &str) -> String {
        match self {
            Self::Sqlite => format!("{value} IN (SELECT json_each.value FROM json_each({list}))"),
            Self::Postgres => format!("{value} = ANY({list}::text[])"),
        }
    }

    /// Whether `value` ends with the bytes of placeholder `needle`.
    pub(crate) fn ends_with(self, value: &str, needle: &str) -> String {
        match self {
            // A negative start counts from the end; a value shorter than that gives all of itself, which differs.
            Self::Sqlite => {
                format!("(length({needle}) = 0 OR substr({value}, -length({needle})) = {needle})")
            }
            Self::Postgres => {
                format!("substring({value} FROM length({value}) - length({needle}::bytea) + 1) = {needle}")
            }
        }
    }
}

/// A value bound to a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Arg {
    /// A kind, parameter or edge (`SMALLINT` on PostgreSQL).
    Small(u16),
    /// An integer.
    Int(i64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    Text(String),
    /// A list of bytes, for [`Dialect::bytes_in`].
    BytesList(Arc<[Vec<u8>]>),
    /// A list of texts, for [`Dialect::text_in`].
    TextList(Arc<[String]>),
}
