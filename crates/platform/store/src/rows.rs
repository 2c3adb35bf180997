//! Index rows in the form the tables hold them: sorted, without repeats, marked least and greatest; and their
//! difference, so that an update touches only what changed. The rows travel inside the sealed body.

use crate::{IndexRows, Link, Param, StoreError};

/// Most bytes an indexed value may have; PostgreSQL's index pages set it.
pub const VALUE_BYTES_MAX: usize = 1_024;
/// Most index rows one document may have.
pub const INDEX_ROWS_MAX: usize = 8_192;
/// Marks the least row of its parameter in its document: what an ascending sort orders by.
pub(crate) const LEAST: i16 = 1;
/// Marks the greatest row: what a descending sort orders by.
pub(crate) const GREATEST: i16 = 2;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TermRow {
    pub(crate) param: u16,
    pub(crate) value: Vec<u8>,
    pub(crate) edge: i16,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SpanRow {
    pub(crate) param: u16,
    pub(crate) low: i64,
    pub(crate) high: i64,
    pub(crate) edge: i16,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct QuantityRow {
    pub(crate) param: u16,
    pub(crate) value: Vec<u8>,
    pub(crate) unit: Vec<u8>,
    pub(crate) edge: i16,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LinkRow {
    pub(crate) subject: [u8; 16],
    pub(crate) code: [u8; 8],
    pub(crate) at: i64,
}

/// Sorted rows, ready to be written or compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) terms: Vec<TermRow>,
    pub(crate) spans: Vec<SpanRow>,
    pub(crate) quantities: Vec<QuantityRow>,
    pub(crate) links: Vec<LinkRow>,
}

impl Rows {
    /// Sorts, drops repeats and marks the edges. Of several links with the same subject and code the latest stays,
    /// because a document has one place in a compartment's order.
    pub(crate) fn new(index: IndexRows) -> Result<Self, StoreError> {
        let count = index.terms.len() + index.spans.len() + index.quantities.len() + index.links.len();
        if count > INDEX_ROWS_MAX {
            return Err(StoreError::Invalid("too many index rows"));
        }
        let long = |v: &Vec<u8>| v.len() > VALUE_BYTES_MAX;
        if index.terms.iter().any(|(_, v)| long(v))
            || index.quantities.iter().any(|(_, v, u)| long(v) || long(u))
        {
            return Err(StoreError::Invalid("an indexed value is too long"));
        }
        let mut terms: Vec<TermRow> =
            index.terms.into_iter().map(|(p, value)| TermRow { param: p.0, value, edge: 0 }).collect();
        terms.sort_unstable();
        terms.dedup();
        let mut spans: Vec<SpanRow> = index
            .spans
            .into_iter()
            .map(|(p, low, high)| SpanRow { param: p.0, low, high, edge: 0 })
            .collect();
        spans.sort_unstable();
        spans.dedup();
        let mut quantities: Vec<QuantityRow> = index
            .quantities
            .into_iter()
            .map(|(p, value, unit)| QuantityRow { param: p.0, value, unit, edge: 0 })
            .collect();
        quantities.sort_unstable();
        quantities.dedup();
        let mut links: Vec<LinkRow> =
            index.links.into_iter().map(|Link { subject, code, at }| LinkRow { subject, code, at }).collect();
        links.sort_unstable_by_key(|l| (l.subject, l.code, std::cmp::Reverse(l.at)));
        links.dedup_by_key(|l| (l.subject, l.code));
        let mut rows = Self { terms, spans, quantities, links };
        rows.mark();
        Ok(rows)
    }

    fn mark(&mut self) {
        mark(&mut self.terms, |r| r.param, |r, edge| r.edge |= edge);
        mark(&mut self.quantities, |r| r.param, |r, edge| r.edge |= edge);
        mark(&mut self.spans, |r| r.param, |r, edge| r.edge |= edge);
    }

    /// Rows of `self` that `other` lacks.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        Self {
            terms: minus(&self.terms, &other.terms),
            spans: minus(&self.spans, &other.spans),
            quantities: minus(&self.quantities, &other.quantities),
            links: minus(&self.links, &other.links),
        }
    }

    /// Appends the rows to `out` in a compact form.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_number(out, self.terms.len() as u64);
        for row in &self.terms {
            put_number(out, row.param.into());
            put_bytes(out, &row.value);
        }
        put_number(out, self.spans.len() as u64);
        for row in &self.spans {
            put_number(out, row.param.into());
            out.extend_from_slice(&row.low.to_be_bytes());
            out.extend_from_slice(&row.high.to_be_bytes());
        }
        put_number(out, self.quantities.len() as u64);
        for row in &self.quantities {
            put_number(out, row.param.into());
            put_bytes(out, &row.value);
            put_bytes(out, &row.unit);
        }
        put_number(out, self.links.len() as u64);
        for row in &self.links {
            out.extend_from_slice(&row.subject);
            out.extend_from_slice(&row.code);
            out.extend_from_slice(&row.at.to_be_bytes());
        }
    }

    /// Reads what `encode` wrote.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged("the index rows of a document do not parse".into());
        let mut rest = Cursor(bytes);
        let index = rest.rows().ok_or_else(damaged)?;
        Self::new(index)
    }
}

fn mark<T>(rows: &mut [T], param: impl Fn(&T) -> u16, mut set: impl FnMut(&mut T, i16)) {
    for chunk in rows.chunk_by_mut(|a, b| param(a) == param(b)) {
        if let Some(first) = chunk.first_mut() {
            set(first, LEAST);
        }
        if let Some(last) = chunk.last_mut() {
            set(last, GREATEST);
        }
    }
}

fn minus<T: Ord + Clone>(left: &[T], right: &[T]) -> Vec<T> {
    left.iter().filter(|row| right.binary_search(row).is_err()).cloned().collect()
}

fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn rows(&mut self) -> Option<IndexRows> {
        let mut index = IndexRows::default();
        for _ in 0..self.number()? {
            index.terms.push((self.param()?, self.bytes()?.to_vec()));
        }
        for _ in 0..self.number()? {
            index.spans.push((self.param()?, self.integer()?, self.integer()?));
        }
        for _ in 0..self.number()? {
            index.quantities.push((self.param()?, self.bytes()?.to_vec(), self.bytes()?.to_vec()));
        }
        for _ in 0..self.number()? {
            let subject = self.take(16)?.try_into().ok()?;
            let code = self.take(8)?.try_into().ok()?;
            index.links.push(Link { subject, code, at: self.integer()? });
        }
        Some(index)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..63).step_by(7) {
            let [byte] = *self.take(1)? else { return None };
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn param(&mut self) -> Option<Param> {
        self.number()?.try_into().ok().map(Param)
    }

    fn integer(&mut self) -> Option<i64> {
        Some(i64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.number()?.try_into().ok()?;
        self.take(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> IndexRows {
        IndexRows {
            terms: vec![(Param(2), b"b".to_vec()), (Param(2), b"a".to_vec()), (Param(300), vec![0; 200])],
            spans: vec![(Param(1), 0, 90), (Param(1), 5, 7), (Param(1), -5, 7)],
            quantities: vec![(Param(9), vec![1, 2], b"mg\0".to_vec())],
            links: vec![
                Link { subject: [1; 16], code: [0; 8], at: -4 },
                Link { subject: [1; 16], code: [0; 8], at: 9 },
            ],
        }
    }

    #[test]
    fn rows_read_back_as_they_were_written() {
        let rows = Rows::new(sample()).unwrap();
        let mut bytes = Vec::new();
        rows.encode(&mut bytes);
        assert_eq!(Rows::decode(&bytes).unwrap(), rows);
        assert!(Rows::decode(&bytes[..bytes.len() - 1]).is_err());
        assert_eq!(rows.links, vec![LinkRow { subject: [1; 16], code: [0; 8], at: 9 }]);
    }

    #[test]
    fn each_parameter_has_one_least_and_one_greatest_row() {
        let rows = Rows::new(sample()).unwrap();
        let edges: Vec<_> = rows.terms.iter().map(|t| t.edge).collect();
        assert_eq!(edges, [LEAST, GREATEST, LEAST | GREATEST]);
        let edges: Vec<_> = rows.spans.iter().map(|s| (s.low, s.edge)).collect();
        assert_eq!(edges, [(-5, LEAST), (0, 0), (5, GREATEST)]);
    }

    #[test]
    fn a_difference_holds_only_what_changed() {
        let old = Rows::new(sample()).unwrap();
        let mut index = sample();
        index.terms[2].1 = b"other".to_vec();
        let new = Rows::new(index).unwrap();
        assert_eq!(new.minus(&old).terms.len(), 1);
        assert!(new.minus(&old).spans.is_empty());
        assert_eq!(old.minus(&old), Rows::default());
    }
}
