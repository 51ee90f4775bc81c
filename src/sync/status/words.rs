//! What people call the parts of a copy.

use crate::platform::words::Words;

/// A part of a copy, in words. What only a site has a name for is called by that.
#[must_use]
pub fn attribute(t: Words, name: &str) -> &str {
    match name {
        "givenName" => t.sync_part_given_name(),
        "familyName" => t.sync_part_family_name(),
        "userName" => t.sync_part_user_name(),
        "email" => t.sync_part_email(),
        "phone" => t.sync_part_phone(),
        "organization" => t.sync_part_organization(),
        "role" => t.sync_part_role(),
        "roles" => t.sync_part_roles(),
        "active" => t.sync_part_active(),
        "status" => t.sync_part_status(),
        "name" => t.sync_part_name(),
        "street" => t.sync_part_street(),
        "city" => t.sync_part_city(),
        "state" => t.sync_part_state(),
        "postalCode" => t.sync_part_postal_code(),
        "copy" => t.sync_part_copy(),
        "inactive copy" => t.sync_part_inactive_copy(),
        other => other,
    }
}

/// A value of such a part, in words.
#[must_use]
pub fn value(t: Words, name: &str, value: Option<&str>) -> String {
    let Some(value) = value else { return t.sync_nothing().to_owned() };
    let roles = || serde_json::from_str::<Vec<String>>(value).ok();
    match (name, value) {
        ("active", "true") => t.sync_yes().to_owned(),
        ("active", "false") => t.sync_no().to_owned(),
        ("roles", _) => roles().map_or_else(|| value.to_owned(), |roles| roles.join(", ")),
        _ => value.to_owned(),
    }
}
