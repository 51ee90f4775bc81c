//! Grants: what an authorization gave to a client, the code that carries it, the refresh tokens
//! that renew it.

mod code;
mod model;
mod refresh;
mod store;

pub(super) use code::{Bearer, CodeError, Redemption, issue, redeem};
pub(super) use model::{AuthorizationCode, Grant, Granted};
pub(super) use refresh::{RefreshError, begin_family, find_family, presented_family, rotate};
pub(super) use store::{
    forget_client, forget_clients, forget_expired, is_token_revoked, live, may_be_told, remember_client, revoke,
    revoke_token,
};
