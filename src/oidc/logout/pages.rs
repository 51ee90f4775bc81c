//! `GET /logout`, `POST /logout`: the question, and the end.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::{end_session::Onward, store};
use crate::accounts::{
    SessionEnd,
    sessions::{
        self,
        extract::{Visitor, forget_session},
    },
};
use crate::audit::Actor;
use crate::kernel::{Fault, SessionId};
use crate::oidc::{
    Provider,
    clients::{self, Client},
    grants,
};
use crate::platform::web::{Form, Page, PageError, Shell, to_site};

/// What the place to go on to is sealed for.
const PURPOSE: &str = "logout";
/// How long the page waits for the sites: what is not told by then is told later.
const LOOKS: u32 = 40;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

#[derive(Template)]
#[template(path = "oidc/sign_out.html")]
struct SignOut {
    shell: Shell,
    sites: Vec<String>,
    onward: String,
}

#[derive(Template)]
#[template(path = "oidc/signed_out.html")]
struct SignedOut {
    shell: Shell,
    sites: Vec<(String, bool)>,
}

/// Asks the person, who came by a link of ours.
pub(in crate::oidc) async fn question(
    State(provider): State<Provider>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let nowhere = Onward { address: None, origin: None, site: None };
    match visitor.person {
        Some(_) => ask(&provider, &visitor, nowhere).await,
        None => finish(&provider, &visitor, nowhere).await,
    }
}

/// Asks the person whether to sign out, here and at the sites that saw the session.
pub(super) async fn ask(provider: &Provider, visitor: &Visitor, onward: Onward) -> Result<Response, PageError> {
    let sites = match &visitor.person {
        Some(person) => {
            clients_of(provider, person.session).await?.iter().map(|client| client.name().to_owned()).collect()
        }
        None => Vec::new(),
    };
    let text = serde_json::to_vec(&onward).map_err(|cause| Fault::of("write where to go on", cause))?;
    let sealed =
        provider.kit().sealing().seal(PURPOSE, &text).map_err(|cause| Fault::of("seal where to go on", cause))?;
    let shell = visitor.shell(provider.accounts());
    let page = Page::new(&shell.clone(), SignOut { shell, sites, onward: sealed });
    Ok(match &onward.origin {
        Some(origin) => page.form_ends_at(origin).into_response(),
        None => page.into_response(),
    })
}

/// The person answered.
pub(in crate::oidc) async fn sign_out(
    State(provider): State<Provider>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, PageError> {
    let opened = fields.get("onward").and_then(|sealed| provider.kit().sealing().open(PURPOSE, sealed).ok());
    let onward = opened.and_then(|text| serde_json::from_slice(&text).ok());
    finish(&provider, &visitor, onward.unwrap_or(Onward { address: None, origin: None, site: None })).await
}

/// Ends the session, and goes on.
pub(super) async fn finish(provider: &Provider, visitor: &Visitor, onward: Onward) -> Result<Response, PageError> {
    let told = match &visitor.person {
        None => Vec::new(),
        Some(person) => {
            let waiting = clients_of(provider, person.session).await?;
            let mut unit = provider.db().write().await?;
            let actor = Actor::Person(person.account.id());
            sessions::end(&mut unit, &actor, person.session, SessionEnd::SignedOut).await?;
            unit.commit().await?;
            match onward.address {
                // The browser goes back at once, however slow the sites are.
                Some(_) => Vec::new(),
                None => wait_for(provider, person.session, &waiting).await?,
            }
        }
    };
    let mut response = match onward.address {
        Some(address) => to_site(&address),
        None => {
            let shell = visitor.shell(provider.accounts()).without_person();
            Page::new(&shell.clone(), SignedOut { shell, sites: told }).into_response()
        }
    };
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, forget_session(provider.kit()));
    headers.insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}

/// The clients that saw a session and want to be told of its end.
async fn clients_of(provider: &Provider, session: SessionId) -> Result<Vec<Client>, Fault> {
    let mut reader = provider.db().read().await?;
    let mut found = Vec::new();
    for id in grants::may_be_told(&mut reader, session).await? {
        let client = clients::load(provider, &mut reader, &id).await?;
        found.extend(client.filter(|client| client.metadata.backchannel_logout_uri.is_some()));
    }
    Ok(found)
}

/// Which of the sites were told within about two seconds.
async fn wait_for(provider: &Provider, session: SessionId, clients: &[Client]) -> Result<Vec<(String, bool)>, Fault> {
    let mut told: Vec<String> = Vec::new();
    for _ in 0..LOOKS {
        if told.len() >= clients.len() {
            break;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
        let deliveries = store::of_session(&mut provider.db().read().await?, session).await?;
        told = deliveries
            .into_iter()
            .filter(|delivery| delivery.state == "told")
            .map(|delivery| delivery.client_id)
            .collect();
    }
    Ok(clients.iter().map(|client| (client.name().to_owned(), told.contains(&client.id))).collect())
}
