//! Reading a plain SCIM site page by page.

use super::model::Listed;
use crate::sync::{
    copy::digest_of,
    delivery::{Contact, Trouble},
    ledger::Kind,
};

/// Copies on a page.
const ON_A_PAGE: usize = 100;
/// Pages at most: a site that gives the same page for ever is left after this.
const MOST_PAGES: usize = 5000;

/// Everything of a kind at the site that bears an id of ours or of somebody else. Whoever has none
/// is an employee of the agency, and is not looked at.
///
/// # Errors
/// The trouble.
pub(super) async fn all(contact: &mut Contact<'_>, kind: Kind) -> Result<Vec<Listed>, Trouble> {
    let (mut listed, mut start) = (Vec::new(), 1);
    for _ in 0..MOST_PAGES {
        let (echoes, total) = contact.page(kind, start, ON_A_PAGE).await?;
        let count = echoes.len();
        listed.extend(echoes.into_iter().filter_map(|echo| {
            let (digest, active) = (digest_of(&echo.canonical()), echo.is_active());
            let is_ours = echo.bears_our_extension(kind);
            Some(Listed { external_id: echo.external_id?, id: echo.id, rev: echo.rev, digest, active, is_ours })
        }));
        start += count;
        if count == 0 || start > total {
            break;
        }
    }
    Ok(listed)
}
