//! `connex init`: five questions, one file.

use std::{
    collections::BTreeMap,
    fs,
    io::{ErrorKind, Write},
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use url::Url;

use crate::kernel::EmailAddress;
use crate::operator::cli::{CliError, Exit, Terminal};
use crate::platform::config::{Config, Issuer};

/// What the questions are about, each with what it is when nobody says.
#[derive(Debug, Clone)]
struct Answers {
    issuer: String,
    name: String,
    operator: String,
    /// `None` for none.
    mail: Option<String>,
    database: String,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            issuer: "http://127.0.0.1:7100".to_owned(),
            name: "ConneX".to_owned(),
            operator: String::new(),
            mail: None,
            database: "sqlite:connex.db".to_owned(),
        }
    }
}

/// A question: its text with the default, where the answer goes, and the keys that it decides.
struct Question {
    text: &'static str,
    set: fn(&mut Answers, String),
    keys: &'static [&'static str],
}

const QUESTIONS: [Question; 5] = [
    Question {
        text: "Address under which browsers reach ConneX [http://127.0.0.1:7100]: ",
        set: |answers, text| answers.issuer = text,
        keys: &["issuer"],
    },
    Question {
        text: "Name that people see on its pages [ConneX]: ",
        set: |answers, text| answers.name = text,
        keys: &["branding.name"],
    },
    Question { text: "Email address of the first operator: ", set: |answers, text| answers.operator = text, keys: &[] },
    Question {
        text: "Mail server, such as smtps://USER:PASSWORD@HOST, or none [none]: ",
        set: |answers, text| answers.mail = Some(text).filter(|text| text != "none"),
        keys: &["mail.url", "mail.from"],
    },
    Question {
        text: "Database, sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE [sqlite:connex.db]: ",
        set: |answers, text| answers.database = text,
        keys: &["database.url"],
    },
];

pub(super) fn run(terminal: &mut Terminal, file: &Path) -> Result<Exit, CliError> {
    if file.exists() {
        let why = format!("{} is there already; move it away, or name another file with --config", file.display());
        return Err(CliError::Refused(why));
    }
    let mut answers = Answers::default();
    for question in &QUESTIONS {
        ask(terminal, file, question, &mut answers)?;
    }
    let text = render(&answers);
    Config::parse(file, &text, &BTreeMap::new())?;
    write(file, &text)?;
    terminal.say(format_args!("\n{} is written. Start the server with `connex serve`.", file.display()))?;
    Ok(Exit::Done)
}

/// Asks until the answer is good. An empty line takes the default; so does the end of the input,
/// where the default is good.
fn ask(terminal: &mut Terminal, file: &Path, question: &Question, answers: &mut Answers) -> Result<(), CliError> {
    loop {
        terminal.ask(question.text)?;
        let line = terminal.read_line()?;
        let mut tried = answers.clone();
        if let Some(text) = line.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            (question.set)(&mut tried, text.to_owned());
        }
        match wrong(file, question, &tried) {
            None => {
                *answers = tried;
                return Ok(());
            }
            Some(why) if line.is_none() => return Err(CliError::Usage(format!("\n{why}"))),
            Some(why) => terminal.say(why)?,
        }
    }
}

/// What is wrong with the answer to `question`.
fn wrong(file: &Path, question: &Question, answers: &Answers) -> Option<String> {
    if question.keys.is_empty() {
        return answers.operator.parse::<EmailAddress>().err().map(|error| error.to_string());
    }
    let problems = Config::parse(file, &render(answers), &BTreeMap::new()).err()?;
    let is_asked = |key: &Option<String>| key.as_deref().is_some_and(|key| question.keys.contains(&key));
    let about: Vec<String> = problems
        .iter()
        .filter(|problem| is_asked(&problem.key))
        .map(|problem| format!("{} {}. {}", problem.key.as_deref().unwrap_or_default(), problem.what, problem.cure))
        .collect();
    (!about.is_empty()).then(|| about.join("\n"))
}

/// The file.
fn render(answers: &Answers) -> String {
    let issuer = quoted(&answers.issuer);
    let (listen, is_local) = listen(&answers.issuer);
    let mut text = format!(
        "\
# The configuration of ConneX. `connex config explain KEY` says what a key means,
# `connex config check` checks this file. Each key can be overridden by an environment
# variable: http.listen by CONNEX_HTTP_LISTEN.

# The address under which browsers and sites reach ConneX. It stands in every token, and
# sites are bound to it: do not change it later.
issuer = {issuer}

[http]
# Where the server listens.
listen = \"{listen}\"
"
    );
    text.push_str(if is_local { "" } else { PROXY });
    text.push_str(&format!(
        "\n[database]\n# sqlite:FILE for one server, postgres://… for several.\nurl = {}\n",
        quoted(&answers.database)
    ));
    text.push_str(&match &answers.mail {
        Some(server) => format!(
            "\n[mail]\n# The mail server, and the sender of all mail.\nurl = {}\nfrom = {}\n",
            quoted(server),
            quoted(&answers.operator)
        ),
        None => {
            "\n[mail]\n# Mail is kept in the database and leaves nothing; good on one machine only.\nurl = \"outbox\"\n"
                .to_owned()
        }
    });
    text.push_str(SIGNING);
    text.push_str(if is_local { LOCAL_SITES } else { "" });
    text.push_str(&format!("\n[branding]\n# The name that people see.\nname = {}\n", quoted(&answers.name)));
    text
}

const PROXY: &str = "\
# A proxy in front of ConneX ends TLS. Name its network, so that its word about the address
# of a caller is believed:
# trusted_proxies = [\"10.0.0.0/8\"]
# Without a proxy, ConneX speaks TLS itself:
# tls_certificate = \"tls/chain.pem\"
# tls_key = \"tls/key.pem\"
";

const SIGNING: &str = "
[signing]
# The key that seals the signing keys, made at the first start. Back it up apart from the
# database: neither is of use without the other.
sealing_key_file = \"connex.sealing-key\"
";

const LOCAL_SITES: &str = "
[outbound]
# Sites on this machine are told when a person signs out.
allow_private_addresses = true
";

/// Where to listen for an issuer, and whether that is all there is: on this machine the issuer is
/// the server itself; elsewhere a proxy stands in front.
fn listen(issuer: &str) -> (String, bool) {
    let usual = || ("127.0.0.1:7100".to_owned(), false);
    let Ok(parsed) = issuer.parse::<Issuer>() else { return usual() };
    if !parsed.is_loopback() || parsed.is_https() {
        return usual();
    }
    let address = Url::parse(issuer).ok().and_then(|url| {
        let port = url.port_or_known_default()?;
        match url.host()? {
            url::Host::Ipv4(ip) => Some(SocketAddr::from((ip, port))),
            url::Host::Ipv6(ip) => Some(SocketAddr::from((ip, port))),
            url::Host::Domain(_) => Some(SocketAddr::from(([127, 0, 0, 1], port))),
        }
    });
    address.map_or_else(usual, |address| (address.to_string(), true))
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Mode 0600: the addresses of servers may hold passwords.
fn write(file: &Path, text: &str) -> Result<(), CliError> {
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut new| new.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            CliError::refused(format!("{}: its folder does not exist; make it first", file.display()))
        }
        _ => CliError::refused(format!("{}: {error}", file.display())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(issuer: &str, mail: Option<&str>) -> Answers {
        Answers {
            issuer: issuer.to_owned(),
            name: "Lake \"Area\" \\ Sign-in".to_owned(),
            operator: "omar@lake.example".to_owned(),
            mail: mail.map(str::to_owned),
            ..Answers::default()
        }
    }

    fn check(answers: &Answers) -> Config {
        let text = render(answers);
        assert!(text.lines().count() <= 60 && text.lines().all(|line| line.len() <= 100), "{text}");
        Config::parse(Path::new("connex.toml"), &text, &BTreeMap::new()).expect(&text)
    }

    #[test]
    fn what_is_written_is_a_good_configuration() {
        let public = check(&answers("https://id.lake.example", Some("smtps://u:p@mail.lake.example")));
        assert_eq!(public.http.listen.to_string(), "127.0.0.1:7100");
        assert_eq!(public.branding.name, "Lake \"Area\" \\ Sign-in");
        for (issuer, listen) in [
            ("http://127.0.0.1:8100", "127.0.0.1:8100"),
            ("http://localhost:8100", "127.0.0.1:8100"),
            ("http://[::1]:8100", "[::1]:8100"),
        ] {
            let local = check(&answers(issuer, None));
            assert_eq!(local.http.listen.to_string(), listen);
            assert!(local.outbound.allow_private_addresses);
        }
    }

    #[test]
    fn a_wrong_answer_is_told_at_its_question() {
        let told = |n: usize, answers: &Answers| wrong(Path::new("f"), &QUESTIONS[n], answers).unwrap_or_default();
        let public = answers("https://id.lake.example", None);
        assert_eq!(told(0, &public), "", "mail is asked later");
        assert!(told(3, &public).starts_with("mail.url is outbox"));
        assert!(told(0, &answers("http://id.lake.example", None)).contains("https"));
        assert!(told(2, &Answers::default()).contains("email"));
    }
}
