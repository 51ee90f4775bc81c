//! Listing and ending a person's connections.

use serde_json::{Value, json};

use super::store;
use crate::accounts::Account;
use crate::audit::{self, Actor};
use crate::kernel::{Fault, Timestamp};
use crate::oidc::{
    Provider,
    clients::{self, Client},
    facts, grants, logout,
};
use crate::platform::store::{Sql, Unit};
use crate::protocol::oauth::Scope;
use crate::sites::{self, visits};

/// A connection as the page shows it.
pub(super) struct Connection {
    pub(super) client_id: String,
    /// The name of the site.
    pub(super) name: String,
    /// `OneOffice`, `OneGov`, or nothing for other clients.
    pub(super) family: Option<&'static str>,
    /// Where to open it.
    pub(super) home: Option<String>,
    /// What it sees.
    pub(super) scope: Scope,
    pub(super) since: Timestamp,
    pub(super) last_at: Option<Timestamp>,
}

/// The connections of a person, the newest first.
pub(super) async fn of_person(provider: &Provider, account: &Account) -> Result<Vec<Connection>, Fault> {
    let mut reader = provider.db().read().await?;
    let mut connections = Vec::new();
    for row in store::of_person(&mut reader, account.id()).await? {
        let Some(client) = clients::load(provider, &mut reader, &row.client_id).await? else { continue };
        let (name, family, home) = known_as(&mut reader, &client).await?;
        let scope = row.scope.parse().unwrap_or_default();
        let (since, last_at) = (row.granted_at, row.last_at);
        connections.push(Connection { client_id: row.client_id, name, family, home, scope, since, last_at });
    }
    Ok(connections)
}

/// What this floor keeps about a person, for the file that they take with them: the sites that know
/// who they are.
///
/// # Errors
/// When the database does not answer.
pub async fn kept_of(provider: &Provider, account: &Account) -> Result<Value, Fault> {
    let connections = of_person(provider, account).await?;
    let sites = connections.iter().map(|connection| {
        json!({
            "client_id": connection.client_id, "name": connection.name, "family": connection.family,
            "address": connection.home, "scope": connection.scope, "agreed_at": connection.since.to_string(),
            "signed_in_at": connection.last_at.map(|at| at.to_string()),
        })
    });
    Ok(json!({ "sites": sites.collect::<Vec<_>>() }))
}

async fn known_as(on: &mut impl Sql, client: &Client) -> Result<(String, Option<&'static str>, Option<String>), Fault> {
    if let Some(id) = client.site
        && let Some(site) = sites::find(on, id).await?
    {
        return Ok((site.name.to_string(), Some(site.kind.shown()), Some(site.url.to_string())));
    }
    Ok((client.name().to_owned(), None, client.home().map(str::to_owned)))
}

/// Ends a connection: tokens are dead from now on, the site is told to sign the person out, and the
/// next visit asks again. The name of the site; `None` when there was no such connection.
pub(super) async fn disconnect(
    provider: &Provider,
    account: &Account,
    client_id: &str,
) -> Result<Option<String>, Fault> {
    let mut unit = provider.db().write().await?;
    let Some(client) = clients::load(provider, &mut unit, client_id).await? else { return Ok(None) };
    if !store::forget_consent(&mut unit, account.id(), client_id).await? {
        return Ok(None);
    }
    if let Some(site) = client.site {
        visits::end(&mut unit, &Actor::Person(account.id()), site, account.id()).await?;
    }
    let until = unit.now();
    end_at(provider, &mut unit, (&client, account), until).await?;
    let fact = facts::client_disconnected(account.id(), client_id);
    audit::record(&mut unit, &Actor::Person(account.id()), fact).await?;
    let (name, _, _) = known_as(&mut unit, &client).await?;
    unit.commit().await?;
    Ok(Some(name))
}

/// Takes back what a client was given in a person's name until `until`, and has it told to end its
/// sessions of that time.
pub(super) async fn end_at(
    provider: &Provider,
    unit: &mut Unit,
    (client, account): (&Client, &Account),
    until: Timestamp,
) -> Result<(), Fault> {
    for (session,) in store::sessions_seen(unit, account.id(), &client.id, until).await? {
        logout::tell_client(provider, unit, client, (session, account)).await?;
        grants::forget_client(unit, session, &client.id).await?;
    }
    store::revoke_grants(unit, account.id(), &client.id, until).await
}
