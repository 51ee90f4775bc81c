//! The SQL of `/api/v1`.

pub(super) mod answers;
pub(super) mod organizations;
pub(super) mod put_backs;
pub(super) mod txns;
