//! How things are done: an index, and one article a job.

use super::{Article, Desk, Item};
use crate::platform::words::Words;

/// All articles.
pub(super) fn index(t: Words, desk: &Desk) -> Article {
    let guides = [
        Item::new(t.help_onegov_about()).to("/help/onegov", t.help_onegov_h1()),
        Item::new(t.help_organizations_about()).to("/help/organizations", t.help_organizations_h1()),
        Item::new(t.help_sign_in_about()).to("/help/sign-in", t.help_sign_in_h1()),
    ];
    let promises = [
        Item::new(t.help_privacy_about()).to("/privacy", t.help_privacy_h1()),
        Item::new(t.help_accessibility_about()).to("/accessibility", t.help_accessibility_h1()),
    ];
    Article::new(t.help_h1(), t.help_lead(desk.accounts.kit.brand()))
        .plain(t.help_h_guides(), guides)
        .plain(t.help_h_promises(), promises)
}

/// The steps from nothing to an organization that works with OneGov.
pub(super) fn onegov(t: Words, _: &Desk) -> Article {
    let steps = [
        Item::new(t.help_onegov_sign_up()).to("/signup", t.layout_sign_up()),
        Item::new(t.help_onegov_search()),
        Item::new(t.help_onegov_none()),
        Item::new(t.help_onegov_email()),
        Item::new(t.help_onegov_user_id()),
        Item::new(t.help_onegov_pin()),
        Item::new(t.help_onegov_sign_in()).to("/login", t.layout_sign_in()),
        Item::new(t.help_onegov_users()).to("/org/users", t.help_to_users()),
        Item::new(t.help_onegov_add()).to("/org/users/add", t.help_to_add_user()),
    ];
    let know = [t.help_onegov_know_email(), t.help_onegov_know_one(), t.help_onegov_know_shared()];
    Article::new(t.help_onegov_h1(), t.help_onegov_about())
        .numbered(t.help_onegov_h_steps(), steps)
        .plain(t.help_onegov_h_know(), know.map(Item::new))
}

/// Founder, administrators and members.
pub(super) fn organizations(t: Words, _: &Desk) -> Article {
    let joining = [
        Item::new(t.help_organizations_join_added()).to("/org/users/add", t.help_to_add_user()),
        Item::new(t.help_organizations_join_asks()),
        Item::new(t.help_organizations_join_count()),
    ];
    let deleting = [
        Item::new(t.help_organizations_delete_who()),
        Item::new(t.help_organizations_delete_first()).to("/org/users", t.help_to_users()),
        Item::new(t.help_organizations_delete_then()).to("/org/founder", t.help_to_founder()),
    ];
    let one = |text| [Item::new(text)];
    let founder = [t.help_organizations_founder(), t.help_organizations_founder_rights()];
    Article::new(t.help_organizations_h1(), t.help_organizations_about())
        .plain(t.help_organizations_h_founder(), founder.map(Item::new))
        .plain(t.help_organizations_h_removed(), one(t.help_organizations_removed()))
        .plain(t.help_organizations_h_join(), joining)
        .plain(t.help_organizations_h_name(), one(t.help_organizations_name()))
        .plain(t.help_organizations_h_email(), one(t.help_organizations_email()))
        .plain(
            t.help_organizations_h_own(),
            one(t.help_organizations_own()).map(|item| item.to("/account/details", t.help_to_details())),
        )
        .plain(
            t.help_organizations_h_edit(),
            one(t.help_organizations_edit()).map(|item| item.to("/org/edit", t.help_to_edit())),
        )
        .numbered(t.help_organizations_h_delete(), deleting)
}

/// When the door stays closed.
pub(super) fn sign_in(t: Words, _: &Desk) -> Article {
    let forgot = [
        Item::new(t.help_sign_in_forgot()).to("/recover", t.help_to_forgot()),
        Item::new(t.help_sign_in_forgot_newest()),
    ];
    let mail = [
        t.help_sign_in_mail_wait(),
        t.help_sign_in_mail_address(),
        t.help_sign_in_mail_again(),
        t.help_sign_in_mail_allow(),
    ];
    let shared = [
        Item::new(t.help_sign_in_shared()),
        Item::new(t.help_sign_in_shared_forgot()).to("/account/devices", t.help_to_devices()),
    ];
    let one = |text| [Item::new(text)];
    Article::new(t.help_sign_in_h1(), t.help_sign_in_about())
        .plain(t.help_sign_in_h_forgot(), forgot)
        .numbered(t.help_sign_in_h_mail(), mail.map(Item::new))
        .plain(t.help_sign_in_h_disabled(), one(t.help_sign_in_disabled()))
        .plain(t.help_sign_in_h_wait(), one(t.help_sign_in_wait()))
        .plain(t.help_sign_in_h_address(), one(t.help_sign_in_address()))
        .plain(t.help_sign_in_h_late(), one(t.help_sign_in_late()))
        .plain(t.help_sign_in_h_shared(), shared)
}
