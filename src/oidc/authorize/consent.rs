//! What a person has agreed to let a client know.

use super::store;
use crate::accounts::SignedIn;
use crate::audit::{self, Actor};
use crate::kernel::{AccountId, Fault};
use crate::oidc::{clients::Client, facts};
use crate::platform::store::{Sql, Unit};
use crate::protocol::oauth::Scope;

/// What was agreed to before, and whether this session was here before.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    /// Whether the person has agreed to all that is asked for.
    pub(super) has_consent: bool,
    /// Whether the client sees the session already.
    pub(super) has_visited: bool,
}

/// Looks up what was before.
pub(super) async fn before(
    on: &mut impl Sql,
    person: &SignedIn,
    client: &Client,
    scope: &Scope,
) -> Result<Before, Fault> {
    let (agreed, has_visited) = store::consent_and_visit(on, person.account.id(), person.session, &client.id).await?;
    let agreed = agreed.and_then(|agreed| agreed.parse::<Scope>().ok());
    Ok(Before { has_consent: agreed.is_some_and(|agreed| scope.is_subset_of(&agreed)), has_visited })
}

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
