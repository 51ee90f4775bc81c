//! What the outside sees: calls to sites, registration, the name on the pages.

use std::path::PathBuf;

use super::{problem::Wrong, reading::Reading};
use crate::kernel::Secret;

/// `[outbound]`: calls to sites.
#[derive(Debug, Clone, Default)]
pub struct Outbound {
    /// PEM file with certificates that are believed beside the system's.
    pub extra_ca_file: Option<PathBuf>,
    /// Whether sites may be at private and loopback addresses, and there speak http.
    pub allow_private_addresses: bool,
}

/// `[registration]` (RFC 7591).
#[derive(Debug, Clone)]
pub struct Registration {
    /// Whether anybody may register a client.
    pub open: bool,
    /// Tokens that allow it otherwise.
    pub initial_access_tokens: Vec<Secret<String>>,
}

/// `[branding]`.
#[derive(Debug, Clone)]
pub struct Branding {
    /// What the service is called.
    pub name: String,
    /// A picture for the head of each page.
    pub logo_file: Option<PathBuf>,
    /// The color of buttons and links.
    pub color: Option<Color>,
}

/// A color as `#rrggbb`, lower case. Nothing else ever reaches a style sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Color(String);

impl Color {
    /// The text `#rrggbb`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Outbound {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        let extra_ca_file = from.path_if_given("outbound.extra_ca_file");
        let allow_private_addresses = from.flag("outbound.allow_private_addresses");
        Some(Self { extra_ca_file, allow_private_addresses: allow_private_addresses? })
    }
}

impl Registration {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        let open = from.flag("registration.open");
        let tokens = from.list("registration.initial_access_tokens", |text| {
            if text.len() < 32 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
                let cure = "Write 32 random characters or more, such as `openssl rand -hex 32` prints.";
                return Err(Wrong::new("holds a token that can be guessed", cure));
            }
            Ok(Secret::new(text.to_owned()))
        });
        Some(Self { open: open?, initial_access_tokens: tokens? })
    }
}

impl Branding {
    pub(super) fn read(from: &mut Reading<'_>) -> Option<Self> {
        let name = from.text("branding.name", |text| {
            if text.trim().is_empty() || text.chars().count() > 60 || text.chars().any(char::is_control) {
                return Err(Wrong::new("is empty, too long or has control characters", "Write 1 to 60 characters."));
            }
            Ok(text.trim().to_owned())
        });
        let logo_file = from.path_if_given("branding.logo_file");
        let color = from.text_if_given("branding.color", color);
        Some(Self { name: name?, logo_file, color })
    }
}

fn color(text: &str) -> Result<Color, Wrong> {
    match text.strip_prefix('#') {
        Some(digits) if digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            Ok(Color(text.to_lowercase()))
        }
        _ => Err(Wrong::new(format!("is {text:?}, which is no color"), "Write a color such as \"#1f5fa8\".")),
    }
}
