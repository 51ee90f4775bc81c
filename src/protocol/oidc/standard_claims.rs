//! The standard claims: names, types, and the scopes that ask for them (OIDC Core §5.1, §5.4).

use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// The claims of scope `profile`.
pub const PROFILE: &[&str] = &[
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
];

/// The claims of scope `email`.
pub const EMAIL: &[&str] = &["email", "email_verified"];

/// The claims of scope `address`.
pub const ADDRESS: &[&str] = &["address"];

/// The claims of scope `phone`.
pub const PHONE: &[&str] = &["phone_number", "phone_number_verified"];

/// The claims that `scope` asks for; none for a scope that is not of OIDC Core §5.4.
#[must_use]
pub fn claims_of(scope: &str) -> &'static [&'static str] {
    match scope {
        "profile" => PROFILE,
        "email" => EMAIL,
        "address" => ADDRESS,
        "phone" => PHONE,
        _ => &[],
    }
}

/// The scope that asks for `claim`; `None` when it is no standard claim. `sub` needs no scope.
#[must_use]
pub fn scope_of(claim: &str) -> Option<&'static str> {
    ["profile", "email", "address", "phone"].into_iter().find(|scope| claims_of(scope).contains(&claim))
}

/// What is known of a person, in the words of the standard. What is not known is left out when it is
/// written, never null or blank.
///
/// Reading refuses unknown names and blank values, so that a typing error in a file is found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the names and meanings are those of OIDC Core §5.1")]
pub struct StandardClaims {
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub name: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub given_name: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub family_name: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub middle_name: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub nickname: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub preferred_username: Option<String>,
    #[serde(deserialize_with = "address_of_page", skip_serializing_if = "is_blank")]
    pub profile: Option<String>,
    #[serde(deserialize_with = "address_of_page", skip_serializing_if = "is_blank")]
    pub picture: Option<String>,
    #[serde(deserialize_with = "address_of_page", skip_serializing_if = "is_blank")]
    pub website: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub gender: Option<String>,
    /// `YYYY`, `YYYY-MM-DD`, or `0000-MM-DD` when the year is not told.
    #[serde(deserialize_with = "birthdate", skip_serializing_if = "is_blank")]
    pub birthdate: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub zoneinfo: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub locale: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_verified: Option<bool>,
    #[serde(skip_serializing_if = "AddressClaim::is_unknown")]
    pub address: Option<AddressClaim>,
    /// Seconds since 1970 began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
}

/// A postal address (OIDC Core §5.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the names and meanings are those of OIDC Core §5.1.1")]
pub struct AddressClaim {
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub formatted: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub street_address: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub locality: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub region: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub postal_code: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "is_blank")]
    pub country: Option<String>,
}

impl AddressClaim {
    fn is_unknown(address: &Option<Self>) -> bool {
        address.as_ref().is_none_or(|address| {
            let Self { formatted, street_address, locality, region, postal_code, country } = address;
            [formatted, street_address, locality, region, postal_code, country].into_iter().all(is_blank)
        })
    }
}

/// Whether there is nothing to write.
fn is_blank(value: &Option<String>) -> bool {
    value.as_ref().is_none_or(|text| text.trim().is_empty())
}

/// A text of 1 to 1000 characters, not blank. Line breaks are legal in addresses.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let value = Option::<String>::deserialize(from)?;
    match &value {
        Some(text) if text.trim().is_empty() => Err(D::Error::custom("a claim is blank; leave it out")),
        Some(text) if text.chars().count() > 1000 => Err(D::Error::custom("a claim has 1000 characters at most")),
        Some(text) if text.contains('\0') => Err(D::Error::custom("a claim holds a NUL character")),
        _ => Ok(value),
    }
}

/// An address of a page or picture: http or https, so that no site is handed a script.
fn address_of_page<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let value = text(from)?;
    let is_page = |text: &String| url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if value.as_ref().is_none_or(is_page) {
        Ok(value)
    } else {
        Err(D::Error::custom("profile, picture and website are http or https addresses"))
    }
}

fn birthdate<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let value = text(from)?;
    if value.as_deref().is_none_or(is_birthdate) {
        Ok(value)
    } else {
        Err(D::Error::custom("birthdate is YYYY, YYYY-MM-DD, or 0000-MM-DD without the year"))
    }
}

/// A year, a day of a year, or a day of any year, in which February has 29 days.
fn is_birthdate(text: &str) -> bool {
    let number = |part: &str, digits: usize| {
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<u16>().ok()).flatten()
    };
    let parts: Vec<_> = text.split('-').collect();
    match parts.as_slice() {
        [year] => number(year, 4).is_some_and(|year| year > 0),
        [year, month, day] => {
            let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
                return false;
            };
            let year = if year == 0 { 2000 } else { i32::from(year) };
            let month = u8::try_from(month).ok().and_then(|month| time::Month::try_from(month).ok());
            let day = u8::try_from(day).ok();
            month.zip(day).is_some_and(|(month, day)| time::Date::from_calendar_date(year, month, day).is_ok())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn full() -> Value {
        json!({
            "name": "Dana Q. Whitfield", "given_name": "Dana", "family_name": "Whitfield", "middle_name": "Q.",
            "nickname": "Dee", "preferred_username": "dana", "profile": "https://dana.example/", "email": "dana@x.example",
            "picture": "https://dana.example/me.png", "website": "https://dana.example/blog", "email_verified": true,
            "gender": "female", "birthdate": "0000-02-29", "zoneinfo": "America/Detroit", "locale": "en-US",
            "phone_number": "+1 616 555 0100", "phone_number_verified": false, "updated_at": 1_755_772_800,
            "address": { "street_address": "1 Main St\nFloor 2", "locality": "Kent", "region": "MI",
                         "postal_code": "49501", "country": "US", "formatted": "1 Main St, Kent" },
        })
    }

    #[test]
    fn every_standard_claim_has_its_type_and_scope() {
        let claims: StandardClaims = serde_json::from_value(full()).unwrap();
        let written = serde_json::to_value(&claims).unwrap();
        assert_eq!(written, full());
        for name in written.as_object().unwrap().keys() {
            assert!(scope_of(name).is_some(), "{name}");
        }
        let listed: usize = [PROFILE, EMAIL, ADDRESS, PHONE].iter().map(|list| list.len()).sum();
        assert_eq!((listed, PROFILE.len()), (written.as_object().unwrap().len(), 14));
        assert_eq!((scope_of("sub"), scope_of("organization"), claims_of("openid")), (None, None, [].as_slice()));
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let claims = StandardClaims {
            name: Some(" ".into()),
            address: Some(AddressClaim { country: Some(String::new()), ..AddressClaim::default() }),
            ..StandardClaims::default()
        };
        assert_eq!(serde_json::to_string(&claims).unwrap(), "{}");
        assert_eq!(
            serde_json::from_value::<StandardClaims>(json!({ "name": null })).unwrap(),
            StandardClaims::default()
        );
    }

    #[test]
    fn a_typing_error_is_found() {
        for claims in [
            json!({ "nmae": "Dana" }),
            json!({ "name": "" }),
            json!({ "name": "a\0" }),
            json!({ "name": 7 }),
            json!({ "email_verified": "true" }),
            json!({ "updated_at": "2025-01-01" }),
            json!({ "address": "1 Main St" }),
            json!({ "address": { "street": "1 Main St" } }),
            json!({ "picture": "javascript:alert(1)" }),
            json!({ "birthdate": "1990-02-30" }),
            json!({ "birthdate": "0000" }),
            json!({ "birthdate": "90-01-01" }),
            json!({ "birthdate": "1990-1-1" }),
            json!({ "birthdate": "1990-01-01T00:00" }),
        ] {
            assert!(serde_json::from_value::<StandardClaims>(claims.clone()).is_err(), "{claims}");
        }
        for birthdate in ["1990", "1990-12-31", "0000-02-29", "2000-02-29"] {
            assert!(is_birthdate(birthdate), "{birthdate}");
        }
        assert!(!is_birthdate("1990-02-29"));
    }
}
