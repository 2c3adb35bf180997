//! A new root key for a PostgreSQL zone: one transaction over all its schemas wraps every data key anew. With a key
//! file, the new key is beside it before the transaction and takes its place after; opening finds either.

use super::{Postgres, connect::Purpose, schema_name};
use crate::{
    KeySource, ShardId, StoreError,
    root::{self, RootKey},
};

impl Postgres {
    pub(crate) async fn rotate_root_key(&self, new: [u8; 32]) -> Result<(), StoreError> {
        let next = RootKey::new(new);
        if let KeySource::File(path) = &self.shared.key {
            let beside = root::next_path(path);
            let _ = std::fs::remove_file(&beside);
            next.write(&beside)?;
        }
        let connection = self.shared.address.connect("", Purpose::Write).await?;
        connection.run("BEGIN").await?;
        for shard in 0..self.shards.len() {
            let shard = ShardId(u8::try_from(shard).unwrap_or(0));
            let schema = schema_name(&self.shared.zone, shard);
            self.rewrap_shard(&connection, &schema, shard, &next).await?;
        }
        connection.run("COMMIT").await?;
        self.shared.vault.replace_root(next)?;
        if let KeySource::File(path) = &self.shared.key {
            std::fs::rename(root::next_path(path), path)
                .map_err(|e| StoreError::Other(format!("{}: {e}", path.display())))?;
            root::sync_directory(path)?;
        }
        Ok(())
    }

    async fn rewrap_shard(
        &self,
        connection: &super::connect::Connection,
        schema: &str,
        shard: ShardId,
        next: &RootKey,
    ) -> Result<(), StoreError> {
        let vault = &self.shared.vault;
        let wrapping = next.wrapping()?;
        connection.run(&format!("SET LOCAL search_path = {schema}")).await?;
        // Writers that would add a key wrapped by the old root wait here, and then see the new generation.
        connection.run("LOCK TABLE key IN SHARE ROW EXCLUSIVE MODE").await?;
        let sql = format!("SELECT id, owner, wrapped FROM {schema}.key WHERE wrapped IS NOT NULL");
        let rows = connection.query(&sql, &[]).await?;
        let (mut ids, mut wrapped) = (Vec::new(), Vec::new());
        for row in rows {
            ids.push(row.get::<_, i64>(0));
            wrapped.push(vault.rewrap(&wrapping, shard, row.get(1), row.get(2))?);
        }
        let sql = format!(
            "UPDATE {schema}.key k SET wrapped = n.wrapped FROM unnest($1::bigint[], $2::bytea[]) AS n(id, wrapped)
             WHERE k.id = n.id"
        );
        connection.execute(&sql, &[&ids, &wrapped]).await?;
        let sql = format!("UPDATE {schema}.meta SET value = $2 WHERE name = $1");
        connection.execute(&sql, &[&"check", &vault.key_check(next)?]).await?;
        let generation = (vault.generation() + 1).to_be_bytes().to_vec();
        connection.execute(&sql, &[&"generation", &generation]).await?;
        Ok(())
    }
}
