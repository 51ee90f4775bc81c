//! Whom we may answer: the client, and an address that it registered.
//!
//! Until both are proven, every error ends on a page of ours (RFC 6749 §4.1.2.1). Afterwards it
//! goes to the client; [`ReturnAddress`] has no other maker, so an open redirect cannot be written.

use axum::http::StatusCode;

use crate::kernel::Language;
use crate::oidc::{
    Provider,
    clients::{self, Client},
};
use crate::platform::web::PageError;
use crate::protocol::oauth::{Params, RequestedUri, ResponseMode};

/// Enough for every site we know; more would not fit into an address that browsers carry.
const MOST_OF_STATE: usize = 4096;

/// A client, and where to answer it.
#[derive(Debug, Clone)]
pub(super) struct Trusted {
    /// The client.
    pub(super) client: Client,
    /// Where the answer goes, and how.
    pub(super) address: ReturnAddress,
}

/// An address that the client registered, and what every answer there repeats.
#[derive(Debug, Clone)]
pub(super) struct ReturnAddress {
    /// The address.
    pub(super) uri: RequestedUri,
    /// Whether the request named it.
    pub(super) was_sent: bool,
    /// How the answer travels.
    pub(super) mode: ResponseMode,
    /// `state`, untouched.
    pub(super) state: Option<String>,
    /// The first of `ui_locales` that we speak.
    pub(super) language: Option<Language>,
}

/// Proves client and address.
pub(super) async fn trust(provider: &Provider, params: &Params) -> Result<Trusted, PageError> {
    let client = client(provider, params).await?;
    let address = return_address(&client, params)?;
    Ok(Trusted { client, address })
}

/// The client that a request names.
pub(super) async fn client(provider: &Provider, params: &Params) -> Result<Client, PageError> {
    let client_id = params.get("client_id").ok_or_else(|| unknown_client("client_id is missing".to_owned()))?;
    let client = clients::load(provider, &mut provider.db().read().await?, client_id).await?;
    client.ok_or_else(|| unknown_client(format!("no active client has the client_id {:?}", cut(client_id))))
}

fn return_address(client: &Client, params: &Params) -> Result<ReturnAddress, PageError> {
    let sent = params.get("redirect_uri");
    let registered = &client.metadata.redirect_uris;
    let uri = match (sent, registered.as_slice()) {
        (Some(sent), _) => registered.iter().find_map(|one| one.prove(sent)).ok_or_else(|| {
            wrong_redirect(client, format!("no registered redirect_uri matches {:?} exactly: check scheme, host, port, path, trailing slash and query", cut(sent)))
        })?,
        (None, [only]) => only.itself(),
        (None, _) => return Err(wrong_redirect(client, "redirect_uri is missing, and the client has registered several or none".to_owned())),
    };
    let state = params.get("state").map(str::to_owned);
    if state.as_ref().is_some_and(|state| state.len() > MOST_OF_STATE) {
        return Err(wrong_redirect(client, format!("state is longer than {MOST_OF_STATE} bytes")));
    }
    // A mode that we do not know is refused by check.rs; until then the answer travels as by default.
    let mode = params.get("response_mode").and_then(|mode| mode.parse().ok()).unwrap_or(ResponseMode::Query);
    let language = params.get("ui_locales").and_then(|tags| Language::first_of(tags.split(' ')));
    Ok(ReturnAddress { uri, was_sent: sent.is_some(), mode, state, language })
}

fn unknown_client(developer: String) -> PageError {
    PageError::new(StatusCode::BAD_REQUEST, "CX-1001", |t| t.error_unknown_site().into())
        .advise(|t| t.error_unknown_site_advice().into())
        .for_the_developer(developer)
}

fn wrong_redirect(client: &Client, developer: String) -> PageError {
    let [title, advice] = [client.name(), client.name()].map(str::to_owned);
    PageError::new(StatusCode::BAD_REQUEST, "CX-1002", move |t| t.error_wrong_redirect(&title))
        .advise(move |t| t.error_wrong_redirect_advice(&advice))
        .for_the_developer(developer)
}

/// What strangers send is shown cut, and escaped by the page.
fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}
