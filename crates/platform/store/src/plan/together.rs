//! The same scan of several schemas as one statement.

use super::{Phase, Plan, Planner, Want};
use crate::{Order, Scan, dialect::Dialect};
use std::fmt::Write;

/// One statement for the scans of several schemas, each an arm of it. Its columns: the arm's place, then those of
/// [`Plan`]. With `newest`, each arm also has a row of no kind whose key is the greatest of its schema.
pub(crate) fn together(arms: &[(&str, &Scan)], driver: Option<usize>, limit: i64, newest: bool) -> Plan {
    let mut whole = Plan { sql: String::with_capacity(4_096), args: Vec::new() };
    for (arm, (schema, scan)) in arms.iter().enumerate() {
        let mut planner = Planner::new(scan, Dialect::Postgres, Want::Documents, driver);
        planner.schema = format!("{schema}.");
        planner.arm = Some(arm);
        planner.args = whole.args;
        let Plan { sql, args } = planner.plan(Phase::Valued, limit);
        let between = if arm == 0 { "" } else { " UNION ALL " };
        let _ = write!(whole.sql, "{between}({sql})");
        whole.args = args;
    }
    if newest {
        for (arm, (schema, scan)) in arms.iter().enumerate() {
            let value = match scan.order {
                Order::Linked { .. } | Order::Updated { .. } | Order::Span { .. } => "bigint",
                Order::Term { .. } | Order::Quantity { .. } => "bytea",
                Order::Id { .. } | Order::Key { .. } => "text",
            };
            let _ = write!(
                whole.sql,
                " UNION ALL SELECT {arm}, (SELECT coalesce(max(key), 0) FROM {schema}.doc), NULL::{value}, NULL::int, \
                 NULL::text, NULL::bigint, NULL::bigint, NULL::int, NULL::bigint, NULL::bytea"
            );
        }
    }
    whole
}
