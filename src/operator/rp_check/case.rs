//! What is tried, by number. A number is never used again for something else.

/// Declares the cases: number, name, what a good site does, what to do about one that does not.
macro_rules! cases {
    ($($case:ident $id:literal $name:literal, $promise:literal, $cure:literal;)*) => {
        /// One thing that a site must do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each says itself what it is, in `promise`")]
        pub enum Case { $($case),* }

        impl Case {
            /// Every case, in the order in which they are tried.
            pub const ALL: &[Self] = &[$(Self::$case),*];

            /// Its number.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$case => $id),* }
            }

            /// The case in a word or two.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$case => $name),* }
            }

            /// What a good site does, as a sentence.
            #[must_use]
            pub const fn promise(self) -> &'static str {
                match self { $(Self::$case => $promise),* }
            }

            /// What to do about a site that does not, as a sentence.
            #[must_use]
            pub const fn cure(self) -> &'static str {
                match self { $(Self::$case => $cure),* }
            }
        }
    };
}

cases! {
    SignIn "RP-01" "sign-in",
        "A person signs in, and the site knows who it is.",
        "Begin here: without a sign-in that works little else can be tried. The log of the site says why it refused.";
    State "RP-02" "state",
        "Each sign-in has a state of its own.",
        "Make `state` from 128 bits of chance or more, for each sign-in anew, and keep it with the browser.";
    Nonce "RP-03" "nonce",
        "Each sign-in has a nonce of its own.",
        "Send a `nonce` from 128 bits of chance or more with each request.";
    Pkce "RP-04" "pkce",
        "Each sign-in has a PKCE challenge of its own (S256), and the code is redeemed with its verifier.",
        "Send `code_challenge` with `code_challenge_method=S256`, anew each time, and `code_verifier` with the code.";
    RedirectUri "RP-05" "redirect-uri",
        "The return address is the registered one, character for character, both times.",
        "Send the registered `redirect_uri` with the request and with the code; add nothing to it.";
    WrongState "RP-06" "wrong-state",
        "An answer with another state signs nobody in.",
        "Compare the `state` that comes back with the one that this browser was sent away with.";
    WrongIssuer "RP-07" "wrong-iss",
        "An answer in the name of another issuer signs nobody in.",
        "Compare `iss` of the answer with the issuer, character for character (RFC 9207).";
    CodeOnce "RP-08" "code-once",
        "A code is redeemed once, also when its answer comes twice.",
        "Forget a sign-in as soon as its answer has come, before the code is redeemed.";
    ClientAuthentication "RP-09" "client-authentication",
        "The code is redeemed with the registered secret in the registered way.",
        "Use the method of CONNEX_AUTH_METHOD, and only that one.";
    Audience "RP-10" "id-token-aud",
        "An ID token for another client is refused.",
        "Refuse an ID token whose `aud` is not your client id (OpenID Connect Core 3.1.3.7).";
    Expired "RP-11" "id-token-exp",
        "An ID token that has expired is refused.",
        "Refuse an ID token whose `exp` has passed.";
    WrongNonce "RP-12" "id-token-nonce",
        "An ID token with another nonce is refused.",
        "Compare `nonce` of the ID token with the one that was sent.";
    TokenIssuer "RP-13" "id-token-iss",
        "An ID token of another issuer is refused.",
        "Refuse an ID token whose `iss` is not the issuer, character for character.";
    Unsigned "RP-14" "id-token-alg-none",
        "An ID token without a signature is refused.",
        "Accept only the algorithm that you are registered for; never `none`.";
    Signature "RP-15" "id-token-signature",
        "An ID token with a broken signature is refused.",
        "Verify the signature with the key that `kid` names.";
    Rotation "RP-16" "key-rotation",
        "A new signing key is learned from the key set.",
        "When `kid` is unknown, fetch the key set again once, then decide.";
    UnknownKey "RP-17" "id-token-kid",
        "An ID token that is signed with an unpublished key is refused.",
        "Refuse a token whose `kid` is in no key set of the issuer, after fetching it once more.";
    ErrorAnswer "RP-18" "error-answer",
        "A refusal by ConneX is told to the person, who is not signed in.",
        "When `error` comes back, show a page with a way to try again, with a status below 500.";
    LogoutSession "RP-19" "logout-sid",
        "A logout token with a session ends that session, and no other.",
        "End the sessions whose `sid` is that of the token, and answer 200 (Back-Channel Logout 2.6).";
    LogoutPerson "RP-20" "logout-sub",
        "A logout token with a person only ends all sessions of that person.",
        "When a logout token has no `sid`, end every session of its `sub`, and answer 200.";
    LogoutSignature "RP-21" "logout-signature",
        "A logout token with a broken signature is refused.",
        "Verify the signature of logout tokens as you do with ID tokens; answer 400.";
    LogoutNonce "RP-22" "logout-nonce",
        "A logout token with a nonce is refused.",
        "Refuse a logout token that has a `nonce`: it may be an ID token in disguise.";
    LogoutEvents "RP-23" "logout-events",
        "A logout token without its event is refused.",
        "Refuse a logout token whose `events` lacks the back-channel logout event.";
    LogoutOld "RP-24" "logout-old",
        "A logout token of an hour ago is refused.",
        "Refuse a logout token whose `exp` has passed or whose `iat` is minutes old.";
    LogoutReplayed "RP-25" "logout-replay",
        "A logout token counts once.",
        "Keep the `jti` of logout tokens until they expire, and refuse one that you have seen.";
    ScimAnswers "RP-26" "scim-answers",
        "The SCIM endpoint says what it can do.",
        "Answer GET ServiceProviderConfig at the SCIM base to requests that are signed by ConneX.";
    ScimUnsigned "RP-27" "scim-unsigned",
        "A SCIM request without a token is refused.",
        "Answer 401 to every SCIM request without a bearer token, before you look at anything else.";
    ScimForged "RP-28" "scim-forged",
        "SCIM requests with forged tokens are refused.",
        "Check signature, `kid`, `typ`, `iss`, `aud` and `exp` of the bearer token; answer 401.";
    CreateTwice "RP-29" "scim-create-twice",
        "The same person sent twice is one copy.",
        "When a POST brings an `externalId` that you know, treat it as PUT and answer with the same `id`.";
    OldRevision "RP-30" "scim-old-revision",
        "What comes late changes nothing.",
        "Compare `rev` with the stored one; apply nothing unless it is greater, and answer 200.";
    Rename "RP-31" "scim-change",
        "A new name, e-mail address and phone number arrive.",
        "Let PUT replace what ConneX manages: names, `emails`, `phoneNumbers`.";
    EmailSwap "RP-32" "scim-email-swap",
        "Two people can exchange their e-mail addresses.",
        "Do not ask e-mail addresses to be unique, and never find a person by theirs.";
    UnknownAttributes "RP-33" "scim-unknown",
        "Attributes that the site does not know do no harm.",
        "Pass over what you do not know; ConneX will send more one day.";
    Deactivate "RP-34" "scim-deactivate",
        "A deactivated person is out at once, and does not get in again.",
        "When `active` becomes false, end the person's sessions, and let nobody on whose copy is inactive.";
    Reactivate "RP-35" "scim-reactivate",
        "A reactivated person gets in again.",
        "Let `active: true` undo what `active: false` did.";
    Delete "RP-36" "scim-delete",
        "A deleted person is listed no more.",
        "Answer 204 to DELETE and 404 afterwards; keep the names on documents, and hide the person.";
    Many "RP-37" "scim-pages",
        "Paging through many people shows each once.",
        "Order lists by something that does not change, and honour `startIndex` and `count`.";
    Digest "RP-38" "scim-digest",
        "The digest is that of the copies.",
        "Compute the digest from what your tables hold now, as docs/site-sync.md has it.";
    Employee "RP-39" "local-employee",
        "A local employee of the same user name is neither listed nor touched.",
        "Keep employees apart from copies of ConneX: never list, match or change them by SCIM.";
    Speed "RP-40" "scim-speed",
        "The site answers every SCIM request in time.",
        "Answer when the change is stored; do slow work afterwards. An index on `externalId` helps.";
    StaleCopy "RP-41" "login-rev",
        "Whoever signs in is known as ConneX knows them now, also when a change has not arrived yet.",
        "When `rev` in `sites` of the ID token is greater than the copy's, fetch the person from ConneX before you let them in.";
    SignOut "RP-42" "logout-returns",
        "Signing out ends the session at the site, then at ConneX, and leads back.",
        "End your session, then send the person to `end_session_endpoint` with `id_token_hint` and `post_logout_redirect_uri`.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_in_order_and_the_guide_has_each() {
        let guide = std::fs::read_to_string("docs/guides/site-check.md").unwrap();
        for (n, case) in Case::ALL.iter().enumerate() {
            assert_eq!(case.id(), format!("RP-{:02}", n + 1));
            let anchor = format!("<a id=\"{}\"></a>", case.id().to_lowercase());
            assert!(guide.contains(&anchor) && guide.contains(&format!("{} {}", case.id(), case.name())), "{case:?}");
        }
    }
}
