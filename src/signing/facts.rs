//! What happens to keys.

use crate::audit::Fact;
use crate::protocol::jose::SigningAlgorithm;

/// A new key began to sign, and the former one ceased to.
pub(super) fn rotated(kid: &str, algorithm: SigningAlgorithm) -> Fact {
    Fact::new("signing.key_rotated", &kid).with("algorithm", &algorithm.as_str())
}

/// A key was taken out of the published set.
pub(super) fn removed(kid: &str) -> Fact {
    Fact::new("signing.key_removed", &kid)
}
