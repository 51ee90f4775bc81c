//! The table of all keys: what each means, what it is when nobody says.

use super::key::Key;

/// Every key of `connex.toml`, section by section.
///
/// The parser takes defaults and ranges from here, so that what is explained is what is done.
#[must_use]
pub fn keys() -> &'static [Key] {
    KEYS
}

#[rustfmt::skip]
const KEYS: &[Key] = &[
    Key::new("issuer", r#""https://id.example.org""#,
        "The address under which browsers and sites reach ConneX: https without a trailing slash or path; http only \
         for a loopback host. It stands in every token and never follows a request header."),

    Key::new("http.listen", r#""127.0.0.1:7100""#, "The address and port to listen on.").default("127.0.0.1:7100"),
    Key::new("http.metrics_listen", r#""127.0.0.1:7199""#,
        "The address and port for /metrics. Absent: no metrics are served."),
    Key::new("http.tls_certificate", r#""tls/chain.pem""#,
        "PEM file with the certificate and its chain. Absent: plain http, behind a proxy that ends TLS."),
    Key::new("http.tls_key", r#""tls/key.pem""#, "PEM file with the private key of the certificate."),
    Key::new("http.trusted_proxies", r#"["10.0.0.0/8"]"#,
        "Networks whose X-Forwarded-For and Forwarded headers are believed. Absent: nobody's.").default(""),

    Key::new("database.url", r#""postgres://connex@db.example.org/connex""#,
        "`sqlite:PATH` for one node, or `postgres://…`.").default("sqlite:connex.db").secret(),

    Key::new("mail.url", r#""smtps://connex@mail.example.org""#,
        "`smtp://…`, `smtps://…`, or `outbox`: kept in the database and shown at /dev/mail, only with a loopback \
         issuer.").default("outbox").secret(),
    Key::new("mail.from", r#""no-reply@example.org""#, "The sender of all mail. Mandatory unless mail.url is outbox."),

    Key::new("signing.sealing_key_file", r#""connex.sealing-key""#,
        "The key that seals private keys at rest. Made at the first start with mode 0600. Back it up apart from the \
         database: neither is of use without the other.").default("connex.sealing-key"),
    Key::new("signing.default_algorithm", r#""ES256""#,
        "ES256 or RS256: the signature for clients that ask for none. ES256 is ten times cheaper.").default("ES256"),

    Key::new("tokens.access_seconds", "300",
        "How long an access token is good. Revocation reaches a site at the latest after this time, so it is at \
         most an hour.").default("300").range(30, 3600),
    Key::new("tokens.code_seconds", "60",
        "How long an authorization code is good. More than a minute helps only whoever stole it.")
        .default("60").range(1, 60),
    Key::new("tokens.id_seconds", "300",
        "How long a site may take to accept an ID token; it is no session.").default("300").range(30, 3600),
    Key::new("tokens.refresh_idle_days", "30",
        "How long a refresh token lives unused.").default("30").range(1, 365),
    Key::new("tokens.refresh_total_days", "180",
        "How long refreshing goes on without a new sign-in, at most two years.").default("180").range(1, 730),
    Key::new("tokens.refresh_grace_seconds", "60",
        "How long a replaced refresh token still gives the same successor, for clients that lost the answer. \
         0 turns it off; longer than five minutes would hide theft.").default("60").range(0, 300),

    Key::new("sessions.idle_minutes", "720",
        "After how long without use a person signs in again, at most 30 days (NIST SP 800-63B-4). Operators: 15 \
         minutes, fixed.").default("720").range(5, 43_200),
    Key::new("sessions.total_hours", "168",
        "After how long a person signs in again in any case, at most 30 days (NIST SP 800-63B-4). Operators: 12 \
         hours, fixed.").default("168").range(1, 720),

    Key::new("accounts.password_min_length", "15",
        "The least number of characters of a password that is used alone; 8 with a second factor, fixed. Not below \
         15 (NIST SP 800-63B-4), and not above 64, which everybody must be able to reach.")
        .default("15").range(15, 64),

    Key::new("limits.enabled", "true",
        "false lifts all limits, for conformance and load tests; only with a loopback issuer.").default("true"),
    Key::new("limits.sign_in_failures", "5",
        "After how many failures in a row on one account each further try has to wait. At least 3, for typing \
         errors; at most 10.").default("5").range(3, 10),
    Key::new("limits.sign_in_first_wait_seconds", "30",
        "The first wait; it doubles with every further failure.").default("30").range(1, 900),
    Key::new("limits.sign_in_longest_wait_seconds", "900",
        "The longest wait. At most an hour, so that a stranger's failures lock nobody out.")
        .default("900").range(1, 3600),
    Key::new("limits.sign_in_failures_per_network", "100",
        "How many failures from one network (/24, or /56 of IPv6) in five minutes are answered. An office has one \
         address for many people, so at least 20.").default("100").range(20, 100_000),

    Key::new("outbound.extra_ca_file", r#""agency-ca.pem""#,
        "PEM file with certificates to be believed, beside the system's, in calls to sites."),
    Key::new("outbound.allow_private_addresses", "false",
        "Whether sites may be called at private and loopback addresses, and there by http.").default("false"),

    Key::new("registration.open", "false",
        "Whether anybody may register a client (RFC 7591).").default("false"),
    Key::new("registration.initial_access_tokens", r#"["change-me-to-32-random-characters"]"#,
        "Tokens that allow registering a client (RFC 7591), of 32 characters or more.").default("").secret(),

    Key::new("branding.name", r#""ConneX""#, "What the service is called on pages and in mail.").default("ConneX"),
    Key::new("branding.logo_file", r#""logo.svg""#, "A picture for the head of each page, SVG or PNG."),
    Key::new("branding.color", r##""#1f5fa8""##, "The color of buttons and links, as #rrggbb."),
];

/// The key of that name.
pub(super) fn named(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The name among `names` that was probably meant by `text`.
pub(super) fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let last = |name: &'_ str| name.rsplit('.').next().map(str::to_owned);
    names
        .map(|name| {
            // The right key in the wrong section is nearer than any spelling.
            let likeness = if last(name) == last(text) { 2.0 } else { strsim::jaro_winkler(text, name) };
            (likeness, name)
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
