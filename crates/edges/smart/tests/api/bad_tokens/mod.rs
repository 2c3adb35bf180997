//! Bad tokens of every sort (RFC 8725, SMART App Launch 2.2), each beside a twin that differs from it in one thing only and
//! is taken: a refusal proves nothing while nobody has seen that the rest of the request was good.

mod access;
mod asked;
mod assertions;
mod claims;
mod codes;
mod forms;
mod headers;
mod launches;
mod programs;
mod refreshes;
mod requests;
mod signatures;
mod told;
mod tried;

use galen_testkit::ward::Reply;
use serde_json::Value;
use std::collections::HashSet;

/// Rows that the table has at least.
const ROWS_MIN: usize = 80;

/// One bad token: how the twin comes from what is usual, and how the bad one comes from the twin.
pub struct Row<T> {
    /// What is wrong with it.
    pub name: &'static str,
    /// What both have that is not usual.
    pub both: fn(&mut T),
    /// What is wrong with it, done.
    pub bad: fn(&mut T),
    /// The status it is refused with.
    pub status: u16,
    /// And the error, as OAuth or the API names it.
    pub error: &'static str,
}

/// A row whose twin is as usual.
pub const fn row<T>(name: &'static str, status: u16, error: &'static str, bad: fn(&mut T)) -> Row<T> {
    Row { name, both: |_| {}, bad, status, error }
}

/// A row whose twin has something of its own.
pub const fn twin<T>(
    name: &'static str,
    status: u16,
    error: &'static str,
    both: fn(&mut T),
    bad: fn(&mut T),
) -> Row<T> {
    Row { name, both, bad, status, error }
}

/// What an answer is instead of what it should be.
fn differs(name: &str, which: &str, answer: &Reply, (status, error): (u16, &str)) -> Option<String> {
    let told = answer.status.as_u16();
    let named = if told == 200 { String::new() } else { error_of(&answer.json()) };
    (told != status || named != error).then(|| format!("{which} of '{name}': {told} {}", answer.text()))
}

/// The error that an answer names, in OAuth's words, the API's or FHIR's.
fn error_of(answer: &Value) -> String {
    let named = [&answer["error"], &answer["code"], &answer["issue"][0]["code"]];
    named.iter().find_map(|one| one.as_str()).unwrap_or_default().to_owned()
}

fn names<T>(rows: &[Row<T>]) -> Vec<&'static str> {
    rows.iter().map(|row| row.name).collect()
}

#[test]
fn the_table_has_many_rows_and_none_twice() {
    let tables = [
        ("headers of assertions", names(headers::ROWS)),
        ("signatures of assertions", names(signatures::ROWS)),
        ("claims of assertions", names(claims::ROWS)),
        ("forms with assertions", names(forms::ROWS)),
        ("what programs ask for", names(programs::ROWS)),
        ("authorization requests", names(requests::ROWS)),
        ("launches", names(launches::ROWS)),
        ("codes", names(codes::ROWS)),
        ("refresh tokens", names(refreshes::ROWS)),
        ("access tokens", names(access::ROWS)),
        ("tokens asked about", names(told::ROWS)),
        ("tokens ended by others", names(told::ENDS)),
    ];
    for (table, rows) in &tables {
        println!("{:>4} {table}", rows.len());
    }
    let all: Vec<&str> = tables.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
    println!("{:>4} bad tokens, each with a twin that is taken", all.len());
    assert!(all.len() >= ROWS_MIN, "{}", all.len());
    let mut seen = HashSet::new();
    let again: Vec<&&str> = all.iter().filter(|name| !seen.insert(**name)).collect();
    assert!(again.is_empty(), "{again:?}");
}
