//! Forged tokens, as tables (the rows J-1, J-2, J-3 and J-6 of the security requirements).

use serde_json::json;

use super::*;

fn key(algorithm: SigningAlgorithm) -> PrivateJwk {
    PrivateJwk::generate(algorithm).unwrap()
}

fn encode(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The payload and signature of `token` under another header.
fn under(header: &Value, token: &str) -> String {
    format!("{}.{}", encode(header), token.split_once('.').unwrap().1)
}

#[test]
fn a_token_is_verified_by_its_key_and_no_other() {
    for algorithm in SigningAlgorithm::ALL {
        let (own, other) = (key(*algorithm), key(*algorithm));
        let signer = Signer::new(&own).unwrap();
        let token = signer.sign(Some("at+jwt"), &json!({ "sub": "dana" })).unwrap();
        let header = Header::peek(&token).unwrap();
        assert_eq!((header.alg, header.kid.as_deref()), (*algorithm, Some(own.public().kid())));
        assert_eq!(header.typ.as_deref(), Some("at+jwt"));
        let claims = Verifier::new(own.public()).unwrap().verify(&token).unwrap();
        assert_eq!(Value::Object(claims), json!({ "sub": "dana" }));
        assert_eq!(Verifier::new(other.public()).unwrap().verify(&token), Err(JoseError::Signature));
    }
}

#[test]
fn josekit_itself_reads_our_tokens() {
    let own = key(SigningAlgorithm::Es256);
    let token = Signer::new(&own).unwrap().sign(None, &json!({ "sub": "dana" })).unwrap();
    let public = serde_json::to_vec(own.public()).unwrap();
    let verifier = ES256.verifier_from_jwk(&Jwk::from_bytes(public).unwrap()).unwrap();
    let (payload, header) = josekit::jwt::decode_with_verifier(&token, &verifier).unwrap();
    assert_eq!((payload.subject(), header.token_type()), (Some("dana"), None));
}

#[test]
fn every_altered_token_is_refused() {
    let own = key(SigningAlgorithm::Es256);
    let verifier = Verifier::new(own.public()).unwrap();
    let token = Signer::new(&own).unwrap().sign(None, &json!({ "sub": "dana" })).unwrap();
    let [header, payload, signature] = parts(&token).unwrap();
    let other_payload = encode(&json!({ "sub": "eve" }));
    let zeros = BASE64_URL_SAFE_NO_PAD.encode([0; 64]);
    for (altered, why) in [
        (format!("{header}.{other_payload}.{signature}"), JoseError::Signature),
        (format!("{header}.{payload}.{zeros}"), JoseError::Signature),
        (format!("{header}.{payload}.AAAA"), JoseError::Signature),
        (format!("{header}.{payload}."), JoseError::Malformed),
        (format!("{header}.{payload}"), JoseError::Malformed),
        (format!("{header}.{payload}.{signature}.x"), JoseError::Malformed),
        (format!("{header}..{signature}"), JoseError::Malformed),
        (format!("{header}.{payload}.{signature}="), JoseError::Malformed),
        (format!("{header}.{payload}.{signature}\n"), JoseError::Malformed),
        (format!(" {token}"), JoseError::Malformed),
        (String::new(), JoseError::Malformed),
        ("..".to_owned(), JoseError::Malformed),
        (format!("{header}.{}.{signature}", "A".repeat(17_000)), JoseError::TooLong),
    ] {
        assert_eq!(verifier.verify(&altered), Err(why), "{altered}");
    }
}

#[test]
fn the_key_decides_the_algorithm() {
    for (algorithm, other) in
        [(SigningAlgorithm::Rs256, "ES256"), (SigningAlgorithm::Es256, "RS256"), (SigningAlgorithm::EdDsa, "ES256")]
    {
        let own = key(algorithm);
        let verifier = Verifier::new(own.public()).unwrap();
        let token = Signer::new(&own).unwrap().sign(None, &json!({ "sub": "dana" })).unwrap();
        for alg in [
            json!("none"),
            json!("None"),
            json!("NONE"),
            json!("nOnE"),
            json!(""),
            json!(null),
            json!(["ES256"]),
            json!("HS256"),
            json!(other),
        ] {
            assert_eq!(verifier.verify(&under(&json!({ "alg": alg }), &token)), Err(JoseError::Algorithm), "{alg}");
        }
        assert_eq!(verifier.verify(&under(&json!({ "typ": "JWT" }), &token)), Err(JoseError::Algorithm));
        let unsigned = format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&json!({ "sub": "eve" })));
        assert!(verifier.verify(&unsigned).is_err());
    }
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let own = key(SigningAlgorithm::Rs256);
    let verifier = Verifier::new(own.public()).unwrap();
    let jwk = serde_json::to_string(own.public()).unwrap();
    let rsa = josekit::jwk::alg::rsa::RsaKeyPair::from_jwk(&own.parsed().unwrap()).unwrap();
    let modulus = match own.public().material() {
        Material::Rsa { n, .. } => n.clone(),
        other => panic!("{other:?}"),
    };
    for secret in [rsa.to_pem_public_key(), rsa.to_der_public_key(), jwk.into_bytes(), modulus.into_bytes()] {
        let signer = josekit::jws::HS256.signer_from_bytes(secret).unwrap();
        let mut payload = josekit::jwt::JwtPayload::new();
        payload.set_subject("eve");
        let forged = josekit::jwt::encode_with_signer(&payload, &josekit::jws::JwsHeader::new(), &signer).unwrap();
        assert_eq!(verifier.verify(&forged), Err(JoseError::Algorithm));
        let relabeled = under(&json!({ "alg": "RS256" }), &forged);
        assert_eq!(verifier.verify(&relabeled), Err(JoseError::Signature));
    }
}

#[test]
fn headers_that_bring_a_key_are_not_believed() {
    let (own, eve) = (key(SigningAlgorithm::Es256), key(SigningAlgorithm::Es256));
    let verifier = Verifier::new(own.public()).unwrap();
    let header = json!({
        "alg": "ES256", "kid": "../../dev/null' or 1=1", "jwk": eve.public(), "jku": "https://evil.example/jwks",
        "x5u": "https://evil.example/cert", "x5c": ["AAAA"],
    });
    let signed = format!("{}.{}", encode(&header), encode(&json!({ "sub": "eve" })));
    let signature = ES256.signer_from_jwk(&eve.parsed().unwrap()).unwrap().sign(signed.as_bytes()).unwrap();
    let forged = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
    assert_eq!(verifier.verify(&forged), Err(JoseError::Signature));
    assert!(Verifier::new(eve.public()).unwrap().verify(&forged).is_ok(), "the forgery is a good one");
    for header in [json!({ "alg": "ES256", "b64": false, "crit": ["b64"] }), json!({ "alg": "ES256", "crit": [] })] {
        assert_eq!(Header::peek(&under(&header, &forged)), Err(JoseError::Critical), "{header}");
    }
    for header in [json!([]), json!("x"), json!({ "alg": "ES256", "kid": 1 }), json!({ "alg": "ES256", "typ": {} })] {
        assert_eq!(Header::peek(&under(&header, &forged)), Err(JoseError::Malformed), "{header}");
    }
}
