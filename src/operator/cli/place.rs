//! Places, as they are typed at the command line.

use crate::organizations::UsState;

/// Reads a state, and says what one looks like.
pub(super) fn state(text: &str) -> Result<UsState, &'static str> {
    text.parse().map_err(|_| "a state is two letters, such as MN")
}

#[cfg(test)]
mod tests {
    use super::state;

    #[test]
    fn a_state_is_two_letters() {
        assert_eq!(state("mn").unwrap().to_string(), "MN");
        assert!(state("Minnesota").is_err());
    }
}
