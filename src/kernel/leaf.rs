//! Long lists, a leaf at a time.

/// A leaf of a long list, and whether another one follows.
///
/// A store reads one row more than a leaf holds; that row is never shown, it only says that more is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf<T> {
    /// At most as many as a leaf holds.
    pub rows: Vec<T>,
    /// Whether there is a next leaf.
    pub has_more: bool,
}

/// How many rows are skipped before leaf `number`, counted from 1, when each holds `size`; and how many are read.
#[must_use]
pub const fn span(number: i64, size: i64) -> (i64, i64) {
    ((number - 1).saturating_mul(size), size.saturating_add(1))
}

impl<T> Leaf<T> {
    /// What was read by a [`span`].
    #[must_use]
    pub fn of(read: Vec<T>, size: i64) -> Self {
        Self::cut(read, 1, size)
    }

    /// Leaf `number`, counted from 1, of a list that is at hand as a whole.
    #[must_use]
    pub fn cut(all: Vec<T>, number: i64, size: i64) -> Self {
        let (skipped, size) = (span(number, size).0, usize::try_from(size).unwrap_or_default());
        let mut rest = all.into_iter().skip(usize::try_from(skipped).unwrap_or_default());
        let rows = rest.by_ref().take(size).collect();
        Self { rows, has_more: rest.next().is_some() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_more_than_a_leaf_holds_says_that_another_follows() {
        assert_eq!(span(3, 50), (100, 51));
        assert_eq!(Leaf::of(vec![1, 2, 3], 2), Leaf { rows: vec![1, 2], has_more: true });
        assert_eq!(Leaf::of(vec![1, 2], 2), Leaf { rows: vec![1, 2], has_more: false });
    }

    #[test]
    fn a_list_at_hand_is_cut_into_leaves() {
        let leaf = |number| Leaf::cut(vec![1, 2, 3, 4, 5], number, 2);
        assert_eq!(leaf(1), Leaf { rows: vec![1, 2], has_more: true });
        assert_eq!(leaf(3), Leaf { rows: vec![5], has_more: false });
        assert_eq!(leaf(4), Leaf { rows: vec![], has_more: false });
        assert_eq!(leaf(i64::MAX), Leaf { rows: vec![], has_more: false });
    }
}
