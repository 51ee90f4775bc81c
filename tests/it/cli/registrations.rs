//! Sites and clients.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use serde_json::json;

use super::{Installation, fails, stderr};
use crate::support::{engine::Engine, process::connex};

const ADD: [&str; 8] = ["site", "add", "--kind", "onegov", "--name", "Birch O'Brien", "--url", "https://birch.example"];

#[test]
fn a_site_is_registered_with_what_follows_from_its_address() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        let site = it.json(&ADD, "");
        let (site_id, secret) = (site["site_id"].as_str().unwrap(), site["client_secret"].as_str().unwrap());
        assert!(site_id.starts_with("site_") && secret.len() >= 43 && !site["client_id"].as_str().unwrap().is_empty());
        let expected = json!({
            "name": "Birch O'Brien", "kind": "onegov", "url": "https://birch.example", "issuer": it.issuer(),
            "auth_method": "client_secret_basic", "require_approval": false,
            "redirect_uris": ["https://birch.example/auth/connex/callback"],
            "post_logout_redirect_uris": ["https://birch.example/"],
            "backchannel_logout_uri": "https://birch.example/auth/connex/logout",
            "scim_url": "https://birch.example/scim/v2",
            "scopes": ["openid", "profile", "email", "address", "phone", "offline_access", "organization", "sites", "scim", "sync"],
        });
        for (member, value) in expected.as_object().unwrap() {
            assert_eq!(site[member], *value, "{member}");
        }
        assert_eq!(site.as_object().unwrap().len(), expected.as_object().unwrap().len() + 3);
        assert_eq!(it.json(&["site", "list"], "")[0]["id"], site_id);
        assert!(it.run(&["site", "list"], "").contains("OneGov  Birch O'Brien  https://birch.example"));
        let rotated = it.json(&["site", "rotate-secret", "birch o'brien"], "");
        assert_eq!(rotated["client_id"], site["client_id"]);
        assert_ne!(rotated["client_secret"], site["client_secret"]);
        it.run(&["site", "remove", site_id], "");
        assert_eq!(it.json(&["site", "list"], ""), json!([]));
        assert!(it.fails(1, &["site", "remove", site_id], "").contains("connex site list"));
    }
}

#[test]
fn without_json_a_site_is_told_by_its_environment() {
    let it = Installation::new(Engine::Sqlite);
    let output = connex(&it.config, &ADD, "");
    let text = super::stdout(&output);
    assert!(
        text.starts_with("SITE_NAME='Birch O'\\''Brien'\nSITE_URL=https://birch.example\nCONNEX_ISSUER="),
        "{text}"
    );
    let names: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert_eq!(names[3..], ["CONNEX_CLIENT_ID", "CONNEX_CLIENT_SECRET", "CONNEX_AUTH_METHOD"]);
    assert!(stderr(&output).contains("shown once"));
}

#[test]
fn two_sites_of_one_name_are_told_apart_by_their_ids() {
    let it = Installation::new(Engine::Sqlite);
    let (one, two) = (it.json(&ADD, ""), it.json(&ADD, ""));
    let said = it.fails(1, &["site", "rotate-secret", "Birch O'Brien"], "");
    assert!([one, two].iter().all(|site| said.contains(site["site_id"].as_str().unwrap())), "{said}");
}

#[test]
fn a_site_may_sign_with_keys_of_its_own() {
    let it = Installation::new(Engine::Sqlite);
    let keys = it.write("keys.json", &json!({ "keys": [public_key()] }).to_string());
    let site = it.json(&[ADD.as_slice(), &["--auth-method", "private_key_jwt", "--jwks", &keys]].concat(), "");
    assert_eq!((&site["client_secret"], &site["auth_method"]), (&json!(null), &json!("private_key_jwt")));
    it.fails(2, &[ADD.as_slice(), &["--auth-method", "private_key_jwt"]].concat(), "");
    assert!(it.fails(1, &["site", "rotate-secret", "Birch O'Brien"], "").contains("secret"));
}

fn public_key() -> serde_json::Value {
    let key = josekit::jwk::Jwk::generate_ec_key(josekit::jwk::alg::ec::EcCurve::P256).unwrap();
    serde_json::to_value(key.to_public_key().unwrap()).unwrap()
}

#[test]
fn a_site_that_takes_any_logout_token_is_found() {
    for (logout_status, expected) in [(400, 0), (200, 1), (404, 1)] {
        let it = Installation::new(Engine::Sqlite);
        let url = sham_site(logout_status);
        it.run(&["site", "add", "--kind", "oneoffice", "--name", "Sham", "--url", &url], "");
        let said = fails(&it.config, expected, &["site", "test", "Sham"], "");
        assert!(said.starts_with(&format!("✓ {url}/ answers.")), "{said}");
        assert_eq!(said.contains("refuses a bad logout token"), expected == 0, "{said}");
    }
    let it = Installation::new(Engine::Sqlite);
    let url = format!("http://127.0.0.1:{}", super::free_ports(1));
    it.run(&["site", "add", "--kind", "oneoffice", "--name", "Nobody", "--url", &url], "");
    assert!(it.fails(1, &["site", "test", "Nobody"], "").contains("does not answer"));
}

/// A site that answers a page to every GET and `logout_status` to every POST.
fn sham_site(logout_status: u16) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut head = [0; 4096];
            let read = stream.read(&mut head).unwrap_or(0);
            let status = if head[..read].starts_with(b"POST") { logout_status } else { 200 };
            let answer = format!("HTTP/1.1 {status} Sham\r\ncontent-length: 4\r\nconnection: close\r\n\r\npage");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

#[test]
fn a_client_keeps_the_id_and_the_secret_of_its_file() {
    for engine in Engine::BOTH {
        let it = Installation::new(engine);
        let secret = "s".repeat(40);
        let client = json!({
            "client_id": "known", "client_secret": secret, "redirect_uris": ["https://rp.example/cb"],
            "require_pkce": false, "token_endpoint_auth_method": "client_secret_post",
        });
        let file = it.write("client.json", &client.to_string());
        let added = it.json(&["client", "add", "--from", &file], "");
        for member in ["client_id", "client_secret", "redirect_uris", "require_pkce", "token_endpoint_auth_method"] {
            assert_eq!(added[member], client[member], "{member}");
        }
        assert!(it.fails(1, &["client", "add", "--from", &file], "").contains("a client with that client_id exists"));
        let several = json!([{ "redirect_uris": ["https://a.example/"] }, { "client_id": "b", "client_secret": "short",
            "redirect_uris": ["https://b.example/"] }]);
        let output = connex(&it.config, &["client", "add", "--from", "-", "--json"], &several.to_string());
        let added: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((added.as_array().unwrap().len(), &added[1]["client_secret"]), (2, &json!("short")));
        assert!(stderr(&output).contains("warning: the secret of b has fewer than 32 characters"));
    }
}

#[test]
fn of_several_clients_all_are_registered_or_none() {
    let it = Installation::new(Engine::Sqlite);
    let several = json!([{ "client_id": "a", "redirect_uris": ["https://a.example/"] }, { "redirect_uris": ["http://b.example/"] }]);
    let file = it.write("clients.json", &several.to_string());
    assert!(it.fails(1, &["client", "add", "--from", &file], "").contains("client 2: redirect_uris: use https"));
    it.json(&["client", "add", "--from", "-"], &several[0].to_string());
}
