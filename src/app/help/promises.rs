//! What people can count on: privacy and accessibility.

use super::{Article, Desk, Item};
use crate::platform::words::Words;

/// What is kept, who sees it, and for how long.
pub(super) fn privacy(t: Words, desk: &Desk) -> Article {
    let brand = desk.accounts.kit.brand();
    let kept = [
        t.help_privacy_kept_account(),
        t.help_privacy_kept_password(),
        t.help_privacy_kept_organization(),
        t.help_privacy_kept_sessions(),
        t.help_privacy_kept_sites(),
        t.help_privacy_kept_record(),
    ];
    let sees = [
        Item::new(t.help_privacy_sees_sites()),
        Item::new(t.help_privacy_sees_administrators()),
        Item::new(t.help_privacy_sees_operator(brand)),
        Item::new(t.help_privacy_sees_nobody()),
    ];
    let (idle, total) = (t.span(desk.sessions.idle), t.span(desk.sessions.total));
    let long = [
        Item::new(t.help_privacy_long_session(idle, total)),
        Item::new(t.help_privacy_long_activity()),
        Item::new(t.help_privacy_long_mail()),
        Item::new(t.help_privacy_long_address()),
        Item::new(t.help_privacy_long_record()),
    ];
    let you = [
        Item::new(t.help_privacy_you_see()).to("/account/export", t.help_to_export()),
        Item::new(t.help_privacy_you_correct()).to("/account/details", t.help_to_details()),
        Item::new(t.help_privacy_you_sites()).to("/account/sites", t.help_to_sites()),
        Item::new(t.help_privacy_you_close()).to("/account/close", t.help_to_close()),
    ];
    Article::new(t.help_privacy_h1(), t.help_privacy_about())
        .plain(t.help_privacy_h_kept(), kept.map(Item::new))
        .plain(t.help_privacy_h_sees(), sees)
        .plain(t.help_privacy_h_long(), long)
        .plain(t.help_privacy_h_cookies(), [Item::new(t.help_privacy_cookies())])
        .plain(t.help_privacy_h_you(), you)
}

/// What works for everybody, and whom to tell when something does not.
pub(super) fn accessibility(t: Words, desk: &Desk) -> Article {
    let works = [
        t.help_accessibility_works_keyboard(),
        t.help_accessibility_works_reader(),
        t.help_accessibility_works_zoom(),
        t.help_accessibility_works_colors(),
        t.help_accessibility_works_script(),
        t.help_accessibility_works_paste(),
    ];
    let kit = &desk.accounts.kit;
    let report = [
        Item::new(t.help_accessibility_report_who(kit.brand(), kit.issuer().host())),
        Item::new(t.help_accessibility_report_what()),
        Item::new(t.help_accessibility_report_sites()),
    ];
    Article::new(t.help_accessibility_h1(), t.help_accessibility_about())
        .plain(t.help_accessibility_h_aim(), [Item::new(t.help_accessibility_aim())])
        .plain(t.help_accessibility_h_works(), works.map(Item::new))
        .plain(t.help_accessibility_h_report(), report)
}
