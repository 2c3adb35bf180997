//! Many want the same times: each is one's alone, and a retry books nothing twice.

use crate::api::Clinic;
use galen_scheduling::commands::{NewAppointment, PlaceAppointment};
use galen_service::execute::execute;
use galen_testkit::ward::Ward;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn patients(ward: &Ward, many: usize) -> Vec<String> {
    let mut all = Vec::with_capacity(many);
    for number in 0..many {
        let patient = json!({ "resourceType": "Patient", "name": [{ "family": format!("Racer{number}") }] });
        all.push(ward.as_user("fhir").at("/fhir").create(&patient).await);
    }
    all
}

/// Everybody tries every time, all at once; who won what.
async fn race(
    clinic: &Clinic,
    patients: &[String],
    starts: &[String],
    at_once: usize,
) -> BTreeMap<String, Vec<String>> {
    let context = clinic.ward.context("clerk").await;
    let (house, next) = (Arc::clone(&clinic.ward.house), Arc::new(AtomicUsize::new(0)));
    let all: Arc<Vec<(String, String)>> = Arc::new(
        starts.iter().flat_map(|start| patients.iter().map(|p| (p.clone(), start.clone()))).collect(),
    );
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..at_once {
        let (house, next, all, context) =
            (Arc::clone(&house), Arc::clone(&next), Arc::clone(&all), context.clone());
        let (service, doctor) = (clinic.service.clone(), clinic.doctor.clone());
        tasks.spawn(async move {
            let mut won = Vec::new();
            while let Some((patient, start)) = all.get(next.fetch_add(1, Ordering::SeqCst)) {
                let command = PlaceAppointment::<false>(NewAppointment {
                    patient: patient.clone(),
                    service: service.clone(),
                    start: crate::at(start),
                    schedules: vec![doctor.clone()],
                    description: None,
                    overbook: false,
                    series: None,
                });
                if let Ok(view) = execute(&house, &context, &command, None).await {
                    won.push((start.clone(), view.id));
                }
            }
            won
        });
    }
    let mut winners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    while let Some(won) = tasks.join_next().await {
        for (start, id) in won.unwrap() {
            winners.entry(start).or_default().push(id);
        }
    }
    winners
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_all_who_want_a_time_one_gets_it() {
    let clinic = Clinic::open().await;
    let patients = patients(&clinic.ward, 40).await;
    let starts = clinic.times("clerk", "2026-09-22T00:00:00Z", "2026-09-23T00:00:00Z").await;
    assert_eq!(starts.len(), 24);
    let winners = race(&clinic, &patients, &starts, 64).await;
    assert_eq!(winners.len(), starts.len(), "every time was booked");
    assert!(winners.values().all(|ids| ids.len() == 1), "{winners:?}");
    assert!(clinic.times("clerk", "2026-09-22T00:00:00Z", "2026-09-23T00:00:00Z").await.is_empty());
}
