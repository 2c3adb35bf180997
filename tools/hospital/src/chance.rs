//! Seeded chance. Our own few lines, so that a seed makes the same hospital with every version of every library.

/// Thousandths of a standard deviation: the unit of [`Chance::bell`].
pub const DEVIATION: i32 = 1_000;

/// A stream of chance (SplitMix64).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The stream of this name under this seed; streams do not disturb each other.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut chance = Self(seed ^ stream.wrapping_mul(0xD134_2543_DE82_EF95));
        chance.draw();
        chance
    }

    /// 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to and without `limit` (0 when there is no room).
    pub fn below(&mut self, limit: u32) -> u32 {
        let scaled = (self.draw() >> 32) * u64::from(limit);
        u32::try_from(scaled >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        low.saturating_add_unsigned(self.below(high.abs_diff(low) + 1))
    }

    /// Whether something that happens in so many of a hundred cases happens.
    pub fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share
    }

    /// One of these; the default of an empty list.
    pub fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let at = self.below(u32::try_from(items.len()).unwrap_or(u32::MAX));
        items.get(at as usize).copied().unwrap_or_default()
    }

    /// A bell-shaped number around 0, in thousandths of its standard deviation; never beyond six of them.
    pub fn bell(&mut self) -> i32 {
        (0..12).map(|_| self.between(0, DEVIATION)).sum::<i32>() - 6 * DEVIATION
    }

    /// A bell-shaped number around `mean`.
    pub fn around(&mut self, mean: i32, deviation: i32) -> i32 {
        mean + self.bell() * deviation / DEVIATION
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_and_numbers_stay_in_bounds() {
        let (mut one, mut two, mut other) = (Chance::new(7, 1), Chance::new(7, 1), Chance::new(7, 2));
        let drawn: Vec<u64> = (0..100).map(|_| one.draw()).collect();
        assert!(drawn.iter().all(|d| *d == two.draw()));
        assert!(drawn.iter().any(|d| *d != other.draw()));
        for _ in 0..10_000 {
            assert!((-3..=4).contains(&one.between(-3, 4)));
            assert!(one.bell().abs() <= 6 * DEVIATION);
        }
        assert_eq!(one.below(0), 0);
        assert_eq!(one.pick::<u8>(&[]), 0);
    }

    #[test]
    fn the_bell_has_its_mean_and_deviation() {
        let mut chance = Chance::new(1, 1);
        let drawn: Vec<i64> = (0..20_000).map(|_| i64::from(chance.bell())).collect();
        let mean = drawn.iter().sum::<i64>() / 20_000;
        let variance = drawn.iter().map(|d| (d - mean).pow(2)).sum::<i64>() / 20_000;
        assert!(mean.abs() < 30, "{mean}");
        assert!((900_000..1_100_000).contains(&variance), "{variance}");
    }
}
