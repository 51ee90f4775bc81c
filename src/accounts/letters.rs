//! The mails of this slice: each to one person, in the person's language, with at most one link.

use super::{
    Account,
    codes::{self, Proving, Purpose},
    device::Device,
};
use crate::kernel::{EmailAddress, Fault, Language, Lifetime, Timestamp};
use crate::platform::{
    mail::{self, Letter, Posting},
    store::{Sql, Unit},
    web::Kit,
    words::Words,
};

/// What a letter says, and how long it is worth sending.
struct Said {
    kind: &'static str,
    subject: String,
    paragraphs: Vec<String>,
    code: Option<String>,
    link: Option<(String, String)>,
    expires_at: Option<Timestamp>,
}

impl Said {
    fn new<const N: usize>(kind: &'static str, subject: impl Into<String>, paragraphs: [String; N]) -> Self {
        let (subject, paragraphs) = (subject.into(), paragraphs.into());
        Self { kind, subject, paragraphs, code: None, link: None, expires_at: None }
    }

    /// With its one link, to a path of ours.
    fn link(mut self, kit: &Kit, label: &str, path: &str) -> Self {
        self.link = Some((label.to_owned(), kit.issuer().path(path)));
        self
    }

    async fn post(self, unit: &mut Unit, kit: &Kit, to: &EmailAddress, language: Language) -> Result<(), Fault> {
        let Self { kind, subject, paragraphs, code, link, expires_at } = self;
        let letter = Letter { to: to.clone(), language, subject, paragraphs, code, link };
        mail::post(unit, kit.sealing(), letter, Posting { kind, about: None, expires_at }).await?;
        Ok(())
    }
}

/// A code.
pub(super) async fn code(
    unit: &mut Unit,
    kit: &Kit,
    about: &Proving<'_>,
    code: String,
    language: Language,
) -> Result<(), Fault> {
    let t = Words::new(language);
    let why = match about.purpose {
        Purpose::SignUp => t.account_mail_code_sign_up(),
        Purpose::EmailChange => t.account_mail_code_email_change(),
        Purpose::EmailProof => t.account_mail_code_email_proof(),
    };
    let works_for = t.account_mail_code_works_for(t.span(codes::LIFE));
    let paragraphs = [why.to_owned(), works_for, t.account_mail_code_ignore().to_owned()];
    let mut said = Said::new("accounts.code", t.account_mail_code_subject(), paragraphs);
    said.code = Some(code);
    said.expires_at = Some(unit.now() + codes::LIFE);
    said.post(unit, kit, about.address, language).await
}

/// Instead of a code: the address belongs to an account.
pub(super) async fn address_is_taken(
    unit: &mut Unit,
    kit: &Kit,
    address: &EmailAddress,
    language: Language,
) -> Result<(), Fault> {
    let t = Words::new(language);
    let paragraphs = [t.account_mail_taken_why(), t.account_mail_taken_do(), t.account_mail_taken_ignore()];
    Said::new("accounts.address_taken", t.account_mail_taken_subject(), paragraphs.map(str::to_owned))
        .link(kit, t.account_mail_taken_link(), "/login")
        .post(unit, kit, address, language)
        .await
}

/// A link by which a new password may be set.
pub(super) async fn password_link(
    unit: &mut Unit,
    kit: &Kit,
    account: &Account,
    (path, life): (&str, Lifetime),
) -> Result<(), Fault> {
    let t = Words::new(account.language());
    let paragraphs = [
        t.account_mail_reset_why().to_owned(),
        t.account_mail_reset_works_for(t.span(life)),
        t.account_mail_reset_ignore().to_owned(),
    ];
    let mut said = Said::new("accounts.password_link", t.account_mail_reset_subject(), paragraphs).link(
        kit,
        t.account_mail_reset_link(),
        path,
    );
    said.expires_at = Some(unit.now() + life);
    said.post(unit, kit, &account.email, account.language()).await
}

/// Instead of a link: the address was never confirmed.
pub(super) async fn no_link_unverified(unit: &mut Unit, kit: &Kit, account: &Account) -> Result<(), Fault> {
    let t = Words::new(account.language());
    let paragraphs = [t.account_mail_unverified_why(), t.account_mail_unverified_do(), t.account_mail_reset_ignore()];
    Said::new("accounts.no_password_link", t.account_mail_reset_subject(), paragraphs.map(str::to_owned))
        .post(unit, kit, &account.email, account.language())
        .await
}

/// Instead of a link: the account is disabled.
pub(super) async fn no_link_disabled(unit: &mut Unit, kit: &Kit, account: &Account) -> Result<(), Fault> {
    let t = Words::new(account.language());
    let who = disabled_by(t, account.disabled_by());
    let paragraphs = [who, t.account_mail_disabled_do().to_owned(), t.account_mail_reset_ignore().to_owned()];
    Said::new("accounts.no_password_link", t.account_mail_reset_subject(), paragraphs)
        .post(unit, kit, &account.email, account.language())
        .await
}

/// Who disabled an account, in a sentence.
pub(super) fn disabled_by(t: Words, organization: Option<&str>) -> String {
    organization.map_or_else(|| t.sign_in_disabled().to_owned(), |name| t.sign_in_disabled_by(name))
}

/// The password was set anew, by the person or by somebody else.
pub(super) async fn password_changed(unit: &mut Unit, kit: &Kit, account: &Account) -> Result<(), Fault> {
    let t = Words::new(account.language());
    let paragraphs = [t.account_mail_password_at(t.moment(unit.now())), t.account_mail_password_not_you().to_owned()];
    Said::new("accounts.password_changed", t.account_mail_password_subject(), paragraphs)
        .link(kit, t.account_mail_reset_link(), "/recover")
        .post(unit, kit, &account.email, account.language())
        .await
}

/// To the former address: it was changed, and the link gives it back.
pub(super) async fn email_changed_from(
    unit: &mut Unit,
    kit: &Kit,
    account: &Account,
    (undo, life): (&str, Lifetime),
) -> Result<(), Fault> {
    let t = Words::new(account.language());
    let paragraphs = [
        t.account_mail_changed_from_why(account.full_name(), t.moment(unit.now())),
        t.account_mail_changed_from_undo(t.span(life)),
    ];
    let mut said = Said::new("accounts.email_changed", t.account_mail_changed_subject(), paragraphs).link(
        kit,
        t.account_mail_changed_link(),
        undo,
    );
    said.expires_at = Some(unit.now() + life);
    said.post(unit, kit, &account.email, account.language()).await
}

/// To the new address: it is the account's now.
pub(super) async fn email_changed_to(
    unit: &mut Unit,
    kit: &Kit,
    account: &Account,
    address: &EmailAddress,
) -> Result<(), Fault> {
    let t = Words::new(account.language());
    let why = t.account_mail_changed_to_why(account.full_name(), t.moment(unit.now()));
    Said::new(
        "accounts.email_changed",
        t.account_mail_changed_subject(),
        [why, t.account_mail_changed_to_do().to_owned()],
    )
    .post(unit, kit, address, account.language())
    .await
}

/// To both addresses: the change was undone.
pub(super) async fn email_change_undone(
    unit: &mut Unit,
    kit: &Kit,
    account: &Account,
    address: &EmailAddress,
) -> Result<(), Fault> {
    let t = Words::new(account.language());
    let paragraphs = [t.account_mail_undone_why(t.moment(unit.now())), t.account_mail_undone_do().to_owned()];
    Said::new("accounts.email_change_undone", t.account_mail_undone_subject(), paragraphs)
        .post(unit, kit, address, account.language())
        .await
}

/// Somebody signed in from where nobody had before.
pub(super) async fn new_device(
    unit: &mut Unit,
    kit: &Kit,
    account: &Account,
    (device, network): (Device, &str),
) -> Result<(), Fault> {
    let t = Words::new(account.language());
    let what = t.account_mail_device_what(device.words(t), network, t.moment(unit.now()));
    Said::new(
        "accounts.new_device",
        t.account_mail_device_subject(),
        [what, t.account_mail_device_not_you().to_owned()],
    )
    .link(kit, t.account_mail_device_link(), "/account/devices")
    .post(unit, kit, &account.email, account.language())
    .await
}

/// Somebody has tried many passwords.
pub(super) async fn many_failures(unit: &mut Unit, kit: &Kit, account: &Account) -> Result<(), Fault> {
    let t = Words::new(account.language());
    let paragraphs = [
        t.account_mail_failures_what(t.moment(unit.now())),
        t.account_mail_failures_you().to_owned(),
        t.account_mail_failures_not_you().to_owned(),
    ];
    Said::new("accounts.many_failures", t.account_mail_failures_subject(), paragraphs)
        .link(kit, t.account_mail_reset_link(), "/recover")
        .post(unit, kit, &account.email, account.language())
        .await
}

/// The account was closed.
pub(super) async fn closed(unit: &mut Unit, kit: &Kit, account: &Account) -> Result<(), Fault> {
    let t = Words::new(account.language());
    let paragraphs = [t.account_mail_closed_what(t.moment(unit.now())), t.account_mail_closed_not_you().to_owned()];
    Said::new("accounts.closed", t.account_mail_closed_subject(), paragraphs)
        .post(unit, kit, &account.email, account.language())
        .await
}
