//! What a site asks and tells ConneX by JSON: tokens, the feed, organizations, and writes that count once.

mod feed;
mod limits;
mod openapi;
mod organizations;
mod resync;
mod tokens;
mod writes;
