//! What happens at the provider.

use crate::audit::Fact;
use crate::kernel::{AccountId, GrantId};

/// A client was registered.
pub(super) fn client_registered(client: &str) -> Fact {
    Fact::new("oidc.client_registered", &client)
}

/// A client got a new secret.
pub(super) fn client_secret_rotated(client: &str) -> Fact {
    Fact::new("oidc.client_secret_rotated", &client)
}

/// A person let a client know who they are.
pub(super) fn consent_given(account: AccountId, client: &str, scope: &str) -> Fact {
    Fact::new("oidc.consent_given", &account).person(account).with("client", &client).with("scope", &scope)
}

/// A session was used at a client for the first time.
pub(super) fn client_visited(account: AccountId, client: &str, session: &str) -> Fact {
    Fact::new("oidc.client_visited", &account).person(account).with("client", &client).with("session", &session)
}

/// A code was presented again, or by somebody else: all that it gave is revoked.
pub(super) fn code_replayed(grant: GrantId, client: &str) -> Fact {
    Fact::new("oidc.code_replayed", &grant).with("client", &client)
}

/// An old refresh token was presented after its grace: the family is revoked.
pub(super) fn refresh_token_reused(grant: GrantId, client: &str) -> Fact {
    Fact::new("oidc.refresh_token_reused", &grant).with("client", &client)
}

/// A client gave a grant back.
pub(super) fn grant_revoked(grant: GrantId, client: &str) -> Fact {
    Fact::new("oidc.grant_revoked", &grant).with("client", &client)
}

/// A person ended what a client was given in their name.
pub(super) fn client_disconnected(account: AccountId, client: &str) -> Fact {
    Fact::new("oidc.client_disconnected", &account).person(account).with("client", &client)
}

/// Name or addresses of a client were changed.
pub(super) fn client_amended(client: &str) -> Fact {
    Fact::new("oidc.client_amended", &client)
}
