//! Who may ask for what: one row for each route, and nothing else decides.
//!
//! A route without a row does not start (`check`). The guard (`app/guard.rs`) enforces a row before
//! any handler runs; `tests/it/policy` walks every row with every role, over objects of one's own,
//! of others and of nobody.

use crate::platform::web::{
    Route,
    policy::{
        Need::{Administrator, Anyone, Founder, Member, Operator, Protocol, SignedIn, Site},
        Object, Row,
        SiteScope::{Scim, Sync},
    },
};

/// The table.
#[rustfmt::skip]
pub const POLICY: &[Row] = &[
    // Everybody.
    Row::get("/", Anyone),
    Row::get("/login", Anyone),
    Row::post("/login", Anyone),
    Row::get("/help", Anyone),
    Row::get("/help/onegov", Anyone),
    Row::get("/help/organizations", Anyone),
    Row::get("/help/sign-in", Anyone),
    Row::get("/privacy", Anyone),
    Row::get("/accessibility", Anyone),
    Row::get("/livez", Anyone),
    Row::get("/readyz", Anyone),
    Row::get("/favicon.ico", Anyone),
    Row::get("/assets/{name}", Anyone),
    // Only where no mail leaves, which is only where everybody is on this machine.
    Row::get("/dev/mail", Anyone),
    Row::get("/dev/mail/{id}", Anyone).on(Object::Mail),

    // Signing up, and looking for an organization.
    Row::get("/signup", Anyone),
    Row::post("/signup", Anyone),
    Row::get("/signup/code", Anyone),
    Row::post("/signup/code", Anyone),
    Row::get("/signup/invitations", Anyone),
    Row::post("/signup/invitations", Anyone),
    Row::get("/signup/organization", Anyone),
    Row::post("/signup/organization", Anyone),
    Row::get("/signup/organization/new", Anyone),
    Row::post("/signup/organization/new", Anyone),
    Row::get("/signup/credentials", Anyone),
    Row::post("/signup/credentials", Anyone),
    Row::get("/signup/check", Anyone),
    Row::post("/signup/check", Anyone),
    Row::get("/signup/ready", SignedIn),
    Row::post("/signup/ready", SignedIn),
    Row::get("/invite/{token}", Anyone).on(Object::Link),
    Row::post("/invite/{token}", Anyone).on(Object::Link),
    Row::get("/account/organization", SignedIn),
    Row::post("/account/organization", SignedIn),
    Row::get("/account/organization/new", SignedIn),
    Row::post("/account/organization/new", SignedIn),

    // A forgotten password, a changed address: whoever holds the link.
    Row::get("/recover", Anyone),
    Row::post("/recover", Anyone),
    Row::get("/recover/sent", Anyone),
    Row::get("/recover/{token}", Anyone).on(Object::Link),
    Row::post("/recover/{token}", Anyone).on(Object::Link),
    Row::get("/recover/address/{token}", Anyone).on(Object::Link),
    Row::post("/recover/address/{token}", Anyone).on(Object::Link),

    // My account.
    Row::get("/account", SignedIn),
    Row::get("/account/close", SignedIn),
    Row::post("/account/close", SignedIn),
    Row::get("/account/details", SignedIn),
    Row::post("/account/details", SignedIn),
    Row::post("/account/email", SignedIn),
    Row::get("/account/email/code", SignedIn),
    Row::post("/account/email/code", SignedIn),
    Row::post("/account/email/resend", SignedIn),
    Row::post("/account/email/proof", SignedIn),
    Row::get("/account/email/proof/code", SignedIn),
    Row::post("/account/email/proof/code", SignedIn),
    Row::get("/account/password", SignedIn),
    Row::post("/account/password", SignedIn),
    Row::get("/account/devices", SignedIn),
    Row::post("/account/devices/others", SignedIn),
    Row::post("/account/devices/{id}", SignedIn).on(Object::Session),
    Row::get("/account/activity", SignedIn),
    Row::get("/account/language", SignedIn),
    Row::post("/account/language", SignedIn),
    Row::get("/account/export", SignedIn),

    // The protocol, and its pages: they look at the request and at whoever is signed in.
    Row::get("/.well-known/openid-configuration", Protocol),
    Row::get("/.well-known/oauth-authorization-server", Protocol),
    Row::get("/jwks.json", Protocol),
    Row::get("/authorize", Protocol),
    Row::post("/authorize", Protocol),
    Row::get("/authorize/resume", Protocol),
    Row::get("/authorize/cancel", Protocol),
    Row::get("/consent", Protocol),
    Row::post("/consent", Protocol),
    Row::get("/select", Protocol),
    Row::post("/select", Protocol),
    Row::post("/par", Protocol),
    Row::post("/token", Protocol),
    Row::get("/userinfo", Protocol),
    Row::post("/userinfo", Protocol),
    Row::post("/introspect", Protocol),
    Row::post("/revoke", Protocol),
    Row::get("/end-session", Protocol),
    Row::post("/end-session", Protocol),
    Row::get("/logout", Anyone),
    Row::post("/logout", Anyone),

    // Of one's own account.
    Row::get("/account/sites", SignedIn),
    Row::post("/account/sites/{id}/disconnect", SignedIn).on(Object::Client),

    // What sites ask with a token of their own: each sees what is its own.
    Row::get("/scim/v2/ServiceProviderConfig", Site(Scim)),
    Row::get("/scim/v2/ResourceTypes", Site(Scim)),
    Row::get("/scim/v2/ResourceTypes/{id}", Site(Scim)),
    Row::get("/scim/v2/Schemas", Site(Scim)),
    Row::get("/scim/v2/Schemas/{id}", Site(Scim)),
    Row::get("/scim/v2/Users", Site(Scim)),
    Row::get("/scim/v2/Users/{id}", Site(Scim)).on(Object::OfSite),
    Row::post("/scim/v2/Users/.search", Site(Scim)),
    Row::get("/scim/v2/Groups", Site(Scim)),
    Row::get("/scim/v2/Groups/{id}", Site(Scim)).on(Object::OfSite),
    Row::post("/scim/v2/Groups/.search", Site(Scim)),
    Row::get("/sync/v1/changes", Site(Sync)),
    Row::post("/sync/v1/orgs/{org}/resync", Site(Sync)).on(Object::OfSite),
    Row::get("/sync/v1/txns/{txn}", Site(Sync)).on(Object::OfSite),
    Row::get("/api/v1/organizations", Site(Sync)),
    Row::get("/api/v1/organizations/{org}", Site(Sync)).on(Object::OfSite),
    Row::put("/api/v1/organizations/{org}/approval", Site(Sync)).on(Object::OfSite),
    Row::put("/api/v1/users/{sub}/standing", Site(Sync)).on(Object::OfSite),
    Row::post("/api/v1/put-backs", Site(Sync)),
    Row::get("/api/openapi.json", Anyone),

    // Organizations: what their people see.
    Row::get("/org", Member),
    Row::get("/org/oneoffice", Member),
    Row::get("/org/onegov", Member),
    Row::get("/org/sites/{id}", Member).on(Object::Site),
    Row::get("/org/leave", Member),
    Row::post("/org/leave", Member),

    // What administrators do.
    Row::get("/org/edit", Administrator),
    Row::post("/org/edit", Administrator),
    Row::get("/org/users", Administrator),
    Row::get("/org/users/add", Administrator),
    Row::post("/org/users/add", Administrator),
    Row::get("/org/users/paste", Administrator),
    Row::post("/org/users/paste", Administrator),
    Row::get("/org/users/{id}", Administrator).on(Object::Membership),
    Row::post("/org/users/{id}", Administrator).on(Object::Membership),
    Row::get("/org/users/{id}/remove", Administrator).on(Object::Membership),
    Row::post("/org/users/{id}/remove", Administrator).on(Object::Membership),
    Row::get("/org/users/{id}/sites", Administrator).on(Object::Membership),
    Row::get("/org/endings/{id}", Administrator).on(Object::Membership),
    Row::post("/org/oneoffice", Administrator),
    Row::post("/org/onegov", Administrator),
    Row::post("/org/visiting", Administrator),
    Row::post("/org/sites/{id}", Administrator).on(Object::Site),
    Row::get("/org/sites/{id}/unlink", Administrator).on(Object::Site),
    Row::post("/org/sites/{id}/unlink", Administrator).on(Object::Site),
    Row::get("/org/requests/{id}", Administrator).on(Object::JoinRequest),
    Row::post("/org/requests/{id}", Administrator).on(Object::JoinRequest),
    Row::get("/org/invitations/{id}", Administrator).on(Object::Invitation),
    Row::post("/org/invitations/{id}", Administrator).on(Object::Invitation),
    Row::get("/org/activity", Administrator),
    Row::get("/org/activity.csv", Administrator),

    // The founder role. The one to whom it is offered is not the founder yet.
    Row::get("/org/founder", Founder),
    Row::post("/org/founder", Founder),
    Row::get("/org/founder/delete", Founder),
    Row::post("/org/founder/delete", Founder),
    Row::get("/org/founder/hand-over", Administrator),
    Row::post("/org/founder/hand-over", Administrator),

    // Of the operator. Whoever holds a link has to be signed in with its address besides.
    Row::get("/ops/join/{token}", SignedIn).on(Object::Link),
    Row::post("/ops/join/{token}", SignedIn).on(Object::Link),
    Row::get("/ops", Operator),
    Row::get("/ops/sites", Operator),
    Row::get("/ops/sites/new", Operator),
    Row::post("/ops/sites/new", Operator),
    Row::get("/ops/sites/{id}", Operator).on(Object::Site),
    Row::post("/ops/sites/{id}", Operator).on(Object::Site),
    Row::get("/ops/sites/{id}/addresses", Operator).on(Object::Site),
    Row::post("/ops/sites/{id}/addresses", Operator).on(Object::Site),
    Row::get("/ops/sites/{id}/remove", Operator).on(Object::Site),
    Row::post("/ops/sites/{id}/remove", Operator).on(Object::Site),
    Row::get("/ops/sites/{id}/deliveries", Operator).on(Object::Site),
    Row::post("/ops/sites/{id}/deliveries", Operator).on(Object::Site),
    Row::get("/ops/sites/{id}/changes", Operator).on(Object::Site),
    Row::get("/ops/sites/{id}/organizations", Operator).on(Object::Site),
    Row::post("/ops/sites/{id}/organizations", Operator).on(Object::Site),
];

/// The row of a route.
#[must_use]
pub fn row(method: &axum::http::Method, path: &str) -> Option<&'static Row> {
    let method = if *method == axum::http::Method::HEAD { &axum::http::Method::GET } else { method };
    POLICY.iter().find(|row| row.method == *method && row.path == path)
}

/// The routes that have no row, or more than one.
#[must_use]
pub fn unruled(routes: &[Route]) -> Vec<String> {
    let count =
        |route: &Route| POLICY.iter().filter(|row| row.method == route.method && row.path == route.path).count();
    routes.iter().filter(|route| count(route) != 1).map(|route| format!("{} {}", route.method, route.path)).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;

    #[test]
    fn a_route_without_a_row_is_named() {
        let route = |method, path: &str| Route { method, path: path.to_owned() };
        let routes = [route(Method::GET, "/login"), route(Method::POST, "/login"), route(Method::GET, "/org/secret")];
        assert_eq!(unruled(&routes), ["GET /org/secret"]);
    }
}
