//! Verifying what a client signed, with the keys that it registered.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Client, cache::FetchedKeys};
use crate::kernel::{Lifetime, Timestamp};
use crate::oidc::Provider;
use crate::protocol::{
    jose::{Header, KeySet},
    oauth::client_metadata::ClientKeys,
};

/// How long fetched keys are used without a look.
const FRESH_FOR: Lifetime = Lifetime::minutes(10);
/// How soon a `kid` that is not in them makes us look again. A forged `kid` costs the client's
/// server one fetch in this span, no more.
const LOOK_AGAIN_AFTER: Lifetime = Lifetime::seconds(30);
/// A key set larger than this is not read.
const MOST_BYTES: usize = 64 * 1024;

/// The header and claims of `token`, when one of the client's keys signed it with an algorithm
/// that we accept.
pub(in crate::oidc) async fn verify_with_client_keys(
    provider: &Provider,
    client: &Client,
    token: &str,
) -> Option<(Header, Map<String, Value>)> {
    let header = Header::peek(token).ok()?;
    let now = provider.db().now();
    let known = keys_of(provider, client, now, FRESH_FOR).await?;
    if let Some(claims) = verify(&known.keys, &header, token) {
        return Some((header, claims));
    }
    // The client may have changed its keys since (rotation).
    let again = keys_of(provider, client, now, LOOK_AGAIN_AFTER).await?;
    if Arc::ptr_eq(&known, &again) {
        return None;
    }
    verify(&again.keys, &header, token).map(|claims| (header, claims))
}

fn verify(keys: &KeySet, header: &Header, token: &str) -> Option<Map<String, Value>> {
    keys.candidates(header.alg, header.kid.as_deref()).find_map(|key| key.verify(token).ok())
}

async fn keys_of(
    provider: &Provider,
    client: &Client,
    now: Timestamp,
    fresh_for: Lifetime,
) -> Option<Arc<FetchedKeys>> {
    let cache = &provider.clients().keys;
    let known = cache.get(&client.id).filter(|known| known.of == client.updated_at);
    let document = match &client.metadata.keys {
        ClientKeys::None => return None,
        ClientKeys::Inline(_) if known.is_some() => return known,
        ClientKeys::Inline(document) => document.clone(),
        ClientKeys::At(_) if known.as_ref().is_some_and(|known| now.since(known.fetched_at) < fresh_for) => {
            return known;
        }
        ClientKeys::At(address) => match fetch(provider, &client.id, address).await {
            Some(document) => document,
            // What we have is better than nothing while the client's server is away.
            None => return known,
        },
    };
    let keys = KeySet::from_json(&document).ok()?;
    let fetched = Arc::new(FetchedKeys { of: client.updated_at, fetched_at: now, keys });
    cache.insert(client.id.clone(), fetched.clone());
    Some(fetched)
}

async fn fetch(provider: &Provider, client_id: &str, address: &str) -> Option<Value> {
    let address = url::Url::parse(address).ok()?;
    match provider.fetcher().get_json(&address, MOST_BYTES).await {
        Ok(document) => Some(document),
        Err(error) => {
            tracing::warn!(client_id, %error, "the keys of a client could not be fetched");
            None
        }
    }
}
