//! The answer to the client: query, fragment or form_post, always with `iss` (RFC 9207).

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::trust::ReturnAddress;
use crate::oidc::Provider;
use crate::platform::web::{Here, Page, Shell, assets, to_site};
use crate::protocol::oauth::{OAuthRefusal, ResponseMode};

#[derive(Template)]
#[template(path = "redirect_form.html")]
struct RedirectForm {
    shell: Shell,
    script: &'static str,
    action: String,
    fields: Vec<(&'static str, String)>,
}

/// The code goes to the client.
pub(super) fn code(provider: &Provider, address: &ReturnAddress, code: String) -> Response {
    send(provider, address, vec![("code", code)])
}

/// An error goes to the client.
pub(super) fn refusal(provider: &Provider, address: &ReturnAddress, refusal: &OAuthRefusal) -> Response {
    let description = refusal.description.clone().into_owned();
    let mut fields = vec![("error", refusal.code.as_str().to_owned())];
    if !description.is_empty() {
        fields.push(("error_description", description));
    }
    send(provider, address, fields)
}

fn send(provider: &Provider, address: &ReturnAddress, mut fields: Vec<(&'static str, String)>) -> Response {
    fields.extend(address.state.iter().map(|state| ("state", state.clone())));
    fields.push(("iss", provider.issuer().to_owned()));
    match address.mode {
        ResponseMode::Query => to_site(&address.uri.with_query(&fields)),
        ResponseMode::Fragment => to_site(&address.uri.with_fragment(&fields)),
        ResponseMode::FormPost => {
            let shell = Shell::bare(provider.kit(), &Here::default(), address.language);
            let (action, origin) = (address.uri.as_str().to_owned(), address.uri.origin());
            let form = RedirectForm { shell: shell.clone(), script: assets::submit_script(), action, fields };
            Page::new(&shell, form).form_ends_at(&origin).into_response()
        }
    }
}
