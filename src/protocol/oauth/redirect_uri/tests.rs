//! What others got wrong with redirect URIs, as tables.

use super::*;

fn web(uri: &str) -> RedirectUri {
    RedirectUri::register(uri, ApplicationType::Web).unwrap()
}

fn native(uri: &str) -> RedirectUri {
    RedirectUri::register(uri, ApplicationType::Native).unwrap()
}

#[test]
fn good_uris_are_registered_and_match_themselves_only() {
    for uri in [
        "https://site.example",
        "https://site.example/",
        "https://site.example:8443/test/a/connex/callback?dummy1=lorem&dummy2=ipsum",
        "https://xn--bcher-kva.example/cb",
        "https://10.1.2.3/cb",
        "https://site.example/a%20b/c%2Ed",
        "http://localhost:7101/auth/connex/callback",
        "http://127.0.0.1:7101/cb",
        "http://[::1]:7101/cb",
    ] {
        let registered = web(uri);
        assert!(registered.matches(uri), "{uri}");
        assert_eq!(registered.prove(uri), Some(registered.itself()));
        let json = serde_json::to_string(&registered).unwrap();
        assert_eq!(serde_json::from_str::<RedirectUri>(&json).unwrap(), registered);
    }
}

/// The rows U-1 and U-4, RFC 6749 §3.1.2, RFC 8252 §7.
#[test]
fn uris_that_deceive_are_not_registered() {
    use RedirectUriError::{Character, Fragment, Length, NotAbsolute, NotCanonical, Scheme, UserInfo, Wildcard};
    let long = format!("https://site.example/{}", "a".repeat(2000));
    for (uri, why) in [
        ("", Length),
        (long.as_str(), Length),
        ("https://x.example/*", Wildcard),
        ("https://*.x.example/cb", Wildcard),
        ("https://x.example/%2A", Character),
        ("https://x.example/cb#", Fragment),
        ("https://x.example/cb#frag", Fragment),
        ("https://good.example@evil.example/cb", UserInfo),
        ("https://u:p@x.example/cb", UserInfo),
        ("https://:p@x.example/cb", UserInfo),
        ("https://@x.example/cb", NotCanonical),
        ("https://good.example\\@evil.example/cb", Character),
        ("https:\\\\x.example/cb", Character),
        ("https://good.example%5c@evil.example/cb", Character),
        ("https://x.example/\tcb", Character),
        ("https://x.example/c b", Character),
        ("https://x.example/cb\r\nSet-Cookie:a", Character),
        ("https://x.example/%0d%0a", Character),
        ("https://x.example/%00", Character),
        ("https://x.example/%zz", Character),
        ("https://x.example/%+f", Character),
        ("https://x.example/%2", Character),
        ("https://bücher.example/cb", Character),
        ("https://x。example/cb", Character),
        ("https://x.example．/cb", Character),
        ("https://[::ffff:1.2.3.4]/cb", NotCanonical),
        ("https://0x7f.1/cb", NotCanonical),
        ("https://2130706433/cb", NotCanonical),
        ("http://0x7f.1/cb", NotCanonical),
        ("https://X.example/cb", NotCanonical),
        ("HTTPS://x.example/cb", NotCanonical),
        ("https://x.example:443/cb", NotCanonical),
        ("https://x.example./cb", NotCanonical),
        ("https://x.example/a/../cb", NotCanonical),
        ("https://x.example/a/%2e%2e/cb", NotCanonical),
        ("https:/x.example/cb", NotCanonical),
        ("https:x.example", NotCanonical),
        ("///x.example/cb", NotAbsolute),
        ("/cb", NotAbsolute),
        ("//x.example/cb", NotAbsolute),
        ("x.example/cb", NotAbsolute),
        ("https://", NotAbsolute),
        ("http://x.example/cb", Scheme),
        ("http://localhost.evil.example/cb", Scheme),
        ("http://127.0.0.2/cb", Scheme),
        ("ftp://x.example/cb", Scheme),
        ("javascript:alert(1)", NotAbsolute),
        ("data:text/html,x", NotAbsolute),
        ("com.example.app:/cb", Scheme),
    ] {
        assert_eq!(RedirectUri::register(uri, ApplicationType::Web), Err(why), "{uri}");
        let stored = serde_json::json!({ "uri": uri, "application_type": "web" });
        assert!(serde_json::from_value::<RedirectUri>(stored).is_err(), "{uri}");
    }
    assert!(RedirectUri::register("myapp:/cb", ApplicationType::Native).is_err(), "a scheme of one's own has a dot");
    assert!(RedirectUri::register("com.example.app:/cb", ApplicationType::Native).is_ok());
}

/// The row U-2: 14 mutants of each registered URI, none of which may match.
#[test]
fn no_mutant_of_a_registered_uri_matches() {
    for uri in ["https://a.b.gov/cb/in?x=1&y=2", "https://a.b.gov:8443/cb/in?x=1&y=2", "http://127.0.0.1/cb/in?x=1&y=2"]
    {
        let (scheme, rest) = uri.split_once("://").unwrap();
        let (host, path) = rest.split_at(rest.find('/').unwrap());
        let bare = uri.split_once('?').unwrap().0;
        let mutants = [
            format!("{uri}&z=3"),
            format!("{bare}?y=2&x=1"),
            format!("{bare};a=1?x=1&y=2"),
            format!("{scheme}://u:p@{rest}"),
            format!("{uri}#x"),
            uri.replace("/in", "%2fin"),
            uri.replace("/in", "/%2e/in"),
            format!("{scheme}://{host}:443{path}"),
            format!("{bare}/?x=1&y=2"),
            format!("{scheme}://{host}.{path}"),
            uri.replace("/cb", "/CB"),
            bare.to_owned(),
            uri.replace("a.b.gov", "aXb.gov").replace("127.0.0.1", "127a0.0.1"),
            uri.replace("://", ":///"),
            format!(" {uri}"),
            format!("{uri}\0"),
            uri.to_uppercase(),
        ];
        let registered = web(uri);
        for mutant in &mutants {
            assert!(!registered.matches(mutant), "{uri} must not match {mutant}");
            assert_eq!(registered.prove(mutant), None);
        }
    }
}

/// The row U-8 and RFC 8252 §7.3.
#[test]
fn only_the_port_of_a_native_loopback_uri_may_vary() {
    let registered = native("http://127.0.0.1:1234/cb?a=1");
    for port in ["", ":1", ":8080", ":65535"] {
        assert!(registered.matches(&format!("http://127.0.0.1{port}/cb?a=1")), "{port}");
    }
    for requested in [
        "http://127.0.0.1:0/cb?a=1",
        "http://127.0.0.1:/cb?a=1",
        "http://127.0.0.1:080/cb?a=1",
        "http://127.0.0.1:65536/cb?a=1",
        "http://127.0.0.1:+80/cb?a=1",
        "http://127.0.0.1:80@evil.example/cb?a=1",
        "http://127.0.0.1:80.evil.example/cb?a=1",
        "http://127.0.0.1.evil.example/cb?a=1",
        "http://127.0.0.1@evil.example/cb?a=1",
        "http://127.0.0.1:80\\@evil.example/cb?a=1",
        "http://127.0.0.1:80/cb",
        "http://127.0.0.1:80/cb?a=2",
        "http://127.0.0.1:80/cb?a=1#x",
        "http://[::1]:80/cb?a=1",
        "http://localhost:80/cb?a=1",
        "http://127.0.0.2:80/cb?a=1",
        "https://127.0.0.1:80/cb?a=1",
    ] {
        assert!(!registered.matches(requested), "{requested}");
    }
    assert!(native("http://[::1]/cb").matches("http://[::1]:9/cb"));
    assert!(native("http://127.0.0.1").matches("http://127.0.0.1:9"));
    assert!(!native("http://127.0.0.1").matches("http://127.0.0.1:9@evil.example"));
    assert!(!native("http://localhost:1/cb").matches("http://localhost:2/cb"));
    assert!(!web("http://127.0.0.1:1/cb").matches("http://127.0.0.1:2/cb"));
}

#[test]
fn an_answer_keeps_the_query_and_cannot_break_out() {
    let pairs = [("code", "a b&c=d#e"), ("iss", "https://id.example")];
    let encoded = "code=a+b%26c%3Dd%23e&iss=https%3A%2F%2Fid.example";
    for (uri, joint) in [
        ("https://x.example/cb", "?"),
        ("https://x.example/cb?", ""),
        ("https://x.example/cb?a=1", "&"),
        ("https://x.example/cb?a=1&", ""),
        ("https://x.example", "?"),
    ] {
        let proven = web(uri).itself();
        assert_eq!(proven.with_query(pairs), format!("{uri}{joint}{encoded}"));
        assert_eq!(proven.with_fragment(pairs.to_vec()), format!("{uri}#{encoded}"));
        assert_eq!(proven.origin(), "https://x.example");
    }
    assert_eq!(web("https://x.example:8443/?a=/b").origin(), "https://x.example:8443");
    assert_eq!(native("http://[::1]:9/cb").origin(), "http://[::1]:9");
    assert_eq!(native("com.example.app:/cb").origin(), "com.example.app:");
    assert_eq!(native("com.example.app://cb/in").origin(), "com.example.app:");
}
