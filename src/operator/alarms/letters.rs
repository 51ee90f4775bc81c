//! The mails of this slice.

use super::Kind;
use crate::kernel::{EmailAddress, Fault, Language};
use crate::operator::role::Address;
use crate::platform::{
    mail::{self, Letter, Posting},
    store::Unit,
    web::Kit,
    words::Words,
};
use crate::sync::status::SiteHealth;

/// To an operator, in their language, with a link to the site's page.
pub(super) async fn to_an_operator(
    unit: &mut Unit,
    kit: &Kit,
    (kind, health): (Kind, &SiteHealth),
    operator: Address,
) -> Result<(), Fault> {
    let t = Words::new(operator.language);
    let path = kit.issuer().path(&format!("/ops/sites/{}", health.site_id));
    let link = Some((t.alarm_link(&health.name), path));
    post(unit, kit, (kind, health), (operator.email, operator.language), link).await
}

/// To whoever looks after the site, who may have no account: without a link.
pub(super) async fn to_the_contact(
    unit: &mut Unit,
    kit: &Kit,
    about: (Kind, &SiteHealth),
    contact: EmailAddress,
) -> Result<(), Fault> {
    post(unit, kit, about, (contact, Language::English), None).await
}

async fn post(
    unit: &mut Unit,
    kit: &Kit,
    (kind, health): (Kind, &SiteHealth),
    (to, language): (EmailAddress, Language),
    link: Option<(String, String)>,
) -> Result<(), Fault> {
    let t = Words::new(language);
    let (subject, paragraphs) = said(t, kind, health);
    let letter = Letter { to, language, subject, paragraphs, code: None, link };
    let posting = Posting { kind: "operator.alarm", about: None, expires_at: None };
    mail::post(unit, kit.sealing(), letter, posting).await?;
    Ok(())
}

fn said(t: Words, kind: Kind, health: &SiteHealth) -> (String, Vec<String>) {
    let name = &health.name;
    let (subject, mut paragraphs) = match kind {
        Kind::Waits | Kind::Late => (t.alarm_waits_subject(name), waits(t, health)),
        Kind::Leaving => {
            let since = health.oldest_leaving_at.map(|at| t.moment(at)).unwrap_or_default();
            (t.alarm_leaving_subject(name), vec![t.alarm_leaving_why(since, name), t.alarm_leaving_do().to_owned()])
        }
        Kind::Differs => {
            let why = health.paused_why.clone().unwrap_or_default();
            let paragraphs = vec![t.alarm_differs_why(name, why), t.alarm_differs_do().to_owned()];
            return (t.alarm_differs_subject(name), paragraphs);
        }
    };
    if let Some(error) = &health.last_error {
        paragraphs.push(t.alarm_last_error(error));
    }
    paragraphs.push(t.alarm_goes_on().to_owned());
    (subject, paragraphs)
}

fn waits(t: Words, health: &SiteHealth) -> Vec<String> {
    let all = health.due_count.saturating_add(health.attention_count);
    let mut paragraphs = vec![t.alarm_waits_due(&health.name, all)];
    if health.attention_count > 0 {
        paragraphs.push(t.alarm_waits_refused(health.attention_count));
    }
    paragraphs
}
