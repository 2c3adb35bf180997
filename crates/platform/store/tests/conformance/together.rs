//! The same scan in all shards: as each shard answers by itself, and of one moment.

use super::scans::{condition, index, order};
use super::*;
use galen_store::{Expected, IndexRows, Operation, Order, Pages, Put, Scan, ShardId, WriteSet};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

crate::on_both_engines!(
    given_any_scan_then_shards_together_answer_as_each_alone,
    given_a_first_page_then_it_pins_the_search,
);

async fn write(f: &Fixture, shard: ShardId, n: i64, index: IndexRows) {
    let id = format!("{shard}-p{n}");
    let put = Put { index, ..put(PATIENT, &id, Expected::Absent, &format!("body {n}")) };
    f.store.commit(WriteSet { shard, ..set(n / 2, vec![Operation::Put(put)]) }).await.unwrap();
}

fn shards(f: &Fixture) -> Vec<ShardId> {
    (0..f.store.shards()).map(ShardId).collect()
}

async fn given_any_scan_then_shards_together_answer_as_each_alone(f: Fixture) {
    let mut runner = TestRunner::deterministic();
    for n in 0..90 {
        let shard = ShardId(u8::try_from(n % i64::from(f.store.shards())).unwrap());
        write(&f, shard, n, index().new_tree(&mut runner).unwrap().current()).await;
    }
    let f = f.reopened().await;
    let case = (prop::collection::vec(condition(), 0..3), order(), 1u32..9, any::<bool>());
    for round in 0..300 {
        let (all, order, limit, newest) = case.new_tree(&mut runner).unwrap().current();
        let scan = Scan::new(PATIENT, all, order, limit);
        let mut open: Vec<(ShardId, Scan)> = shards(&f).into_iter().map(|s| (s, scan.clone())).collect();
        while !open.is_empty() {
            let Pages { pages, newest: keys } = f.store.scan_together(&open, newest).await.unwrap();
            assert_eq!((pages.len(), keys.len()), (open.len(), if newest { open.len() } else { 0 }));
            let mut rest = Vec::new();
            for ((shard, asked), page) in open.into_iter().zip(pages) {
                let alone = f.store.scan(shard, &asked).await.unwrap();
                assert_eq!(
                    (&page.documents, &page.positions, &page.next),
                    (&alone.documents, &alone.positions, &alone.next),
                    "round {round}: {asked:?}"
                );
                rest.extend(page.next.map(|next| (shard, Scan { after: Some(next), ..asked })));
            }
            open = rest;
        }
    }
}

async fn given_a_first_page_then_it_pins_the_search(f: Fixture) {
    for order in [Order::Key { descending: false }, Order::Updated { descending: false }] {
        let began = f.store.extents(None).await.unwrap();
        for n in 0..20 {
            write(&f, ShardId(0), began[0].newest + n, IndexRows::default()).await;
        }
        let scan = Scan::new(PATIENT, Vec::new(), order, 3);
        let scans: Vec<_> = shards(&f).into_iter().map(|shard| (shard, scan.clone())).collect();
        let first = f.store.scan_together(&scans, true).await.unwrap();
        let extents = f.store.extents(None).await.unwrap();
        assert_eq!(first.newest, extents.iter().map(|extent| extent.newest).collect::<Vec<_>>());
        assert_eq!(first.pages[0].documents.len(), 3);
        assert!(first.pages[1..].iter().all(|page| page.documents.is_empty() && page.next.is_none()));
    }
}
