//! Pages of scans, put together the same way for both engines.

use crate::{
    Document, Order, Position, Scan, ShardId, StoreError, plan,
    rows::{GREATEST, LEAST, Rows},
    stored::Stored,
    vault::Vault,
};

/// A row of a scan: key, sort values, and the document unless only keys were wanted.
pub(crate) struct Row {
    pub(crate) key: i64,
    pub(crate) value: Option<Vec<u8>>,
    /// By the scan's further orders.
    pub(crate) then: Vec<Option<Vec<u8>>>,
    stored: Option<Stored>,
    opened: Option<(Document, Rows)>,
}

impl Row {
    pub(crate) fn new(key: i64, value: Option<Vec<u8>>, stored: Option<Stored>) -> Self {
        Self { key, value, then: Vec::new(), stored, opened: None }
    }

    /// Its place in the scan's order.
    pub(crate) fn position(&self) -> Position {
        Position { value: self.value.clone(), then: self.then.clone(), key: self.key }
    }

    /// The document with its index rows; opened once, however often it is asked for.
    pub(crate) fn look(
        &mut self,
        vault: &Vault,
        shard: ShardId,
    ) -> Result<Option<&(Document, Rows)>, StoreError> {
        if let Some(stored) = self.stored.take() {
            self.opened = Some(stored.open_with_rows(vault, shard)?);
        }
        Ok(self.opened.as_ref())
    }

    /// The document's id.
    pub(crate) fn into_id(self) -> Option<String> {
        self.stored.map(|stored| stored.id).or(self.opened.map(|(document, _)| document.id))
    }

    /// The document.
    pub(crate) fn open(self, vault: &Vault, shard: ShardId) -> Result<Option<Document>, StoreError> {
        match (self.stored, self.opened) {
            (Some(stored), _) => stored.open(vault, shard).map(Some),
            (None, opened) => Ok(opened.map(|(document, _)| document)),
        }
    }
}

/// The rows of one phase.
pub(crate) type ScanRows = Vec<Row>;

/// The rows of the same scan in several shards, all of one moment.
pub(crate) struct Together {
    /// Of each scan.
    pub(crate) rows: Vec<ScanRows>,
    /// The greatest key in the shard of each scan, if asked for.
    pub(crate) newest: Vec<i64>,
}

/// What an engine would do for a scan.
pub(crate) struct Explained {
    /// The condition that leads, by its place; `None` when the order does.
    pub(crate) driver: Option<usize>,
    /// Conditions that could lead, and how many rows each yields, counted up to a limit.
    pub(crate) conditions: Vec<(usize, i64)>,
    /// SQL.
    pub(crate) statement: String,
}

/// A matching set no larger than this is sorted in memory rather than by walking the index of its order.
pub(crate) const SORTED_IN_MEMORY_MAX: i64 = 1_000;

/// Cuts a page of `limit` rows; one row more was asked for, to know whether there is a next page.
pub(crate) fn cut(rows: &mut ScanRows, limit: usize) -> Option<Position> {
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    rows.last().map(Row::position)
}

/// Sorts a whole matching set by what its documents' own index rows say, and leaves what comes after the position.
pub(crate) fn sort(
    vault: &Vault,
    shard: ShardId,
    scan: &Scan,
    mut rows: ScanRows,
) -> Result<ScanRows, StoreError> {
    for row in &mut rows {
        let Some((document, index)) = row.look(vault, shard)? else { continue };
        let value = sort_value(&scan.order, document, index);
        let then = scan.then.iter().map(|order| sort_value(order, document, index)).collect();
        (row.value, row.then) = (value, then);
    }
    let mut placed: Vec<(Position, Row)> = rows.into_iter().map(|row| (row.position(), row)).collect();
    if let Some(after) = &scan.after {
        placed.retain(|(position, _)| scan.compare(position, after).is_gt());
    }
    placed.sort_by(|(a, _), (b, _)| scan.compare(a, b));
    Ok(placed.into_iter().map(|(_, row)| row).collect())
}

/// What orders a document.
pub(crate) fn sort_value(order: &Order, document: &Document, rows: &Rows) -> Option<Vec<u8>> {
    let wanted = if order.is_descending() { GREATEST } else { LEAST };
    match order {
        Order::Key { .. } => None,
        Order::Updated { .. } => Some(plan::integer_bytes(document.at.micros())),
        Order::Id { .. } => Some(document.id.clone().into_bytes()),
        Order::Linked { subject, code, .. } => rows
            .links
            .iter()
            .find(|r| r.subject == *subject && r.code == *code)
            .map(|r| plan::integer_bytes(r.at)),
        Order::Term { param, .. } => {
            rows.terms.iter().find(|r| r.param == param.0 && r.edge & wanted != 0).map(|r| r.value.clone())
        }
        Order::Quantity { param, .. } => rows
            .quantities
            .iter()
            .find(|r| r.param == param.0 && r.edge & wanted != 0)
            .map(|r| r.value.clone()),
        Order::Span { param, .. } => rows
            .spans
            .iter()
            .find(|r| r.param == param.0 && r.edge & wanted != 0)
            .map(|r| plan::integer_bytes(r.low)),
    }
}
