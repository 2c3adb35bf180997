//! Text as a FHIRPath expression: read, checked against the definitions and run on two resources, in bounded time.
#![no_main]
#![forbid(unsafe_code)]

use galen_fhir::Json;
use galen_fhir::fhirpath::{Environment, Expression, Order};
use galen_fhir::json::parse;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// A moment for `now()`: what is fuzzed must do the same each time.
const NOW: i64 = 1_711_848_600_000_000;

static SAMPLES: LazyLock<Vec<Json>> = LazyLock::new(|| {
    [include_str!("../samples/patient.json"), include_str!("../samples/observation.json")]
        .into_iter()
        .filter_map(|text| parse(text.as_bytes()).ok())
        .collect()
});

fuzz_target!(|text: &str| {
    let Ok(expression) = Expression::parse(text) else { return };
    for sample in SAMPLES.iter() {
        let context = sample.str("resourceType").unwrap_or_default();
        let _ = expression.check(context, Order::Ignored);
        let environment = Environment { now: Some(NOW), ..Environment::bare() };
        let _ = expression.evaluate(sample, &environment);
    }
});
