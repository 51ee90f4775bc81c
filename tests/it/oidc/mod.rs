//! The provider, through HTTP.

mod basic;
mod claims;
mod client_authentication;
mod config;
mod connected;
mod every_module;
mod form_post;
mod logout;
mod page_contract;
mod pushed_requests;
mod smoke;
mod tokens;
