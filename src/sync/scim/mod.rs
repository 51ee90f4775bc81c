//! `/scim/v2`: what a site should hold, for the site that asks (RFC 7644, RFC 9865).
//!
//! Each site sees a view of its own: the people and organizations that it should hold or was told of,
//! and nothing else. It is read, never written: ConneX is the source.

mod answer;
mod discovery;
mod narrow;
mod resources;
mod store;
mod view;

use crate::oidc::Provider;
use crate::platform::web::Routes;

/// Where `/scim/v2` answers.
pub(super) fn routes(provider: Provider) -> Routes {
    Routes::new()
        .get("/scim/v2/ServiceProviderConfig", discovery::service_provider_config)
        .get("/scim/v2/ResourceTypes", discovery::resource_types)
        .get("/scim/v2/ResourceTypes/{id}", discovery::resource_type)
        .get("/scim/v2/Schemas", discovery::schemas)
        .get("/scim/v2/Schemas/{id}", discovery::schema)
        .get("/scim/v2/Users", resources::users)
        .get("/scim/v2/Users/{id}", resources::user)
        .post("/scim/v2/Users/.search", resources::search_users)
        .get("/scim/v2/Groups", resources::groups)
        .get("/scim/v2/Groups/{id}", resources::group)
        .post("/scim/v2/Groups/.search", resources::search_groups)
        .with_state(provider)
}

/// The base of every address below it.
fn base(provider: &Provider) -> String {
    provider.kit().issuer().path("/scim/v2")
}
