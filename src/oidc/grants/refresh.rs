//! Refresh tokens: rotated at each use, with a grace (RFC 9700 §4.14, interface contradiction 4).
//!
//! A family is one row. The secret of its generation *n* is derived from the family's id, *n* and a
//! key that is not in the database; the row holds the digest of the newest. So the same token always
//! has the same successor, which is what a client needs whose answer was lost, and an old token is
//! told from a made-up one without keeping a row for each.

use super::{
    model::{Grant, RefreshToken},
    store::{self, Family, NewFamily, Rotation},
};
use crate::audit::{self, Actor};
use crate::kernel::{Digest, FamilyId, Fault, Token};
use crate::oidc::facts;
use crate::platform::{
    config::Tokens,
    store::{Sql, Unit},
};
use crate::protocol::jose::SealingKey;

/// Why a token was not refreshed. The client learns only `invalid_grant`.
#[derive(Debug, thiserror::Error)]
pub(in crate::oidc) enum RefreshError {
    /// No token of ours, of another client, expired or revoked.
    #[error("the refresh token is not valid")]
    Invalid,
    /// An old one, after its grace: the family is revoked.
    #[error("the refresh token was used before")]
    Reused,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A refresh token as it was presented: which family, which generation, and proof.
pub(in crate::oidc) struct Presented {
    family: FamilyId,
    generation: i64,
    digest: Digest<RefreshToken>,
}

impl Presented {
    /// Reads a token; `None` for text that we did not make.
    pub(in crate::oidc) fn read(sealing: &SealingKey, text: &str) -> Option<Self> {
        let (token, generation) = text.split_once('.')?;
        let token: Token<RefreshToken> = token.parse().ok()?;
        let generation: i64 = generation.parse().ok().filter(|generation| *generation > 0)?;
        let presented = Self { family: FamilyId::from_uuid(token.id()), generation, digest: token.digest() };
        let genuine = derive(sealing, presented.family, generation).digest();
        (genuine == presented.digest).then_some(presented)
    }
}

fn derive(sealing: &SealingKey, family: FamilyId, generation: i64) -> Token<RefreshToken> {
    let mut data = family.uuid().as_bytes().to_vec();
    data.extend_from_slice(&generation.to_be_bytes());
    Token::from_parts(family.uuid(), sealing.derive("refresh", &data))
}

fn text(token: &Token<RefreshToken>, generation: i64) -> String {
    format!("{}.{generation}", token.reveal())
}

/// Begins a family for a grant, and gives its first token.
pub(in crate::oidc) async fn begin_family(
    unit: &mut Unit,
    sealing: &SealingKey,
    lives: &Tokens,
    grant: &Grant,
) -> Result<String, Fault> {
    let now = unit.now();
    let id = FamilyId::new(now, &unit.entropy());
    let token = derive(sealing, id, 1);
    let new = NewFamily {
        id,
        grant: grant.id,
        client_id: grant.client_id.clone(),
        digest: token.digest(),
        idle_expires_at: now + lives.refresh_idle,
        expires_at: now + lives.refresh_total,
    };
    store::insert_family(unit, new).await?;
    Ok(text(&token, 1))
}

/// The live family of a token that was presented, and whether it is the newest one.
pub(in crate::oidc) async fn find_family(
    on: &mut impl Sql,
    sealing: &SealingKey,
    token: &str,
) -> Result<Option<Family>, Fault> {
    let Some(presented) = Presented::read(sealing, token) else { return Ok(None) };
    let now = on.now();
    let family = store::family(on, presented.family).await?;
    Ok(family.filter(|family| family.is_live(now)))
}

/// A live family of this client, and the token of it that was presented.
pub(in crate::oidc) struct Presentable {
    presented: Presented,
    /// The family.
    pub(in crate::oidc) family: Family,
}

/// What a token that was presented belongs to.
pub(in crate::oidc) async fn presented_family(
    on: &mut impl Sql,
    sealing: &SealingKey,
    client_id: &str,
    token: &str,
) -> Result<Presentable, RefreshError> {
    let presented = Presented::read(sealing, token).ok_or(RefreshError::Invalid)?;
    let family = store::family(on, presented.family).await?.ok_or(RefreshError::Invalid)?;
    if family.grant.client_id != client_id || !family.is_live(on.now()) {
        return Err(RefreshError::Invalid);
    }
    Ok(Presentable { presented, family })
}

/// Rotates, and gives the successor. Commit the unit also after [`RefreshError::Reused`].
pub(in crate::oidc) async fn rotate(
    unit: &mut Unit,
    sealing: &SealingKey,
    lives: &Tokens,
    Presentable { presented, family }: &Presentable,
) -> Result<String, RefreshError> {
    let (now, generation) = (unit.now(), presented.generation + 1);
    let successor = derive(sealing, presented.family, generation);
    let rotation = Rotation {
        family: presented.family,
        generation: presented.generation,
        presented: presented.digest,
        successor: successor.digest(),
        rotations: family.rotations_with(now),
        idle_expires_at: now + lives.refresh_idle,
    };
    if store::rotate(unit, rotation).await? {
        return Ok(text(&successor, generation));
    }
    // Somebody was faster, perhaps this client itself, whose answer was lost: within the grace the
    // predecessor gives the same successor again. The row is read anew, behind the other's commit.
    let family = store::family(unit, presented.family).await?.ok_or(RefreshError::Invalid)?;
    let in_grace = family.replaced_at(presented.generation).is_some_and(|at| now.since(at) < lives.refresh_grace);
    if in_grace && family.is_live(now) {
        return Ok(text(&successor, generation));
    }
    if family.generation > presented.generation && store::revoke(unit, family.grant.id).await? {
        let (id, client_id) = (family.grant.id, &family.grant.client_id);
        audit::record(unit, &Actor::Client(client_id.clone()), facts::refresh_token_reused(id, client_id)).await?;
    }
    Err(RefreshError::Reused)
}
