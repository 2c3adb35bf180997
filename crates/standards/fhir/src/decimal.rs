//! Exact decimals as FHIR writes them: value and precision both matter, and indexes need bytes that sort like numbers.

use std::cmp::Ordering;
use std::fmt;

/// Most significant digits kept; FHIR asks for 18.
pub const DIGITS_MAX: u32 = 34;
/// Largest size of the exponent.
pub const EXPONENT_MAX: i32 = 9_999;

/// `coefficient` x 10^`exponent`. The exponent is that of the last written digit, so `5.40` is 540 x 10^-2.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    coefficient: i128,
    exponent: i32,
}

impl Decimal {
    /// From parts.
    pub fn new(coefficient: i128, exponent: i32) -> Self {
        Self { coefficient, exponent }
    }

    /// From the text of a FHIR decimal (a JSON number; a leading `+` is not one). `None` beyond the limits.
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut coefficient = 0i128;
        for byte in whole.bytes().chain(fraction.bytes()) {
            coefficient = coefficient.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
        }
        if coefficient >= 10i128.pow(DIGITS_MAX) {
            return None;
        }
        let exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let coefficient = if negative { -coefficient } else { coefficient };
        (exponent.abs() <= EXPONENT_MAX).then_some(Self { coefficient, exponent })
    }

    /// The digits as an integer.
    pub fn coefficient(&self) -> i128 {
        self.coefficient
    }

    /// The power of ten of the last digit.
    pub fn exponent(&self) -> i32 {
        self.exponent
    }

    /// What the written precision implies: `[value - half a last digit, value + half a last digit)`. `5.4` is
    /// `[5.35, 5.45)` and `1e2` is `[50, 150)` (<https://hl7.org/fhir/R4/search.html#number>).
    pub fn implied_interval(&self) -> (Self, Self) {
        let wide = self.coefficient.saturating_mul(10);
        let exponent = self.exponent - 1;
        (Self { coefficient: wide - 5, exponent }, Self { coefficient: wide + 5, exponent })
    }

    /// The interval that counts as approximately this value: ten per cent to each side, as FHIR suggests for `ap`.
    pub fn approximate_interval(&self) -> (Self, Self) {
        let wide = self.coefficient.saturating_mul(10);
        let exponent = self.exponent - 1;
        let tenth = self.coefficient.abs();
        (Self { coefficient: wide - tenth, exponent }, Self { coefficient: wide + tenth, exponent })
    }

    /// The product; the longer factor gives up digits beyond [`DIGITS_MAX`] together. `None` beyond the exponents.
    pub fn checked_mul(&self, other: &Self) -> Option<Self> {
        let ((mut a, mut x), (mut b, mut y)) = (self.normal(), other.normal());
        loop {
            if let Some(coefficient) = a.checked_mul(b) {
                return Self { coefficient, exponent: x.checked_add(y)? }.within();
            }
            let (long, exponent) =
                if a.unsigned_abs() > b.unsigned_abs() { (&mut a, &mut x) } else { (&mut b, &mut y) };
            (*long, *exponent) = (rounded_tenth(*long), *exponent + 1);
        }
    }

    /// The quotient to [`DIGITS_MAX`] digits, exact where it is that short. `None` for a zero divisor.
    pub fn checked_div(&self, other: &Self) -> Option<Self> {
        let (dividend, divisor) = (self.within()?, other.within()?);
        let (a, b) = (dividend.coefficient.unsigned_abs(), divisor.coefficient.unsigned_abs());
        let (mut quotient, mut rest) = (a.checked_div(b)?, a.checked_rem(b)?);
        let mut exponent = dividend.exponent.checked_sub(divisor.exponent)?;
        while rest != 0 && quotient < 10u128.pow(DIGITS_MAX - 1) {
            rest *= 10;
            (quotient, rest, exponent) = (quotient * 10 + rest / b, rest % b, exponent - 1);
        }
        quotient += u128::from(rest >= b - rest);
        let size = i128::try_from(quotient).ok()?;
        let negative = (dividend.coefficient < 0) != (divisor.coefficient < 0);
        Self { coefficient: if negative { -size } else { size }, exponent }.within()
    }

    /// The sum; digits that the greater exponent cannot be brought to are lost. `None` beyond the exponents.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        let (mut high, mut low) = (self.normal(), other.normal());
        if high.0 == 0 || low.0 == 0 {
            let (coefficient, exponent) = if high.0 == 0 { low } else { high };
            return Some(Self { coefficient, exponent });
        }
        if high.1 < low.1 {
            std::mem::swap(&mut high, &mut low);
        }
        while high.1 > low.1 {
            match high.0.checked_mul(10) {
                Some(wider) => high = (wider, high.1 - 1),
                None if low.0 == 0 => break,
                None => low = (rounded_tenth(low.0), low.1 + 1),
            }
        }
        match high.0.checked_add(low.0) {
            Some(coefficient) => Self { coefficient, exponent: high.1 }.within(),
            None => Self { coefficient: high.0 / 10 + low.0 / 10, exponent: high.1 + 1 }.within(),
        }
    }

    /// The difference, as [`Self::checked_add`].
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.checked_add(&Self { coefficient: -other.coefficient, exponent: other.exponent })
    }

    /// The number with at most [`DIGITS_MAX`] digits, if its exponent is one that we take.
    fn within(&self) -> Option<Self> {
        let (mut coefficient, mut exponent) = self.normal();
        while coefficient.unsigned_abs() >= 10u128.pow(DIGITS_MAX) {
            (coefficient, exponent) = (rounded_tenth(coefficient), exponent + 1);
        }
        (exponent.abs() <= EXPONENT_MAX).then_some(Self { coefficient, exponent })
    }

    /// Coefficient without trailing zeros, and its exponent.
    fn normal(&self) -> (i128, i32) {
        let (mut coefficient, mut exponent) = (self.coefficient, self.exponent);
        if coefficient == 0 {
            return (0, 0);
        }
        while coefficient % 10 == 0 {
            coefficient /= 10;
            exponent += 1;
        }
        (coefficient, exponent)
    }

    /// Bytes that compare (`memcmp`) as the values do; equal values have equal bytes whatever their precision.
    ///
    /// Layout: sign (1 negative, 2 zero, 3 positive); power of ten of the first digit, 2 bytes; digits two to a byte,
    /// each pair + 1; a zero byte. A negative number's bytes after the sign are inverted.
    pub fn order_key(&self) -> Vec<u8> {
        let (coefficient, exponent) = self.normal();
        if coefficient == 0 {
            return vec![2];
        }
        let digits = coefficient.unsigned_abs().to_string();
        let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
        let magnitude = (exponent + length).clamp(-32_768, 32_767) + 32_768;
        let mut key = Vec::with_capacity(digits.len() / 2 + 5);
        key.push(3);
        key.extend_from_slice(&u16::try_from(magnitude).unwrap_or(u16::MAX).to_be_bytes());
        for pair in digits.as_bytes().chunks(2) {
            let first = pair.first().map_or(0, |digit| digit - b'0');
            let second = pair.get(1).map_or(0, |digit| digit - b'0');
            key.push(first * 10 + second + 1);
        }
        key.push(0);
        if coefficient < 0 {
            for byte in &mut key {
                *byte = !*byte;
            }
            if let Some(sign) = key.first_mut() {
                *sign = 1;
            }
        }
        key
    }

    /// The nearest `f64`, for estimates only.
    pub fn to_f64(&self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }
}

/// A tenth, rounded half away from zero.
fn rounded_tenth(number: i128) -> i128 {
    (number / 10) + (number % 10) / 5
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.normal() == other.normal()
    }
}

impl Eq for Decimal {}

impl std::hash::Hash for Decimal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.normal().hash(state);
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.exponent == other.exponent {
            return self.coefficient.cmp(&other.coefficient);
        }
        self.order_key().cmp(&other.order_key())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.coefficient < 0 { "-" } else { "" };
        let digits = self.coefficient.unsigned_abs().to_string();
        match self.exponent {
            0 => write!(out, "{sign}{digits}"),
            1.. => write!(out, "{sign}{digits}e{}", self.exponent),
            exponent => {
                let places = usize::try_from(-exponent).unwrap_or(0);
                if places > 40 {
                    return write!(out, "{sign}{digits}e{exponent}");
                }
                let padded = format!("{digits:0>width$}", width = places + 1);
                let (whole, fraction) = padded.split_at(padded.len() - places);
                write!(out, "{sign}{whole}.{fraction}")
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn precision_implies_an_interval() {
        for (text, low, high) in [
            ("5.4", "5.35", "5.45"),
            ("5.40", "5.395", "5.405"),
            ("1e2", "50", "150"),
            ("100", "99.5", "100.5"),
            ("-2", "-2.5", "-1.5"),
        ] {
            assert_eq!(decimal(text).implied_interval(), (decimal(low), decimal(high)), "{text}");
        }
    }

    #[test]
    fn writes_what_it_read() {
        for text in ["0", "-0.5", "5.40", "100", "0.001", "12345678901234567890.123"] {
            assert_eq!(decimal(text).to_string(), text);
        }
        assert_eq!(decimal("1.5e3"), decimal("1500"));
    }

    #[test]
    fn refuses_what_is_no_decimal_or_too_big() {
        for text in
            ["", "-", ".5", "5.", "1e", "+1", "1x", "0x1", "1e99999", "12345678901234567890123456789012345"]
        {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    /// Exact comparison by bringing both to one exponent.
    fn exact(left: Decimal, right: Decimal) -> Ordering {
        let low = left.exponent.min(right.exponent);
        let scale = |one: Decimal| one.coefficient * 10i128.pow(u32::try_from(one.exponent - low).unwrap());
        scale(left).cmp(&scale(right))
    }

    proptest! {
        #[test]
        fn keys_sort_as_values_do(a in -1_000_000i128..1_000_000, b in -1_000_000i128..1_000_000, x in -9i32..9, y in -9i32..9) {
            let (left, right) = (Decimal::new(a, x), Decimal::new(b, y));
            prop_assert_eq!(left.order_key().cmp(&right.order_key()), exact(left, right));
            prop_assert_eq!(left.cmp(&right), exact(left, right));
        }

        #[test]
        fn arithmetic_agrees_with_integers(a in -1_000_000i128..1_000_000, b in -1_000_000i128..1_000_000, x in -9i32..9, y in -9i32..9) {
            let (left, right) = (Decimal::new(a, x), Decimal::new(b, y));
            prop_assert_eq!(left.checked_mul(&right), Some(Decimal::new(a * b, x + y)));
            let low = x.min(y);
            let scale = |one: i128, exponent: i32| one * 10i128.pow(u32::try_from(exponent - low).unwrap());
            prop_assert_eq!(left.checked_add(&right), Some(Decimal::new(scale(a, x) + scale(b, y), low)));
            prop_assert_eq!(left.checked_sub(&right), Some(Decimal::new(scale(a, x) - scale(b, y), low)));
            if b != 0 {
                prop_assert_eq!(left.checked_mul(&right).unwrap().checked_div(&right), Some(left));
            }
        }

        #[test]
        fn long_numbers_keep_their_beginning(a in any::<i128>(), b in any::<i128>(), x in -30i32..30, y in -30i32..30) {
            let (left, right) = (Decimal::new(a, x), Decimal::new(b, y));
            for (found, exact) in [
                (left.checked_mul(&right), left.to_f64() * right.to_f64()),
                (left.checked_add(&right), left.to_f64() + right.to_f64()),
                (left.checked_div(&right).or(Some(Decimal::new(0, 0))), if b == 0 { 0.0 } else { left.to_f64() / right.to_f64() }),
            ] {
                let found = found.unwrap().to_f64();
                // Sums of opposite numbers lose what doubles cannot hold.
                let scale = left.to_f64().abs().max(right.to_f64().abs()).max(exact.abs());
                prop_assert!((found - exact).abs() <= 1e-9 * scale, "{found} {exact}");
            }
        }

        #[test]
        fn text_round_trips(coefficient in any::<i64>(), exponent in -30i32..30) {
            let one = Decimal::new(coefficient.into(), exponent);
            prop_assert_eq!(decimal(&one.to_string()), one);
        }
    }
}
