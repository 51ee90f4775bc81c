//! The sample sites pass.

use std::time::Duration;

use connex::operator::rp_check::{self, Case, Options, Outcome, Reached};
use serde_json::{Value, json};

use super::{ids, judged, workshop};

/// The sites ask for keys every five seconds at most.
fn patient(options: Options) -> Options {
    Options { rotation_patience: Duration::from_secs(60), ..options }
}

/// What `connex site add --json` would print.
fn registration(kind: &str, settings: &[(&'static str, String)]) -> String {
    let of = |name: &str| Value::from(settings.iter().find(|(found, _)| *found == name).unwrap().1.as_str());
    json!({
        "kind": kind, "name": "Birch County", "url": of("SITE_URL"), "issuer": of("CONNEX_ISSUER"),
        "client_id": of("CONNEX_CLIENT_ID"), "client_secret": of("CONNEX_CLIENT_SECRET"),
        "auth_method": of("CONNEX_AUTH_METHOD"), "scim_url": of("SITE_SCIM_URL"),
    })
    .to_string()
}

macro_rules! passes {
    ($($name:ident: $program:ident of $kind:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            let (listener, options) = workshop().await;
            let mut bench = rp_check::start(patient(options)).await.unwrap();
            let settings = $program::Settings::from_json(&registration($kind, &bench.settings())).unwrap();
            let serving = tokio::spawn($program::serve(settings, listener, std::future::pending()));
            assert_eq!(bench.reach().await, Reached::Here);
            let verdicts = judged(&bench).await;
            serving.abort();
            let failed = ids(&verdicts, Outcome::Failed);
            assert!(failed.is_empty(), "{verdicts:#?}");
            let untried = ids(&verdicts, Outcome::NotApplicable);
            assert_eq!(untried, [Case::Employee.id()], "{verdicts:#?}");
        }
    )*};
}

passes! {
    the_sample_oneoffice_site_passes: sample_oneoffice of "oneoffice";
    the_sample_onegov_site_passes: sample_onegov of "onegov";
}
