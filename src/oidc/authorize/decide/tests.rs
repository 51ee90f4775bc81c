//! One table: prompt × max_age × session × consent × admission.

use super::*;
use crate::protocol::{
    oauth::OAuthErrorCode as Code,
    oidc::{ClaimsRequest, PromptSet},
};

/// When the request came; the table is looked at five minutes later.
const BEGAN: i64 = 1_000_000;

/// A row: what is asked, who is there, what is right.
struct Row {
    prompt: &'static str,
    max_age: Option<u32>,
    /// Seconds from the request to the last sign-in; negative is before. `None`: nobody is signed in.
    signed_in: Option<i64>,
    consent: bool,
    admitted: bool,
    right: Step,
}

const fn row(prompt: &'static str, max_age: Option<u32>, signed_in: Option<i64>, right: Step) -> Row {
    Row { prompt, max_age, signed_in, consent: true, admitted: true, right }
}

const fn without_consent(prompt: &'static str, signed_in: i64, right: Step) -> Row {
    Row { prompt, max_age: None, signed_in: Some(signed_in), consent: false, admitted: true, right }
}

const fn not_admitted(prompt: &'static str, signed_in: Option<i64>, right: Step) -> Row {
    Row { prompt, max_age: None, signed_in, consent: true, admitted: false, right }
}

const NOBODY: Step = Step::SignIn(Why::NoSession);
const STALE: Step = Step::SignIn(Why::NotFresh);

const TABLE: &[Row] = &[
    // Nobody is signed in.
    row("", None, None, NOBODY),
    row("", Some(0), None, NOBODY),
    row("login", None, None, NOBODY),
    row("consent", None, None, NOBODY),
    row("select_account", None, None, NOBODY),
    row("create", None, None, Step::SignUp),
    row("login consent", None, None, NOBODY),
    row("none", None, None, Step::Refuse(Code::LoginRequired)),
    row("none", Some(10), None, Step::Refuse(Code::LoginRequired)),
    not_admitted("", None, NOBODY),
    not_admitted("none", None, Step::Refuse(Code::LoginRequired)),
    // Somebody is, since an hour before.
    row("", None, Some(-3600), Step::Grant),
    row("none", None, Some(-3600), Step::Grant),
    row("create", None, Some(-3600), Step::SignUp),
    row("create", None, Some(0), Step::Grant),
    row("login", None, Some(-3600), STALE),
    row("consent", None, Some(-3600), Step::AskConsent),
    row("select_account", None, Some(-3600), Step::SelectAccount),
    row("login consent", None, Some(-3600), STALE),
    row("login select_account", None, Some(-3600), Step::SelectAccount),
    // max_age counts from the last sign-in to now, which is five minutes after the request came.
    row("", Some(15_000), Some(-3600), Step::Grant),
    row("", Some(3900), Some(-3600), Step::Grant),
    row("", Some(3899), Some(-3600), STALE),
    row("", Some(1), Some(-3600), STALE),
    row("", Some(0), Some(-1), STALE),
    row("none", Some(15_000), Some(-3600), Step::Grant),
    row("none", Some(3899), Some(-3600), Step::Refuse(Code::LoginRequired)),
    // Who has signed in since is fresh, however long it took.
    row("login", None, Some(0), Step::Grant),
    row("login", None, Some(120), Step::Grant),
    row("", Some(0), Some(120), Step::Grant),
    row("", Some(1), Some(1), Step::Grant),
    row("login", Some(0), Some(1), Step::Grant),
    row("select_account", None, Some(1), Step::Grant),
    row("login select_account", None, Some(1), Step::Grant),
    row("login consent", None, Some(1), Step::AskConsent),
    // Consent.
    without_consent("", -3600, Step::AskConsent),
    without_consent("consent", -3600, Step::AskConsent),
    without_consent("login", -3600, STALE),
    without_consent("login", 1, Step::AskConsent),
    without_consent("select_account", -3600, Step::SelectAccount),
    without_consent("none", -3600, Step::Refuse(Code::ConsentRequired)),
    // The site does not admit the organization.
    not_admitted("", Some(-3600), Step::TellNotAdmitted),
    not_admitted("consent", Some(-3600), Step::TellNotAdmitted),
    not_admitted("login", Some(-3600), STALE),
    not_admitted("login", Some(1), Step::TellNotAdmitted),
    not_admitted("none", Some(-3600), Step::Refuse(Code::AccessDenied)),
];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(BEGAN + seconds)
}

fn person(signed_in: i64) -> Present {
    Present { subject: "dana".into(), auth_time: at(signed_in), acr: "urn:connex:acr:1fa".into() }
}

fn wish(prompt: &str, max_age: Option<u32>) -> Wish {
    let prompt = if prompt.is_empty() { PromptSet::default() } else { PromptSet::parse(prompt).unwrap() };
    Wish { prompt, max_age, ..Wish::default() }
}

fn there(signed_in: i64) -> Situation {
    Situation { person: Some(person(signed_in)), has_consent: true, is_admitted: true }
}

#[test]
fn the_table_holds() {
    for (number, row) in TABLE.iter().enumerate() {
        let situation =
            Situation { person: row.signed_in.map(person), has_consent: row.consent, is_admitted: row.admitted };
        let step = decide(&wish(row.prompt, row.max_age), &Progress::begun(at(0)), &situation, at(300));
        assert_eq!(
            step, row.right,
            "row {number}: prompt {:?}, max_age {:?}, signed in {:?}",
            row.prompt, row.max_age, row.signed_in
        );
    }
}

#[test]
fn what_the_person_has_done_is_not_asked_again() {
    let progress = Progress { has_selected: true, has_consented: true, ..Progress::begun(at(0)) };
    for prompt in ["consent", "select_account", "select_account consent"] {
        assert_eq!(decide(&wish(prompt, None), &progress, &there(-3600), at(300)), Step::Grant, "{prompt}");
    }
}

#[test]
fn another_person_than_the_hint_says_has_to_sign_in_once() {
    let hinted = |prompt| Wish { subject: Some("ellen".into()), ..wish(prompt, None) };
    let decide = |wish: &Wish, signed_in| decide(wish, &Progress::begun(at(0)), &there(signed_in), at(300));
    assert_eq!(decide(&hinted(""), -3600), Step::SignIn(Why::OtherPerson));
    assert_eq!(decide(&hinted("none"), -3600), Step::Refuse(Code::LoginRequired));
    assert_eq!(decide(&hinted(""), 1), Step::Refuse(Code::LoginRequired), "signed in, and still somebody else");
    let same = Wish { subject: Some("dana".into()), ..wish("none", None) };
    assert_eq!(decide(&same, -3600), Step::Grant);
}

#[test]
fn an_essential_acr_that_is_not_reached_is_an_error_and_a_wish_is_not() {
    let asked = |claims: &str| Wish { claims: ClaimsRequest::parse(claims).unwrap(), ..Wish::default() };
    let decide = |wish: &Wish| decide(wish, &Progress::begun(at(0)), &there(-3600), at(300));
    let essential = |acr: &str| asked(&format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":["{acr}"]}}}}}}"#));
    assert_eq!(decide(&essential("urn:other")), Step::Refuse(Code::UnmetAuthenticationRequirements));
    assert_eq!(decide(&essential("urn:connex:acr:1fa")), Step::Grant);
    assert_eq!(decide(&asked(r#"{"id_token":{"acr":{"values":["urn:other"]}}}"#)), Step::Grant);
}
