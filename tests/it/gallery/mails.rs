//! The outbox of a demo, and mails as mail programs show them.

use crate::support::gallery::Walk;

/// The outbox, and one mail of each kind that lies in it.
pub(super) async fn keep(walk: &mut Walk<'_>, addresses: &[&str], what: &str) {
    let visitor = walk.browser().await;
    let page = walk.see(&format!("outbox-{what}"), &visitor, "/dev/mail").await;
    let newest = page.attribute("#mails a", "href");
    walk.see(&format!("outbox-{what}-mail"), &visitor, &newest).await;
    for address in addresses {
        for (number, mail) in walk.app.mails_to(address).await.into_iter().enumerate() {
            assert_eq!(mail.language, walk.language, "{}", mail.subject);
            let mut sent = page.clone();
            sent.body = mail.html;
            walk.keep(&format!("mail-as-sent-{}-{number}", address.replace(['@', '.'], "-")), &sent);
        }
    }
}
