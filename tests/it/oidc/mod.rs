//! The provider, through HTTP.

mod logout;
mod smoke;
