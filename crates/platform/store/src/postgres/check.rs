//! What a batch must know before it is decided, read under row locks: nobody can change it before the commit.

use super::{Shared, batch::Failure, connect::Connection};
use crate::{
    Conflict, Kind, ShardId, StoreError,
    prepared::{Prepared, PreparedOwner},
    seal::{Seal, seal_of},
};
use futures_util::future::{join, join_all};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use tokio_postgres::{Row, types::ToSql};

/// The facts about everything that a batch touches, and what its accepted sets make of them.
#[derive(Default)]
pub(super) struct Facts {
    owners: HashMap<String, (i64, Option<Vec<u8>>, bool)>,
    documents: HashMap<(Kind, String), Standing>,
    claims: HashMap<(String, [u8; 16]), (Vec<u8>, Option<i64>)>,
    /// Claims that an accepted set of this batch takes: they can be released only by a later batch.
    taken: HashSet<(String, [u8; 16])>,
    pub(super) balances: BTreeMap<String, i64>,
    postings: std::vec::IntoIter<i64>,
}

/// A document as it stands.
struct Standing {
    key: i64,
    version: u64,
    seal: Option<Seal>,
}

/// What is to be done with a set.
pub(super) enum Verdict {
    /// Apply it.
    Accept(Judged),
    /// Prepare it anew: its bodies were sealed under a key that is not the owner's, or a document was sealed anew
    /// (re-indexed) since.
    Stale,
    /// It depends on what an earlier set of the batch does.
    HoldBack,
}

/// What applying a set that may be applied needs.
pub(super) struct Judged {
    /// Of each put, the key of the document it replaces.
    pub(super) replaced: Vec<Option<i64>>,
    balances: Vec<(String, i64)>,
}

const KEYS_INSERT: &str = "INSERT INTO key (owner, wrapped, erased)
    SELECT o, w, 0 FROM unnest($1::text[], $2::bytea[]) AS n(o, w)
    WHERE (SELECT value FROM meta WHERE name = 'generation') = $3 ON CONFLICT (owner) DO NOTHING";
const KEYS: &str = "SELECT owner, id, wrapped, erased FROM key WHERE owner = ANY($1)";
const DOCUMENTS: &str = "SELECT d.kind, d.id, d.key, d.version, substring(d.body FROM 1 FOR 13) FROM doc d
    JOIN unnest($1::int[], $2::text[]) AS n(kind, id) ON d.kind = n.kind AND d.id = n.id ORDER BY d.key FOR UPDATE OF d";
const CLAIMS: &str = "SELECT c.scope, c.value, c.holder, c.until FROM claim c
    JOIN unnest($1::text[], $2::bytea[]) AS n(scope, value) ON c.scope = n.scope AND c.value = n.value
    ORDER BY c.scope, c.value FOR UPDATE OF c";
const BALANCES_INSERT: &str = "INSERT INTO balance (name, value) SELECT n, 0 FROM unnest($1::text[]) AS n ON CONFLICT (name) DO NOTHING";
const BALANCES: &str = "SELECT name, value FROM balance WHERE name = ANY($1) ORDER BY name FOR UPDATE";
const POSTINGS: &str = "SELECT nextval('posting_number') FROM generate_series(1, $1::bigint)";
/// Conflicts with the lock of an erasure, which must see every document sealed before it and none after.
const LOCK: &str = "LOCK TABLE doc IN ROW EXCLUSIVE MODE";
const LOCK_TO_ERASE: &str = "LOCK TABLE doc IN SHARE ROW EXCLUSIVE MODE";

/// A statement and its arguments, run for its rows.
struct Question {
    sql: &'static str,
    args: Vec<Box<dyn ToSql + Sync + Send>>,
}

/// Begins the transaction (unless `begin` is empty: it has begun) and reads the facts, all in one round trip.
pub(super) async fn read(
    connection: &Connection,
    shared: &Shared,
    begin: &str,
    sets: &[&Prepared],
) -> Result<Facts, Failure> {
    let erases = sets.iter().any(|set| !set.erased.is_empty());
    let mut questions = vec![Question { sql: if erases { LOCK_TO_ERASE } else { LOCK }, args: Vec::new() }];
    ask_owners(shared, sets, &mut questions);
    ask_rows(sets, &mut questions);
    let mut prepared = Vec::with_capacity(questions.len());
    for question in &questions {
        prepared.push(connection.statement(question.sql).await.map_err(Failure::Unknown)?);
    }
    let args: Vec<Vec<&(dyn ToSql + Sync)>> = questions
        .iter()
        .map(|q| q.args.iter().map(|a| -> &(dyn ToSql + Sync) { a.as_ref() }).collect())
        .collect();
    let answers = join_all(prepared.iter().zip(&args).map(|(s, a)| connection.client.query(s, a)));
    let (begun, answers) = join(connection.client.batch_execute(begin), answers).await;
    begun.map_err(|e| Failure::of(&e))?;
    let mut facts = Facts::default();
    for (question, answer) in questions.iter().zip(answers) {
        let rows = answer.map_err(|e| Failure::of(&e))?;
        facts.take(question.sql, &rows).map_err(Failure::RolledBack)?;
    }
    Ok(facts)
}

fn ask_owners(shared: &Shared, sets: &[&Prepared], questions: &mut Vec<Question>) {
    let mut fresh: BTreeMap<&str, &[u8]> = BTreeMap::new();
    let mut all: BTreeSet<String> = BTreeSet::new();
    for set in sets {
        for owner in &set.owners {
            all.insert(owner.owner.clone());
            if owner.id.is_none() && set.generation == shared.vault.generation() {
                fresh.entry(&owner.owner).or_insert(&owner.wrapped);
            }
        }
        all.extend(set.erased.iter().cloned());
    }
    if !fresh.is_empty() {
        let owners: Vec<String> = fresh.keys().map(|o| (*o).to_owned()).collect();
        let wrapped: Vec<Vec<u8>> = fresh.values().map(|w| w.to_vec()).collect();
        let generation = shared.vault.generation().to_be_bytes().to_vec();
        questions.push(Question {
            sql: KEYS_INSERT,
            args: vec![Box::new(owners), Box::new(wrapped), Box::new(generation)],
        });
    }
    if !all.is_empty() {
        let all: Vec<String> = all.into_iter().collect();
        questions.push(Question { sql: KEYS, args: vec![Box::new(all)] });
    }
}

fn ask_rows(sets: &[&Prepared], questions: &mut Vec<Question>) {
    let puts = || sets.iter().flat_map(|set| &set.puts);
    if puts().next().is_some() {
        let kinds: Vec<i32> = puts().map(|put| i32::from(put.kind.0)).collect();
        let ids: Vec<String> = puts().map(|put| put.id.clone()).collect();
        questions.push(Question { sql: DOCUMENTS, args: vec![Box::new(kinds), Box::new(ids)] });
    }
    let claims: BTreeSet<(&str, [u8; 16])> = sets
        .iter()
        .flat_map(|set| {
            set.claims.iter().map(|c| (c.scope, c.name)).chain(set.releases.iter().map(|(s, n)| (*s, *n)))
        })
        .collect();
    if !claims.is_empty() {
        let scopes: Vec<String> = claims.iter().map(|(scope, _)| (*scope).to_owned()).collect();
        let names: Vec<Vec<u8>> = claims.iter().map(|(_, name)| name.to_vec()).collect();
        questions.push(Question { sql: CLAIMS, args: vec![Box::new(scopes), Box::new(names)] });
    }
    let balances: BTreeSet<&str> =
        sets.iter().flat_map(|set| &set.adds).map(|(name, ..)| name.as_str()).collect();
    if !balances.is_empty() {
        let names: Vec<String> = balances.into_iter().map(str::to_owned).collect();
        questions.push(Question { sql: BALANCES_INSERT, args: vec![Box::new(names.clone())] });
        questions.push(Question { sql: BALANCES, args: vec![Box::new(names)] });
    }
    let postings: usize = sets.iter().map(|set| set.postings.len()).sum();
    if postings > 0 {
        questions.push(Question { sql: POSTINGS, args: vec![Box::new(postings as i64)] });
    }
}

impl Facts {
    fn take(&mut self, sql: &str, rows: &[Row]) -> Result<(), StoreError> {
        for row in rows {
            match sql {
                KEYS => {
                    let erased: i32 = row.get(3);
                    self.owners.insert(row.get(0), (row.get(1), row.get(2), erased != 0));
                }
                DOCUMENTS => {
                    let (kind, version): (i32, i64) = (row.get(0), row.get(3));
                    let kind = Kind(u16::try_from(kind).unwrap_or_default());
                    let header: Option<&[u8]> = row.get(4);
                    let (key, version, seal) = (row.get(2), version as u64, header.and_then(seal_of));
                    self.documents.insert((kind, row.get(1)), Standing { key, version, seal });
                }
                CLAIMS => {
                    let name: Vec<u8> = row.get(1);
                    let name = name.try_into().map_err(|_| StoreError::Damaged("a claim's name".into()))?;
                    self.claims.insert((row.get(0), name), (row.get(2), row.get(3)));
                }
                BALANCES => drop(self.balances.insert(row.get(0), row.get(1))),
                _ => {}
            }
        }
        if sql == POSTINGS {
            let numbers: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
            self.postings = numbers.into_iter();
        }
        Ok(())
    }

    /// The number of an owner's key.
    pub(super) fn owner_number(&self, owner: &str) -> Option<i64> {
        self.owners.get(owner).map(|(id, ..)| *id)
    }

    pub(super) fn take_postings(&mut self, count: usize) -> Vec<i64> {
        self.postings.by_ref().take(count).collect()
    }

    /// Judges a set by the facts.
    pub(super) fn judge(
        &self,
        shared: &Shared,
        shard: ShardId,
        set: &Prepared,
    ) -> Result<Verdict, StoreError> {
        for owner in &set.owners {
            if !self.owner_stands(owner)? {
                shared.vault.forget(shard, &owner.owner);
                return Ok(Verdict::Stale);
            }
        }
        let mut replaced = Vec::with_capacity(set.puts.len());
        for put in &set.puts {
            let current = self.documents.get(&(put.kind, put.id.clone()));
            let version = current.map(|standing| standing.version);
            if version != put.expected {
                let (kind, id) = (put.kind, put.id.clone());
                return Err(StoreError::Conflict(Conflict::Version { kind, id, current: version }));
            }
            if current.and_then(|standing| standing.seal) != put.seal {
                return Ok(Verdict::Stale);
            }
            replaced.push(current.map(|standing| standing.key));
        }
        if set.releases.iter().any(|(scope, name)| self.taken.contains(&((*scope).to_owned(), *name))) {
            return Ok(Verdict::HoldBack);
        }
        self.judge_claims(shared, shard, set)?;
        Ok(Verdict::Accept(Judged { replaced, balances: self.judge_balances(set)? }))
    }

    fn judge_claims(&self, shared: &Shared, shard: ShardId, set: &Prepared) -> Result<(), StoreError> {
        for claim in &set.claims {
            let Some((holder, until)) = self.claims.get(&(claim.scope.to_owned(), claim.name)) else {
                continue;
            };
            if until.is_none_or(|until| until > set.at) {
                return Err(StoreError::Conflict(Conflict::Claimed {
                    scope: claim.scope,
                    value: claim.value.clone(),
                    holder: shared.vault.open_holder(shard, claim.scope, &claim.name, holder)?,
                }));
            }
        }
        Ok(())
    }

    fn judge_balances(&self, set: &Prepared) -> Result<Vec<(String, i64)>, StoreError> {
        let mut balances = Vec::with_capacity(set.adds.len());
        for (name, delta, floor) in &set.adds {
            let current = self.balances.get(name).copied().unwrap_or(0);
            let next = current.checked_add(*delta).ok_or(StoreError::Invalid("a balance would overflow"))?;
            if next < *floor {
                return Err(StoreError::Conflict(Conflict::BelowFloor { balance: name.clone(), current }));
            }
            balances.push((name.clone(), next));
        }
        Ok(balances)
    }

    /// Adds the changes of a set that was judged to the facts.
    pub(super) fn accept(&mut self, set: &Prepared, judged: Judged) {
        for put in &set.puts {
            let key = (put.kind, put.id.clone());
            let number = self.documents.get(&key).map_or(0, |standing| standing.key);
            let seal = put.body.as_deref().and_then(seal_of);
            self.documents.insert(key, Standing { key: number, version: put.version, seal });
        }
        for claim in &set.claims {
            let key = (claim.scope.to_owned(), claim.name);
            self.taken.insert(key.clone());
            self.claims.insert(key, (claim.holder.clone(), claim.until));
        }
        for (scope, name) in &set.releases {
            self.claims.remove(&((*scope).to_owned(), *name));
        }
        self.balances.extend(judged.balances);
    }

    fn owner_stands(&self, owner: &PreparedOwner) -> Result<bool, StoreError> {
        match self.owners.get(&owner.owner) {
            Some((_, _, true)) => Err(StoreError::Conflict(Conflict::Erased { owner: owner.owner.clone() })),
            Some((id, wrapped, false)) => Ok(match owner.id {
                Some(known) => known == *id,
                None => wrapped.as_deref() == Some(&*owner.wrapped),
            }),
            None => Ok(false),
        }
    }
}
