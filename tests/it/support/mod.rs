//! What the tests stand on: sources, databases, the program as a process, a browser.

pub mod browser;
pub mod engine;
pub mod process;
pub mod source;
