//! What a person has agreed to let a client know.

use super::store;
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault};
use crate::oidc::{clients::Client, facts};
use crate::platform::{store::Unit, words::Words};
use crate::protocol::oauth::Scope;

/// Remembers that the person agreed to `scope`, besides what was agreed to before.
pub(super) async fn give(unit: &mut Unit, account: AccountId, client: &Client, scope: &Scope) -> Result<(), Fault> {
    let before = store::consent(unit, account, &client.id).await?.and_then(|agreed| agreed.parse::<Scope>().ok());
    let all: Scope = before.iter().flat_map(Scope::iter).chain(scope.iter()).collect();
    store::remember_consent(unit, account, &client.id, all.to_string()).await?;
    audit::record(unit, &Actor::Person(account), facts::consent_given(account, &client.id, &scope.to_string())).await
}

/// What a site will see, in the words of the page.
pub(super) fn in_words(scope: &Scope, t: Words) -> Vec<&'static str> {
    [
        ("profile", t.visit_sees_profile()),
        ("email", t.visit_sees_email()),
        ("address", t.visit_sees_address()),
        ("phone", t.visit_sees_phone()),
        ("organization", t.visit_sees_organization()),
        ("sites", t.visit_sees_sites()),
        ("offline_access", t.visit_sees_offline()),
    ]
    .into_iter()
    .filter_map(|(token, words)| scope.contains(token).then_some(words))
    .collect()
}
