//! Three hundred requests that were bent at random, the same ones each time.

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use crate::support::{
    app::TestApp,
    client::TestClient,
    http::{Landing, Visitor, read},
    never_a_5xx_on_both_engines,
};

never_a_5xx_on_both_engines! {
    no_bent_authorization_request_breaks_anything
    no_bent_token_request_breaks_anything
}

const NAMES: [&str; 22] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "claims",
    "request",
    "request_uri",
    "id_token_hint",
    "login_hint",
    "acr_values",
    "resource",
    "code_challenge",
    "code_challenge_method",
    "grant_type",
    "code",
    "refresh_token",
    "client_assertion",
];
const VALUES: [&str; 26] = [
    "",
    " ",
    "c1",
    "nobody",
    "https://evil.example/cb",
    "https://c1.example/cb",
    "https://c1.example/cb#",
    "//evil.example",
    "code",
    "code token",
    "form_post",
    "fragment",
    "none",
    "login",
    "none login",
    "0",
    "-1",
    "4294967296",
    "{}",
    "{\"id_token\":[]}",
    "urn:ietf:params:oauth:request_uri:x",
    "e30.e30.",
    "\u{202e}\u{0}\r\nLocation: https://evil.example",
    "'\"><script>",
    "\u{fffd}",
    "S256",
];

/// A request with up to four parameters replaced, added, doubled, cut, swapped or taken away.
fn bend(chance: &mut StdRng, mut params: Vec<(String, String)>) -> Vec<(String, String)> {
    for _ in 0..chance.random_range(1..=4) {
        let name = (*NAMES.choose(chance).unwrap()).to_owned();
        let value = (*VALUES.choose(chance).unwrap()).to_owned();
        let at = chance.random_range(0..params.len().max(1)).min(params.len().saturating_sub(1));
        match chance.random_range(0..7) {
            0 => params.push((name, value)),
            1 if !params.is_empty() => params[at].1 = value,
            2 if !params.is_empty() => params[at].0 = name,
            3 if !params.is_empty() => drop(params.remove(at)),
            4 if !params.is_empty() => params.push(params[at].clone()),
            5 if !params.is_empty() => {
                let half = params[at].1.chars().take(3).collect();
                params[at].1 = half;
            }
            _ => params.push((value, name)),
        }
    }
    params
}

/// The answer stays here or goes to the client.
fn is_at_home(landing: &Landing, params: &[(String, String)]) {
    match landing {
        Landing::Page(page) => assert!(!page.status.is_server_error(), "{params:?}: {}", page.text()),
        Landing::Outside(url) => {
            let base = url.as_str().split(['?', '#']).next().unwrap();
            assert_eq!(base, "https://c1.example/cb", "{params:?}");
        }
    }
}

async fn no_bent_authorization_request_breaks_anything(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    client.sign_in(&visitor, &dana, "openid").await;
    let mut chance = StdRng::seed_from_u64(20_241);
    let (mut pages, mut redirects) = (0, 0);
    for round in 0..300 {
        let mut asked = client.asks("openid");
        asked.params = bend(&mut chance, asked.params);
        let landing = match round % 2 {
            0 => visitor.open(&asked.url()).await,
            _ => {
                let fields: Vec<_> = asked.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let page = visitor.post(&app.at("/authorize"), &fields).await;
                visitor.follow(page).await
            }
        };
        is_at_home(&landing, &asked.params);
        match landing {
            Landing::Page(_) => pages += 1,
            Landing::Outside(_) => redirects += 1,
        }
    }
    assert!(pages > 50 && redirects > 50, "{pages} pages, {redirects} redirects: not much of a test");
}

async fn no_bent_token_request_breaks_anything(app: TestApp) {
    let (client, dana, visitor) = (app.web_client("c1").await, app.person("dana").await, Visitor::new());
    let tokens = client.sign_in(&visitor, &dana, "openid offline_access").await;
    let mut chance = StdRng::seed_from_u64(20_242);
    let mut refused = 0;
    for round in 0..300 {
        let params = bend(&mut chance, good(round, &client, tokens.get("refresh_token")));
        let path = ["/token", "/introspect", "/revoke", "/par"][round % 4];
        let answer = read(app.machine.post(app.at(path)).form(&params)).await;
        assert!(!answer.status.is_server_error() && answer.header("location").is_empty(), "{path} {params:?}");
        if answer.status.is_client_error() {
            refused += 1;
            let error = answer.json()["error"].as_str().map(str::to_owned);
            assert!(
                error.is_some_and(|error| error.starts_with("invalid_") || error.starts_with("un")),
                "{}",
                answer.body
            );
        }
    }
    assert!(refused > 200, "{refused}");
}

/// A token request that would be good.
fn good(round: usize, client: &TestClient, refresh_token: &str) -> Vec<(String, String)> {
    let grant = if round.is_multiple_of(3) { "client_credentials" } else { "refresh_token" };
    let secret = client.secret.as_deref().unwrap();
    [
        ("grant_type", grant),
        ("refresh_token", refresh_token),
        ("token", refresh_token),
        ("client_id", &client.id),
        ("client_secret", secret),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}
