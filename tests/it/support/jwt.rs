//! Tokens as an attacker makes them, and as a careful site reads them.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use connex::protocol::jose::{Header, KeySet, PrivateJwk, Signer, SigningAlgorithm};
use hmac::{Hmac, KeyInit, Mac};
use openssl::{
    bn::BigNum,
    ec::{EcGroup, EcKey},
    nid::Nid,
    pkey::{PKey, Public},
    rsa::Rsa,
};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::{app::TestApp, client};

/// A key of a client.
pub struct ClientKey {
    signer: Signer,
    /// The public half, as a JWK.
    pub public: Value,
}

impl ClientKey {
    /// A new P-256 key.
    pub fn new() -> Self {
        let private = PrivateJwk::generate(SigningAlgorithm::Es256).unwrap();
        Self { signer: Signer::new(&private).unwrap(), public: serde_json::to_value(private.public()).unwrap() }
    }

    /// The public half as a JWK set.
    pub fn set(&self) -> Value {
        json!({ "keys": [self.public] })
    }

    /// A token that this key signs.
    pub fn sign(&self, typ: Option<&str>, claims: &Value) -> String {
        self.signer.sign(typ, claims).unwrap()
    }
}

/// The claims of `token`, when one of the keys that ConneX publishes signed it.
pub async fn verified(app: &TestApp, token: &str) -> Option<Map<String, Value>> {
    let keys = KeySet::from_json(&app.get("/jwks.json").await.json()).unwrap();
    let header = Header::peek(token).ok()?;
    keys.candidates(header.alg, header.kid.as_deref()).find_map(|key| key.verify(token).ok())
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Header and claims with a signature that is whatever the attacker likes.
pub fn assembled(header: &Value, claims: &Value, signature: &[u8]) -> String {
    format!("{}.{}.{}", encode(header.to_string()), encode(claims.to_string()), encode(signature))
}

/// Signed with a shared secret.
pub fn hs256(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", encode(mac.finalize().into_bytes()))
}

/// What an attacker makes of a genuine token whose signer's public keys are `keys`; each with what
/// it is. `canary` is an address that must not be called.
pub fn forgeries(genuine: &str, keys: &Value, canary: &str) -> Vec<(String, String)> {
    let (header, claims) = (client::header(genuine), client::claims(genuine));
    let mut all = unsigned(&header, &claims, genuine);
    for key in keys["keys"].as_array().unwrap() {
        all.extend(with_the_public_key_as_secret(&header, &claims, key));
    }
    all.extend(with_a_key_of_the_attacker(&header, &claims, canary));
    all.extend(altered(genuine, &claims));
    all
}

/// `alg` none in all its spellings, and signatures that are missing (J-2).
fn unsigned(header: &Value, claims: &Value, genuine: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(genuine.rsplit('.').next().unwrap()).unwrap();
    for alg in [json!("none"), json!("None"), json!("NONE"), json!("nOnE"), json!(""), json!(null), json!(["none"])] {
        let changed = with(header, "alg", alg.clone());
        all.push((format!("alg {alg} without a signature"), assembled(&changed, claims, b"")));
        all.push((format!("alg {alg} with the old signature"), assembled(&changed, claims, &signature)));
    }
    let mut without = header.clone();
    without.as_object_mut().unwrap().remove("alg");
    all.push(("no alg".to_owned(), assembled(&without, claims, b"")));
    all.push(("the right alg without a signature".to_owned(), assembled(header, claims, b"")));
    let two_parts = genuine.rsplit_once('.').unwrap().0.to_owned();
    all.push(("two parts only".to_owned(), two_parts));
    all
}

/// HMAC with every text that the public key is known by (J-1).
fn with_the_public_key_as_secret(header: &Value, claims: &Value, key: &Value) -> Vec<(String, String)> {
    let public = openssl_key(key);
    let header = with(&with(header, "alg", json!("HS256")), "kid", key["kid"].clone());
    let raw = key["n"].as_str().or(key["x"].as_str()).unwrap();
    [
        ("PEM", public.public_key_to_pem().unwrap()),
        ("DER", public.public_key_to_der().unwrap()),
        ("JWK", key.to_string().into_bytes()),
        ("modulus or x", BASE64_URL_SAFE_NO_PAD.decode(raw).unwrap()),
        ("modulus or x, encoded", raw.as_bytes().to_vec()),
        ("nothing", Vec::new()),
    ]
    .into_iter()
    .map(|(form, secret)| (format!("HS256 with the public key as {form}"), hs256(&header, claims, &secret)))
    .collect()
}

fn openssl_key(key: &Value) -> PKey<Public> {
    let number =
        |name: &str| BigNum::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap()).unwrap();
    if key["kty"] == "RSA" {
        return PKey::from_rsa(Rsa::from_public_components(number("n"), number("e")).unwrap()).unwrap();
    }
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::from_public_key_affine_coordinates(&group, &number("x"), &number("y")).unwrap()).unwrap()
}

/// A well-made signature by a key that came with the token, or from where it says (J-3).
fn with_a_key_of_the_attacker(header: &Value, claims: &Value, canary: &str) -> Vec<(String, String)> {
    let eve = PrivateJwk::generate(SigningAlgorithm::Es256).unwrap();
    let signer = Signer::new(&eve).unwrap();
    let typ = header["typ"].as_str();
    let public = serde_json::to_value(eve.public()).unwrap();
    let bare = client::header(&signer.sign(typ, claims).unwrap());
    [
        ("its own key, plainly", bare.clone()),
        ("its own key under our kid", with(&bare, "kid", header["kid"].clone())),
        ("jwk", with(&bare, "jwk", public.clone())),
        ("jku", with(&bare, "jku", json!(format!("{canary}/jwks.json")))),
        ("x5u", with(&bare, "x5u", json!(format!("{canary}/chain.pem")))),
        ("x5c", with(&bare, "x5c", json!([public["x"]]))),
        ("kid as a path", with(&bare, "kid", json!("../../../../dev/null"))),
        ("kid as SQL", with(&bare, "kid", json!("' or '1'='1"))),
        ("kid as an address", with(&bare, "kid", json!(format!("{canary}/key")))),
    ]
    .into_iter()
    .map(|(what, header)| (what.to_owned(), es256(&eve, &header, claims)))
    .collect()
}

/// A JWS with any header: what `Signer` would never write.
fn es256(key: &PrivateJwk, header: &Value, claims: &Value) -> String {
    let jwk: Value = serde_json::from_str(key.to_json().expose()).unwrap();
    let number =
        |name: &str| BigNum::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap()).unwrap();
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let public = EcKey::from_public_key_affine_coordinates(&group, &number("x"), &number("y")).unwrap();
    let private = EcKey::from_private_components(&group, &number("d"), public.public_key()).unwrap();
    let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let signature = openssl::ecdsa::EcdsaSig::sign(&openssl::sha::sha256(signed.as_bytes()), &private).unwrap();
    let mut raw = signature.r().to_vec_padded(32).unwrap();
    raw.extend(signature.s().to_vec_padded(32).unwrap());
    format!("{signed}.{}", encode(raw))
}

/// Claims that were changed under a genuine signature, and a payload that is no object.
fn altered(genuine: &str, claims: &Value) -> Vec<(String, String)> {
    let parts: Vec<&str> = genuine.split('.').collect();
    let changed = encode(with(claims, "iat", json!(1)).to_string());
    let put = |header: &str, payload: &str, signature: &str| format!("{header}.{payload}.{signature}");
    vec![
        ("changed claims".to_owned(), put(parts[0], &changed, parts[2])),
        ("no claims".to_owned(), put(parts[0], &encode("[]"), parts[2])),
        ("no header".to_owned(), put(&encode("7"), parts[1], parts[2])),
        ("four parts".to_owned(), format!("{genuine}.e30")),
        ("base64 of another kind".to_owned(), put(parts[0], parts[1], &format!("{}==", parts[2]))),
        ("very long".to_owned(), put(&"A".repeat(40_000), parts[1], parts[2])),
    ]
}

/// `object` with one more member, or another value of it.
pub fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut changed = object.clone();
    changed[name] = value;
    changed
}
