//! Who may be invited to an account, or to act for a patient, and who may accept.

use super::refuse;
use crate::commands::InvitePatient;
use crate::model::StoredPatient;
use galen_access::invitation::{Invitation, Offer, Standing, StoredInvitation, TRIES_MAX};
use galen_access::proxy::{Proxy, StoredProxy};
use galen_access::{Category, Target, invitation};
use galen_kernel::{Instant, MICROS_PER_DAY, PatientId, Phi, Rejection, RejectionKind, UserId};

/// From this birthday on nobody acts for somebody because of their age.
pub const CHILDHOOD_YEARS: i64 = 16;
/// Longest proxy: who still needs it then gives it again.
pub const PROXY_DAYS_MAX: i64 = 5 * 366;
/// Most open invitations of one patient.
pub const INVITATIONS_OPEN_MAX: usize = 10;
/// Longest name of who is invited.
const NAME_CHARACTERS_MAX: usize = 200;

/// What inviting depends on.
#[derive(Debug, Clone)]
pub struct Inviting {
    /// About whom.
    pub patient: StoredPatient,
    /// What was issued about them before.
    pub issued: Vec<StoredInvitation>,
    /// Whether they have an account.
    pub has_account: bool,
    /// Whether the patient asks, not the staff.
    pub by_patient: bool,
}

/// What inviting does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invited {
    /// An earlier invitation gives way.
    Withdrawn(StoredInvitation),
    /// A new one is issued, under this hash of its code.
    Issued(StoredInvitation),
}

/// Invitations, proxies and consents of a patient, as policy sees them: the patient's own affair, so no proxy covers them.
pub fn target(kind: &'static str, patient: &PatientId) -> Target {
    Target::plain(kind, Category::Security).of(vec![patient.clone()])
}

/// Issues an invitation; of the codes for an account the last one alone is good.
pub fn invite(
    command: &InvitePatient,
    about: &Inviting,
    code: &str,
    by: &UserId,
    now: Instant,
) -> Result<Vec<Invited>, Rejection> {
    let who = &about.patient.demographics;
    if let Some(survivor) = &who.replaced_by {
        return Err(super::replaced(survivor));
    }
    if who.deceased.is_some() {
        return Err(refuse("patient-deceased", "id", "The patient has died"));
    }
    let born = who.birth_date.as_ref().filter(|date| date.reveal().len() == "1970-02-28".len());
    let Some(born) = born else {
        return Err(refuse(
            "birth-date-needed",
            "birthDate",
            "The patient's birth date is not known to the day",
        )
        .next("Ask for it and amend the patient: whoever has the code must know it"));
    };
    let offer = offer(command, about, born, now)?;
    let open: Vec<&StoredInvitation> = about.issued.iter().filter(|i| i.invitation.is_open(now)).collect();
    if open.len() >= INVITATIONS_OPEN_MAX {
        return Err(Rejection::new(
            RejectionKind::Conflict,
            "too-many-invitations",
            "This patient has 10 open invitations",
        )
        .next("Withdraw one that is not needed"));
    }
    let mut events = Vec::new();
    if offer == Offer::Account {
        events.extend(open.into_iter().filter(|i| i.invitation.offer == Offer::Account).map(|i| {
            let invitation = Invitation { standing: Standing::Withdrawn, ..i.invitation.clone() };
            Invited::Withdrawn(StoredInvitation { invitation, ..i.clone() })
        }));
    }
    let invitation = Invitation {
        patient: about.patient.id.clone(),
        offer,
        issued_by: by.clone(),
        issued: now,
        until: now.plus_micros(invitation::AGE_MICROS_MAX),
        tries_left: TRIES_MAX,
        standing: Standing::Open,
    };
    let id = invitation::id_of_code(code);
    events.push(Invited::Issued(StoredInvitation { id, version: 1, invitation }));
    Ok(events)
}

fn offer(
    command: &InvitePatient,
    about: &Inviting,
    born: &Phi<String>,
    now: Instant,
) -> Result<Offer, Rejection> {
    let Some(wanted) = &command.proxy else {
        if about.by_patient {
            return Err(refuse("proxy-required", "proxy", "Say who is to act for you"));
        }
        if about.has_account {
            return Err(galen_service::accounts::users::account_exists());
        }
        return Ok(Offer::Account);
    };
    let name = wanted.name.reveal().trim();
    if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX {
        return Err(refuse("name-required", "proxy.name", "A name has 1 to 200 characters"));
    }
    if wanted.scopes.is_empty() {
        return Err(refuse("scope-required", "proxy.scopes", "Say what they may do: appointments, record"));
    }
    let mut scopes = wanted.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    let until = proxy_end(&wanted.until, born, now)?;
    Ok(Offer::Proxy { name: Phi::new(name.to_owned()), kinship: wanted.kinship, scopes, until })
}

fn proxy_end(until: &str, born: &Phi<String>, now: Instant) -> Result<Instant, Rejection> {
    let at = "proxy.until";
    let day = galen_fhir::temporal::parse(until).filter(|_| until.len() == "1970-02-28".len());
    let Some(day) = day else {
        return Err(refuse("date-invalid", at, "This is not a date").next("Write it as 2027-02-28"));
    };
    let until = Instant::from_micros(day.high);
    if until <= now || until.since(now) > PROXY_DAYS_MAX * MICROS_PER_DAY {
        return Err(refuse(
            "date-out-of-range",
            at,
            "Somebody acts for another from today for five years at most",
        ));
    }
    match birthday(born.reveal(), CHILDHOOD_YEARS) {
        Some(grown) if now < grown && until > grown => {
            Err(refuse("beyond-childhood", at, "The patient is 16 before that, and then decides").next(
                "End it on the 16th birthday; the patient, or the clinic after a review, can give it again",
            ))
        }
        _ => Ok(until),
    }
}

/// The beginning (UTC) of the birthday on which somebody becomes so old; who was born on a 29th of February has it on the
/// 1st of March of other years.
pub fn birthday(born: &str, years: i64) -> Option<Instant> {
    let (year, day) = born.split_once('-')?;
    let year: i64 = year.parse().ok()?;
    let on = |day: &str| galen_fhir::temporal::parse(&format!("{:04}-{day}", year + years));
    on(day).or_else(|| on("03-01")).map(|day| Instant::from_micros(day.low))
}

/// The one refusal of a code that is not good or does not fit: it never says which.
pub fn not_accepted() -> Rejection {
    Rejection::new(
        RejectionKind::Unprocessable,
        "code-refused",
        "The code is not good (any more), or the birth date is not the patient's",
    )
    .next("Check both; after five wrong tries, or thirty days, ask the clinic for a new code")
}

/// What a try comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// The code is good and the birth date is right: what is offered.
    Good(Offer),
    /// It is not; an invitation that was found has one try less.
    Refused(Option<StoredInvitation>),
}

/// Looks at a try to accept an invitation. `born` is the birth date on record, which alone counts: that of a record
/// that was replaced or deleted fits nobody.
pub fn try_code(
    found: Option<&StoredInvitation>,
    born: Option<&Phi<String>>,
    given: &Phi<String>,
    now: Instant,
) -> Tried {
    let Some(found) = found.filter(|found| found.invitation.is_open(now)) else {
        return Tried::Refused(None);
    };
    if born.is_some_and(|born| born.reveal() == given.reveal().trim()) {
        return Tried::Good(found.invitation.offer.clone());
    }
    let tries_left = found.invitation.tries_left.saturating_sub(1);
    let invitation = Invitation { tries_left, ..found.invitation.clone() };
    Tried::Refused(Some(StoredInvitation { invitation, ..found.clone() }))
}

/// The proxy that accepting gives to `holder`; `None` for an offer of an account.
///
/// # Errors
/// Nobody acts for themselves, and one who does already needs no second proxy.
pub fn accept(
    invitation: &Invitation,
    holder: &UserId,
    own: Option<&PatientId>,
    held: &[StoredProxy],
    now: Instant,
) -> Result<Option<Proxy>, Rejection> {
    let Offer::Proxy { name, kinship, scopes, until } = &invitation.offer else { return Ok(None) };
    if own == Some(&invitation.patient) {
        return Err(refuse("own-proxy", "code", "This code lets somebody act for you; give it to them"));
    }
    let limit = usize::try_from(galen_access::proxy::PROXIES_OF_USER_MAX).unwrap_or(usize::MAX);
    if held.len() >= limit {
        return Err(refuse("too-many-proxies", "code", "One account acts for 50 people at most"));
    }
    if *until <= now {
        return Err(not_accepted());
    }
    Ok(Some(Proxy {
        holder: holder.clone(),
        name: name.clone(),
        patient: invitation.patient.clone(),
        kinship: *kinship,
        scopes: scopes.clone(),
        from: now,
        until: *until,
        given_by: invitation.issued_by.clone(),
    }))
}
