//! What people see and do, in a real browser, at sites of two families and at ConneX: three origins.

mod agency;
mod book;
mod guide_for_agencies;
mod guides;
mod help;
mod journey;
mod northline;
mod office;
mod resync;
mod sign_in;
mod stories;
mod stories_of_change;
mod stories_of_sites;
mod stories_of_the_office;
mod stories_of_trouble;
mod walk;
mod weight;

use std::path::PathBuf;

/// Where the pictures go: `target/screenshots`.
fn picture(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from);
    let folder = target.join("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(format!("{name}.png"))
}
