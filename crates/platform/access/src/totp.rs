//! One-time codes (RFC 6238: SHA-1, six digits, 30 s, one step of skew), each good once.

use galen_kernel::{Fault, Instant};
use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret (RFC 4226 asks for at least 16, recommends 20).
pub const SECRET_BYTES: usize = 20;
/// Seconds of one step.
pub const STEP_SECONDS: u64 = 30;

/// An account's generator.
pub struct OneTimeCode {
    totp: Totp,
}

impl OneTimeCode {
    /// From the account's secret.
    pub fn new(secret: &[u8]) -> Result<Self, Fault> {
        let totp = Builder::new()
            .with_secret(Secret::from(secret.to_vec()))
            .build()
            .map_err(|e| Fault::new("one-time code secret", e.to_string()))?;
        Ok(Self { totp })
    }

    /// The step that `code` belongs to, when it is right at `at` and newer than `last` (the step last used).
    pub fn accept(&self, code: &str, at: Instant, last: Option<u64>) -> Option<u64> {
        let time = u64::try_from(at.unix_seconds()).ok()?;
        let counter = self.totp.check(code, time)?;
        (last.is_none_or(|last| counter > last)).then_some(counter)
    }

    /// The code of now (for tests and for `galen demo`'s print-out).
    pub fn now(&self, at: Instant) -> String {
        self.totp.generate(u64::try_from(at.unix_seconds()).unwrap_or(0)).to_string()
    }
}

/// The secret as an authenticator app reads it.
pub fn base32(secret: &[u8]) -> String {
    data_encoding::BASE32_NOPAD.encode(secret)
}

/// The `otpauth` address that a QR code shows.
pub fn enrolment_uri(secret: &[u8], account: &str) -> String {
    format!(
        "otpauth://totp/Galen:{account}?secret={}&issuer=Galen&algorithm=SHA1&digits=6&period=30",
        base32(secret)
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_only_near_its_time() {
        let code = OneTimeCode::new(&[7; SECRET_BYTES]).unwrap();
        let at = Instant::from_micros(1_700_000_000_000_000);
        let text = code.now(at);
        let step = code.accept(&text, at, None).unwrap();
        assert_eq!(code.accept(&text, at, Some(step)), None, "replayed");
        assert_eq!(code.accept(&text, at.plus_micros(120_000_000), None), None, "stale");
        assert_eq!(code.accept("000000", at, None).is_some(), text == "000000");
        assert_eq!(code.accept("", at, None), None);
    }
}
