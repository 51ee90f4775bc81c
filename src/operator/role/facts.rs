//! What happens to operators.

use crate::audit::Fact;
use crate::kernel::{AccountId, LinkId};

/// A link was made by which somebody may become an operator.
pub(super) fn invited(link: LinkId) -> Fact {
    Fact::new("operators.invited", &link)
}

/// A person became an operator.
pub(super) fn joined(account: AccountId, link: LinkId) -> Fact {
    Fact::new("operators.joined", &account).with("invitation", &link).person(account)
}

/// A person is an operator no more.
pub(super) fn removed(account: AccountId) -> Fact {
    Fact::new("operators.removed", &account).person(account)
}
