//! What is in the activity of an organization, in sentences.

use crate::platform::words::Words;

/// What a fact about `person` or `site` is in words, of which `word` gives the details; `None` for facts that say
/// nothing to people.
pub(super) fn sentence<'d>(
    fact: &str,
    (person, site): (&str, &str),
    word: &impl Fn(&str) -> Option<&'d str>,
    t: Words,
) -> Option<String> {
    match fact.split_once('.')? {
        ("organizations", fact) => in_organization(fact, person, word, t),
        ("sites" | "sync", fact) => at_site(fact, site, t),
        _ => None,
    }
}

fn at_site(fact: &str, site: &str, t: Words) -> Option<String> {
    Some(match fact {
        "linked" => t.org_did_link(site),
        "synced" => t.org_did_sync(site),
        "unlinked" => t.org_did_unlink(site),
        "resynced" => t.org_did_resync(site),
        "opened_to" => t.org_did_open(site),
        "approval_requested" => t.org_did_request_approval(site),
        "organization_approved" => t.org_did_approve(site),
        "organization_suspended" => t.org_did_bar(site),
        "organization_denied" => t.org_did_block(site),
        "approval_ended" => t.org_did_end_approval(site),
        _ => return None,
    })
}

fn in_organization<'d>(fact: &str, person: &str, word: &impl Fn(&str) -> Option<&'d str>, t: Words) -> Option<String> {
    let role = || match word("role") {
        Some("founder") => t.users_role_founder(),
        Some("administrator") => t.users_role_administrator(),
        _ => t.users_role_member(),
    };
    Some(match fact {
        "created" => t.org_did_create().to_owned(),
        "changed" => t.org_did_change().to_owned(),
        "renamed" => t.org_did_rename(word("from").unwrap_or_default(), word("to").unwrap_or_default()),
        "visiting_set" if word("allowed") == Some("true") => t.org_did_allow_visits().to_owned(),
        "visiting_set" => t.org_did_stop_visits().to_owned(),
        "suspended" => t.org_did_suspend().to_owned(),
        "unsuspended" => t.org_did_unsuspend().to_owned(),
        "deleted" => t.org_did_delete().to_owned(),
        "restored" => t.org_did_restore().to_owned(),
        "member_joined" => t.org_did_join(person, role()),
        "role_changed" => t.org_did_change_role(person, role()),
        "member_disabled" => t.org_did_disable(person),
        "member_enabled" => t.org_did_enable(person),
        "member_removed" => t.org_did_remove(person),
        "join_asked" => t.org_did_ask(person),
        "join_reminded" => t.org_did_remind(person),
        "join_decided" => match word("outcome") {
            Some("accepted") => t.org_did_accept(person),
            Some("denied") => t.org_did_deny(person),
            Some("expired") => t.org_did_expire(person),
            _ => t.org_did_cancel(person),
        },
        "invited" => t.org_did_invite(role()),
        "invitation_resent" => t.org_did_resend().to_owned(),
        "invitation_settled" => match word("outcome") {
            Some("accepted") => t.org_did_accept_invitation().to_owned(),
            Some("declined") => t.org_did_decline_invitation().to_owned(),
            _ => t.org_did_withdraw().to_owned(),
        },
        "hand_over_offered" => t.org_did_offer(person),
        "replacement_announced" => t.org_did_announce(person),
        "hand_over_ended" => t.org_did_end_offer().to_owned(),
        "founder_changed" => t.org_did_change_founder(person),
        _ => return None,
    })
}
