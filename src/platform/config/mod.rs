//! The configuration: `connex.toml`, each key overridable by an environment variable.
//!
//! Everything is read into types at the start, and everything wrong is reported at once, with
//! file, line, key and cure. A `Config` that exists is one that can be served.

mod database;
mod explain;
mod http;
mod issuer;
mod key;
mod keys;
mod limits;
mod mail;
mod problem;
mod reading;
mod signing;
mod sites;
mod source;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

pub use database::Database;
pub use explain::{Explanation, NoSuchKey, explain};
pub use http::{Http, TlsFiles};
pub use issuer::{Issuer, NotAnIssuer};
pub use key::Key;
pub use keys::keys;
pub use limits::{Accounts, Limits, Sessions};
pub use mail::Mail;
pub use problem::{ConfigProblem, ConfigProblems};
pub use signing::{Algorithm, Signing, Tokens};
pub use sites::{Branding, Color, Outbound, Registration};

use problem::Wrong;
use reading::Reading;

/// The file that is read when nobody names another.
const DEFAULT_FILE: &str = "connex.toml";

/// All that an operator decides. `connex config explain` says what each key means.
#[derive(Debug, Clone)]
pub struct Config {
    /// Who we are; never taken from a request.
    pub issuer: Issuer,
    /// Where we listen.
    pub http: Http,
    /// Where everything is kept.
    pub database: Database,
    /// How mail leaves.
    pub mail: Mail,
    /// What tokens are signed with.
    pub signing: Signing,
    /// How long tokens live.
    pub tokens: Tokens,
    /// How long people stay signed in.
    pub sessions: Sessions,
    /// What accounts need.
    pub accounts: Accounts,
    /// Throttling.
    pub limits: Limits,
    /// Calls to sites.
    pub outbound: Outbound,
    /// Registration of clients.
    pub registration: Registration,
    /// The face.
    pub branding: Branding,
}

impl Config {
    /// Reads `file`, else the file that `CONNEX_CONFIG` names, else `connex.toml`, with
    /// `environment` over it.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn load(file: Option<&Path>, environment: &BTreeMap<String, String>) -> Result<Self, ConfigProblems> {
        let file = file
            .map(Path::to_owned)
            .or_else(|| environment.get("CONNEX_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from))
            .unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        Self::parse(&file, &text, environment)
    }

    /// The configuration of `connex demo` and of tests: defaults, SQLite and the sealing key in
    /// `data_dir`, mail in the outbox, calls to private addresses allowed.
    ///
    /// # Errors
    /// When the issuer is not a loopback issuer.
    pub fn for_loopback(issuer: &Issuer, listen: SocketAddr, data_dir: &Path) -> Result<Self, ConfigProblems> {
        let given = [("CONNEX_ISSUER", issuer.to_string()), ("CONNEX_HTTP_LISTEN", listen.to_string())];
        let given = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut config = Self::parse(Path::new(DEFAULT_FILE), "", &given)?;
        config.database = Database::Sqlite { path: data_dir.join("connex.db") };
        config.signing.sealing_key_file = data_dir.join("connex.sealing-key");
        config.outbound.allow_private_addresses = true;
        Ok(config)
    }

    /// Reads the text of `file`, with `environment` over it. Nothing but the text is looked at.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn parse(file: &Path, text: &str, environment: &BTreeMap<String, String>) -> Result<Self, ConfigProblems> {
        let mut problems = Vec::new();
        let found = source::collect(file, text, environment, &mut problems);
        let mut reading = Reading::new(file, found, problems);
        let config = Self::read(&mut reading);
        #[cfg(test)]
        assert_eq!(reading.unread(), Vec::<&str>::new(), "every key of the table is read");
        match (config, ConfigProblems::found(reading.problems)) {
            (_, Err(problems)) => Err(problems),
            (Some(config), Ok(())) => Ok(config),
            // A getter that gives nothing has said why; this arm keeps a slip there from being served.
            (None, Ok(())) => {
                Err(ConfigProblems::one(file_problem(file, "is incomplete", "Compare it with the manual.")))
            }
        }
    }

    fn read(from: &mut Reading<'_>) -> Option<Self> {
        let issuer = from.text("issuer", |text| {
            let cure = "Write https://HOST or https://HOST:PORT, without a slash at the end.";
            text.parse::<Issuer>().map_err(|error| Wrong::new(error.to_string(), cure))
        });
        let http = Http::read(from);
        let database = Database::read(from);
        let mail = Mail::read(from);
        let signing = Signing::read(from);
        let tokens = Tokens::read(from);
        let sessions = Sessions::read(from);
        let accounts = Accounts::read(from);
        let limits = Limits::read(from);
        let outbound = Outbound::read(from);
        let registration = Registration::read(from);
        let branding = Branding::read(from);
        if let Some(issuer) = &issuer {
            compare(issuer, http.as_ref(), mail.as_ref(), limits.as_ref(), from);
        }
        Some(Self {
            issuer: issuer?,
            http: http?,
            database: database?,
            mail: mail?,
            signing: signing?,
            tokens: tokens?,
            sessions: sessions?,
            accounts: accounts?,
            limits: limits?,
            outbound: outbound?,
            registration: registration?,
            branding: branding?,
        })
    }
}

/// The rules between the issuer and other keys.
///
/// An https issuer without TLS files is right: a proxy ends TLS.
fn compare(
    issuer: &Issuer,
    http: Option<&Http>,
    mail: Option<&Mail>,
    limits: Option<&Limits>,
    problems: &mut Reading<'_>,
) {
    if !issuer.is_https() && http.is_some_and(|http| http.tls.is_some()) {
        let cure = "Write https:// in issuer, or remove http.tls_certificate and http.tls_key.";
        problems.conflict("issuer", "is http although there is a certificate", cure);
    }
    if issuer.is_loopback() {
        return;
    }
    if matches!(mail, Some(Mail::Outbox)) {
        let cure = "Write the mail server: url = \"smtps://USER:PASSWORD@HOST\".";
        problems.conflict("mail.url", "is outbox, which shows all mail to everybody", cure);
    }
    if limits.is_some_and(|limits| !limits.enabled) {
        let cure = "Remove the line: passwords can be guessed without limits.";
        problems.conflict("limits.enabled", "is false although the issuer is not a loopback host", cure);
    }
}

fn unreadable(file: &Path, error: &io::Error) -> ConfigProblems {
    ConfigProblems::one(match error.kind() {
        io::ErrorKind::NotFound => {
            let cure = "Make one with `connex init`, or name another with --config FILE.";
            file_problem(file, "there is no such file", cure)
        }
        io::ErrorKind::InvalidData => file_problem(file, "this file is not UTF-8 text", "Save it as UTF-8."),
        _ => file_problem(file, &format!("this file cannot be read: {error}"), "Mend its permissions."),
    })
}

fn file_problem(file: &Path, what: &str, cure: &str) -> ConfigProblem {
    ConfigProblem {
        file: Some(file.to_owned()),
        line: None,
        variable: None,
        key: None,
        what: what.to_owned(),
        nearest: None,
        cure: cure.to_owned(),
    }
}
