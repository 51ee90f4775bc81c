//! The file, the environment and the table of keys, together.

use super::*;
use crate::kernel::Lifetime;

const ISSUER: &str = "issuer = \"http://127.0.0.1:7100\"\n";

fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn parse(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigProblems> {
    Config::parse(Path::new("/etc/connex/connex.toml"), text, &env(variables))
}

/// The problems of a text, one a line, without the folder.
fn problems(text: &str, variables: &[(&str, &str)]) -> String {
    parse(text, variables).expect_err(text).to_string().replace("/etc/connex/", "")
}

#[test]
fn an_issuer_is_enough_on_this_machine() {
    let config = parse(ISSUER, &[]).unwrap();
    assert_eq!(config.issuer.as_str(), "http://127.0.0.1:7100");
    assert_eq!(config.http.listen, "127.0.0.1:7100".parse().unwrap());
    assert!(matches!(config.mail, Mail::Outbox));
    assert_eq!(config.tokens.refresh_total, Lifetime::days(180));
    assert_eq!(config.sessions.idle, Lifetime::minutes(720));
    assert_eq!(config.accounts.password_min_length, 15);
    assert!(config.limits.enabled && !config.registration.open && !config.outbound.allow_private_addresses);
}

#[test]
fn relative_paths_begin_at_the_file() {
    let config = parse(&format!("{ISSUER}[signing]\nsealing_key_file = \"/run/key\""), &[]).unwrap();
    let Database::Sqlite { path } = config.database else { panic!("the default is SQLite") };
    assert_eq!(path, Path::new("/etc/connex/connex.db"));
    assert_eq!(config.signing.sealing_key_file, Path::new("/run/key"));
}

/// A file made of the examples of all keys.
fn all_examples() -> String {
    let mut text = String::new();
    let mut section = "";
    for key in keys() {
        match key.name.split_once('.') {
            Some((new, name)) => {
                if new != section {
                    text.push_str(&format!("[{new}]\n"));
                    section = new;
                }
                text.push_str(&format!("{name} = {}\n", key.example));
            }
            None => text.push_str(&format!("{} = {}\n", key.name, key.example)),
        }
    }
    text
}

#[test]
fn every_key_of_the_table_is_read_and_its_example_is_valid() {
    // `parse` itself asserts in tests that no key of the table stays unread, and `take` that no
    // other key is asked for.
    let config = parse(&all_examples(), &[]).unwrap();
    assert_eq!(config.issuer.as_str(), "https://id.example.org");
    assert!(config.http.tls.is_some() && config.http.metrics_listen.is_some() && config.branding.color.is_some());
    assert!(matches!(config.mail, Mail::Smtp { .. }) && matches!(config.database, Database::Postgres { .. }));
}

#[test]
fn every_key_can_be_overridden_and_explained() {
    for key in keys() {
        let explanation = explain(key.name).unwrap();
        assert_eq!(explanation, explain(&key.environment()).unwrap());
        assert!(explanation.to_string().contains(key.meaning) && key.meaning.ends_with('.'), "{}", key.name);
        let wrong = problems(ISSUER, &[(&key.environment(), "\u{1}"), ("CONNEX_HTTP_TLS_KEY", "k")]);
        let is_free = key.name.ends_with("_file") || key.name.starts_with("http.tls");
        assert!(is_free || wrong.contains(&format!("{}: {}", key.environment(), key.name)), "{wrong}");
    }
    assert_eq!(explain("tokens.code_secs").unwrap_err().nearest, Some("tokens.code_seconds"));
    assert_eq!(explain("nonsense").unwrap_err().nearest, None);
}

#[test]
fn the_environment_wins_over_the_file() {
    let text = format!("{ISSUER}[tokens]\ncode_seconds = 60\n[http]\nmetrics_listen = \"127.0.0.1:1\"");
    let variables = [
        ("CONNEX_TOKENS_CODE_SECONDS", "30"),
        ("CONNEX_HTTP_TRUSTED_PROXIES", "10.1.2.3/8, 192.0.2.7"),
        ("CONNEX_LIMITS_ENABLED", "false"),
        ("CONNEX_HTTP_METRICS_LISTEN", ""),
        ("CONNEX_LOG", "debug"),
        ("CONNEX_TEST_POSTGRES", "x"),
        ("HOME", "/"),
    ];
    let config = parse(&text, &variables).unwrap();
    assert_eq!(config.tokens.code, Lifetime::seconds(30));
    let networks: Vec<_> = config.http.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.0.0.0/8", "192.0.2.7/32"]);
    assert!(!config.limits.enabled && config.http.metrics_listen.is_none());
}

#[test]
fn everything_wrong_is_told_at_once_with_line_and_cure() {
    let text = "issuer = \"http://id.example.org\"\n[tokens]\ncode_secondes = 30\naccess_seconds = 5\n\
                id_seconds = \"300\"\n[sesions]\nx = 1\n[http]\nlisten = \"localhost:80\"\ntls_key = \"k\"\n\
                trusted_proxies = [\"0.0.0.0/0\"]\n[limits]\nlisten = true\n";
    let lines = problems(text, &[("CONNEX_ISUER", "x"), ("CONNEX_TOKENS_REFRESH_IDLE_DAYS", "999")]);
    for expected in [
        "connex.toml:1: issuer is http although its host is not a loopback host.",
        "connex.toml:3: tokens.code_secondes is no key. Did you mean tokens.code_seconds? Mend the name",
        "connex.toml:4: tokens.access_seconds is 5, below 30. Write a number from 30 to 3600.",
        "connex.toml:5: tokens.id_seconds is not a whole number. Write [tokens] id_seconds = 300, or set CONNEX_TOKENS",
        "connex.toml:6: [sesions] is no section. Did you mean [sessions]?",
        "connex.toml:9: http.listen is \"localhost:80\", which is no address with a port.",
        "connex.toml: http.tls_certificate is missing.",
        "connex.toml:11: http.trusted_proxies holds 0.0.0.0/0, which is everybody.",
        "connex.toml:13: limits.listen is no key. Did you mean http.listen?",
        "environment variable CONNEX_ISUER: this variable overrides no key. Did you mean CONNEX_ISSUER?",
        "environment variable CONNEX_TOKENS_REFRESH_IDLE_DAYS: tokens.refresh_idle_days is 999, above 365.",
    ] {
        assert!(lines.contains(expected), "{expected}\nis not in\n{lines}");
    }
    assert_eq!(lines.lines().count(), 11, "{lines}");
}

#[test]
fn rules_between_keys_are_kept() {
    let public = "issuer = \"https://id.example.org\"\n";
    for (text, expected) in [
        ("", "issuer is missing"),
        (public, "mail.url is outbox"),
        (&format!("{public}[mail]\nurl = \"smtp://mail.example.org\""), "mail.from is missing"),
        (&format!("{public}[limits]\nenabled = false"), "limits.enabled is false although"),
        (&format!("{ISSUER}[http]\ntls_key = \"k\"\ntls_certificate = \"c\""), "issuer is http although there is"),
        (&format!("{ISSUER}[sessions]\nidle_minutes = 600\ntotal_hours = 9"), "sessions.idle_minutes is longer"),
        (&format!("{ISSUER}[tokens]\nrefresh_total_days = 7"), "tokens.refresh_idle_days is longer"),
        (&format!("{ISSUER}[database]\nurl = \"sqlite::memory:\""), "database.url names no file"),
        (&format!("{ISSUER}[database]\nurl = \"postgres://db\""), "database.url names no database"),
        (&format!("{ISSUER}[branding]\ncolor = \"red;}}body{{\""), "branding.color is"),
        (&format!("{ISSUER}[http\nlisten = 5"), "not TOML"),
        (&format!("{ISSUER}{ISSUER}"), "not TOML"),
    ] {
        let lines = problems(text, &[]);
        assert!(lines.contains(expected), "{expected}\nis not in\n{lines}");
    }
}

#[test]
fn no_message_repeats_a_secret() {
    let secret = "hunter2hunter2";
    let text = format!(
        "{ISSUER}[database]\nurl = \"mysql://u:{secret}@h/d\"\n[mail]\nurl = \"http://u:{secret}@h\"\n\
         [registration]\ninitial_access_tokens = [\"{secret}\"]\n[branding]\nname = \"{secret}"
    );
    let error = parse(&text, &[]).unwrap_err();
    assert!(error.iter().count() >= 4, "{error}");
    assert!(!format!("{error} {error:?} {}", serde_json::to_string(&error).unwrap()).contains(secret), "{error}");
    let config = parse(&format!("{ISSUER}[database]\nurl = \"postgres://u:{secret}@h/d\""), &[]).unwrap();
    assert!(!format!("{config:?}").contains(secret));
}

#[test]
fn a_missing_file_comes_with_a_cure() {
    let error = Config::load(None, &env(&[("CONNEX_CONFIG", "/nowhere/connex.toml")])).unwrap_err();
    let expected = "/nowhere/connex.toml: there is no such file. Make one with `connex init`, or name another with \
                    --config FILE.";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn the_demo_keeps_everything_in_one_folder() {
    let listen = "127.0.0.1:7100".parse().unwrap();
    let issuer: Issuer = "http://127.0.0.1:7100".parse().unwrap();
    let config = Config::for_loopback(&issuer, listen, Path::new("/data")).unwrap();
    assert!(matches!(config.database, Database::Sqlite { path } if path == Path::new("/data/connex.db")));
    let public: Issuer = "https://id.example.org".parse().unwrap();
    assert!(Config::for_loopback(&public, listen, Path::new("/data")).is_err());
}
