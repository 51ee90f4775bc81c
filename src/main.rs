//! ConneX.
fn main() {}
