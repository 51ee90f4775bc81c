//! A browser in plain words: "Firefox on Windows". From what it calls itself, which anybody can forge.

use crate::platform::words::Words;

/// Names that stand in the `User-Agent` of a browser, the most telling first: most browsers also
/// claim to be Chrome, and Chrome claims to be Safari.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
];

/// The same for systems: Android claims to be Linux, and telephones claim to be like a Mac.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
];

/// A browser on a system, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    browser: Option<&'static str>,
    system: Option<&'static str>,
}

impl Device {
    /// What a `User-Agent` speaks of.
    #[must_use]
    pub fn of(user_agent: &str) -> Self {
        let first_of = |names: &[(&str, &'static str)]| {
            names.iter().find(|(sign, _)| user_agent.contains(sign)).map(|(_, name)| *name)
        };
        Self { browser: first_of(&BROWSERS), system: first_of(&SYSTEMS) }
    }

    /// In a sentence or a table.
    #[must_use]
    pub fn words(self, t: Words) -> String {
        match (self.browser, self.system) {
            (Some(browser), Some(system)) => t.devices_browser_on(browser, system),
            (Some(name), None) | (None, Some(name)) => name.to_owned(),
            (None, None) => t.devices_unknown().to_owned(),
        }
    }

    /// The same for every version of the browser, so that an update is not a new device.
    pub(super) fn key(self) -> String {
        format!("{} {}", self.browser.unwrap_or("?"), self.system.unwrap_or("?"))
    }
}

#[cfg(test)]
mod tests {
    use super::Device;
    use crate::platform::words::Words;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        let cases = [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Windows"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                "Safari on Mac",
            ),
            ("", "Unknown browser"),
            ("<script>alert(1)</script>", "Unknown browser"),
        ];
        for (user_agent, words) in cases {
            assert_eq!(Device::of(user_agent).words(Words::default()), words, "{user_agent}");
        }
    }
}
