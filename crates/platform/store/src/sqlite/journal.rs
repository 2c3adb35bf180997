//! Reads of the journal, in whichever file a chain lies.

use super::{
    SHARD, Sqlite,
    connect::fault,
    looks,
    threads::{File, with_connection},
};
use crate::{ChainId, JournalPosition, JournalRow, StoreError};
use galen_kernel::Instant;
use rusqlite::{Connection, ToSql, params};

impl Sqlite {
    pub(crate) fn journal_heads(&self) -> Result<Vec<JournalRow>, StoreError> {
        let mut heads = Vec::new();
        for chain in [ChainId(0), looks::CHAIN] {
            heads.extend(self.journal_rows(
                chain,
                "SELECT chain, seq, at, hash, body FROM journal WHERE chain = ?1 ORDER BY seq DESC LIMIT 1",
                &[&chain.0],
            )?);
        }
        Ok(heads)
    }

    pub(crate) fn journal(&self, after: JournalPosition, limit: u32) -> Result<Vec<JournalRow>, StoreError> {
        self.journal_rows(
            after.chain,
            "SELECT chain, seq, at, hash, body FROM journal WHERE chain = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
            &[&after.chain.0, &(after.sequence as i64), &limit],
        )
    }

    pub(crate) fn journal_hashes(
        &self,
        after: JournalPosition,
        limit: u32,
    ) -> Result<Vec<[u8; 32]>, StoreError> {
        let query = |connection: &Connection| -> Result<Vec<Vec<u8>>, StoreError> {
            connection
                .prepare_cached(
                    "SELECT hash FROM journal WHERE chain = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
                )
                .and_then(|mut s| {
                    s.query_map(params![after.chain.0, after.sequence as i64, limit], |r| r.get(0))?.collect()
                })
                .map_err(|e| fault(&e))
        };
        let hashes = self.in_file_of(after.chain, query)?;
        Ok(hashes.into_iter().map(|hash| hash.try_into().unwrap_or([0; 32])).collect())
    }

    /// Reads where a chain lies.
    fn in_file_of<T>(
        &self,
        chain: ChainId,
        query: impl Fn(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if chain == looks::CHAIN {
            return with_connection(&File::of_looks(&self.shared), query);
        }
        self.read(query)
    }

    pub(crate) fn journal_entries(&self, places: &[JournalPosition]) -> Result<Vec<JournalRow>, StoreError> {
        let mut rows = Vec::with_capacity(places.len());
        for place in places {
            rows.extend(self.journal_rows(
                place.chain,
                "SELECT chain, seq, at, hash, body FROM journal WHERE chain = ?1 AND seq = ?2",
                &[&place.chain.0, &(place.sequence as i64)],
            )?);
        }
        Ok(rows)
    }

    fn journal_rows(
        &self,
        chain: ChainId,
        sql: &str,
        args: &[&dyn ToSql],
    ) -> Result<Vec<JournalRow>, StoreError> {
        let query = |connection: &Connection| -> Result<Vec<(u16, i64, i64, Vec<u8>, Vec<u8>)>, StoreError> {
            connection
                .prepare_cached(sql)
                .and_then(|mut s| {
                    s.query_map(args, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?
                        .collect()
                })
                .map_err(|e| fault(&e))
        };
        let rows = self.in_file_of(chain, query)?;
        let open = |(chain, sequence, at, hash, sealed): (u16, i64, i64, Vec<u8>, Vec<u8>)| {
            let hash = hash.try_into().unwrap_or([0; 32]);
            let body = self.shared.vault.open_journal(SHARD, at, &sealed);
            let position = JournalPosition { chain: ChainId(chain), sequence: sequence as u64 };
            JournalRow { position, at: Instant::from_micros(at), hash, sealed, body }
        };
        Ok(rows.into_iter().map(open).collect())
    }
}
