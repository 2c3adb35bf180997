//! Vaccinations: what is given at which age. Codes are CVX (public domain), words are our own.

use crate::chance::Chance;
use crate::day::{after, days_between};
use jiff::civil::Date;

/// A vaccine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Vaccine {
    /// CVX code.
    pub code: &'static str,
    /// What it is against.
    pub name: &'static str,
}

const fn vaccine(code: &'static str, name: &'static str) -> Vaccine {
    Vaccine { code, name }
}

const SIX_IN_ONE: Vaccine = vaccine("146", "Diphtheria, tetanus, pertussis, polio, Hib, hepatitis B");
const ROTAVIRUS: Vaccine = vaccine("119", "Rotavirus");
const PNEUMOCOCCAL: Vaccine = vaccine("133", "Pneumococcal conjugate");
const MMR: Vaccine = vaccine("03", "Measles, mumps, rubella");
const HPV: Vaccine = vaccine("165", "Human papillomavirus");
const TEENAGE: Vaccine = vaccine("115", "Tetanus, diphtheria, pertussis");
const INFLUENZA: Vaccine = vaccine("150", "Influenza");
const COVID: Vaccine = vaccine("208", "COVID-19");
const PNEUMOCOCCAL_23: Vaccine = vaccine("33", "Pneumococcal polysaccharide");
const SHINGLES: Vaccine = vaccine("187", "Shingles");

/// What is given at which age in days.
const SCHEDULE: [(i32, Vaccine); 12] = [
    (56, SIX_IN_ONE),
    (56, ROTAVIRUS),
    (84, SIX_IN_ONE),
    (84, PNEUMOCOCCAL),
    (112, SIX_IN_ONE),
    (365, MMR),
    (365, PNEUMOCOCCAL),
    (1_250, MMR),
    (12 * 365 + 200, HPV),
    (14 * 365, TEENAGE),
    (65 * 365 + 60, PNEUMOCOCCAL_23),
    (70 * 365 + 60, SHINGLES),
];
/// From this age in years on people are offered a vaccination against influenza every autumn.
const INFLUENZA_FROM_YEARS: i32 = 65;

/// Vaccine, day and lot of everything that was given; records go back so many days.
pub fn due(born: Date, last: Date, records_days: i32, chance: &mut Chance) -> Vec<(Vaccine, Date, String)> {
    let first = after(last, -records_days);
    let mut given = Vec::new();
    for (days, vaccine) in SCHEDULE {
        let on = after(born, days + chance.between(0, 40));
        if on > first && on < last && chance.percent(93) {
            given.push((vaccine, on));
        }
    }
    let age = days_between(born, last) / 365;
    for years_ago in 1..=3 {
        let on = after(last, -(years_ago * 365 - chance.between(0, 50)));
        if age - years_ago >= INFLUENZA_FROM_YEARS && chance.percent(70) {
            given.push((INFLUENZA, on));
        }
    }
    if age >= 12 && chance.percent(50) {
        given.push((COVID, after(last, -chance.between(200, 1_500))));
    }
    given.sort_by_key(|(_, on)| *on);
    given.into_iter().map(|(vaccine, on)| (vaccine, on, format!("DEMO{:04}", chance.below(10_000)))).collect()
}
