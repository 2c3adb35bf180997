//! Pages of scans, put together the same way for both engines.

use crate::{
    Document, Order, Position, Scan, ShardId, StoreError, plan,
    rows::{GREATEST, LEAST, Rows},
    stored::Stored,
    vault::Vault,
};

/// A row of a scan: key, sort value, and the document unless only keys were wanted.
pub(crate) struct Row {
    pub(crate) key: i64,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) stored: Option<Stored>,
}

/// The rows of one phase.
pub(crate) type ScanRows = Vec<Row>;

/// A matching set no larger than this is sorted in memory rather than by walking the index of its order.
pub(crate) const SORTED_IN_MEMORY_MAX: i64 = 1_000;

/// Cuts a page of `limit` rows; one row more was asked for, to know whether there is a next page.
pub(crate) fn cut(rows: &mut ScanRows, limit: usize) -> Option<Position> {
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    rows.last().map(|last| Position { value: last.value.clone(), key: last.key })
}

/// Opens the documents of a page.
pub(crate) fn open(vault: &Vault, shard: ShardId, rows: ScanRows) -> Result<Vec<Document>, StoreError> {
    rows.into_iter().filter_map(|row| row.stored).map(|stored| stored.open(vault, shard)).collect()
}

/// Sorts a whole matching set by what its documents' own index rows say, and leaves what comes after the position.
pub(crate) fn sort(
    vault: &Vault,
    shard: ShardId,
    scan: &Scan,
    rows: ScanRows,
) -> Result<ScanRows, StoreError> {
    let mut sorted = Vec::with_capacity(rows.len());
    for mut row in rows {
        let index = match &row.stored {
            Some(stored) => stored.rows(vault, shard)?,
            None => Rows::default(),
        };
        row.value = sort_value(&scan.order, &index);
        sorted.push(row);
    }
    let down = scan.order.is_descending();
    // Documents without a value come last in both directions.
    let compare = |a: (&Option<Vec<u8>>, i64), b: (&Option<Vec<u8>>, i64)| {
        let by_value = match (a.0, b.0) {
            (Some(x), Some(y)) if down => y.cmp(x),
            (Some(x), Some(y)) => x.cmp(y),
            (x, y) => x.is_none().cmp(&y.is_none()),
        };
        by_value.then(if down { b.1.cmp(&a.1) } else { a.1.cmp(&b.1) })
    };
    if let Some(after) = &scan.after {
        sorted.retain(|row| compare((&row.value, row.key), (&after.value, after.key)).is_gt());
    }
    sorted.sort_by(|a, b| compare((&a.value, a.key), (&b.value, b.key)));
    Ok(sorted)
}

fn sort_value(order: &Order, rows: &Rows) -> Option<Vec<u8>> {
    let wanted = if order.is_descending() { GREATEST } else { LEAST };
    match order {
        Order::Term { param, .. } => {
            rows.terms.iter().find(|r| r.param == param.0 && r.edge & wanted != 0).map(|r| r.value.clone())
        }
        Order::Quantity { param, .. } => rows
            .quantities
            .iter()
            .find(|r| r.param == param.0 && r.edge & wanted != 0)
            .map(|r| r.value.clone()),
        Order::Span { param, descending } => rows
            .spans
            .iter()
            .find(|r| r.param == param.0 && r.edge & wanted != 0)
            .map(|r| plan::integer_bytes(if *descending { r.high } else { r.low })),
        _ => None,
    }
}
