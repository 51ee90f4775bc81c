//! What a person has agreed to let a client know.

use super::store;
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault};
use crate::oidc::{clients::Client, facts};
use crate::platform::store::Unit;
use crate::protocol::oauth::Scope;

/// Remembers that the person agreed to `scope`, besides what was agreed to before.
pub(super) async fn give(unit: &mut Unit, account: AccountId, client: &Client, scope: &Scope) -> Result<(), Fault> {
    let before = store::consent(unit, account, &client.id).await?.and_then(|agreed| agreed.parse::<Scope>().ok());
    let all: Scope = before.iter().flat_map(Scope::iter).chain(scope.iter()).collect();
    store::remember_consent(unit, account, &client.id, all.to_string()).await?;
    audit::record(unit, &Actor::Person(account), facts::consent_given(account, &client.id, &scope.to_string())).await
}

/// What a site will see, in the words of the page.
pub(super) fn in_words(scope: &Scope) -> Vec<&'static str> {
    [
        ("profile", "your name and user ID"),
        ("email", "your email address"),
        ("address", "your address"),
        ("phone", "your phone number"),
        ("organization", "your organization and your role there"),
        ("sites", "whether the agency has approved your organization"),
        ("offline_access", "changes to these while you are away"),
    ]
    .into_iter()
    .filter_map(|(token, words)| scope.contains(token).then_some(words))
    .collect()
}
