//! The provider, through HTTP.

mod smoke;
