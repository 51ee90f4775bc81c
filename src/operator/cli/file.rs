//! Files that a command is given.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::CliError;

/// The text of `file`.
///
/// # Errors
/// When it cannot be read, with its name.
pub(super) fn read(file: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(file).map_err(|error| CliError::refused(format!("{}: {error}", file.display())))
}

/// The JSON in `file`.
///
/// # Errors
/// When it cannot be read or is something else, with its name and the place.
pub(super) fn read_json<T: DeserializeOwned>(file: &Path) -> Result<T, CliError> {
    parse_json(&file.display().to_string(), &read(file)?)
}

/// The JSON that `text`, which is called `name`, holds.
///
/// # Errors
/// When it is something else, with the name and the place.
pub(super) fn parse_json<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, CliError> {
    serde_json::from_str(text).map_err(|error| CliError::refused(format!("{name}: {error}")))
}
