//! `connex rp-check`: good sites pass, and each thing that a site may lack is found, and nothing else.

mod broken;
mod program;
mod samples;

use std::{net::SocketAddr, time::Duration};

use broken::{Broken, EMPLOYEE, Flaw};
use connex::operator::rp_check::{self, Bench, Case, Options, Outcome, Reached, Verdict};
use tokio::net::TcpListener;
use url::Url;

/// More than a page of people.
const MANY: usize = 60;

/// A listener for a site, and the options for its check.
async fn workshop() -> (TcpListener, Options) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        many: MANY,
        rotation_patience: Duration::ZERO,
        ..Options::of(site)
    };
    (listener, options)
}

/// A site with this flaw, and a bench that has found it.
async fn site_with(flaw: Flaw, change: impl FnOnce(&mut Options)) -> (Broken, Bench) {
    let (listener, mut options) = workshop().await;
    change(&mut options);
    let mut bench = rp_check::start(options).await.unwrap();
    let site = broken::serve(listener, bench.settings(), flaw);
    assert_eq!(bench.reach().await, Reached::Here);
    (site, bench)
}

/// Tries every case.
async fn judged(bench: &Bench) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for case in Case::ALL {
        verdicts.push(rp_check::judge(bench, *case).await);
    }
    verdicts
}

/// The numbers of the cases that ended so.
fn ids(verdicts: &[Verdict], outcome: Outcome) -> Vec<&'static str> {
    verdicts.iter().filter(|verdict| verdict.outcome == outcome).map(|verdict| verdict.id).collect()
}

/// A site with `flaw` fails in this case, and in no other.
async fn fails_only(flaw: Flaw, case: Case) {
    let (_site, bench) = site_with(flaw, |options| options.employee = Some(EMPLOYEE.to_owned())).await;
    let verdicts = judged(&bench).await;
    assert_eq!(ids(&verdicts, Outcome::Failed), [case.id()], "{flaw:?}: {verdicts:#?}");
    let told = verdicts.iter().find(|verdict| verdict.id == case.id()).unwrap();
    assert!(told.cure.is_some() && told.doc.ends_with(&case.id().to_lowercase()), "{told:?}");
}

macro_rules! each_flaw_is_found {
    ($($name:ident: $flaw:ident is $case:ident;)*) => {
        $(#[tokio::test] async fn $name() { fails_only(Flaw::$flaw, Case::$case).await; })*
    };
}

each_flaw_is_found! {
    a_site_that_lets_nobody_in_is_found: NobodyGetsIn is SignIn;
    a_site_with_one_state_for_all_is_found: SameState is State;
    a_site_with_one_nonce_for_all_is_found: SameNonce is Nonce;
    a_site_without_pkce_is_found: NoPkce is Pkce;
    a_site_with_plain_pkce_is_found: PlainPkce is Pkce;
    a_site_with_a_loose_redirect_uri_is_found: LooseRedirectUri is RedirectUri;
    a_site_that_takes_any_state_is_found: AnyState is WrongState;
    a_site_that_takes_answers_of_any_issuer_is_found: AnyAnswerIssuer is WrongIssuer;
    a_site_that_redeems_codes_twice_is_found: CodeTwice is CodeOnce;
    a_site_that_shows_its_secret_in_another_way_is_found: SecretInForm is ClientAuthentication;
    a_site_that_takes_tokens_for_others_is_found: AnyAudience is Audience;
    a_site_that_takes_expired_tokens_is_found: Expired is Expired;
    a_site_that_takes_any_nonce_is_found: AnyNonce is WrongNonce;
    a_site_that_takes_tokens_of_any_issuer_is_found: AnyTokenIssuer is TokenIssuer;
    a_site_that_takes_unsigned_tokens_is_found: Unsigned is Unsigned;
    a_site_that_checks_no_signature_is_found: AnySignature is Signature;
    a_site_that_keeps_keys_for_ever_is_found: KeysForEver is Rotation;
    a_site_that_takes_tokens_of_unknown_keys_is_found: UnknownKey is UnknownKey;
    a_site_that_breaks_on_an_error_answer_is_found: ErrorIsAFault is ErrorAnswer;
    a_site_that_ends_too_many_sessions_is_found: LogoutEndsAll is LogoutSession;
    a_site_that_ends_no_person_is_found: LogoutNeedsSession is LogoutPerson;
    a_site_that_checks_no_signature_of_logout_tokens_is_found: LogoutAnySignature is LogoutSignature;
    a_site_that_takes_logout_tokens_with_a_nonce_is_found: LogoutNonce is LogoutNonce;
    a_site_that_takes_logout_tokens_without_event_is_found: LogoutAnyEvent is LogoutEvents;
    a_site_that_acts_before_it_refuses_is_found: LogoutEndsBeforeItRefuses is LogoutEvents;
    a_site_that_takes_old_logout_tokens_is_found: LogoutOld is LogoutOld;
    a_site_that_takes_logout_tokens_twice_is_found: LogoutReplayed is LogoutReplayed;
    a_site_whose_scim_endpoint_is_down_is_found: ScimFails is ScimAnswers;
    a_site_with_an_open_scim_endpoint_is_found: ScimOpen is ScimUnsigned;
    a_site_that_checks_no_signature_of_pushes_is_found: ScimAnySignature is ScimForged;
    a_site_that_takes_id_tokens_for_pushes_is_found: ScimAnyType is ScimForged;
    a_site_that_takes_pushes_for_others_is_found: ScimAnyAudience is ScimForged;
    a_site_that_takes_expired_pushes_is_found: ScimExpired is ScimForged;
    a_site_that_makes_two_copies_is_found: TwoCopies is CreateTwice;
    a_site_that_applies_late_replacements_is_found: LatePut is OldRevision;
    a_site_that_applies_late_patches_is_found: LatePatch is OldRevision;
    a_site_that_keeps_what_was_removed_is_found: KeepsPhone is Rename;
    a_site_with_unique_addresses_is_found: UniqueEmail is EmailSwap;
    a_site_that_knows_everything_better_is_found: StrictAttributes is UnknownAttributes;
    a_site_that_keeps_sessions_of_the_inactive_is_found: KeepsSession is Deactivate;
    a_site_that_lets_the_inactive_in_is_found: InactiveGetsIn is Deactivate;
    a_site_that_never_forgives_is_found: NeverBack is Reactivate;
    a_site_that_deletes_twice_is_found: DeletesTwice is Delete;
    a_site_that_counts_from_nought_is_found: SkipsOne is Many;
    a_site_with_another_digest_is_found: DigestOfSomethingElse is Digest;
    a_site_with_other_buckets_is_found: BucketOfSomethingElse is Digest;
    a_site_that_lists_employees_is_found: ListsEmployees is Employee;
    a_site_that_lets_a_stale_copy_in_is_found: StaleAtLogin is StaleCopy;
    a_site_that_keeps_the_session_of_who_signs_out_is_found: SignOutKeepsSession is SignOut;
    a_site_that_leads_nobody_back_is_found: SignOutWithoutReturn is SignOut;
}

#[tokio::test]
async fn a_good_site_passes_every_case() {
    let (_site, bench) = site_with(Flaw::None, |options| options.employee = Some(EMPLOYEE.to_owned())).await;
    let verdicts = judged(&bench).await;
    assert_eq!(ids(&verdicts, Outcome::Passed).len(), Case::ALL.len(), "{verdicts:#?}");
    assert!(verdicts.iter().all(|verdict| verdict.cure.is_none()));
}

#[tokio::test]
async fn each_case_can_be_tried_alone() {
    for case in Case::ALL {
        let (_site, bench) = site_with(Flaw::None, |options| options.employee = Some(EMPLOYEE.to_owned())).await;
        let verdict = rp_check::judge(&bench, *case).await;
        assert_eq!(verdict.outcome, Outcome::Passed, "{verdict:?}");
    }
}

#[tokio::test]
async fn a_slow_site_is_found() {
    let (_site, bench) = site_with(Flaw::Slow, |options| options.answer_within = Duration::from_millis(300)).await;
    let verdict = rp_check::judge(&bench, Case::Speed).await;
    assert_eq!(verdict.outcome, Outcome::Failed, "{verdict:?}");
    assert!(verdict.seen.contains("GET ServiceProviderConfig took"), "{verdict:?}");
}

#[tokio::test]
async fn what_a_site_does_not_name_is_not_applicable() {
    let (_site, bench) = site_with(Flaw::None, |_| {}).await;
    let verdict = rp_check::judge(&bench, Case::Employee).await;
    assert_eq!(verdict.outcome, Outcome::NotApplicable);
    assert!(verdict.to_string().starts_with("– RP-39 local-employee: ") && verdict.seen.contains("--employee"));
}

#[tokio::test]
async fn without_a_sign_in_that_works_no_refusal_counts() {
    let (_site, bench) = site_with(Flaw::NobodyGetsIn, |_| {}).await;
    for case in [Case::WrongState, Case::Signature, Case::Rotation, Case::LogoutOld, Case::Deactivate] {
        let verdict = rp_check::judge(&bench, case).await;
        assert_eq!((verdict.outcome, verdict.seen.contains("RP-01")), (Outcome::NotApplicable, true), "{verdict:?}");
    }
}

#[tokio::test]
async fn a_scim_endpoint_that_was_named_has_to_be_there() {
    let elsewhere = |options: &mut Options| options.scim_url = Some(format!("{}accounts", options.site));
    let (_site, bench) = site_with(Flaw::None, elsewhere).await;
    let verdict = rp_check::judge(&bench, Case::ScimAnswers).await;
    assert_eq!(verdict.outcome, Outcome::Failed, "{verdict:?}");
}

#[tokio::test]
async fn a_page_that_knows_nobody_is_told() {
    let (_site, bench) = site_with(Flaw::None, |options| options.page = Some("/auth/connex/callback".to_owned())).await;
    let verdict = rp_check::judge(&bench, Case::SignIn).await;
    assert_eq!(verdict.outcome, Outcome::Failed, "{verdict:?}");
}
