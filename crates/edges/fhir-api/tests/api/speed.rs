//! Figures, not a test: `cargo test --release -p galen-fhir-api --test api speed -- --ignored --nocapture`.

use crate::ward::{Ward, observation, patient};
use futures_util::stream::{self, StreamExt};
use std::time::Instant;

/// Requests at work at once: they share the syncs, as in a busy house.
const AT_ONCE: usize = 64;

async fn timed<F: Future<Output = ()>>(what: &str, times: u32, work: impl Fn(u32) -> F) {
    let cpu = cpu_micros();
    let start = Instant::now();
    let mut turns = stream::iter((0..times).map(|n| work(n))).buffer_unordered(AT_ONCE);
    while turns.next().await.is_some() {}
    drop(turns);
    let each = f64::from(times);
    let wall = start.elapsed().as_secs_f64() * 1e3 / each;
    println!("{what:40} {wall:8.3} ms wall {:8.3} ms CPU", (cpu_micros() - cpu) / 1e3 / each);
}

/// CPU time of the process, all threads, from /proc (10 ms ticks).
fn cpu_micros() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = rest.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<f64>().ok()).sum();
    ticks * 10_000.0
}

#[tokio::test]
#[ignore = "figures, not a test"]
async fn speed() {
    let ward = Ward::new().await;
    let client = ward.as_user("fhir");
    let mut patients = Vec::new();
    for n in 0..500 {
        patients
            .push(client.create(&patient(&format!("Fam{}", n % 25), &format!("G{n}"), "1980-01-01")).await);
    }
    for n in 0..5_000_u32 {
        let who = &patients[n as usize % 500];
        client
            .create(&observation(who, &format!("c-{}", n % 7), &format!("20{:02}-01-01", n % 25), 1.5))
            .await;
    }
    let (client, patients) = (&client, &patients);
    let id = &client.create(&observation(&patients[0], "c-1", "2020-01-01", 1.5)).await;
    timed(
        "read",
        6_000,
        |_| async move { drop(client.get(&format!("/Observation/{id}")).await.expect(200)) },
    )
    .await;
    timed("Patient?name=, 20 hits", 2_000, |_| async move {
        drop(client.get("/Patient?name=fam7&_count=20").await.expect(200));
    })
    .await;
    let me = &patients[3];
    timed("Observation?patient=&code=", 4_000, |_| async move {
        drop(client.get(&format!("/Observation?patient={me}&code=c-1")).await.expect(200));
    })
    .await;
    timed("Observation?subject=&category=&_sort=-date", 4_000, |_| async move {
        drop(
            client
                .get(&format!("/Observation?subject=Patient/{me}&category=laboratory&_sort=-date"))
                .await
                .expect(200),
        );
    })
    .await;
    timed("create Observation", 4_000, |n| async move {
        client.create(&observation(&patients[n as usize % 500], "c-1", "2020-01-01", f64::from(n))).await;
    })
    .await;
    let lines: Vec<String> = (0..500)
        .map(|n| {
            let mut o = observation(&patients[3], "c-1", "2020-01-01", f64::from(n));
            o["id"] = format!("line-{n}").into();
            o.to_string()
        })
        .collect();
    let context = ward.context("fhir").await;
    let (lines, ward, context) = (&lines, &ward, &context);
    timed("500 lines", 10, |turn| async move {
        let own: Vec<String> = lines.iter().map(|l| l.replace("line-", &format!("line-{turn}-"))).collect();
        let slices: Vec<&[u8]> = own.iter().map(String::as_bytes).collect();
        let report = galen_fhir_api::load_lines(&ward.house, context, &slices).await.unwrap();
        assert_eq!(report.created, 500);
    })
    .await;
}
