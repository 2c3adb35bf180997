//! The rules of signing in: password, then one-time code; enrolment and password change on the way. Pure.

use crate::totp::{OneTimeCode, SECRET_BYTES, enrolment_uri};
use crate::user::User;
use data_encoding::HEXLOWER;
use galen_kernel::{Fault, Instant, Phi, Rejection, RejectionKind};
use serde::Deserialize;

/// What somebody who signs in sends.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignIn {
    /// Sign-in name.
    pub name: String,
    /// Password.
    pub password: Phi<String>,
    /// One-time code.
    #[serde(default)]
    pub code: Option<String>,
    /// The next password, where one is asked for.
    #[serde(default)]
    pub new_password: Option<Phi<String>>,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Signed in; the account as it is to be stored.
    Accepted(Box<User>),
    /// A new password is needed first.
    NewPasswordNeeded,
    /// An authenticator must be enrolled: the account with its new secret, and the address for its QR code.
    EnrolmentNeeded(Box<User>, Phi<String>),
    /// The password is right; now the code.
    CodeNeeded,
}

/// The one refusal for a wrong name, password or code: it never says which.
pub fn refused() -> Rejection {
    Rejection::new(
        RejectionKind::Unauthenticated,
        "sign-in-refused",
        "The name, the password or the one-time code is wrong, or the code was used before",
    )
    .next("Check all three and try again")
}

/// Decides an attempt. `password_right` was worked out before (it costs a tenth of a second whatever the answer);
/// `new_hash` is the hash of the new password, if one was sent and is strong enough; `fresh` is chance for a secret.
pub fn decide(
    user: Option<&User>,
    password_right: bool,
    attempt: &SignIn,
    new_hash: Option<String>,
    at: Instant,
    fresh: [u8; 32],
) -> Result<Result<Step, Rejection>, Fault> {
    let Some(user) = user.filter(|u| password_right && !u.disabled) else { return Ok(Err(refused())) };
    let mut user = user.clone();
    let secret = match &user.totp_secret {
        Some(secret) if user.totp_confirmed || attempt.code.is_some() => {
            HEXLOWER.decode(secret.reveal().as_bytes()).map_err(|e| Fault::new("one-time code secret", e))?
        }
        _ if user.password_expired && new_hash.is_none() => return Ok(Ok(Step::NewPasswordNeeded)),
        _ => return Ok(Ok(enrol(user, new_hash, fresh))),
    };
    let Some(code) = &attempt.code else { return Ok(Ok(Step::CodeNeeded)) };
    let generator = OneTimeCode::new(&secret)?;
    let Some(step) = generator.accept(code.trim(), at, user.totp_last_step) else {
        return Ok(Err(refused()));
    };
    if user.password_expired && new_hash.is_none() {
        return Ok(Ok(Step::NewPasswordNeeded));
    }
    user.totp_last_step = Some(step);
    user.totp_confirmed = true;
    set_password(&mut user, new_hash);
    Ok(Ok(Step::Accepted(Box::new(user))))
}

fn enrol(mut user: User, new_hash: Option<String>, fresh: [u8; 32]) -> Step {
    let secret = fresh.get(..SECRET_BYTES).unwrap_or_default().to_vec();
    user.totp_secret = Some(Phi::new(HEXLOWER.encode(&secret)));
    user.totp_confirmed = false;
    set_password(&mut user, new_hash);
    let uri = enrolment_uri(&secret, &user.name);
    Step::EnrolmentNeeded(Box::new(user), Phi::new(uri))
}

fn set_password(user: &mut User, new_hash: Option<String>) {
    if let Some(hash) = new_hash {
        user.password_hash = Phi::new(hash);
        user.password_expired = false;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::actor::{ActorKind, Position};

    const AT: Instant = Instant::from_micros(1_700_000_000_000_000);

    fn user() -> User {
        let position = Position { role: "R8000".into(), facility: None, added: vec![] };
        User::new("ada".into(), ActorKind::Staff, position, "hash".into(), AT)
    }

    fn attempt(code: Option<&str>) -> SignIn {
        SignIn {
            name: "ada".into(),
            password: Phi::new("p".into()),
            code: code.map(str::to_owned),
            new_password: None,
        }
    }

    fn step(user: &User, code: Option<&str>, hash: Option<&str>) -> Result<Step, Rejection> {
        decide(Some(user), true, &attempt(code), hash.map(str::to_owned), AT, [9; 32]).unwrap()
    }

    #[test]
    fn a_first_sign_in_changes_the_password_enrols_and_then_takes_a_code() {
        let first = user();
        assert_eq!(step(&first, None, None).unwrap(), Step::NewPasswordNeeded);
        let Step::EnrolmentNeeded(enrolled, uri) = step(&first, None, Some("new")).unwrap() else { panic!() };
        assert!(uri.reveal().starts_with("otpauth://totp/Galen:ada?secret="));
        assert_eq!(enrolled.password_hash.reveal(), "new");
        let code = OneTimeCode::new(&[9; SECRET_BYTES]).unwrap().now(AT);
        let Step::Accepted(signed_in) = step(&enrolled, Some(&code), None).unwrap() else { panic!() };
        assert!(signed_in.totp_confirmed);
        assert_eq!(step(&signed_in, None, None).unwrap(), Step::CodeNeeded);
        assert_eq!(step(&signed_in, Some(&code), None).unwrap_err(), refused(), "a code is good once");
    }

    #[test]
    fn a_confirmed_secret_is_never_replaced_by_signing_in_without_a_code() {
        let mut confirmed = user();
        confirmed.password_expired = false;
        confirmed.totp_secret = Some(Phi::new(HEXLOWER.encode(&[1; SECRET_BYTES])));
        confirmed.totp_confirmed = true;
        assert_eq!(step(&confirmed, None, Some("new")).unwrap(), Step::CodeNeeded);
        assert!(step(&confirmed, Some("000001"), Some("new")).is_err());
    }

    #[test]
    fn wrong_password_unknown_name_and_disabled_account_look_the_same() {
        let mut disabled = user();
        disabled.disabled = true;
        let known = decide(Some(&user()), false, &attempt(None), None, AT, [0; 32]).unwrap();
        let unknown = decide(None, false, &attempt(None), None, AT, [0; 32]).unwrap();
        let off = decide(Some(&disabled), true, &attempt(None), None, AT, [0; 32]).unwrap();
        assert_eq!(known, unknown);
        assert_eq!(known, off);
    }
}
