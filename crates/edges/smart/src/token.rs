//! `POST /oauth/token`: codes, refresh tokens and programs' own rights in exchange for access tokens.

use crate::client_proof::client_of;
use crate::endpoint::{Denial, Form, about, deny, draft, fresh};
use crate::grants::{Issued, NO_REFRESH, Spending, access, end, issue, remembered, standing, used_before};
use crate::scopes::fits;
use axum::extract::{Request, State};
use axum::response::Response;
use galen_access::Context;
use galen_access::smart::authorization::{
    BACKEND_ACCESS_MICROS, CODE_REMEMBERED_MICROS, Code, Refresh, StoredAuthorization,
};
use galen_access::smart::client::{Authentication, StoredClient};
use galen_access::smart::error::OAuthCode;
use galen_access::smart::once::Presented;
use galen_access::smart::request::{Parameters, is_verifier};
use galen_access::smart::scope::Level;
use galen_access::smart::{Grant, OAuthError, Scopes, secret};
use galen_access::user::HOME;
use galen_kernel::Fault;
use galen_records::Change;
use galen_service::House;
use galen_service::observe::{Draft, commit};
use std::sync::Arc;

const NO_CODE: OAuthError =
    OAuthError::grant("The code is not good for this client, has expired, or was never issued");

/// Answers.
pub(crate) async fn token(State(house): State<Arc<House>>, request: Request) -> Response {
    let mut draft = draft("IssueToken");
    let mut context = None;
    match exchange(&house, request, &mut draft, &mut context).await {
        Ok(issued) => fresh(&issued),
        Err(denial) => deny(&house, context.as_ref(), draft, denial).await,
    }
}

async fn exchange(
    house: &House,
    request: Request,
    draft: &mut Draft,
    context: &mut Option<Context>,
) -> Result<Issued, Denial> {
    let form = Form::read(house, request).await?;
    let parameters = Parameters::of(&form.pairs);
    parameters.check()?;
    let grant_type = parameters.get("grant_type").ok_or(OAuthError::request("grant_type is missing"))?;
    if !["authorization_code", "refresh_token", "client_credentials"].contains(&grant_type) {
        let description = "grant_type must be authorization_code, refresh_token or client_credentials";
        return Err(OAuthError::new(OAuthCode::UnsupportedGrantType, description).into());
    }
    let client = client_of(house, &form).await?;
    draft.entities = vec![format!("Client/{}", client.id)];
    let asked = Asked { house, form: &form, client: &client };
    match grant_type {
        "authorization_code" => asked.by_code(draft, context).await,
        "refresh_token" => asked.by_refresh(draft, context).await,
        _ => asked.by_itself(draft, context).await,
    }
}

/// A proven client's request.
struct Asked<'a> {
    house: &'a House,
    form: &'a Form,
    client: &'a StoredClient,
}

impl Asked<'_> {
    fn text(&self, name: &str, missing: &'static str) -> Result<&str, OAuthError> {
        Parameters::of(&self.form.pairs).get(name).ok_or(OAuthError::request(missing))
    }

    async fn by_code(&self, draft: &mut Draft, context: &mut Option<Context>) -> Result<Issued, Denial> {
        let text = self.text("code", "code is missing")?;
        let redirect_uri = self.text("redirect_uri", "redirect_uri is missing")?;
        let verifier = self.text("code_verifier", "code_verifier is missing")?;
        let (store, now) = (&self.house.store, self.form.at);
        let Some(code) = Presented::Code.find::<Code>(store, text, now).await? else {
            return Err(self.denied_as_spent(Presented::Code, text, NO_CODE).await?);
        };
        let is_own = code.client == self.client.id && code.redirect_uri == redirect_uri;
        if !is_own || !is_verifier(verifier) || secret::challenge_of(verifier) != code.challenge {
            return Err(NO_CODE.into());
        }
        let stored = standing(self.house, &code.authorization, now).await?.ok_or(NO_CODE)?;
        let until = now.plus_micros(CODE_REMEMBERED_MICROS);
        let spending = Spending { presented: Presented::Code, secret: text, until };
        let scopes = stored.authorization.scopes.clone();
        self.issue(draft, context, (&stored, scopes), &spending, code.nonce).await
    }

    async fn by_refresh(&self, draft: &mut Draft, context: &mut Option<Context>) -> Result<Issued, Denial> {
        let text = self.text("refresh_token", "refresh_token is missing")?;
        let (store, now) = (&self.house.store, self.form.at);
        let Some(refresh) = Presented::Refresh.find::<Refresh>(store, text, now).await? else {
            return Err(self.denied_as_spent(Presented::Refresh, text, NO_REFRESH).await?);
        };
        if refresh.client != self.client.id {
            return Err(NO_REFRESH.into());
        }
        let stored = standing(self.house, &refresh.authorization, now).await?.ok_or(NO_REFRESH)?;
        let scopes = self.narrowed(&stored.authorization.scopes)?;
        let spending = Spending { presented: Presented::Refresh, secret: text, until: remembered(now) };
        self.issue(draft, context, (&stored, scopes), &spending, None).await
    }

    /// The scopes that a refresh asks for: never more than what was authorized, nor than what the client may have by now.
    fn narrowed(&self, authorized: &Scopes) -> Result<Scopes, OAuthError> {
        const WIDER: OAuthError =
            OAuthError::new(OAuthCode::InvalidScope, "A refresh asks for no more than was authorized");
        let asked = match Parameters::of(&self.form.pairs).get("scope") {
            None => authorized.clone(),
            Some(text) => Scopes::parse(text).map_err(|_| WIDER)?,
        };
        if asked.is_empty() || !asked.is_within(authorized) {
            return Err(WIDER);
        }
        let scopes = asked.within(&self.client.client.scopes);
        if scopes.is_empty() { Err(WIDER) } else { Ok(scopes) }
    }

    /// A code or refresh token that is not good: one that was used before ends what came of its first use.
    async fn denied_as_spent(
        &self,
        presented: Presented,
        text: &str,
        unknown: OAuthError,
    ) -> Result<Denial, Denial> {
        match presented.spent::<String>(&self.house.store, text, self.form.at).await? {
            Some(authorization) => {
                end(self.house, &authorization, self.form.at).await?;
                Ok(used_before().into())
            }
            None => Ok(unknown.into()),
        }
    }

    async fn issue(
        &self,
        draft: &mut Draft,
        context: &mut Option<Context>,
        granted: (&StoredAuthorization, Scopes),
        spending: &Spending<'_>,
        nonce: Option<String>,
    ) -> Result<Issued, Denial> {
        let (stored, _) = &granted;
        if stored.authorization.created < self.client.client.valid_from {
            return Err(OAuthError::grant("The client was disabled since: authorize again").into());
        }
        let found = self.standing_of(&stored.authorization.user, stored.authorization.created).await?;
        let context = &*context.insert(found.ok_or(OAuthError::grant("The user's account is disabled"))?);
        draft.entities.clear();
        issue(self.house, self.form, (context, draft), granted, spending, nonce).await
    }

    /// The standing of a user whose account holds, and held all the time since then.
    async fn standing_of(
        &self,
        user: &galen_kernel::UserId,
        since: galen_kernel::Instant,
    ) -> Result<Option<Context>, Fault> {
        match self.house.access.actor(user, self.form.at).await? {
            Some((_, valid_from)) if since >= valid_from => self.form.context(self.house, user).await,
            _ => Ok(None),
        }
    }

    /// Backend Services: a program's own rights, within its `system/` scopes.
    async fn by_itself(&self, draft: &mut Draft, context: &mut Option<Context>) -> Result<Issued, Denial> {
        let unauthorized =
            |description| Denial::from(OAuthError::new(OAuthCode::UnauthorizedClient, description));
        let client = &self.client.client;
        if !matches!(client.authentication, Authentication::Keys { .. } | Authentication::KeysAt { .. }) {
            return Err(unauthorized("client_credentials are for clients that sign with a key"));
        }
        let Some(account) = &client.account else {
            return Err(unauthorized("The client has no account whose rights it could use"));
        };
        let asked = Parameters::of(&self.form.pairs).get("scope").unwrap_or_default();
        let bad = |description| OAuthError::new(OAuthCode::InvalidScope, description);
        let asked = Scopes::parse(asked).map_err(|_| bad("There are too many scopes"))?;
        let scopes =
            asked.within(&client.scopes).filtered(|scope| scope.level == Level::System && fits(scope));
        if scopes.resources().next().is_none() {
            return Err(bad("Ask for system/ scopes that the client is registered for").into());
        }
        let Some(found) = self.form.context(self.house, account).await? else {
            return Err(unauthorized("The client's account is disabled"));
        };
        let context = &*context.insert(found);
        let grant = Grant {
            client: self.client.id.clone(),
            user: account.clone(),
            scopes,
            patient: None,
            encounter: None,
            authorization: None,
            issued: self.form.at,
            expires: self.form.at.plus_micros(BACKEND_ACCESS_MICROS),
        };
        draft.entities.clear();
        about(draft, &grant);
        let (token, make_good) = access(self.house, &grant)?;
        let mut change = Change::new();
        change.push(HOME, make_good);
        commit(self.house, context, draft.clone(), change)
            .await?
            .map_err(|conflict| Fault::new("issue token", format!("{conflict:?}")))?;
        Ok(Issued::bare(token, &grant))
    }
}
