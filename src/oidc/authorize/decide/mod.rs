//! What happens next (pure). Every reason has a name, which is also in the log.

use super::{check::Wish, request::Progress};
use crate::kernel::Timestamp;
use crate::protocol::{oauth::OAuthErrorCode, oidc::Prompt};

/// Who is at the browser, and what is known of them here.
#[derive(Debug, Clone)]
pub(super) struct Situation {
    /// When the person proved who they are, and their `sub` at this client; `None` when nobody is signed in.
    pub(super) person: Option<Present>,
    /// Whether the person has agreed to all that is asked for, earlier.
    pub(super) has_consent: bool,
    /// Whether the site admits the person's organization.
    pub(super) is_admitted: bool,
}

/// A person who is signed in.
#[derive(Debug, Clone)]
pub(super) struct Present {
    pub(super) subject: String,
    pub(super) auth_time: Timestamp,
    pub(super) acr: String,
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The person signs in.
    SignIn(Why),
    /// The person makes an account (Initiating User Registration 1.0 §4).
    SignUp,
    /// The person says with which account to go on.
    SelectAccount,
    /// The person is told that the site does not admit their organization.
    TellNotAdmitted,
    /// The person is told what the site will see, and agrees or not.
    AskConsent,
    /// Nothing stands in the way.
    Grant,
    /// The client is told no.
    Refuse(OAuthErrorCode),
}

/// Why a person has to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Nobody is signed in.
    NoSession,
    /// The site asked for it, by `prompt=login` or `max_age`.
    NotFresh,
    /// The site expects somebody else.
    OtherPerson,
}

impl Why {
    /// For the log.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::NoSession => "no_session",
            Self::NotFresh => "not_fresh",
            Self::OtherPerson => "other_person",
        }
    }
}

/// Decides.
pub(super) fn decide(wish: &Wish, progress: &Progress, situation: &Situation, now: Timestamp) -> Step {
    let step = next(wish, progress, situation, now);
    if !wish.prompt.is_none() {
        return step;
    }
    // `prompt=none`: what would take a page is an error (OIDC Core §3.1.2.6).
    match step {
        Step::SignIn(_) | Step::SignUp => Step::Refuse(OAuthErrorCode::LoginRequired),
        Step::SelectAccount => Step::Refuse(OAuthErrorCode::AccountSelectionRequired),
        Step::TellNotAdmitted => Step::Refuse(OAuthErrorCode::AccessDenied),
        Step::AskConsent => Step::Refuse(OAuthErrorCode::ConsentRequired),
        Step::Grant | Step::Refuse(_) => step,
    }
}

fn next(wish: &Wish, progress: &Progress, situation: &Situation, now: Timestamp) -> Step {
    // Whoever has an account after all signs in, which counts as well.
    let is_here_since = |person: &Present| person.auth_time >= progress.began_at;
    if wish.prompt.contains(Prompt::Create) && !situation.person.as_ref().is_some_and(is_here_since) {
        return Step::SignUp;
    }
    let Some(person) = &situation.person else { return Step::SignIn(Why::NoSession) };
    if wish.subject.as_ref().is_some_and(|wanted| *wanted != person.subject) {
        return other_person(person, progress);
    }
    if wish.prompt.contains(Prompt::SelectAccount) && !progress.has_selected && person.auth_time < progress.began_at {
        return Step::SelectAccount;
    }
    if wish.needs_fresh_sign_in(person.auth_time, progress, now) {
        return Step::SignIn(Why::NotFresh);
    }
    if essential_acr_is_missed(wish, &person.acr) {
        return Step::Refuse(OAuthErrorCode::UnmetAuthenticationRequirements);
    }
    if !situation.is_admitted {
        return Step::TellNotAdmitted;
    }
    let asked_for_anew = wish.prompt.contains(Prompt::Consent) && !progress.has_consented;
    if !situation.has_consent || asked_for_anew {
        return Step::AskConsent;
    }
    Step::Grant
}

/// Somebody else is expected: they may sign in. Whoever has just signed in and is still somebody
/// else will not become another by trying again.
fn other_person(person: &Present, progress: &Progress) -> Step {
    if person.auth_time >= progress.began_at {
        Step::Refuse(OAuthErrorCode::LoginRequired)
    } else {
        Step::SignIn(Why::OtherPerson)
    }
}

/// An authentication context that was demanded, not wished for (OIDC Core §5.5.1.1). `acr_values`
/// are wishes and never fail.
fn essential_acr_is_missed(wish: &Wish, acr: &str) -> bool {
    let wanted = wish.claims.acr_values();
    wish.claims.acr_is_essential() && !wanted.is_empty() && !wanted.contains(&acr)
}

#[cfg(test)]
mod tests;
