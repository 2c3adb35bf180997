//! Scans as SQL. The driver is the index that the order asks for, else the condition thought most selective, else all
//! documents of the kind; other conditions are looked up in the narrow tables' keys.

mod matches;
mod together;

use crate::{
    Condition, Match, Order, Scan, StoreError, TermMatch,
    dialect::{Arg, Dialect},
};
use std::fmt::Write;

pub(crate) use together::together;

/// Most matches in one scan, so that no query grows without end.
pub const MATCHES_MAX: usize = 2_000;
/// Most matches in one condition: SQLite takes 500 selects in a union.
pub const CONDITION_MATCHES_MAX: usize = 480;

/// Most values in one list of a scan ([`Match::Ids`], [`Match::TermIn`]).
pub const LISTED_MAX: usize = 20_000;
/// Most further orders of a scan.
const THEN_MAX: usize = 8;

/// A statement and its arguments. Its columns: key, sort value, then (unless keys only) those of a document.
pub(crate) struct Plan {
    pub(crate) sql: String,
    pub(crate) args: Vec<Arg>,
}

/// What a scan is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// Documents with their bodies.
    Documents,
    /// Keys only, without touching `doc`: for kinds that live in the journal.
    Keys,
    /// A count of documents, no further than the limit.
    Count,
}

/// The two halves of a scan in an order that not every document has a value for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Documents with a sort value (or all of them, where every document has one).
    Valued,
    /// Documents without one, which come last.
    Missing,
}

const DOCUMENT_COLUMNS: &str = ", d.kind, d.id, d.version, d.at, d.deleted, d.owner, d.body";

pub(crate) struct Planner<'a> {
    scan: &'a Scan,
    dialect: Dialect,
    want: Want,
    /// Which of `scan.all` drives, where the order does not.
    driver: Option<usize>,
    /// Where the tables are: a schema and a point, or nothing for those of the connection.
    schema: String,
    /// The number of this arm where several scans are one statement.
    arm: Option<usize>,
    sql: String,
    args: Vec<Arg>,
    /// Arguments asked for by this arm.
    asked: usize,
    kind: Option<String>,
}

/// Which conditions could drive a scan by themselves.
pub(crate) fn drivers(scan: &Scan) -> Vec<usize> {
    let single = |c: &Condition| match c {
        Condition::Any(matches) => !matches.is_empty() && matches.iter().all(is_set),
        Condition::None(_) => false,
    };
    scan.all.iter().enumerate().filter(|(_, c)| single(c)).map(|(n, _)| n).collect()
}

/// Whether the match names a set of keys that an index yields.
fn is_set(m: &Match) -> bool {
    match m {
        Match::Updated(..) | Match::Not(_) | Match::Body(_) | Match::Ordered(_, None) => false,
        Match::Ordered(Order::Updated { .. } | Order::Id { .. } | Order::Key { .. }, _) => false,
        Match::All(all) => all.iter().any(is_set),
        Match::Any(any) => !any.is_empty() && any.iter().all(is_set),
        _ => true,
    }
}

/// How cheaply the condition is expected to drive: less is better. Compartments and ids are small, equal terms often.
pub(crate) fn rank(condition: &Condition) -> u8 {
    fn one(m: &Match) -> u8 {
        match m {
            Match::Id(_) => 0,
            Match::Link { .. } => 1,
            Match::Ids(_) | Match::TermIn(..) | Match::Term(_, TermMatch::Equals(_)) => 2,
            Match::Term(_, TermMatch::Prefix(_)) | Match::Span { .. } | Match::Quantity { .. } => 3,
            Match::All(all) => all.iter().filter(|m| is_set(m)).map(one).min().unwrap_or(9),
            Match::Any(any) => any.iter().map(one).max().unwrap_or(9),
            _ => 4,
        }
    }
    match condition {
        Condition::Any(matches) => matches.iter().map(one).max().unwrap_or(9),
        Condition::None(_) => 9,
    }
}

/// Refuses scans that cannot be asked.
pub(crate) fn validate(scan: &Scan, want: Want) -> Result<(), StoreError> {
    fn count(matches: &[Match], keys: bool) -> Result<usize, StoreError> {
        let mut total = 0;
        for m in matches {
            total += match m {
                Match::All(several) | Match::Any(several) => count(several, keys)?,
                Match::Not(inner) => count(std::slice::from_ref(inner), keys)?,
                Match::Id(_) | Match::Ids(_) | Match::Updated(..) | Match::Body(_) if keys => {
                    return Err(StoreError::Invalid("a scan of keys cannot ask for what documents hold"));
                }
                Match::Ids(list) if list.len() > LISTED_MAX => {
                    return Err(StoreError::Invalid("a list of ids is too long"));
                }
                Match::TermIn(_, list) if list.len() > LISTED_MAX => {
                    return Err(StoreError::Invalid("a list of terms is too long"));
                }
                _ => 1,
            };
        }
        Ok(total)
    }
    let mut total = 0;
    for condition in &scan.all {
        let (Condition::Any(matches) | Condition::None(matches)) = condition;
        let own = count(matches, want == Want::Keys)?;
        if own > CONDITION_MATCHES_MAX {
            return Err(StoreError::TooCostly);
        }
        total += own;
    }
    if total > MATCHES_MAX {
        return Err(StoreError::TooCostly);
    }
    let linked_or_by_key = |order: &Order| matches!(order, Order::Linked { .. } | Order::Key { .. });
    let nothing_to_order = matches!(scan.order, Order::Key { .. }) && !scan.then.is_empty();
    if nothing_to_order || scan.then.len() > THEN_MAX || scan.then.iter().any(linked_or_by_key) {
        return Err(StoreError::Invalid(
            "a scan's further orders are by terms, spans, quantities, ids or updates",
        ));
    }
    if want == Want::Keys && !scan.then.is_empty() {
        return Err(StoreError::Invalid("a scan of keys has one order"));
    }
    if want == Want::Keys && matches!(scan.order, Order::Updated { .. } | Order::Id { .. }) {
        return Err(StoreError::Invalid("a scan of keys cannot be ordered by id or last update"));
    }
    Ok(())
}

/// Whether documents without a sort value exist in this order.
pub(crate) fn has_missing(order: &Order) -> bool {
    matches!(order, Order::Term { .. } | Order::Span { .. } | Order::Quantity { .. })
}

/// How many rows a condition's driver would yield, counted up to the limit: what SQLite has no statistics for.
pub(crate) fn probe(scan: &Scan, dialect: Dialect, condition: usize, limit: i64) -> Option<Plan> {
    let Some(Condition::Any(matches)) = scan.all.get(condition) else { return None };
    let mut planner = Planner::new(scan, dialect, Want::Keys, None);
    planner.sql.push_str("SELECT count(*) FROM (");
    planner.key_sets(matches);
    let place = planner.arg(Arg::Int(limit));
    let _ = write!(planner.sql, " LIMIT {place}) x");
    Some(Plan { sql: planner.sql, args: planner.args })
}

impl<'a> Planner<'a> {
    pub(crate) fn new(scan: &'a Scan, dialect: Dialect, want: Want, driver: Option<usize>) -> Self {
        Self {
            scan,
            dialect,
            want,
            driver,
            schema: String::new(),
            arm: None,
            sql: String::with_capacity(512),
            args: Vec::new(),
            asked: 0,
            kind: None,
        }
    }

    /// The statement for one phase; `limit` rows at most.
    pub(crate) fn plan(mut self, phase: Phase, limit: i64) -> Plan {
        if self.want == Want::Count {
            self.sql.push_str("SELECT count(*) FROM (");
        }
        match (self.scan.order, phase) {
            (Order::Linked { subject, code, .. }, _) => self.by_link(subject, code),
            (Order::Term { .. } | Order::Span { .. } | Order::Quantity { .. }, Phase::Valued)
                if self.want != Want::Count =>
            {
                self.by_sort_index();
            }
            _ => self.by_condition(phase),
        }
        if self.want == Want::Count {
            let place = self.arg(Arg::Int(limit));
            let _ = write!(self.sql, " LIMIT {place}) x");
        } else {
            let place = self.arg(Arg::Int(limit));
            let _ = write!(self.sql, " LIMIT {place}");
        }
        Plan { sql: self.sql, args: self.args }
    }

    /// The placeholder of an argument. Arms ask for the same but for their own places, so what an earlier arm asked for at
    /// this turn is sent once.
    fn arg(&mut self, arg: Arg) -> String {
        let turn = self.asked;
        self.asked += 1;
        if self.args.get(turn) != Some(&arg) {
            self.args.push(arg);
            return format!("{}{}", self.dialect.sign(), self.args.len());
        }
        format!("{}{}", self.dialect.sign(), turn + 1)
    }

    fn kind(&mut self) -> String {
        if let Some(kind) = &self.kind {
            return kind.clone();
        }
        let kind = self.arg(Arg::Small(self.scan.kind.0));
        self.kind = Some(kind.clone());
        kind
    }

    fn select(&mut self, key: &str, value: &str) {
        match self.want {
            Want::Documents => {
                self.sql.push_str("SELECT ");
                if let Some(arm) = self.arm {
                    let _ = write!(self.sql, "{arm}, ");
                }
                let _ = write!(self.sql, "{key}, {value}{DOCUMENT_COLUMNS}");
            }
            Want::Keys => {
                let _ = write!(self.sql, "SELECT {key}, {value}");
            }
            Want::Count => self.sql.push_str("SELECT 1"),
        }
    }

    /// The join to the document, after a driver that is not `doc` itself.
    fn join(&mut self, key: &str) -> &'static str {
        if self.want == Want::Keys {
            self.sql.push_str(" WHERE ");
            return "";
        }
        // CROSS JOIN keeps SQLite from turning the loops round; to PostgreSQL it is a plain join.
        let _ = write!(self.sql, " CROSS JOIN {schema}doc d WHERE d.key = {key} AND ", schema = self.schema);
        "d."
    }

    fn by_link(&mut self, subject: [u8; 16], code: [u8; 8]) {
        self.select("l.key", "l.at");
        let _ = write!(self.sql, " FROM {schema}link l", schema = self.schema);
        self.join("l.key");
        let (subject_place, kind) = (self.arg(Arg::Bytes(subject.to_vec())), self.kind());
        let code_place = self.arg(Arg::Bytes(code.to_vec()));
        let _ = write!(self.sql, "l.subject = {subject_place} AND l.kind = {kind} AND l.code = {code_place}");
        let scan = self.scan;
        let mut folded = None;
        for (n, condition) in scan.all.iter().enumerate() {
            if let Condition::Any(matches) = condition
                && let [Match::Link { subject: s, code: c, at }] = matches.as_slice()
                && *s == subject
                && *c == code
            {
                folded = Some(n);
                self.between("l.at", &at.0, &at.1);
                break;
            }
        }
        self.conditions("l.key", folded);
        self.keyset_int("l.at", "l.key");
    }

    fn by_sort_index(&mut self) {
        let (table, value, edge, param) = match self.scan.order {
            Order::Term { param, descending } => ("term", "value", edge(descending), param),
            Order::Quantity { param, descending } => ("quantity", "value", edge(descending), param),
            Order::Span { param, descending } => ("span", "low", edge(descending), param),
            _ => return,
        };
        let sort = format!("s.{value}");
        self.select("s.key", &sort);
        let _ = write!(self.sql, " FROM {schema}{table} s", schema = self.schema);
        self.join("s.key");
        let (kind, param) = (self.kind(), self.arg(Arg::Small(param.0)));
        let _ = write!(self.sql, "s.kind = {kind} AND s.param = {param} AND (s.edge & {edge}) <> 0");
        self.conditions("s.key", None);
        if table == "span" {
            self.keyset_int(&sort, "s.key");
        } else {
            self.keyset_bytes(&sort, "s.key");
        }
    }

    fn by_condition(&mut self, phase: Phase) {
        let scan = self.scan;
        let driver = self.driver.and_then(|n| scan.all.get(n)).and_then(|c| match c {
            Condition::Any(matches) => Some(matches.as_slice()),
            Condition::None(_) => None,
        });
        let (value, tail) = match scan.order {
            Order::Updated { .. } => ("d.at", "at"),
            Order::Id { .. } => ("d.id", "id"),
            _ => ("NULL", "key"),
        };
        let by_key = tail == "key";
        let key = match driver {
            Some([Match::Term(param, TermMatch::Equals(bytes))]) if by_key => {
                self.select("t.key", "NULL");
                let _ = write!(self.sql, " FROM {schema}term t", schema = self.schema);
                self.join("t.key");
                let (kind, param) = (self.kind(), self.arg(Arg::Small(param.0)));
                let bytes = self.arg(Arg::Bytes(bytes.clone()));
                let _ = write!(self.sql, "t.kind = {kind} AND t.param = {param} AND t.value = {bytes}");
                "t.key"
            }
            _ if self.want == Want::Keys => {
                self.keys_without_documents(driver);
                "d.key"
            }
            Some(matches) => {
                self.select("d.key", value);
                let (before, after) = self.dialect.led_by_keys(&self.schema);
                self.sql.push_str(&before);
                self.key_sets(matches);
                self.sql.push_str(&after);
                let kind = self.kind();
                // The plus keeps SQLite from driving by an index on kind instead.
                let plus = if self.dialect == Dialect::Sqlite { "+" } else { "" };
                let _ = write!(self.sql, " AND {plus}d.kind = {kind}");
                "d.key"
            }
            None => {
                self.select("d.key", value);
                let kind = self.kind();
                let _ = write!(
                    self.sql,
                    " FROM {schema}doc d WHERE d.kind = {kind} AND d.deleted = 0",
                    schema = self.schema
                );
                "d.key"
            }
        };
        self.conditions(key, self.driver);
        if phase == Phase::Missing {
            self.without_sort_value(key);
        }
        match tail {
            "at" => self.keyset_int("d.at", "d.key"),
            "id" => self.keyset_text("d.id", "d.key"),
            _ => self.keyset_key(key),
        }
    }

    /// The keys of a kind that has no documents, as a table `d`.
    fn keys_without_documents(&mut self, driver: Option<&[Match]>) {
        self.sql.push_str("SELECT d.key, NULL FROM (SELECT DISTINCT key FROM (");
        match driver {
            Some(matches) => self.key_sets(matches),
            None => {
                let kind = self.kind();
                let _ = write!(
                    self.sql,
                    "SELECT key FROM {schema}term WHERE kind = {kind} UNION ALL SELECT key FROM {schema}span WHERE kind = {kind}",
                    schema = self.schema
                );
            }
        }
        self.sql.push_str(") s) d WHERE 1 = 1");
    }

    fn without_sort_value(&mut self, key: &str) {
        let (table, param) = match self.scan.order {
            Order::Term { param, .. } => ("term", param),
            Order::Quantity { param, .. } => ("quantity", param),
            Order::Span { param, .. } => ("span", param),
            _ => return,
        };
        let (kind, param) = (self.kind(), self.arg(Arg::Small(param.0)));
        let _ = write!(
            self.sql,
            " AND {key} NOT IN (SELECT key FROM {schema}{table} WHERE kind = {kind} AND param = {param})",
            schema = self.schema
        );
    }

    fn keyset_int(&mut self, value: &str, key: &str) {
        let after = self.scan.after.as_ref().and_then(|p| p.value.as_deref()).and_then(integer);
        self.keyset(value, key, after.map(Arg::Int));
    }

    fn keyset_bytes(&mut self, value: &str, key: &str) {
        let after = self.scan.after.as_ref().and_then(|p| p.value.clone());
        self.keyset(value, key, after.map(Arg::Bytes));
    }

    fn keyset_text(&mut self, value: &str, key: &str) {
        let after = self.scan.after.as_ref().and_then(|p| p.value.as_deref());
        let after = after.map(|v| Arg::Text(String::from_utf8_lossy(v).into_owned()));
        self.keyset(value, key, after);
    }

    fn keyset(&mut self, value: &str, key: &str, after: Option<Arg>) {
        if self.want == Want::Count {
            return;
        }
        let (sign, direction) = if self.scan.order.is_descending() { ("<", " DESC") } else { (">", "") };
        if let (Some(after), Some(position)) = (after, self.scan.after.as_ref()) {
            let (after, position) = (self.arg(after), position.key);
            let position = self.arg(Arg::Int(position));
            let _ = write!(self.sql, " AND ({value}, {key}) {sign} ({after}, {position})");
        }
        let _ = write!(self.sql, " ORDER BY {value}{direction}, {key}{direction}");
    }

    fn keyset_key(&mut self, key: &str) {
        if self.want == Want::Count {
            return;
        }
        let (sign, direction) = if self.scan.order.is_descending() { ("<", " DESC") } else { (">", "") };
        // In an order by value, a position with a value lies before all documents that have none.
        let skip =
            has_missing(&self.scan.order) && self.scan.after.as_ref().is_some_and(|p| p.value.is_some());
        if let (false, Some(position)) = (skip, self.scan.after.as_ref()) {
            let position = self.arg(Arg::Int(position.key));
            let _ = write!(self.sql, " AND {key} {sign} {position}");
        }
        let _ = write!(self.sql, " ORDER BY {key}{direction}");
    }
}

pub(crate) const fn edge(descending: bool) -> i16 {
    if descending { crate::rows::GREATEST } else { crate::rows::LEAST }
}

/// A sort value's bytes for an integer: big-endian with the sign bit flipped, so that bytes compare as integers do.
pub(crate) fn integer_bytes(value: i64) -> Vec<u8> {
    (value ^ i64::MIN).to_be_bytes().to_vec()
}

pub(crate) fn integer(bytes: &[u8]) -> Option<i64> {
    Some(i64::from_be_bytes(bytes.try_into().ok()?) ^ i64::MIN)
}
