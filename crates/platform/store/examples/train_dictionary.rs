//! Trains `generated/fhir-1.dict`: give it folders of gzipped FHIR bundles. Run by hand, seldom: a new dictionary
//! needs a new number, because what the old one sealed must stay readable.

#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::doc_markdown,
    clippy::indexing_slicing,
    clippy::integer_division
)]
#![allow(clippy::print_stdout)]

use std::{error::Error, fs, io::Read, path::PathBuf};

const DICTIONARY_BYTES_MAX: usize = 96 * 1024;
const SAMPLE_BYTES_MAX: usize = 16 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give a folder of .json.gz bundles")?;
    let mut samples = Vec::new();
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    files.sort();
    for path in files {
        let mut text = String::new();
        flate2::read::GzDecoder::new(fs::File::open(&path)?).read_to_string(&mut text)?;
        let bundle: serde_json::Value = serde_json::from_str(&text)?;
        for entry in bundle["entry"].as_array().into_iter().flatten() {
            let sample = serde_json::to_vec(&entry["resource"])?;
            if sample.len() <= SAMPLE_BYTES_MAX {
                samples.push(sample);
            }
        }
    }
    // Every fifth is held back to measure on; observations would otherwise crowd everything else out.
    let (held, trained): (Vec<_>, Vec<_>) = samples.into_iter().enumerate().partition(|(n, _)| n % 5 == 0);
    let trained: Vec<_> = trained.into_iter().map(|(_, s)| s).collect();
    let dictionary = zstd::dict::from_samples(&trained, DICTIONARY_BYTES_MAX)?;
    fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/generated/fhir-1.dict"), &dictionary)?;
    let mut compressor = zstd::bulk::Compressor::with_dictionary(1, &dictionary)?;
    let raw: usize = held.iter().map(|(_, s)| s.len()).sum();
    let packed: usize = held.iter().filter_map(|(_, s)| compressor.compress(s).ok()).map(|s| s.len()).sum();
    println!(
        "{} samples, dictionary {} bytes, held back: {raw} -> {packed} bytes",
        trained.len(),
        dictionary.len()
    );
    Ok(())
}
