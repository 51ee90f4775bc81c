//! The grammar of the standards we speak: bytes in, types out. Pure: no clock, no chance, no I/O.
//!
//! A type here is the proof that a text was well formed. What a well-formed request may do is
//! decided on higher floors; how it travels (HTTP) and where it is kept (SQL) is unknown here.

pub mod jose;
pub mod oauth;
pub mod oidc;
pub mod scim;
