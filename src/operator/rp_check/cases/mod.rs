//! How each case is tried. Each arranges what it needs by itself, so that one can be tried alone.

mod logout;
mod request;
mod response;
mod scim;
mod scim_access;
mod scim_lists;
mod scim_people;

use super::{Bench, Case, lie::Forgery, verdict::Miss};

/// Tries a case.
pub(super) async fn run(bench: &Bench, case: Case) -> Result<(), Miss> {
    match case {
        Case::SignIn => bench.find_mark().await.map(drop),
        Case::State => request::changes(bench, "state").await,
        Case::Nonce => request::changes(bench, "nonce").await,
        Case::Pkce => request::pkce(bench).await,
        Case::RedirectUri => request::redirect_uri(bench).await,
        Case::CodeOnce => request::code_once(bench).await,
        Case::ClientAuthentication => request::client_authentication(bench).await,
        Case::WrongState => response::wrong_state(bench).await,
        Case::WrongIssuer => response::wrong_issuer(bench).await,
        Case::Audience => response::claim(bench, "aud", "another-client").await,
        Case::Expired => response::expired(bench).await,
        Case::WrongNonce => response::claim(bench, "nonce", "another-nonce").await,
        Case::TokenIssuer => response::claim(bench, "iss", "https://another-issuer.example").await,
        Case::Unsigned => response::forged(bench, Forgery::Unsigned).await,
        Case::Signature => response::forged(bench, Forgery::Tampered).await,
        Case::Rotation => response::rotation(bench).await,
        Case::UnknownKey => response::forged(bench, Forgery::UnknownKey).await,
        Case::ErrorAnswer => response::error(bench).await,
        Case::LogoutSession => logout::session(bench).await,
        Case::LogoutPerson => logout::person(bench).await,
        Case::LogoutSignature => logout::forged(bench, Forgery::Tampered).await,
        Case::LogoutNonce => logout::forged(bench, Forgery::Claim("nonce", Some("a-nonce".into()))).await,
        Case::LogoutEvents => logout::forged(bench, Forgery::Claim("events", None)).await,
        Case::LogoutOld => logout::old(bench).await,
        Case::LogoutReplayed => logout::replayed(bench).await,
        Case::ScimAnswers => scim_access::answers(bench),
        Case::ScimUnsigned => scim_access::unsigned(bench).await,
        Case::ScimForged => scim_access::forged(bench).await,
        Case::CreateTwice => scim::create_twice(bench).await,
        Case::OldRevision => scim::old_revision(bench).await,
        Case::Rename => scim::change(bench).await,
        Case::EmailSwap => scim::email_swap(bench).await,
        Case::UnknownAttributes => scim::unknown_attributes(bench).await,
        Case::Deactivate => scim_people::deactivate(bench).await,
        Case::Reactivate => scim_people::reactivate(bench).await,
        Case::Delete => scim_people::delete(bench).await,
        Case::Employee => scim_people::employee(bench).await,
        Case::Many => scim_lists::many(bench).await,
        Case::Digest => scim_lists::digest(bench).await,
        Case::Speed => scim_access::speed(bench),
        Case::StaleCopy => scim_people::stale_copy(bench).await,
        Case::SignOut => logout::returns(bench).await,
    }
}
