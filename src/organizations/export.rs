//! What this floor keeps about a person, for the file that they take with them.

use serde_json::{Value, json};

use super::{
    Profile, profile,
    store::memberships::{self, KeptMembership},
};
use crate::kernel::{AccountId, Fault, Timestamp};
use crate::platform::store::Sql;

/// The person's places in organizations, also those that have ended, and what their organization says
/// of itself.
///
/// # Errors
/// When the database does not answer.
pub async fn kept_of(on: &mut impl Sql, account: AccountId) -> Result<Value, Fault> {
    let organization = match super::place_of(on, account).await? {
        Some(place) => profile::read(on, place.organization).await?,
        None => None,
    };
    let memberships = memberships::kept_of(on, account).await?;
    Ok(json!({
        "organization": organization.as_ref().map(of_profile),
        "memberships": memberships.iter().map(of_membership).collect::<Vec<_>>(),
    }))
}

fn of_profile(profile: &Profile) -> Value {
    json!({
        "name": profile.name, "email": profile.email, "street": profile.street.as_ref().map(ToString::to_string),
        "city": profile.city.as_ref().map(ToString::to_string), "state": profile.state.as_ref().map(ToString::to_string),
        "postal_code": profile.postal_code.as_ref().map(ToString::to_string),
        "phone": profile.phone.as_ref().map(ToString::to_string),
    })
}

fn of_membership(row: &KeptMembership) -> Value {
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": row.id, "organization": { "id": row.organization, "name": row.name }, "role": row.role,
        "joined_at": row.joined_at.to_string(), "disabled_at": text(row.disabled_at), "ended_at": text(row.ended_at),
    })
}
