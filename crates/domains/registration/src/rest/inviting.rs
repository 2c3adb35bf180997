//! Inviting a patient, or somebody to act for one; withdrawing that; ending a proxy.

use super::registering::target;
use super::view::{ActedForPage, InvitationIssuedView, InvitationPage, InvitationView, ProxyPage, ProxyView};
use crate::commands::{EndProxy, InvitePatient, WithdrawInvitation};
use crate::decide::inviting::{self, Invited, Inviting};
use crate::{queries, store};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use galen_access::invitation::{Invitation, Standing, StoredInvitation};
use galen_access::proxy::{Proxy, StoredProxy};
use galen_access::user::HOME;
use galen_access::{Category, Context, Target, invitation, proxy, user};
use galen_audit::Interaction;
use galen_kernel::{Fault, PatientId, Rejection, RejectionKind};
use galen_records::Change;
use galen_service::answering::shown;
use galen_service::caller::parsed;
use galen_service::command::{Command, Facts, Saved};
use galen_service::execute::execute;
use galen_service::http::{json, read_json};
use galen_service::observe::Draft;
use galen_service::{Caller, House, Refusal};
use http::StatusCode;
use std::sync::Arc;

type Answer = Result<Response, Refusal>;

pub(super) const INVITATION: &str = "Invitation";
const PROXY: &str = "Proxy";

fn missing(what: &str) -> Rejection {
    Rejection::new(RejectionKind::NotFound, "not-found", format!("There is no such {what}"))
}

/// What belongs to a patient's account, as policy sees it: as sealed as the patient.
pub(super) async fn of_patient(
    house: &House,
    context: &Context,
    kind: &'static str,
    patient: &PatientId,
) -> Result<Target, Refusal> {
    let patient = store::load(house, patient.as_str()).await?;
    let label = target(house, &patient, context).await?.label;
    Ok(inviting::target(kind, &patient.id).labelled(label))
}

impl Command for InvitePatient {
    type Loaded = (Inviting, Target);
    type Event = Invited;
    type Answer = InvitationIssuedView;
    const NAME: &'static str = "InvitePatient";
    const INTERACTION: Interaction = Interaction::Create;
    const ABOUT: (&'static str, Category) = (INVITATION, Category::Security);

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let patient = store::load(house, &self.id).await?;
        let label = target(house, &patient, context).await?.label;
        let about = Inviting {
            issued: invitation::of_patient(&house.store, &patient.id).await?,
            has_account: user::is_patients(&house.store, &patient.id, context.at).await?,
            by_patient: context.actor.patient.is_some(),
            patient,
        };
        let target = inviting::target(INVITATION, &about.patient.id).labelled(label);
        Ok((about, target))
    }

    fn target(&self, (_, target): &Self::Loaded) -> Target {
        target.clone()
    }

    fn decide(&self, (about, _): &Self::Loaded, facts: &Facts) -> Result<Vec<Invited>, Rejection> {
        inviting::invite(self, about, &invitation::code(facts.chance), &facts.actor, facts.now)
    }

    fn save(
        &self,
        _: &House,
        _: Self::Loaded,
        events: Vec<Invited>,
        facts: &Facts,
        change: &mut Change,
    ) -> Result<Saved<InvitationIssuedView>, Fault> {
        let mut issued = None;
        for event in events {
            match event {
                Invited::Withdrawn(stored) => change.push(HOME, stored.change()?),
                Invited::Issued(stored) => {
                    change.push(HOME, stored.add()?);
                    issued = Some(stored);
                }
            }
        }
        let stored = issued.ok_or_else(|| Fault::new("invite", "nothing decided"))?;
        let entity = format!("{INVITATION}/{}", stored.id);
        let code = invitation::code(facts.chance);
        Ok(Saved::new(InvitationIssuedView { code, invitation: InvitationView::new(&stored) }, vec![entity]))
    }
}

impl Command for WithdrawInvitation {
    type Loaded = (StoredInvitation, Target);
    type Event = StoredInvitation;
    type Answer = InvitationView;
    const NAME: &'static str = "WithdrawInvitation";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = (INVITATION, Category::Security);

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let found = invitation::by_id(&house.store, &self.id).await?;
        let found = found.ok_or_else(|| missing("invitation"))?;
        let target = of_patient(house, context, INVITATION, &found.invitation.patient).await?;
        Ok((found, target))
    }

    fn target(&self, (_, target): &Self::Loaded) -> Target {
        target.clone()
    }

    fn decide(&self, (found, _): &Self::Loaded, facts: &Facts) -> Result<Vec<StoredInvitation>, Rejection> {
        if !found.invitation.is_open(facts.now) {
            return Err(Rejection::new(
                RejectionKind::Conflict,
                "invitation-closed",
                "It was accepted, withdrawn or is too old",
            )
            .next("If somebody accepted it, end the proxy or disable the account"));
        }
        let invitation = Invitation { standing: Standing::Withdrawn, ..found.invitation.clone() };
        Ok(vec![StoredInvitation { invitation, ..found.clone() }])
    }

    fn save(
        &self,
        _: &House,
        (found, _): Self::Loaded,
        events: Vec<StoredInvitation>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<InvitationView>, Fault> {
        let now = events.into_iter().next().unwrap_or(found);
        change.push(HOME, now.change()?);
        let entity = format!("{INVITATION}/{}", now.id);
        Ok(Saved::new(InvitationView::new(&now), vec![entity]))
    }
}

impl Command for EndProxy {
    type Loaded = (StoredProxy, Target);
    type Event = Proxy;
    type Answer = ProxyView;
    const NAME: &'static str = "EndProxy";
    const INTERACTION: Interaction = Interaction::Update;
    const ABOUT: (&'static str, Category) = (PROXY, Category::Security);

    async fn load(&self, house: &House, context: &Context) -> Result<Self::Loaded, Refusal> {
        let found = proxy::by_id(&house.store, &self.id).await?.ok_or_else(|| missing("proxy"))?;
        // Whoever holds it gives it back without being asked about the patient.
        let target = if found.proxy.holder == context.actor.user {
            Target::plain(PROXY, Category::Security)
        } else {
            of_patient(house, context, PROXY, &found.proxy.patient).await?
        };
        Ok((found, target))
    }

    fn target(&self, (_, target): &Self::Loaded) -> Target {
        target.clone()
    }

    fn decide(&self, (found, _): &Self::Loaded, facts: &Facts) -> Result<Vec<Proxy>, Rejection> {
        // One that ended stays ended when it did.
        let until = found.proxy.until.min(facts.now);
        Ok(vec![Proxy { until, ..found.proxy.clone() }])
    }

    fn save(
        &self,
        house: &House,
        (found, _): Self::Loaded,
        events: Vec<Proxy>,
        _: &Facts,
        change: &mut Change,
    ) -> Result<Saved<ProxyView>, Fault> {
        let proxy = events.into_iter().next().ok_or_else(|| Fault::new("end proxy", "nothing decided"))?;
        let ended = StoredProxy { proxy, ..found };
        change.push(HOME, ended.change()?);
        house.access.forget(&ended.proxy.holder);
        let mut saved = Saved::new(ProxyView::new(&ended), vec![format!("{PROXY}/{}", ended.id)]);
        saved.patients = vec![ended.proxy.patient.to_string()];
        Ok(saved)
    }
}

/// `POST /api/patients/{id}/invitations`. The code is in the answer once, so no repetition is answered from memory.
pub(super) async fn invite(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let read = read_json::<InvitePatient>(&body);
    let read = parsed(&house, &context, InvitePatient::NAME, InvitePatient::INTERACTION, read).await?;
    let command = InvitePatient { id, ..read };
    Ok(json(StatusCode::CREATED, &execute(&house, &context, &command, None).await?))
}

/// `DELETE /api/invitations/{id}`.
pub(super) async fn withdraw(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    Ok(json(StatusCode::OK, &execute(&house, &context, &WithdrawInvitation { id }, None).await?))
}

/// `DELETE /api/proxies/{id}`.
pub(super) async fn end(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let ended = execute(&house, &context, &EndProxy { id: id.clone() }, None).await?;
    if let Some(found) = proxy::by_id(&house.store, &id).await? {
        house.access.forget(&found.proxy.holder);
    }
    Ok(json(StatusCode::OK, &ended))
}

/// `GET /api/patients/{id}/invitations`.
pub(super) async fn invitations(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ListInvitations", Interaction::Read);
    let listed = async {
        let patient = allowed(&house, &context, "ListInvitations", INVITATION, &id, &mut draft).await?;
        let found = invitation::of_patient(&house.store, &patient).await?;
        let open = found.iter().filter(|i| i.invitation.is_open(context.at));
        Ok(InvitationPage { invitations: open.map(InvitationView::new).collect() })
    }
    .await;
    shown(&house, &context, draft, listed).await
}

/// `GET /api/patients/{id}/proxies`.
pub(super) async fn proxies(
    State(house): State<Arc<House>>,
    Caller(context): Caller,
    Path(id): Path<String>,
) -> Answer {
    let mut draft = Draft::new("ListProxies", Interaction::Read);
    let listed = proxies_of(&house, &context, &id, &mut draft).await;
    shown(&house, &context, draft, listed).await
}

/// Who acts for a patient, for whoever may know.
pub(crate) async fn proxies_of(
    house: &House,
    context: &Context,
    id: &str,
    draft: &mut Draft,
) -> Result<ProxyPage, Refusal> {
    let patient = allowed(house, context, "ListProxies", PROXY, id, draft).await?;
    let found = proxy::of_patient(&house.store, &patient, context.at).await?;
    Ok(ProxyPage { proxies: found.iter().map(ProxyView::new).collect() })
}

pub(super) async fn allowed(
    house: &House,
    context: &Context,
    action: &'static str,
    kind: &'static str,
    id: &str,
    draft: &mut Draft,
) -> Result<PatientId, Refusal> {
    let anybody = Target::plain(kind, Category::Security);
    house.access.visibility(context, action, &anybody).await??;
    let patient = PatientId::parse(id).map_err(|_| missing("patient"))?;
    draft.entities = vec![format!("Patient/{id}")];
    draft.patients = vec![id.to_owned()];
    draft.allow(house, context, action, &of_patient(house, context, kind, &patient).await?).await?;
    Ok(patient)
}

/// `GET /api/proxies`: the people for whom the caller may act.
pub(super) async fn held(State(house): State<Arc<House>>, Caller(context): Caller) -> Answer {
    let mut draft = Draft::new("ListOwnProxies", Interaction::Read);
    let listed = people_acted_for(&house, &context, &mut draft).await;
    shown(&house, &context, draft, listed).await
}

/// The people for whom whoever asks may act.
pub(crate) async fn people_acted_for(
    house: &House,
    context: &Context,
    draft: &mut Draft,
) -> Result<ActedForPage, Refusal> {
    let own = Target::plain(PROXY, Category::Security);
    draft.allow(house, context, "ListOwnProxies", &own).await?;
    let held = proxy::of_holder(&house.store, &context.actor.user, context.at).await?;
    draft.patients = held.iter().map(|held| held.proxy.patient.to_string()).collect();
    queries::acted_for(house, held).await
}
