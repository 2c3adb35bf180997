//! The changes of a batch's accepted sets, as a few statements over arrays, sent with the COMMIT in one go. Any that
//! fails makes the server turn the COMMIT into a ROLLBACK.

use super::{
    Shared,
    batch::{Accepted, Failure, Plan},
    connect::Connection,
    read,
};
use crate::{Kind, ShardId, rows::Rows, vault::SHARD_KEY};
use futures_util::future::{join, join_all};
use std::collections::BTreeMap;
use tokio_postgres::types::ToSql;

/// A statement and its arguments, run for its effect.
pub(super) struct Call<'a> {
    sql: &'static str,
    args: Vec<Box<dyn ToSql + Sync + Send + 'a>>,
}

macro_rules! call {
    ($sql:expr, $($arg:expr),* $(,)?) => { Call { sql: $sql, args: vec![$(Box::new($arg)),*] } };
}

const DOCUMENTS_INSERT: &str = "INSERT INTO doc (key, kind, id, version, at, deleted, owner, body)
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[], $4::bigint[], $5::bigint[], $6::int[], $7::bigint[], $8::bytea[])";
const DOCUMENTS_UPDATE: &str = "WITH n AS (
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[], $5::bigint[], $6::bytea[])
            AS n(key, version, at, deleted, owner, body)),
    h AS (INSERT INTO history (key, version, at, deleted, owner, body, kind)
        SELECT d.key, d.version, d.at, d.deleted, d.owner, d.body, d.kind FROM n JOIN doc d ON d.key = n.key)
    UPDATE doc SET version = n.version, at = n.at, deleted = n.deleted, owner = n.owner, body = n.body
    FROM n WHERE doc.key = n.key";
const DOCUMENTS_RESEAL: &str = "UPDATE doc SET owner = n.owner, body = n.body
    FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS n(key, owner, body) WHERE doc.key = n.key";
const TERMS_DELETE: &str = "DELETE FROM term t USING unnest($1::int[], $2::int[], $3::bytea[], $4::bigint[])
    AS n(kind, param, value, key)
    WHERE t.kind = n.kind AND t.param = n.param AND t.value = n.value AND t.key = n.key";
const SPANS_DELETE: &str =
    "DELETE FROM span t USING unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[])
    AS n(kind, param, low, high, key)
    WHERE t.kind = n.kind AND t.param = n.param AND t.low = n.low AND t.high = n.high AND t.key = n.key";
const QUANTITIES_DELETE: &str =
    "DELETE FROM quantity t USING unnest($1::int[], $2::int[], $3::bytea[], $4::bytea[], $5::bigint[])
    AS n(kind, param, value, unit, key)
    WHERE t.kind = n.kind AND t.param = n.param AND t.value = n.value AND t.unit = n.unit AND t.key = n.key";
const LINKS_DELETE: &str =
    "DELETE FROM link t USING unnest($1::bytea[], $2::int[], $3::bytea[], $4::bigint[], $5::bigint[])
    AS n(subject, kind, code, at, key)
    WHERE t.subject = n.subject AND t.kind = n.kind AND t.code = n.code AND t.at = n.at AND t.key = n.key";
const TERMS_INSERT: &str = "INSERT INTO term (kind, param, value, key, edge)
    SELECT * FROM unnest($1::int[], $2::int[], $3::bytea[], $4::bigint[], $5::int[]) ON CONFLICT DO NOTHING";
const SPANS_INSERT: &str = "INSERT INTO span (kind, param, low, high, key, edge)
    SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[]) ON CONFLICT DO NOTHING";
const QUANTITIES_INSERT: &str = "INSERT INTO quantity (kind, param, value, unit, key, edge)
    SELECT * FROM unnest($1::int[], $2::int[], $3::bytea[], $4::bytea[], $5::bigint[], $6::int[]) ON CONFLICT DO NOTHING";
const LINKS_INSERT: &str = "INSERT INTO link (subject, kind, code, at, key)
    SELECT * FROM unnest($1::bytea[], $2::int[], $3::bytea[], $4::bigint[], $5::bigint[]) ON CONFLICT DO NOTHING";
/// What is released goes; of what is taken only what has lapsed. A claim that another transaction took since the question
/// was asked must stay, so that taking it once more fails and is judged anew.
const CLAIMS_DELETE: &str =
    "DELETE FROM claim c USING unnest($1::text[], $2::bytea[], $3::bigint[]) AS n(scope, value, at)
    WHERE c.scope = n.scope AND c.value = n.value AND (n.at IS NULL OR c.until <= n.at)";
const CLAIMS_INSERT: &str = "INSERT INTO claim (scope, value, holder, until)
    SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bigint[])";
const BALANCES_UPDATE: &str = "UPDATE balance b SET value = n.value
    FROM unnest($1::text[], $2::bigint[]) AS n(name, value) WHERE b.name = n.name";
const ENTRIES_INSERT: &str = "INSERT INTO entry (account, posting, line, unit, amount, at)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::int[], $4::text[], $5::bigint[], $6::bigint[])";
const CURSORS_UPSERT: &str = "INSERT INTO cursor (name, chain, seq)
    SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
    ON CONFLICT (name, chain) DO UPDATE SET seq = greatest(cursor.seq, excluded.seq)";
const JOURNAL_INSERT: &str = "INSERT INTO journal (chain, seq, at, hash, body)
    SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[])";

/// Applies the accepted sets and ends the transaction with `end` (`COMMIT`, or nothing where it goes on).
pub(super) async fn apply(
    connection: &Connection,
    shared: &Shared,
    shard: ShardId,
    plan: &Plan<'_>,
    end: &str,
) -> Result<(), Failure> {
    let mut calls = Vec::new();
    documents(plan, &mut calls);
    index_rows(&plan.accepted, &mut calls);
    claims(plan, &mut calls);
    ledger(plan, &mut calls);
    positions(&plan.accepted, &mut calls);
    let erases = plan.accepted.iter().any(|accepted| !accepted.set.erased.is_empty());
    if erases {
        run(connection, &calls, "").await?;
        for owner in plan.accepted.iter().flat_map(|accepted| &accepted.set.erased) {
            erase(connection, shared, shard, plan, owner).await?;
        }
        calls.clear();
    }
    run(connection, &calls, end).await
}

/// Sends all statements before it waits for the first answer.
async fn run(connection: &Connection, calls: &[Call<'_>], end: &str) -> Result<(), Failure> {
    let mut statements = Vec::with_capacity(calls.len());
    for call in calls {
        statements.push(connection.statement(call.sql).await.map_err(Failure::Unknown)?);
    }
    let args: Vec<Vec<&(dyn ToSql + Sync)>> = calls
        .iter()
        .map(|call| call.args.iter().map(|arg| -> &(dyn ToSql + Sync) { arg.as_ref() }).collect())
        .collect();
    let all = join_all(statements.iter().zip(&args).map(|(s, a)| connection.client.execute(s, a)));
    if end.is_empty() {
        for outcome in all.await {
            outcome.map_err(|e| Failure::of(&e))?;
        }
        return Ok(());
    }
    let (all, ended) = join(all, connection.client.batch_execute(end)).await;
    // A failed statement is the cause; what the COMMIT then says is not.
    for outcome in all {
        outcome.map_err(|e| Failure::of(&e))?;
    }
    // The COMMIT itself failed: nobody knows what the server did before it went.
    ended.map_err(|e| match Failure::of(&e) {
        Failure::Again(error) => Failure::Again(error),
        other => Failure::Unknown(other.into_error()),
    })
}

fn documents<'a>(plan: &'a Plan<'_>, calls: &mut Vec<Call<'a>>) {
    let owner = |name: &str| {
        if name.is_empty() { SHARD_KEY } else { plan.facts.owner_number(name).unwrap_or(SHARD_KEY) }
    };
    let all = || {
        plan.accepted.iter().flat_map(|a| a.set.puts.iter().zip(&a.keys).map(move |(p, k)| (a.set.at, p, *k)))
    };
    let puts = |new: bool| all().filter(move |(_, p, _)| !p.in_place && p.expected.is_none() == new);
    let resealed = || all().filter(|(_, p, _)| p.in_place);
    if resealed().next().is_some() {
        calls.push(call!(
            DOCUMENTS_RESEAL,
            resealed().map(|(_, _, key)| key).collect::<Vec<i64>>(),
            resealed().map(|(_, p, _)| owner(&p.owner)).collect::<Vec<i64>>(),
            resealed().map(|(_, p, _)| p.body.as_deref()).collect::<Vec<Option<&[u8]>>>(),
        ));
    }
    if puts(true).next().is_some() {
        calls.push(call!(
            DOCUMENTS_INSERT,
            puts(true).map(|(_, _, key)| key).collect::<Vec<i64>>(),
            puts(true).map(|(_, p, _)| i32::from(p.kind.0)).collect::<Vec<i32>>(),
            puts(true).map(|(_, p, _)| p.id.as_str()).collect::<Vec<&str>>(),
            puts(true).map(|(_, p, _)| p.version as i64).collect::<Vec<i64>>(),
            puts(true).map(|(at, _, _)| at).collect::<Vec<i64>>(),
            puts(true).map(|(_, p, _)| i32::from(p.deleted)).collect::<Vec<i32>>(),
            puts(true).map(|(_, p, _)| owner(&p.owner)).collect::<Vec<i64>>(),
            puts(true).map(|(_, p, _)| p.body.as_deref()).collect::<Vec<Option<&[u8]>>>(),
        ));
    }
    if puts(false).next().is_some() {
        calls.push(call!(
            DOCUMENTS_UPDATE,
            puts(false).map(|(_, _, key)| key).collect::<Vec<i64>>(),
            puts(false).map(|(_, p, _)| p.version as i64).collect::<Vec<i64>>(),
            puts(false).map(|(at, _, _)| at).collect::<Vec<i64>>(),
            puts(false).map(|(_, p, _)| i32::from(p.deleted)).collect::<Vec<i32>>(),
            puts(false).map(|(_, p, _)| owner(&p.owner)).collect::<Vec<i64>>(),
            puts(false).map(|(_, p, _)| p.body.as_deref()).collect::<Vec<Option<&[u8]>>>(),
        ));
    }
}

fn index_rows<'a>(accepted: &'a [Accepted<'_>], calls: &mut Vec<Call<'a>>) {
    let puts = || accepted.iter().flat_map(|a| a.set.puts.iter().zip(&a.keys));
    let removed: Vec<_> = puts().map(|(p, k)| (p.kind, *k, &p.removed)).collect();
    remove(&removed, calls);
    let added = puts().map(|(p, k)| (p.kind, *k, &p.added));
    let bare = accepted.iter().flat_map(|a| &a.set.indexes).map(|(kind, key, rows)| (*kind, *key, rows));
    add(&added.chain(bare).collect::<Vec<_>>(), calls);
}

type Indexed<'a> = (Kind, i64, &'a Rows);

fn remove<'a>(all: &[Indexed<'a>], calls: &mut Vec<Call<'a>>) {
    let terms: Vec<_> = all.iter().flat_map(|(n, k, r)| r.terms.iter().map(move |t| (n.0, *k, t))).collect();
    if !terms.is_empty() {
        calls.push(call!(
            TERMS_DELETE,
            terms.iter().map(|(n, ..)| i32::from(*n)).collect::<Vec<i32>>(),
            terms.iter().map(|(.., t)| i32::from(t.param)).collect::<Vec<i32>>(),
            terms.iter().map(|(.., t)| t.value.as_slice()).collect::<Vec<&[u8]>>(),
            terms.iter().map(|(_, k, _)| *k).collect::<Vec<i64>>(),
        ));
    }
    let spans: Vec<_> = all.iter().flat_map(|(n, k, r)| r.spans.iter().map(move |t| (n.0, *k, t))).collect();
    if !spans.is_empty() {
        calls.push(call!(
            SPANS_DELETE,
            spans.iter().map(|(n, ..)| i32::from(*n)).collect::<Vec<i32>>(),
            spans.iter().map(|(.., t)| i32::from(t.param)).collect::<Vec<i32>>(),
            spans.iter().map(|(.., t)| t.low).collect::<Vec<i64>>(),
            spans.iter().map(|(.., t)| t.high).collect::<Vec<i64>>(),
            spans.iter().map(|(_, k, _)| *k).collect::<Vec<i64>>(),
        ));
    }
    let quantities: Vec<_> =
        all.iter().flat_map(|(n, k, r)| r.quantities.iter().map(move |t| (n.0, *k, t))).collect();
    if !quantities.is_empty() {
        calls.push(call!(
            QUANTITIES_DELETE,
            quantities.iter().map(|(n, ..)| i32::from(*n)).collect::<Vec<i32>>(),
            quantities.iter().map(|(.., t)| i32::from(t.param)).collect::<Vec<i32>>(),
            quantities.iter().map(|(.., t)| t.value.as_slice()).collect::<Vec<&[u8]>>(),
            quantities.iter().map(|(.., t)| t.unit.as_slice()).collect::<Vec<&[u8]>>(),
            quantities.iter().map(|(_, k, _)| *k).collect::<Vec<i64>>(),
        ));
    }
    let links: Vec<_> = all.iter().flat_map(|(n, k, r)| r.links.iter().map(move |t| (n.0, *k, t))).collect();
    if !links.is_empty() {
        calls.push(call!(
            LINKS_DELETE,
            links.iter().map(|(.., t)| t.subject.as_slice()).collect::<Vec<&[u8]>>(),
            links.iter().map(|(n, ..)| i32::from(*n)).collect::<Vec<i32>>(),
            links.iter().map(|(.., t)| t.code.as_slice()).collect::<Vec<&[u8]>>(),
            links.iter().map(|(.., t)| t.at).collect::<Vec<i64>>(),
            links.iter().map(|(_, k, _)| *k).collect::<Vec<i64>>(),
        ));
    }
}

fn add<'a>(all: &[Indexed<'a>], calls: &mut Vec<Call<'a>>) {
    let terms: Vec<_> = all.iter().flat_map(|(n, k, r)| r.terms.iter().map(move |t| (n.0, *k, t))).collect();
    if !terms.is_empty() {
        calls.push(call!(
            TERMS_INSERT,
            terms.iter().map(|(n, ..)| i32::from(*n)).collect::<Vec<i32>>(),
            terms.iter().map(|(.., t)| i32::from(t.param)).collect::<Vec<i32>>(),
            terms.iter().map(|(.., t)| t.value.as_slice()).collect::<Vec<&[u8]>>(),
            terms.iter().map(|(_, k, _)| *k).collect::<Vec<i64>>(),
            terms.iter().map(|(.., t)| i32::from(t.edge)).collect::<Vec<i32>>(),
        ));
    }
    let spans: Vec<_> = all.iter().flat_map(|(n, k, r)| r.spans.iter().map(move |t| (n.0, *k, t))).collect();
    if !spans.is_empty() {
        calls.push(call!(
            SPANS_INSERT,
            spans.iter().map(|(n, ..)| i32::from(*n)).collect::<Vec<i32>>(),
            spans.iter().map(|(.., t)| i32::from(t.param)).collect::<Vec<i32>>(),
            spans.iter().map(|(.., t)| t.low).collect::<Vec<i64>>(),
            spans.iter().map(|(.., t)| t.high).collect::<Vec<i64>>(),
            spans.iter().map(|(_, k, _)| *k).collect::<Vec<i64>>(),
            spans.iter().map(|(.., t)| i32::from(t.edge)).collect::<Vec<i32>>(),
        ));
    }
    let quantities: Vec<_> =
        all.iter().flat_map(|(n, k, r)| r.quantities.iter().map(move |t| (n.0, *k, t))).collect();
    if !quantities.is_empty() {
        calls.push(call!(
            QUANTITIES_INSERT,
            quantities.iter().map(|(n, ..)| i32::from(*n)).collect::<Vec<i32>>(),
            quantities.iter().map(|(.., t)| i32::from(t.param)).collect::<Vec<i32>>(),
            quantities.iter().map(|(.., t)| t.value.as_slice()).collect::<Vec<&[u8]>>(),
            quantities.iter().map(|(.., t)| t.unit.as_slice()).collect::<Vec<&[u8]>>(),
            quantities.iter().map(|(_, k, _)| *k).collect::<Vec<i64>>(),
            quantities.iter().map(|(.., t)| i32::from(t.edge)).collect::<Vec<i32>>(),
        ));
    }
    let links: Vec<_> = all.iter().flat_map(|(n, k, r)| r.links.iter().map(move |t| (n.0, *k, t))).collect();
    if !links.is_empty() {
        calls.push(call!(
            LINKS_INSERT,
            links.iter().map(|(.., t)| t.subject.as_slice()).collect::<Vec<&[u8]>>(),
            links.iter().map(|(n, ..)| i32::from(*n)).collect::<Vec<i32>>(),
            links.iter().map(|(.., t)| t.code.as_slice()).collect::<Vec<&[u8]>>(),
            links.iter().map(|(.., t)| t.at).collect::<Vec<i64>>(),
            links.iter().map(|(_, k, _)| *k).collect::<Vec<i64>>(),
        ));
    }
}

fn claims<'a>(plan: &'a Plan<'_>, calls: &mut Vec<Call<'a>>) {
    // Of two that take one value in one batch the first had lapsed by the time of the second.
    let mut taken: BTreeMap<(&str, &[u8]), (&[u8], Option<i64>)> = BTreeMap::new();
    let mut gone: Vec<(&str, &[u8], Option<i64>)> = Vec::new();
    for accepted in &plan.accepted {
        for claim in &accepted.set.claims {
            gone.push((claim.scope, &claim.name, Some(accepted.set.at)));
            taken.insert((claim.scope, &claim.name), (&claim.holder, claim.until));
        }
        gone.extend(accepted.set.releases.iter().map(|(scope, name)| (*scope, name.as_slice(), None)));
    }
    if !gone.is_empty() {
        calls.push(call!(
            CLAIMS_DELETE,
            gone.iter().map(|(scope, ..)| *scope).collect::<Vec<&str>>(),
            gone.iter().map(|(_, name, _)| *name).collect::<Vec<&[u8]>>(),
            gone.iter().map(|(.., lapsed_by)| *lapsed_by).collect::<Vec<Option<i64>>>(),
        ));
    }
    if !taken.is_empty() {
        calls.push(call!(
            CLAIMS_INSERT,
            taken.keys().map(|(scope, _)| *scope).collect::<Vec<&str>>(),
            taken.keys().map(|(_, name)| *name).collect::<Vec<&[u8]>>(),
            taken.values().map(|(holder, _)| *holder).collect::<Vec<&[u8]>>(),
            taken.values().map(|(_, until)| *until).collect::<Vec<Option<i64>>>(),
        ));
    }
}

fn ledger<'a>(plan: &'a Plan<'_>, calls: &mut Vec<Call<'a>>) {
    if plan.accepted.iter().any(|a| !a.set.adds.is_empty()) {
        calls.push(call!(
            BALANCES_UPDATE,
            plan.facts.balances.keys().map(String::as_str).collect::<Vec<&str>>(),
            plan.facts.balances.values().copied().collect::<Vec<i64>>(),
        ));
    }
    let lines: Vec<_> = plan
        .accepted
        .iter()
        .flat_map(|a| a.set.postings.iter().zip(&a.postings).map(move |(entries, n)| (a.set.at, entries, *n)))
        .flat_map(|(at, entries, n)| entries.iter().enumerate().map(move |(line, e)| (at, n, line as i32, e)))
        .collect();
    if !lines.is_empty() {
        calls.push(call!(
            ENTRIES_INSERT,
            lines.iter().map(|(.., e)| e.account.as_str()).collect::<Vec<&str>>(),
            lines.iter().map(|(_, n, ..)| *n).collect::<Vec<i64>>(),
            lines.iter().map(|(_, _, line, _)| *line).collect::<Vec<i32>>(),
            lines.iter().map(|(.., e)| e.unit.as_str()).collect::<Vec<&str>>(),
            lines.iter().map(|(.., e)| e.amount).collect::<Vec<i64>>(),
            lines.iter().map(|(at, ..)| *at).collect::<Vec<i64>>(),
        ));
    }
}

/// Cursors and journal.
fn positions<'a>(accepted: &'a [Accepted<'_>], calls: &mut Vec<Call<'a>>) {
    let mut cursors: BTreeMap<(&str, u16), u64> = BTreeMap::new();
    for (name, position) in accepted.iter().flat_map(|a| &a.set.advances) {
        let place = cursors.entry((name, position.chain.0)).or_default();
        *place = (*place).max(position.sequence);
    }
    if !cursors.is_empty() {
        calls.push(call!(
            CURSORS_UPSERT,
            cursors.keys().map(|(name, _)| *name).collect::<Vec<&str>>(),
            cursors.keys().map(|(_, chain)| i32::from(*chain)).collect::<Vec<i32>>(),
            cursors.values().map(|sequence| *sequence as i64).collect::<Vec<i64>>(),
        ));
    }
    let entries: Vec<_> = accepted
        .iter()
        .filter_map(|a| Some((a.set.at, a.journal.as_ref()?, a.set.journal.as_deref()?)))
        .collect();
    if !entries.is_empty() {
        calls.push(call!(
            JOURNAL_INSERT,
            entries.iter().map(|(_, (p, _), _)| i32::from(p.chain.0)).collect::<Vec<i32>>(),
            entries.iter().map(|(_, (p, _), _)| p.sequence as i64).collect::<Vec<i64>>(),
            entries.iter().map(|(at, ..)| *at).collect::<Vec<i64>>(),
            entries.iter().map(|(_, (_, hash), _)| hash.as_slice()).collect::<Vec<&[u8]>>(),
            entries.iter().map(|(.., sealed)| *sealed).collect::<Vec<&[u8]>>(),
        ));
    }
}

/// Destroys an owner's key and the index rows of what it sealed, under the lock that `check` took.
async fn erase(
    connection: &Connection,
    shared: &Shared,
    shard: ShardId,
    plan: &Plan<'_>,
    owner: &str,
) -> Result<(), Failure> {
    let inner = |error| Failure::RolledBack(error);
    let Some(id) = plan.facts.owner_number(owner) else {
        let sql = "INSERT INTO key (owner, wrapped, erased) VALUES ($1, NULL, 1)";
        connection.execute(sql, &[&owner]).await.map_err(Failure::Again)?;
        return Ok(());
    };
    let stored = read::owned_by(connection, &shared.vault, shard, id).await.map_err(inner)?;
    let mut rows = Vec::with_capacity(stored.len());
    for document in &stored {
        rows.push((document.kind, document.key, document.rows(&shared.vault, shard).map_err(inner)?));
    }
    let rows: Vec<Indexed<'_>> = rows.iter().map(|(kind, key, rows)| (*kind, *key, rows)).collect();
    let mut calls = Vec::new();
    remove(&rows, &mut calls);
    for sql in [
        "UPDATE doc SET body = NULL WHERE owner = $1",
        "UPDATE history SET body = NULL WHERE owner = $1",
        "UPDATE key SET wrapped = NULL, erased = 1 WHERE id = $1",
    ] {
        calls.push(call!(sql, id));
    }
    run(connection, &calls, "").await
}
