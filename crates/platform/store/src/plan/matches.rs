//! Conditions as SQL: each match is a truth value about a key, or the set of keys that its index yields.

use super::{Planner, Want, is_set};
use crate::{
    Bound, Condition, Match, TermMatch,
    dialect::{Arg, Dialect},
};
use std::fmt::Write;

impl Planner<'_> {
    /// All conditions but the one that drives.
    pub(super) fn conditions(&mut self, key: &str, except: Option<usize>) {
        let scan = self.scan;
        // SQLite would otherwise be free to drive by any of the sets; the plus hides the column from its planner.
        let key = match self.dialect {
            Dialect::Sqlite => format!("+{key}"),
            Dialect::Postgres => key.to_owned(),
        };
        for (n, condition) in scan.all.iter().enumerate() {
            if Some(n) == except {
                continue;
            }
            match condition {
                Condition::Any(matches)
                    if self.want != Want::Keys
                        && let [Match::Updated(low, high)] = matches.as_slice() =>
                {
                    self.between("d.at", low, high);
                }
                Condition::Any(matches) => {
                    self.sql.push_str(" AND ");
                    self.any(&key, matches);
                }
                Condition::None(matches) => {
                    self.sql.push_str(" AND NOT ");
                    self.any(&key, matches);
                }
            }
        }
    }

    fn any(&mut self, key: &str, matches: &[Match]) {
        self.sql.push('(');
        if matches.is_empty() {
            self.sql.push_str("1 = 0");
        }
        for (n, m) in matches.iter().enumerate() {
            if n > 0 {
                self.sql.push_str(" OR ");
            }
            self.test(key, m);
        }
        self.sql.push(')');
    }

    /// One match as a truth value about `key`.
    fn test(&mut self, key: &str, m: &Match) {
        match m {
            Match::Term(param, TermMatch::Equals(value)) => {
                let (kind, param) = (self.kind(), self.arg(Arg::Small(param.0)));
                let value = self.arg(Arg::Bytes(value.clone()));
                let _ = write!(
                    self.sql,
                    "EXISTS (SELECT 1 FROM term WHERE kind = {kind} AND param = {param} AND value = {value} AND key = {key})"
                );
            }
            Match::Updated(low, high) => {
                let _ = write!(self.sql, "EXISTS (SELECT 1 FROM doc u WHERE u.key = {key}");
                self.between("u.at", low, high);
                self.sql.push(')');
            }
            Match::All(all) => {
                self.sql.push_str("(1 = 1");
                for m in all {
                    self.sql.push_str(" AND ");
                    self.test(key, m);
                }
                self.sql.push(')');
            }
            Match::Not(inner) => {
                self.sql.push_str("NOT (");
                self.test(key, inner);
                self.sql.push(')');
            }
            set => {
                let _ = write!(self.sql, "{key} IN (");
                self.key_set(set);
                self.sql.push(')');
            }
        }
    }

    pub(super) fn key_sets(&mut self, matches: &[Match]) {
        for (n, m) in matches.iter().enumerate() {
            if n > 0 {
                self.sql.push_str(" UNION ");
            }
            self.key_set(m);
        }
    }

    /// One match as the set of keys that its index yields.
    fn key_set(&mut self, m: &Match) {
        match m {
            Match::Id(id) => {
                let (kind, id) = (self.kind(), self.arg(Arg::Text(id.clone())));
                let _ = write!(self.sql, "SELECT key FROM doc WHERE kind = {kind} AND id = {id}");
            }
            Match::Term(param, how) => self.term_set(param.0, how),
            Match::Span { param, low, high } => {
                self.family("span", param.0);
                self.between("low", &low.0, &low.1);
                self.between("high", &high.0, &high.1);
            }
            Match::SpanPresent(param) => self.family("span", param.0),
            Match::Quantity { param, low, high, unit } => {
                self.family("quantity", param.0);
                self.between_bytes("value", low, high);
                if let Some(unit) = unit {
                    self.unit(unit);
                }
            }
            Match::QuantityPresent(param) => self.family("quantity", param.0),
            Match::Link { subject, code, at } => {
                let (subject, kind) = (self.arg(Arg::Bytes(subject.to_vec())), self.kind());
                let code = self.arg(Arg::Bytes(code.to_vec()));
                let _ = write!(
                    self.sql,
                    "SELECT key FROM link WHERE subject = {subject} AND kind = {kind} AND code = {code}"
                );
                self.between("at", &at.0, &at.1);
            }
            Match::Updated(low, high) => {
                let kind = self.kind();
                let _ = write!(self.sql, "SELECT key FROM doc WHERE kind = {kind} AND deleted = 0");
                self.between("at", low, high);
            }
            Match::All(all) => self.all_set(all),
            Match::Not(_) => self.all_set(std::slice::from_ref(m)),
        }
    }

    fn all_set(&mut self, all: &[Match]) {
        let Some(lead) = all.iter().position(is_set) else {
            let kind = self.kind();
            let _ = write!(self.sql, "SELECT key FROM doc o WHERE kind = {kind} AND deleted = 0");
            for m in all {
                self.sql.push_str(" AND ");
                self.test("o.key", m);
            }
            return;
        };
        self.sql.push_str("SELECT o.key FROM (");
        if let Some(m) = all.get(lead) {
            self.key_set(m);
        }
        self.sql.push_str(") o WHERE 1 = 1");
        for (n, m) in all.iter().enumerate() {
            if n != lead {
                self.sql.push_str(" AND ");
                self.test("o.key", m);
            }
        }
    }

    fn term_set(&mut self, param: u16, how: &TermMatch) {
        self.family("term", param);
        match how {
            TermMatch::Equals(value) => {
                let value = self.arg(Arg::Bytes(value.clone()));
                let _ = write!(self.sql, " AND value = {value}");
            }
            TermMatch::Prefix(prefix) => {
                let high = after_prefix(prefix).map_or(Bound::Open, Bound::Excluded);
                self.between_bytes("value", &Bound::Included(prefix.clone()), &high);
            }
            TermMatch::Suffix(suffix) => {
                let needle = self.arg(Arg::Bytes(suffix.clone()));
                let test = self.dialect.ends_with("value", &needle);
                let _ = write!(self.sql, " AND {test}");
            }
            TermMatch::Contains(part) => {
                let needle = self.arg(Arg::Bytes(part.clone()));
                let test = self.dialect.contains("value", &needle);
                let _ = write!(self.sql, " AND {test}");
            }
            TermMatch::Present => {}
        }
    }

    fn family(&mut self, table: &str, param: u16) {
        let (kind, param) = (self.kind(), self.arg(Arg::Small(param)));
        let _ = write!(self.sql, "SELECT key FROM {table} WHERE kind = {kind} AND param = {param}");
    }

    /// `code\0` stands for the code in any system: a range of units.
    fn unit(&mut self, unit: &[u8]) {
        if unit.last() == Some(&0) {
            let high = after_prefix(unit).map_or(Bound::Open, Bound::Excluded);
            self.between_bytes("unit", &Bound::Included(unit.to_vec()), &high);
        } else {
            let unit = self.arg(Arg::Bytes(unit.to_vec()));
            let _ = write!(self.sql, " AND unit = {unit}");
        }
    }

    pub(super) fn between(&mut self, column: &str, low: &Bound<i64>, high: &Bound<i64>) {
        self.side(column, [">=", ">"], bound(low, |v| Arg::Int(*v)));
        self.side(column, ["<=", "<"], bound(high, |v| Arg::Int(*v)));
    }

    fn between_bytes(&mut self, column: &str, low: &Bound<Vec<u8>>, high: &Bound<Vec<u8>>) {
        self.side(column, [">=", ">"], bound(low, |v| Arg::Bytes(v.clone())));
        self.side(column, ["<=", "<"], bound(high, |v| Arg::Bytes(v.clone())));
    }

    fn side(&mut self, column: &str, [included, excluded]: [&str; 2], bound: Option<(bool, Arg)>) {
        if let Some((closed, arg)) = bound {
            let place = self.arg(arg);
            let sign = if closed { included } else { excluded };
            let _ = write!(self.sql, " AND {column} {sign} {place}");
        }
    }
}

fn bound<T>(bound: &Bound<T>, arg: impl Fn(&T) -> Arg) -> Option<(bool, Arg)> {
    match bound {
        Bound::Open => None,
        Bound::Included(value) => Some((true, arg(value))),
        Bound::Excluded(value) => Some((false, arg(value))),
    }
}

/// The least bytes that are greater than all that begin with `prefix`; `None` when there are none.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let keep = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut next = prefix.get(..=keep)?.to_vec();
    if let Some(last) = next.last_mut() {
        *last += 1;
    }
    Some(next)
}
