//! Scans against a naive model: every match, every order, page by page.

use super::*;
use galen_store::{
    BodyTest, Bound, Condition, Expected, IndexRows, Match, Operation, Order, Param, Position, Put, Scan,
    TermMatch,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

crate::on_both_engines!(
    given_random_documents_then_every_scan_is_as_the_model_says,
    given_updates_and_deletes_then_old_rows_are_gone,
    given_index_rows_without_documents_then_keys_are_found,
    given_many_equal_values_then_further_orders_hold,
    given_a_search_that_began_then_later_documents_stay_out,
    given_scans_of_ids_and_terms_then_they_are_those_of_the_documents,
    given_a_scan_then_it_is_explained,
    given_documents_then_their_terms_are_stepped_through,
);

pub fn term(param: u16, value: &[u8]) -> Scan {
    scan(vec![Condition::Any(vec![Match::Term(Param(param), TermMatch::Equals(value.to_vec()))])])
}

fn scan(all: Vec<Condition>) -> Scan {
    Scan::new(PATIENT, all, Order::Key { descending: false }, 100)
}

/// The ids that a scan finds, in its order.
pub async fn ids(f: &Fixture, scan: Scan) -> Vec<String> {
    f.store.scan(S0, &scan).await.unwrap().documents.into_iter().map(|d| d.id).collect()
}

#[derive(Debug, Clone)]
struct Modelled {
    id: String,
    key: i64,
    at: i64,
    index: IndexRows,
}

fn value() -> impl Strategy<Value = Vec<u8>> + Clone {
    prop::collection::vec(prop::sample::select(vec![0u8, b'a', b'b', 255]), 0..3)
}

pub(super) fn index() -> impl Strategy<Value = IndexRows> {
    let param = || (1u16..4).prop_map(Param);
    let terms = prop::collection::vec((param(), value()), 0..4);
    let spans = prop::collection::vec((param(), 0i64..6, 0i64..4), 0..3);
    let quantities = prop::collection::vec((param(), value(), prop::sample::select(UNITS.to_vec())), 0..3);
    let links = prop::collection::vec((0u8..2, 0u8..3, 0i64..5), 0..3);
    (terms, spans, quantities, links).prop_map(|(terms, spans, quantities, links)| IndexRows {
        terms,
        spans: spans.into_iter().map(|(p, low, length)| (p, low - 3, low - 3 + length)).collect(),
        quantities: quantities.into_iter().map(|(p, v, u)| (p, v, u.as_bytes().to_vec())).collect(),
        links: links.into_iter().map(|(s, c, t)| link(s, c, t)).collect(),
    })
}

const UNITS: [&str; 4] = ["", "mg\0", "mg\0ucum", "ml\0ucum"];

fn bound<T: Clone + std::fmt::Debug + 'static>(
    inner: impl Strategy<Value = T> + Clone + 'static,
) -> impl Strategy<Value = Bound<T>> {
    prop_oneof![Just(Bound::Open), inner.clone().prop_map(Bound::Included), inner.prop_map(Bound::Excluded),]
}

fn leaf() -> impl Strategy<Value = Match> {
    let param = || (1u16..4).prop_map(Param);
    let number = || bound(-3i64..6);
    let how = prop_oneof![
        4 => value().prop_map(TermMatch::Equals),
        1 => value().prop_map(TermMatch::Prefix),
        1 => value().prop_map(TermMatch::Suffix),
        1 => value().prop_map(TermMatch::Contains),
        1 => Just(TermMatch::Present),
    ];
    let unit = prop::option::of(prop::sample::select(vec!["mg\0", "mg\0ucum", "\0"]));
    prop_oneof![
        1 => (0u32..40).prop_map(|n| Match::Id(format!("p{n}"))),
        1 => prop::collection::vec(0u32..40, 0..20)
            .prop_map(|all| Match::Ids(all.into_iter().map(|n| format!("p{n}")).collect())),
        2 => (param(), prop::collection::vec(value(), 0..4)).prop_map(|(p, all)| Match::TermIn(p, all.into())),
        1 => (0u8..10).prop_map(|digit| {
            Match::Body(BodyTest::new(move |body| body.last().is_some_and(|last| last % 10 == digit)))
        }),
        1 => (single_order(), prop::option::of(value())).prop_map(|(order, value)| match order {
            // Values of numbers and times are integers; of keys and ids nothing is asked.
            Order::Term { .. } | Order::Quantity { .. } => Match::Ordered(order, value),
            other => Match::Ordered(other, None),
        }),
        6 => (param(), how).prop_map(|(p, how)| Match::Term(p, how)),
        2 => (param(), number(), number(), number(), number())
            .prop_map(|(param, a, b, c, d)| Match::Span { param, low: (a, b), high: (c, d) }),
        1 => param().prop_map(Match::SpanPresent),
        2 => (param(), bound(value()), bound(value()), unit).prop_map(|(param, low, high, unit)| {
            Match::Quantity { param, low, high, unit: unit.map(|u| u.as_bytes().to_vec()) }
        }),
        1 => param().prop_map(Match::QuantityPresent),
        2 => (0u8..2, 0u8..3, bound((0i64..5).prop_map(|t| at(t).micros())), bound((0i64..5).prop_map(|t| at(t).micros())))
            .prop_map(|(s, c, low, high)| Match::Link { subject: [s; 16], code: [c; 8], at: (low, high) }),
        1 => (bound((0i64..40).prop_map(|t| at(t).micros())), bound((0i64..40).prop_map(|t| at(t).micros())))
            .prop_map(|(low, high)| Match::Updated(low, high)),
    ]
}

pub(super) fn condition() -> impl Strategy<Value = Condition> {
    let several = || prop::collection::vec(leaf(), 0..3);
    let inner = prop_oneof![8 => leaf(), 1 => several().prop_map(Match::All), 1 => several().prop_map(Match::Any), 1 => leaf().prop_map(|m| Match::Not(Box::new(m)))];
    (prop::collection::vec(inner, 1..3), prop::bool::weighted(0.3))
        .prop_map(|(matches, none)| if none { Condition::None(matches) } else { Condition::Any(matches) })
}

fn single_order() -> impl Strategy<Value = Order> {
    order().prop_map(|order| match order {
        Order::Key { descending } | Order::Linked { descending, .. } => {
            Order::Term { param: Param(1), descending }
        }
        other => other,
    })
}

pub(super) fn order() -> impl Strategy<Value = Order> {
    (0u8..7, 1u16..4, 0u8..2, 0u8..3, any::<bool>()).prop_map(|(which, p, s, c, descending)| {
        let param = Param(p);
        match which {
            0 => Order::Key { descending },
            1 => Order::Updated { descending },
            2 => Order::Id { descending },
            3 => Order::Linked { subject: [s; 16], code: [c; 8], descending },
            4 => Order::Term { param, descending },
            5 => Order::Span { param, descending },
            _ => Order::Quantity { param, descending },
        }
    })
}

fn within<T: PartialOrd>(value: &T, low: &Bound<T>, high: &Bound<T>) -> bool {
    let above = match low {
        Bound::Open => true,
        Bound::Included(b) => value >= b,
        Bound::Excluded(b) => value > b,
    };
    above
        && match high {
            Bound::Open => true,
            Bound::Included(b) => value <= b,
            Bound::Excluded(b) => value < b,
        }
}

/// One place per subject and code: the latest.
fn linked_at(d: &Modelled, s: [u8; 16], c: [u8; 8]) -> Option<i64> {
    d.index.links.iter().filter(|l| l.subject == s && l.code == c).map(|l| l.at).max()
}

fn holds(d: &Modelled, m: &Match) -> bool {
    let contains = |v: &[u8], part: &[u8]| part.is_empty() || v.windows(part.len()).any(|w| w == part);
    match m {
        Match::Id(id) => d.id == *id,
        Match::Term(param, how) => d.index.terms.iter().filter(|(p, _)| p == param).any(|(_, v)| match how {
            TermMatch::Equals(x) => v == x,
            TermMatch::Prefix(x) => v.starts_with(x),
            TermMatch::Suffix(x) => v.ends_with(x),
            TermMatch::Contains(x) => contains(v, x),
            TermMatch::Present => true,
        }),
        Match::Span { param, low, high } => d
            .index
            .spans
            .iter()
            .any(|(p, l, h)| p == param && within(l, &low.0, &low.1) && within(h, &high.0, &high.1)),
        Match::SpanPresent(param) => d.index.spans.iter().any(|(p, ..)| p == param),
        Match::Quantity { param, low, high, unit } => d.index.quantities.iter().any(|(p, v, u)| {
            let unit =
                unit.as_ref().is_none_or(|x| if x.ends_with(b"\0") { u.starts_with(x) } else { u == x });
            p == param && within(v, low, high) && unit
        }),
        Match::QuantityPresent(param) => d.index.quantities.iter().any(|(p, ..)| p == param),
        Match::Link { subject, code, at } => {
            linked_at(d, *subject, *code).is_some_and(|t| within(&t, &at.0, &at.1))
        }
        Match::Updated(low, high) => within(&d.at, low, high),
        Match::Ids(ids) => ids.contains(&d.id),
        Match::TermIn(param, list) => d.index.terms.iter().any(|(p, v)| p == param && list.contains(v)),
        Match::Ordered(Order::Updated { .. } | Order::Id { .. }, None) => false,
        Match::Ordered(order, value) => sort_value(d, *order) == *value,
        Match::Body(test) => test.holds(body_of(&d.id).as_bytes()),
        Match::Any(any) => any.iter().any(|m| holds(d, m)),
        Match::All(all) => all.iter().all(|m| holds(d, m)),
        Match::Not(inner) => !holds(d, inner),
    }
}

fn body_of(id: &str) -> String {
    format!("body of {id}")
}

fn sort_value(d: &Modelled, order: Order) -> Option<Vec<u8>> {
    let number = |n: i64| (n ^ i64::MIN).to_be_bytes().to_vec();
    let edge = |values: Vec<Vec<u8>>, down: bool| {
        if down { values.into_iter().max() } else { values.into_iter().min() }
    };
    match order {
        Order::Key { .. } => None,
        Order::Updated { .. } => Some(number(d.at)),
        Order::Id { .. } => Some(d.id.as_bytes().to_vec()),
        Order::Linked { subject, code, .. } => linked_at(d, subject, code).map(number),
        Order::Term { param, descending } => {
            let of = d.index.terms.iter().filter(|(p, _)| *p == param).map(|(_, v)| v.clone());
            edge(of.collect(), descending)
        }
        Order::Span { param, descending } => {
            let of = d.index.spans.iter().filter(|(p, ..)| *p == param);
            edge(of.map(|(_, low, _)| number(*low)).collect(), descending)
        }
        Order::Quantity { param, descending } => {
            let of = d.index.quantities.iter().filter(|(p, ..)| *p == param).map(|(_, v, _)| v.clone());
            edge(of.collect(), descending)
        }
    }
}

fn descending(order: Order) -> bool {
    match order {
        Order::Key { descending }
        | Order::Updated { descending }
        | Order::Id { descending }
        | Order::Linked { descending, .. }
        | Order::Term { descending, .. }
        | Order::Span { descending, .. }
        | Order::Quantity { descending, .. } => descending,
    }
}

fn expected(documents: &[Modelled], scan: &Scan) -> Vec<String> {
    let mut found: Vec<_> = documents
        .iter()
        .filter(|d| {
            scan.all.iter().all(|c| match c {
                Condition::Any(matches) => matches.iter().any(|m| holds(d, m)),
                Condition::None(matches) => !matches.iter().any(|m| holds(d, m)),
            })
        })
        .filter(|d| scan.until.is_none_or(|until| d.key <= until))
        .filter(|d| !matches!(scan.order, Order::Linked { .. }) || sort_value(d, scan.order).is_some())
        .collect();
    let orders: Vec<Order> = std::iter::once(scan.order).chain(scan.then.iter().copied()).collect();
    found.sort_by(|a, b| {
        for order in &orders {
            let by = match (sort_value(a, *order), sort_value(b, *order)) {
                (Some(x), Some(y)) if descending(*order) => y.cmp(&x),
                (Some(x), Some(y)) => x.cmp(&y),
                (x, y) => x.is_none().cmp(&y.is_none()),
            };
            if by.is_ne() {
                return by;
            }
        }
        if descending(orders[orders.len() - 1]) { b.key.cmp(&a.key) } else { a.key.cmp(&b.key) }
    });
    found.into_iter().map(|d| d.id.clone()).collect()
}

async fn paged(f: &Fixture, scan: &Scan) -> Vec<String> {
    let mut found = Vec::new();
    let mut scan = scan.clone();
    loop {
        let page = f.store.scan(S0, &scan).await.unwrap();
        assert_eq!(page.positions.len(), page.documents.len());
        found.extend(page.documents.into_iter().map(|d| d.id));
        let Some(next) = page.next else { return found };
        // A position survives being carried as text.
        let text = serde_json::to_string(&next).unwrap();
        scan.after = Some(serde_json::from_str::<Position>(&text).unwrap());
    }
}

async fn given_random_documents_then_every_scan_is_as_the_model_says(f: Fixture) {
    let mut runner = TestRunner::deterministic();
    let mut documents = Vec::new();
    for n in 0..40i64 {
        let rows = index().new_tree(&mut runner).unwrap().current();
        let id = format!("p{}", (n * 7) % 40);
        let put = Put { index: rows.clone(), ..put(PATIENT, &id, Expected::Absent, &body_of(&id)) };
        f.store.commit(set(n % 13, vec![Operation::Put(put)])).await.unwrap();
        let key = f.store.get(S0, PATIENT, &id).await.unwrap().unwrap().key.0;
        documents.push(Modelled { id, key, at: at(n % 13).micros(), index: rows });
    }
    let then = prop::collection::vec(single_order(), 0..3);
    let until = prop::option::weighted(0.2, 0i64..45);
    let case = (prop::collection::vec(condition(), 0..4), order(), then, until, 1u32..9);
    for round in 0..900 {
        let (all, order, mut then, until, limit) = case.new_tree(&mut runner).unwrap().current();
        if matches!(order, Order::Key { .. }) {
            then.clear();
        }
        let scan = Scan { then, until, ..Scan::new(PATIENT, all, order, limit) };
        let wanted = expected(&documents, &scan);
        assert_eq!(paged(&f, &scan).await, wanted, "round {round}: {scan:?}");
        let most = 7;
        let count = f.store.count(S0, &scan, most).await.unwrap();
        assert_eq!(count, (wanted.len() as u64).min(most), "round {round}: {scan:?}");
    }
}

async fn given_updates_and_deletes_then_old_rows_are_gone(f: Fixture) {
    let mut runner = TestRunner::deterministic();
    let mut documents: Vec<Modelled> = Vec::new();
    for n in 0..60i64 {
        let rows = index().new_tree(&mut runner).unwrap().current();
        let id = format!("p{}", n % 9);
        let current = f.store.get(S0, PATIENT, &id).await.unwrap();
        documents.retain(|d| d.id != id);
        if let Some(live) = current.as_ref().filter(|d| !d.deleted && n % 5 == 0) {
            let delete = Operation::Delete { kind: PATIENT, id, expected: live.version };
            f.store.commit(set(n, vec![delete])).await.unwrap();
            continue;
        }
        let expected = current.map_or(Expected::Absent, |d| Expected::Version(d.version));
        let put = Put { index: rows.clone(), ..put(PATIENT, &id, expected, &body_of(&id)) };
        f.store.commit(set(n, vec![Operation::Put(put)])).await.unwrap();
        let key = f.store.get(S0, PATIENT, &id).await.unwrap().unwrap().key.0;
        documents.push(Modelled { id, key, at: at(n).micros(), index: rows });
    }
    let case = (prop::collection::vec(condition(), 0..3), order(), 1u32..9);
    for round in 0..200 {
        let (all, order, limit) = case.new_tree(&mut runner).unwrap().current();
        let scan = Scan::new(PATIENT, all, order, limit);
        assert_eq!(paged(&f, &scan).await, expected(&documents, &scan), "round {round}: {scan:?}");
    }
}

/// Runs longer than what is sorted in hand, so that each further key's own index orders them.
async fn given_many_equal_values_then_further_orders_hold(f: Fixture) {
    let mut documents = Vec::new();
    let mut operations = Vec::new();
    for n in 0..2_400i64 {
        let mut index = IndexRows::default();
        // Few values, and some documents without any.
        if n % 7 > 0 {
            index.terms.push((Param(1), format!("v{}", n % 2).into_bytes()));
        }
        if n % 5 > 0 {
            index.spans.push((Param(2), (n * 31) % 97, (n * 31) % 97 + 1));
        }
        if n % 3 > 0 {
            index.quantities.push((Param(3), vec![u8::try_from((n * 17) % 11).unwrap()], Vec::new()));
        }
        let id = format!("p{n}");
        operations.push(Operation::Put(Put {
            index: index.clone(),
            ..put(PATIENT, &id, Expected::Absent, &body_of(&id))
        }));
        documents.push(Modelled { id, key: 0, at: at(1).micros(), index });
    }
    for chunk in operations.chunks(400) {
        f.store.commit(set(1, chunk.to_vec())).await.unwrap();
    }
    for document in &mut documents {
        document.key = f.store.get(S0, PATIENT, &document.id).await.unwrap().unwrap().key.0;
    }
    let gender = |descending| Order::Term { param: Param(1), descending };
    let birth = |descending| Order::Span { param: Param(2), descending };
    let weight = |descending| Order::Quantity { param: Param(3), descending };
    for (order, then) in [
        (gender(false), vec![birth(false)]),
        (gender(true), vec![birth(true), weight(false)]),
        (gender(false), vec![weight(true), birth(false)]),
        (Order::Updated { descending: true }, vec![gender(false), birth(true)]),
        (birth(true), vec![Order::Id { descending: false }]),
    ] {
        let scan = Scan { then, ..Scan::new(PATIENT, Vec::new(), order, 137) };
        assert_eq!(paged(&f, &scan).await, expected(&documents, &scan), "{scan:?}");
    }
}

async fn given_a_search_that_began_then_later_documents_stay_out(f: Fixture) {
    for n in 0..6 {
        let put = put(PATIENT, &format!("p{n}"), Expected::Absent, "body");
        f.store.commit(set(n, vec![Operation::Put(put)])).await.unwrap();
    }
    let until = Some(f.store.extents(None).await.unwrap()[0].newest);
    let mut all = Scan { until, ..scan(Vec::new()) };
    all.limit = 4;
    let first = f.store.scan(S0, &all).await.unwrap();
    let late = put(PATIENT, "late", Expected::Absent, "body");
    f.store.commit(set(9, vec![Operation::Put(late)])).await.unwrap();
    all.after = first.next;
    assert_eq!(ids(&f, all).await, ["p4", "p5"]);
    assert_eq!(ids(&f, scan(Vec::new())).await.len(), 7);
}

async fn given_scans_of_ids_and_terms_then_they_are_those_of_the_documents(f: Fixture) {
    for n in 0..7u8 {
        let index = IndexRows {
            terms: vec![(Param(1), vec![n % 2]), (Param(2), vec![n]), (Param(2), vec![n, n])],
            ..IndexRows::default()
        };
        let put = Put { index, ..put(PATIENT, &format!("p{n}"), Expected::Absent, "body") };
        f.store.commit(set(1, vec![Operation::Put(put)])).await.unwrap();
    }
    let odd = Scan { limit: 2, ..term(1, &[1]) };
    let (first, next) = f.store.scan_ids(S0, &odd).await.unwrap();
    assert_eq!(first, ["p1", "p3"]);
    let (rest, end) = f.store.scan_ids(S0, &Scan { after: next, ..odd.clone() }).await.unwrap();
    assert_eq!((rest, end), (vec!["p5".to_owned()], None));
    let (terms, _) = f.store.scan_terms(S0, &odd, Param(2)).await.unwrap();
    assert_eq!(terms, [vec![1], vec![1, 1], vec![3], vec![3, 3]]);
}

async fn given_documents_then_their_terms_are_stepped_through(f: Fixture) {
    let values = [vec![0, 1], vec![1], vec![1], vec![1, 0], vec![255]];
    for (n, value) in values.iter().enumerate() {
        let index =
            IndexRows { terms: vec![(Param(1), value.clone()), (Param(2), vec![7])], ..IndexRows::default() };
        let put = Put { index, ..put(PATIENT, &format!("p{n}"), Expected::Absent, "body") };
        f.store.commit(set(1, vec![Operation::Put(put)])).await.unwrap();
    }
    let mut met = Vec::new();
    let mut after = Vec::new();
    while let Some(value) = f.store.next_term(S0, PATIENT, Param(1), &after).await.unwrap() {
        after.clone_from(&value);
        met.push(value);
    }
    assert_eq!(met, [vec![0, 1], vec![1], vec![1, 0], vec![255]]);
    assert_eq!(f.store.next_term(S0, OBSERVATION, Param(1), &[]).await.unwrap(), None);
    let gone = Operation::Delete { kind: PATIENT, id: "p0".into(), expected: 1 };
    f.store.commit(set(2, vec![gone])).await.unwrap();
    assert_eq!(f.store.next_term(S0, PATIENT, Param(1), &[]).await.unwrap(), Some(vec![1]));
}

async fn given_a_scan_then_it_is_explained(f: Fixture) {
    for n in 0..5u8 {
        let index =
            IndexRows { terms: vec![(Param(1), vec![0]), (Param(2), vec![n])], ..IndexRows::default() };
        let put = Put { index, ..put(PATIENT, &format!("p{n}"), Expected::Absent, "body") };
        f.store.commit(set(1, vec![Operation::Put(put)])).await.unwrap();
    }
    let term =
        |param, value: u8| Condition::Any(vec![Match::Term(Param(param), TermMatch::Equals(vec![value]))]);
    let never = Condition::Any(vec![Match::Body(BodyTest::new(|_| false))]);
    let all = vec![term(1, 0), never, term(2, 3)];
    let explained = f.store.explain(S0, &scan(all)).await.unwrap();
    assert_eq!(explained.conditions, [(0, 5), (2, 1)]);
    assert_eq!(explained.in_hand, [1]);
    assert!(explained.statement.starts_with("SELECT "), "{}", explained.statement);
    assert!(!explained.statement.contains("body of"), "no values in a plan");
}

async fn given_index_rows_without_documents_then_keys_are_found(f: Fixture) {
    let rows = |n: i64| IndexRows {
        terms: vec![(Param(1), format!("user {}", n % 2).into_bytes())],
        spans: vec![(Param(2), n, n + 1)],
        ..IndexRows::default()
    };
    for _ in 0..2 {
        let all =
            (0..10).map(|n| Operation::Index { kind: OBSERVATION, key: 100 + n, index: rows(n) }).collect();
        f.store.commit(set(1, all)).await.unwrap();
    }
    let user = Condition::Any(vec![Match::Term(Param(1), TermMatch::Equals(b"user 1".to_vec()))]);
    let newest = Order::Span { param: Param(2), descending: true };
    for (all, order, wanted) in [
        (vec![user.clone()], Order::Key { descending: false }, vec![101, 103, 105, 107, 109]),
        (vec![user], newest, vec![109, 107, 105, 103, 101]),
        (vec![], newest, (100..110).rev().collect()),
        (vec![], Order::Key { descending: true }, (100..110).rev().collect()),
    ] {
        let mut scan = Scan::new(OBSERVATION, all, order, 3);
        let mut found: Vec<i64> = Vec::new();
        loop {
            let (keys, next) = f.store.scan_keys(S0, &scan).await.unwrap();
            found.extend(keys.iter().map(|position| position.key));
            let Some(next) = next else { break };
            scan.after = Some(next);
        }
        assert_eq!(found, wanted);
    }
}
