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
    let letter = write(t, (kind, health), None);
    post(unit, kit, letter, (operator.email, operator.language), link).await
}

/// To whoever looks after the site, who may have no account: without a link, and with what their site has said.
pub(super) async fn to_the_contact(
    unit: &mut Unit,
    kit: &Kit,
    about: (Kind, &SiteHealth),
    contact: EmailAddress,
) -> Result<(), Fault> {
    let letter = write(Words::new(Language::English), about, about.1.last_error.as_deref());
    post(unit, kit, letter, (contact, Language::English), None).await
}

async fn post(
    unit: &mut Unit,
    kit: &Kit,
    (subject, paragraphs): (String, Vec<String>),
    (to, language): (EmailAddress, Language),
    link: Option<(String, String)>,
) -> Result<(), Fault> {
    let letter = Letter { to, language, subject, paragraphs, code: None, link };
    let posting = Posting { kind: "operator.alarm", about: None, expires_at: None };
    mail::post(unit, kit.sealing(), letter, posting).await?;
    Ok(())
}

/// Subject and paragraphs. They name nobody; only what a site itself has said, which goes to its own people, may.
fn write(t: Words, (kind, health): (Kind, &SiteHealth), last_error: Option<&str>) -> (String, Vec<String>) {
    let name = &health.name;
    let (subject, mut paragraphs) = match kind {
        Kind::Refused | Kind::Waits | Kind::Late => (t.alarm_waits_subject(name), waits(t, health)),
        Kind::Leaving => {
            let since = health.oldest_leaving_at.map(|at| t.moment(at)).unwrap_or_default();
            (t.alarm_leaving_subject(name), vec![t.alarm_leaving_why(since, name), t.alarm_leaving_do(name)])
        }
        Kind::Differs => {
            let why = health.paused_why.clone().unwrap_or_default();
            let paragraphs = vec![t.alarm_differs_why(name, why), t.alarm_differs_do(name)];
            return (t.alarm_differs_subject(name), paragraphs);
        }
    };
    paragraphs.extend(last_error.map(|error| t.alarm_last_error(error)));
    paragraphs.push(t.alarm_goes_on().to_owned());
    (subject, paragraphs)
}

fn waits(t: Words, health: &SiteHealth) -> Vec<String> {
    let mut paragraphs = Vec::new();
    if health.due_count > 0 {
        paragraphs.push(t.alarm_waits_due(&health.name, health.due_count));
    }
    if health.attention_count > 0 {
        paragraphs.push(t.alarm_waits_refused(&health.name, health.attention_count));
    }
    paragraphs
}
