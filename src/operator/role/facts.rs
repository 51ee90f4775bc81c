//! What happens to operators.

use crate::audit::Fact;
use crate::kernel::{AccountId, LinkId};

/// A link was made by which somebody may become an operator.
pub(super) fn invited(link: LinkId) -> Fact {
    Fact::new("operators.invited", &link)
}

/// A person became an operator, by a link if there was one.
pub(super) fn joined(account: AccountId, link: Option<LinkId>) -> Fact {
    let fact = Fact::new("operators.joined", &account).person(account);
    match link {
        Some(link) => fact.with("invitation", &link),
        None => fact,
    }
}

/// A person is an operator no more.
pub(super) fn removed(account: AccountId) -> Fact {
    Fact::new("operators.removed", &account).person(account)
}
