//! `scim2-tester`, a checker that is not ours, against `/scim/v2`, and against what the sample sites offer there.

use tokio::net::TcpListener;

use super::world::World;
use crate::support::{app::TestApp, never_a_5xx_on_both_engines, scim_tester};

never_a_5xx_on_both_engines! {
    scim2_tester_finds_nothing_wrong
}

async fn scim2_tester_finds_nothing_wrong(app: TestApp) {
    let world = World::new(app).await;
    let (base, token) = (world.app.at("/scim/v2"), world.birch.token("scim").await);
    let count = scim_tester::check("tests/it/scim/check.py", base, token).await;
    assert!(count >= 20, "so little was checked that nothing is proven: {count}");
}

/// What a sample site is told to be checked without a ConneX: at `url`, with a token for testers.
fn told(url: &str, name: &str) -> Option<String> {
    let value = match name {
        "SITE_URL" => url,
        "SITE_NAME" => "Birch County",
        // Nobody is there, and nobody is asked: the tester's token is believed before any key is fetched.
        "CONNEX_ISSUER" => "http://127.0.0.1:9",
        "CONNEX_CLIENT_ID" | "CONNEX_CLIENT_SECRET" | "SITE_SCIM_TEST_TOKEN" => "for-the-tester",
        _ => return None,
    };
    Some(value.to_owned())
}

macro_rules! passes_in_full {
    ($($name:ident: $program:ident as $kind:ident;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let kind = $program::Kind::$kind;
            let settings = $program::Settings::from_variables(kind, |name| told(&url, name)).unwrap();
            let serving = tokio::spawn($program::serve(settings, listener, std::future::pending()));
            let (base, token) = (format!("{url}/scim/v2"), "for-the-tester".to_owned());
            let count = scim_tester::check("sites/kit/tests/scim/run.py", base, token).await;
            assert!(count >= 40, "so little was checked that nothing is proven: {count}");
            serving.abort();
        }
    )*};
}

passes_in_full! {
    scim2_tester_finds_nothing_wrong_at_the_sample_oneoffice_site: sample_oneoffice as OneOffice;
    scim2_tester_finds_nothing_wrong_at_the_sample_onegov_site: sample_onegov as OneGov;
}
