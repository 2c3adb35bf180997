//! Passwords: argon2id with bounded memory, a strength rule, and equal work for names that do not exist.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use galen_kernel::{Fault, Rejection, RejectionKind};
use tokio::sync::Semaphore;

/// Memory for one hash (safety.md S9).
pub const MEMORY_KIB: u32 = 64 * 1024;
/// Passes over the memory.
pub const PASSES: u32 = 2;
/// Fewest characters of a password.
pub const PASSWORD_CHARACTERS_MIN: usize = 12;
/// Most characters of a password.
pub const PASSWORD_CHARACTERS_MAX: usize = 128;
/// Hashes computed at the same time: bounds memory to this many times 64 MiB.
const HASHES_AT_ONCE_MAX: usize = 2;
/// Guesses a password must withstand: zxcvbn's score 3 of 4, "safely unguessable" for a throttled sign-in.
const STRENGTH_SCORE_MIN: u8 = 3;

static GATE: Semaphore = Semaphore::const_new(HASHES_AT_ONCE_MAX);

fn hasher() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None)
        .map_err(|e| Fault::new("argon2 parameters", e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether `password` may be used by the account `name`.
pub fn check_strength(password: &str, name: &str) -> Result<(), Rejection> {
    let refuse = |message: &str| {
        Err(Rejection::new(RejectionKind::Unprocessable, "password-too-weak", message)
            .at("newPassword")
            .next("Choose at least 12 characters that are not a common word, name or pattern"))
    };
    let length = password.chars().count();
    if length < PASSWORD_CHARACTERS_MIN {
        return refuse("The password is shorter than 12 characters");
    }
    if length > PASSWORD_CHARACTERS_MAX {
        return refuse("The password is longer than 128 characters");
    }
    if u8::from(zxcvbn::zxcvbn(password, &[name, "galen", "hospital"]).score()) < STRENGTH_SCORE_MIN {
        return refuse("The password is common or easy to guess");
    }
    Ok(())
}

/// Hashes a password (50 to 250 ms of one core).
pub async fn hash(password: String) -> Result<String, Fault> {
    run(move || {
        hasher()?
            .hash_password(password.as_bytes())
            .map(|h| h.to_string())
            .map_err(|e| Fault::new("hash password", e.to_string()))
    })
    .await
}

/// Whether `password` is the one that made `hash`. With no hash (no such account) it does the same work and says no.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, Fault> {
    run(move || {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => decoy()?.to_owned(),
        };
        let parsed =
            PasswordHash::new(&hash).map_err(|e| Fault::new("stored password hash", e.to_string()))?;
        Ok(hasher()?.verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
}

fn decoy() -> Result<&'static str, Fault> {
    static DECOY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    if let Some(hash) = DECOY.get() {
        return Ok(hash);
    }
    let made = hasher()?
        .hash_password(b"nobody signs in with this")
        .map_err(|e| Fault::new("hash password", e.to_string()))?
        .to_string();
    Ok(DECOY.get_or_init(|| made))
}

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let _permit = GATE.acquire().await.map_err(|e| Fault::new("password gate", e))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| Fault::new("password task", e))?
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_verifies() {
        let made = hash("correct horse battery".to_owned()).await.unwrap();
        assert!(made.starts_with("$argon2id$v=19$m=65536,t=2,p=1$"));
        assert!(verify("correct horse battery".to_owned(), Some(made.clone())).await.unwrap());
        assert!(!verify("incorrect horse battery".to_owned(), Some(made)).await.unwrap());
        assert!(!verify("nobody signs in with this".to_owned(), None).await.unwrap());
    }

    #[test]
    fn weak_passwords_are_refused() {
        for weak in ["short", "password1234", "aaaaaaaaaaaaaaaa", "123456789012345", &"x".repeat(200)] {
            assert!(check_strength(weak, "ada").is_err(), "{weak}");
        }
        assert!(check_strength("violet-tram-oxide-93", "ada").is_ok());
    }
}
