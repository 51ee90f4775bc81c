//! Filters, held against one person.

use serde_json::json;

use super::*;
use crate::protocol::scim::{ScimKind, USER};

fn dana() -> Value {
    json!({
        "id": "S-1", "userName": "dana", "name": { "givenName": "Dana", "familyName": "O\"Hara" }, "active": true,
        "emails": [{ "value": "Dana@Acme.example", "type": "work", "primary": true }],
        "meta": { "lastModified": "2026-03-01T12:00:00.250Z", "version": "W/\"7\"" },
        USER.extension.id: { "organization": "org_1", "role": "founder", "rev": 7 },
    })
}

fn holds(text: &str) -> bool {
    Filter::parse(&USER, text).unwrap_or_else(|why| panic!("{text}: {}", why.detail)).matches(&dana())
}

#[test]
fn what_is_so_matches() {
    for text in [
        r#"userName eq "DANA""#,
        r#"USERNAME Eq "dana""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "da""#,
        r#"name.familyName eq "O\"Hara""#,
        r#"emails co "@acme""#,
        r#"emails.value ew ".EXAMPLE""#,
        r#"emails[type eq "work" and value co "dana"]"#,
        r#"active eq true and not (userName eq "luis")"#,
        r#"userName eq "luis" or userName eq "dana" and active eq true"#,
        r#"(userName eq "luis" or userName eq "dana") and active ne false"#,
        r#"phoneNumbers.value ne "1""#,
        "phoneNumbers eq null",
        "emails pr",
        "not(phoneNumbers pr)",
        r#"meta.lastModified gt "2026-03-01T12:00:00Z""#,
        r#"meta.lastModified le "2026-03-01T13:00:00.25+01:00""#,
        "urn:connex:params:scim:schemas:extension:2.0:User:rev ge 7",
        r#"urn:connex:params:scim:schemas:extension:2.0:User:role eq "founder""#,
        r#"userName gt "carla""#,
    ] {
        assert!(holds(text), "{text}");
    }
}

#[test]
fn what_is_not_so_does_not() {
    for text in [
        r#"id eq "s-1""#,
        r#"userName ne "dana""#,
        r#"emails[type eq "home" or value co "luis"]"#,
        "phoneNumbers pr",
        "emails eq null",
        r#"userName eq "dana" and active eq false"#,
        r#"meta.lastModified lt "2026-03-01T12:00:00Z""#,
        "urn:connex:params:scim:schemas:extension:2.0:User:rev lt 7",
    ] {
        assert!(!holds(text), "{text}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_a_reason() {
    for text in [
        "",
        "userName",
        "userName eq",
        r#"userName eq "dana"#,
        r#"userName = "dana""#,
        r#"nickName eq "d""#,
        r#"name.x pr"#,
        r#"userName eq dana"#,
        "userName eq true",
        r#"active eq "true""#,
        "active gt true",
        r#"active co "t""#,
        r#"name eq "dana""#,
        r#"name[givenName eq "x"#,
        r#"userName[value eq "x"]"#,
        r#"emails[emails[value pr]]"#,
        r#"(userName pr"#,
        r#"userName pr)"#,
        "not userName pr",
        r#"userName pr and"#,
        "and",
        "()",
        "userName pr userName pr",
        r#"meta.lastModified gt "yesterday""#,
        r#"meta.lastModified co "2026""#,
        "userName gt null",
        r#"userName eq "\x""#,
        "rev eq 7",
        "urn:connex:params:scim:schemas:extension:2.0:User:rev eq 7.5",
        r#"emails[type eq "work"].value eq "x""#,
    ] {
        let refused = Filter::parse(&USER, text).expect_err(text);
        assert_eq!(refused.kind, Some(ScimKind::InvalidFilter), "{text}");
        assert!(refused.detail.ends_with('.') && refused.detail.len() < 120, "{text}: {}", refused.detail);
    }
}

#[test]
fn a_filter_is_neither_too_long_nor_too_deep_nor_too_wide() {
    let deep = |n: usize| format!("{}active eq true{}", "(".repeat(n), ")".repeat(n));
    assert!(Filter::parse(&USER, &deep(10)).is_ok());
    assert!(Filter::parse(&USER, &deep(11)).is_err());
    assert!(Filter::parse(&USER, &format!(r#"userName eq "{}""#, "x".repeat(2000))).is_err());
    let wide = |n: usize| vec!["active pr"; n].join(" or ");
    assert!(Filter::parse(&USER, &wide(40)).is_ok());
    assert!(Filter::parse(&USER, &wide(41)).is_err());
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in r#"([a-zA-Z.]{0,8}|userName|emails|eq|pr|and|or|not|"|\\|\(|\)|\[|\]| |[0-9é\x00-\x1f]){0,30}"#) {
        if let Ok(filter) = Filter::parse(&USER, &text) {
            let _ = filter.matches(&dana());
        }
    }
}
