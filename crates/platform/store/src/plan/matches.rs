//! Conditions as SQL: each match is a truth value about a key, or the set of keys that its index yields.

use super::{Planner, Want, edge, integer, is_set};
use crate::{
    Bound, Condition, Match, Order, Param, TermMatch,
    dialect::{Arg, Dialect},
};
use std::fmt::Write;

/// Most terms that one look-up tries.
const PROBED_TERMS_MAX: usize = 8;

impl Planner<'_> {
    /// All conditions but the one that drives.
    pub(super) fn conditions(&mut self, key: &str, except: Option<usize>) {
        let scan = self.scan;
        // SQLite would otherwise be free to drive by any of the sets; the plus hides the column from its planner.
        let key = match self.dialect {
            Dialect::Sqlite => format!("+{key}"),
            Dialect::Postgres => key.to_owned(),
        };
        if let Some(until) = scan.until {
            let until = self.arg(Arg::Int(until));
            let _ = write!(self.sql, " AND {key} <= {until}");
        }
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
                    self.sql.push_str(" AND ");
                    self.none(&key, matches);
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

    /// That none of the matches holds. What no document of the kind has, as a label of confidentiality most often, is found
    /// out once for a statement, not once for each document.
    fn none(&mut self, key: &str, matches: &[Match]) {
        let Some((param, values)) = equal_terms(matches) else {
            self.sql.push_str("NOT ");
            return self.any(key, matches);
        };
        let (kind, param) = (self.kind(), self.arg(Arg::Small(param.0)));
        let values: Vec<String> = values.into_iter().map(|v| self.arg(Arg::Bytes(v.clone()))).collect();
        let end = self.dialect.probe_end();
        let with = format!(
            "EXISTS (SELECT 1 FROM {}term WHERE kind = {kind} AND param = {param} AND value IN ({})",
            self.schema,
            values.join(", ")
        );
        let _ = write!(self.sql, "(NOT {with}{end}) OR NOT {with} AND key = {key}{end}))");
    }

    /// One match as a truth value about `key`.
    fn test(&mut self, key: &str, m: &Match) {
        match m {
            Match::Term(param, TermMatch::Equals(value)) => {
                let (kind, param) = (self.kind(), self.arg(Arg::Small(param.0)));
                let value = self.arg(Arg::Bytes(value.clone()));
                let end = self.dialect.probe_end();
                let _ = write!(
                    self.sql,
                    "EXISTS (SELECT 1 FROM {schema}term WHERE kind = {kind} AND param = {param} AND value = {value} AND key = {key}{end})",
                    schema = self.schema
                );
            }
            Match::Updated(low, high) => {
                let _ = write!(
                    self.sql,
                    "EXISTS (SELECT 1 FROM {schema}doc u WHERE u.key = {key}",
                    schema = self.schema
                );
                self.between("u.at", low, high);
                self.sql.push_str(self.dialect.probe_end());
                self.sql.push(')');
            }
            Match::Any(any) => self.any(key, any),
            Match::Ordered(order, value) => self.ordered(key, order, value.as_deref()),
            // The store splits a scan before it comes here: what looks into bodies is not in its statement.
            Match::Body(_) => self.sql.push_str("1 = 1"),
            Match::All(all) => {
                self.sql.push_str("(1 = 1");
                for m in all {
                    self.sql.push_str(" AND ");
                    self.test(key, m);
                }
                self.sql.push(')');
            }
            Match::Not(inner) => match inner.as_ref() {
                Match::Any(any) => self.none(key, any),
                one => self.none(key, std::slice::from_ref(one)),
            },
            set => {
                let _ = write!(self.sql, "{key} IN (");
                self.key_set(set);
                self.sql.push(')');
            }
        }
    }

    /// The keys that some match yields; a key that several yield may come several times.
    pub(super) fn key_sets(&mut self, matches: &[Match]) {
        for (n, m) in matches.iter().enumerate() {
            if n > 0 {
                self.sql.push_str(" UNION ALL ");
            }
            self.key_set(m);
        }
    }

    /// One match as the set of keys that its index yields.
    fn key_set(&mut self, m: &Match) {
        match m {
            Match::Id(id) => {
                self.documents();
                let id = self.arg(Arg::Text(id.clone()));
                let _ = write!(self.sql, " AND id = {id}");
            }
            Match::Ids(list) => {
                self.documents();
                let list = self.arg(Arg::TextList(list.clone()));
                let test = self.dialect.text_in("id", &list);
                let _ = write!(self.sql, " AND {test}");
            }
            Match::Term(param, how) => self.term_set(param.0, how),
            Match::TermIn(param, list) => {
                self.family("term", param.0);
                let list = self.arg(Arg::BytesList(list.clone()));
                let test = self.dialect.bytes_in("value", &list);
                let _ = write!(self.sql, " AND {test}");
            }
            Match::Span { param, low, high } => {
                self.family("span", param.0);
                // No span ends before it begins: what bounds its end bounds its beginning, by which the index is ordered.
                let latest = if matches!(low.1, Bound::Open) { &high.1 } else { &low.1 };
                self.between("low", &low.0, latest);
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
                    "SELECT key FROM {schema}link WHERE subject = {subject} AND kind = {kind} AND code = {code}",
                    schema = self.schema
                );
                self.between("at", &at.0, &at.1);
            }
            Match::Updated(low, high) => {
                self.documents();
                self.sql.push_str(" AND deleted = 0");
                self.between("at", low, high);
            }
            Match::Any(any) => {
                self.sql.push_str("SELECT key FROM (");
                self.key_sets(any);
                self.sql.push_str(") a");
            }
            Match::Ordered(order, Some(value)) => self.ordered_set(order, value),
            Match::All(all) => self.all_set(all),
            Match::Not(_) | Match::Body(_) | Match::Ordered(_, None) => self.all_set(std::slice::from_ref(m)),
        }
    }

    /// Whether what orders `key` by `order` is this value.
    fn ordered(&mut self, key: &str, order: &Order, value: Option<&[u8]>) {
        match (order, value) {
            (Order::Updated { .. } | Order::Id { .. }, Some(value)) => {
                let (column, value) = match (order, integer(value)) {
                    (Order::Updated { .. }, Some(at)) => ("at", Arg::Int(at)),
                    _ => ("id", Arg::Text(String::from_utf8_lossy(value).into_owned())),
                };
                let value = self.arg(value);
                let _ = write!(
                    self.sql,
                    "EXISTS (SELECT 1 FROM {schema}doc u WHERE u.key = {key} AND u.{column} = {value})",
                    schema = self.schema
                );
            }
            (Order::Span { .. } | Order::Term { .. } | Order::Quantity { .. }, None) => {
                let _ = write!(self.sql, "{key} NOT IN (");
                self.ordering_family(order);
                self.sql.push(')');
            }
            (_, Some(value)) => {
                self.sql.push_str("EXISTS (SELECT 1 FROM (");
                self.ordered_set(order, value);
                let _ = write!(self.sql, ") o WHERE o.key = {key})");
            }
            (_, None) => self.sql.push_str("1 = 0"),
        }
    }

    /// The keys that have a value in the order.
    fn ordering_family(&mut self, order: &Order) {
        match order {
            Order::Span { param, .. } => self.family("span", param.0),
            Order::Quantity { param, .. } => self.family("quantity", param.0),
            Order::Term { param, .. } => self.family("term", param.0),
            _ => {}
        }
    }

    /// The keys whose value in the order is this one.
    fn ordered_set(&mut self, order: &Order, value: &[u8]) {
        if let Order::Linked { subject, code, .. } = order {
            let at = integer(value).map_or(Bound::Open, Bound::Included);
            return self.key_set(&Match::Link { subject: *subject, code: *code, at: (at, at) });
        }
        self.ordering_family(order);
        let (column, value) = match order {
            Order::Span { .. } => ("low", integer(value).map_or(Arg::Int(0), Arg::Int)),
            _ => ("value", Arg::Bytes(value.to_vec())),
        };
        let (value, edge) = (self.arg(value), edge(order.is_descending()));
        let _ = write!(self.sql, " AND {column} = {value} AND (edge & {edge}) <> 0");
    }

    fn all_set(&mut self, all: &[Match]) {
        let Some(lead) = all.iter().position(is_set) else {
            let kind = self.kind();
            let _ = write!(
                self.sql,
                "SELECT key FROM {schema}doc o WHERE kind = {kind} AND deleted = 0",
                schema = self.schema
            );
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

    fn documents(&mut self) {
        let kind = self.kind();
        let _ = write!(self.sql, "SELECT key FROM {schema}doc WHERE kind = {kind}", schema = self.schema);
    }

    fn family(&mut self, table: &str, param: u16) {
        let (kind, param) = (self.kind(), self.arg(Arg::Small(param)));
        let _ = write!(
            self.sql,
            "SELECT key FROM {schema}{table} WHERE kind = {kind} AND param = {param}",
            schema = self.schema
        );
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

/// The parameter and the terms, where all that is sought is one of a few terms of one parameter.
fn equal_terms(matches: &[Match]) -> Option<(Param, Vec<&Vec<u8>>)> {
    let term = |m| match m {
        &Match::Term(param, TermMatch::Equals(ref value)) => Some((param, value)),
        _ => None,
    };
    let terms: Vec<(Param, &Vec<u8>)> = matches.iter().map(term).collect::<Option<_>>()?;
    let (first, _) = *terms.first()?;
    let is_one_look_up = terms.len() <= PROBED_TERMS_MAX && terms.iter().all(|(param, _)| *param == first);
    is_one_look_up.then(|| (first, terms.into_iter().map(|(_, value)| value).collect()))
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
