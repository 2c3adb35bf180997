//! How children grow and adults weigh: middles of the population with a share that stays the person's own.

use crate::chance::{Chance, DEVIATION};

/// (age in months, height in mm, weight in 10 g, head in mm) of middling children; round figures after the CDC's charts.
const CURVE: [(i32, i32, i32, i32); 14] = [
    (0, 500, 340, 350),
    (3, 610, 600, 405),
    (6, 670, 780, 430),
    (12, 755, 970, 460),
    (24, 870, 1_230, 485),
    (36, 955, 1_430, 495),
    (48, 1_025, 1_630, 502),
    (72, 1_155, 2_080, 512),
    (96, 1_280, 2_570, 520),
    (120, 1_385, 3_250, 527),
    (144, 1_495, 4_080, 534),
    (168, 1_620, 5_030, 543),
    (192, 1_690, 5_750, 550),
    (216, 1_700, 6_250, 553),
];
/// From this age in months on people are grown up.
pub const GROWN_MONTHS: i32 = 216;

/// A person's build, the same for life: thousandths of a deviation of height, and of weight for it.
#[derive(Debug, Clone, Copy)]
pub struct Build {
    tall: i32,
    heavy: i32,
    is_woman: bool,
}

/// Height in mm, weight in 100 g, head in mm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Millimetres.
    pub height: i32,
    /// Hundreds of grams.
    pub weight: i32,
    /// Millimetres.
    pub head: i32,
}

impl Build {
    /// Somebody's.
    pub fn new(chance: &mut Chance, is_woman: bool) -> Self {
        Self { tall: chance.bell(), heavy: chance.bell(), is_woman }
    }

    /// At an age in months; `chance` is what the scales add.
    pub fn size(&self, months: i32, chance: &mut Chance) -> Size {
        let (height, weight, head) = middle(months);
        let sex = if self.is_woman { -1 } else { 1 };
        // Men and women differ once they are grown; 4 % of height and 12 % of weight are a deviation.
        let grown = (months - 120).clamp(0, 72);
        let height = height + height * 4 * self.tall / (100 * DEVIATION) + sex * 65 * grown / 72;
        let weight =
            weight + weight * 12 * (self.heavy + self.tall / 2) / (100 * DEVIATION) + sex * 650 * grown / 72;
        // Adults gain until about sixty.
        let years_grown = (months - GROWN_MONTHS).clamp(0, 500) / 12;
        let weight = weight + weight * years_grown * 5 / 1_000 + chance.bell() * weight / 90_000;
        Size { height, weight: (weight / 10).max(15), head: head + 12 * self.tall / DEVIATION }
    }
}

fn middle(months: i32) -> (i32, i32, i32) {
    let mut below = CURVE[0];
    for above in CURVE {
        if above.0 >= months {
            let (span, past) = ((above.0 - below.0).max(1), months - below.0);
            let between = |low: i32, high: i32| low + (high - low) * past / span;
            return (between(below.1, above.1), between(below.2, above.2), between(below.3, above.3));
        }
        below = above;
    }
    (below.1, below.2, below.3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_grow_and_adults_keep_their_height() {
        for seed in 0..50 {
            let mut chance = Chance::new(seed, 1);
            let build = Build::new(&mut chance, seed % 2 == 0);
            let sizes: Vec<Size> = (0..=60).map(|step| build.size(step * 4, &mut chance)).collect();
            assert!(sizes.windows(2).all(|w| w[0].height <= w[1].height), "{sizes:?}");
            assert!((350..650).contains(&sizes[0].height), "{sizes:?}");
            let adult = build.size(480, &mut chance);
            assert!(
                (1_300..2_200).contains(&adult.height) && (300..1_600).contains(&adult.weight),
                "{adult:?}"
            );
        }
    }
}
