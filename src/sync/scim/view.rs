//! The view of one site: one resource, or a page of them.

use std::collections::HashMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    base,
    narrow::Narrow,
    store::{self, Candidate},
};
use crate::kernel::{Fault, Lifetime, SiteId, Timestamp};
use crate::oidc::{Provider, SitePrincipal};
use crate::platform::{store::Reader, web::ScimError};
use crate::protocol::scim::{List, Paging, Query, ResourceType, ScimKind, ScimRefusal};
use crate::sync::{
    copy::{self, Names},
    cursor::{self, Of},
    known_as,
    ledger::Kind,
};

/// How long a cursor is good.
pub(super) const CURSOR_LIFE: Lifetime = Lifetime::hours(1);
/// How many resources are read at once.
const BATCH: i64 = 200;
/// How many resources one request looks at, at most, to find those that a filter wants.
const MOST_LOOKED_AT: usize = 2000;

/// A resource of the view.
pub(super) struct Found {
    /// Its revision, as an ETag.
    pub(super) etag: String,
    /// The resource.
    pub(super) body: Value,
}

/// What one site may see of one kind.
pub(super) struct View<'p> {
    provider: &'p Provider,
    client_id: String,
    site: SiteId,
    kind: Kind,
    resource_type: &'static ResourceType,
    names: Names,
    on: Reader,
}

impl<'p> View<'p> {
    /// The view of the site that asks.
    pub(super) async fn of(
        provider: &'p Provider,
        principal: SitePrincipal,
        kind: Kind,
        resource_type: &'static ResourceType,
    ) -> Result<Self, Fault> {
        let SitePrincipal { site, client_id, .. } = principal;
        let names = Names::of(provider, &mut provider.db().read().await?, site).await?;
        known_as::write_down(provider, &names, site).await?;
        let on = provider.db().read().await?;
        Ok(Self { provider, client_id, site, kind, resource_type, names, on })
    }

    /// The resource of this id. What is none of the site's business takes the same steps as what does
    /// not exist: neither is in its ledger.
    pub(super) async fn one(&mut self, id: &str) -> Result<Option<Found>, Fault> {
        match known_as::look_up(&mut self.on, self.site, self.kind, id).await? {
            Some(resource) => self.resource(resource).await,
            None => Ok(None),
        }
    }

    async fn resource(&mut self, id: Uuid) -> Result<Option<Found>, Fault> {
        let Some(candidate) = store::candidate(&mut self.on, self.site, self.kind, id).await? else { return Ok(None) };
        Ok(self.load_each(&[candidate]).await?.pop().and_then(|(_, found)| found))
    }

    /// A page of what `query` asks for.
    pub(super) async fn list(&mut self, query: &Query) -> Result<List, ScimError> {
        match (Narrow::of(query.filter.as_ref()), &query.paging) {
            (Narrow::Nothing, paging) => Ok(few(Vec::new(), paging, query)),
            (Narrow::Id(id), paging) => {
                let found = self.one(&id).await?;
                Ok(few(found.into_iter().collect(), paging, query))
            }
            (Narrow::Username(name), paging) => {
                let id = match self.kind {
                    Kind::User if !name.contains('\0') => store::by_username(&mut self.on, self.site, &name).await?,
                    _ => None,
                };
                let found = match id {
                    Some(id) => self.resource(id).await?,
                    None => None,
                };
                Ok(few(found.into_iter().collect(), paging, query))
            }
            (narrow, Paging::Index { start }) if query.filter.is_none() => {
                Ok(self.numbered(&narrow, *start, query).await?)
            }
            (narrow, Paging::Index { start }) => self.searched(&narrow, *start, query).await,
            (narrow, Paging::Cursor(cursor)) => self.followed(&narrow, cursor.as_deref(), query).await,
        }
    }

    /// Everything, from the number `start` on.
    async fn numbered(&mut self, narrow: &Narrow, start: i64, query: &Query) -> Result<List, Fault> {
        let total = store::count(&mut self.on, self.site, self.kind).await?;
        let before = match start {
            1 => Some(Uuid::nil()),
            _ => store::at(&mut self.on, self.site, self.kind, start.saturating_sub(1)).await?,
        };
        let resources = match before {
            Some(after) => self.look(narrow, after, query, wanted(query)).await?.found,
            None => Vec::new(),
        };
        Ok(List { resources, total: Some(total), start_index: Some(start), next_cursor: None })
    }

    /// What the filter wants, from the number `start` on. To know how many there are all have to be
    /// looked at, so the filter must not be too wide for that.
    async fn searched(&mut self, narrow: &Narrow, start: i64, query: &Query) -> Result<List, ScimError> {
        let looked = self.look(narrow, Uuid::nil(), query, usize::MAX).await?;
        if looked.rest.is_some() {
            let why = "Too many to search at once: filter by id, userName, organization or meta.lastModified, \
                       or read by cursor (cursor=).";
            return Err(ScimRefusal::new(ScimKind::TooMany, why).into());
        }
        let total = i64::try_from(looked.found.len()).unwrap_or(i64::MAX);
        let skipped = usize::try_from(start.saturating_sub(1)).unwrap_or(usize::MAX);
        let resources = looked.found.into_iter().skip(skipped).take(wanted(query)).collect();
        Ok(List { resources, total: Some(total), start_index: Some(start), next_cursor: None })
    }

    /// What the filter wants, from a cursor on. A page may be shorter than was asked for, because a
    /// request looks at so many resources and no more.
    async fn followed(&mut self, narrow: &Narrow, cursor: Option<&str>, query: &Query) -> Result<List, ScimError> {
        let list = self.name_of_list(query);
        let of = Of { client_id: &self.client_id, list: &list };
        let (kit, now) = (self.provider.kit(), self.provider.db().now());
        let after = match cursor.map(|text| cursor::open::<Uuid>(kit, of, text)) {
            None => Uuid::nil(),
            Some(Some((_, made_at))) if now >= made_at + CURSOR_LIFE => {
                return Err(ScimRefusal::new(ScimKind::ExpiredCursor, "The cursor has ended; begin anew.").into());
            }
            Some(Some((after, _))) => after,
            Some(None) => {
                let why = "The cursor is none that this client got for this query.";
                return Err(ScimRefusal::new(ScimKind::InvalidCursor, why).into());
            }
        };
        let total = match query.filter {
            None => Some(store::count(&mut self.on, self.site, self.kind).await?),
            Some(_) => None,
        };
        let looked = self.look(narrow, after, query, wanted(query)).await?;
        let of = Of { client_id: &self.client_id, list: &list };
        let next_cursor = looked.rest.map(|after| cursor::seal(kit, of, now, after)).transpose()?;
        Ok(List { resources: looked.found, total, start_index: None, next_cursor })
    }

    /// A cursor belongs to what is asked, and not to what of it is returned.
    fn name_of_list(&self, query: &Query) -> String {
        let digest: String = Sha256::digest(&query.filter_text).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("scim {} {digest}", self.kind.as_str())
    }

    /// Looks at what comes after `after` until `most` were found that the query wants.
    async fn look(&mut self, narrow: &Narrow, mut after: Uuid, query: &Query, most: usize) -> Result<Looked, Fault> {
        let (mut found, mut looked_at) = (Vec::new(), 0);
        loop {
            let candidates = self.candidates(narrow, after).await?;
            let is_last = candidates.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
            for (id, resource) in self.load(narrow, after, &candidates).await? {
                let resource = resource.map(|found| found.body);
                let is_wanted = |body: &Value| query.filter.as_ref().is_none_or(|filter| filter.matches(body));
                if let Some(body) = resource.filter(is_wanted) {
                    // One more than a page holds is looked for, so that no cursor leads to an empty page.
                    if found.len() == most {
                        return Ok(Looked { found, rest: Some(after) });
                    }
                    found.push(query.projection.of(body));
                }
                after = id;
            }
            looked_at += candidates.len();
            if is_last {
                return Ok(Looked { found, rest: None });
            }
            if looked_at >= MOST_LOOKED_AT && (query.filter.is_some() || found.len() >= most) {
                return Ok(Looked { found, rest: Some(after) });
            }
        }
    }

    async fn candidates(&mut self, narrow: &Narrow, after: Uuid) -> Result<Vec<Candidate>, Fault> {
        let of = (self.site, self.kind);
        let (since, on) = (Timestamp::from_millis(0), &mut self.on);
        match narrow {
            Narrow::Within { organization: Some(organization), since: from } => {
                store::candidates_of(on, of, after, (*organization, from.unwrap_or(since), BATCH)).await
            }
            Narrow::Within { organization: None, since: Some(from) } => {
                store::candidates_since(on, of, after, (*from, BATCH)).await
            }
            _ => store::candidates(on, of, after, BATCH).await,
        }
    }

    /// The candidates with what the site should hold of them: in one statement where they follow one
    /// another in the ledger, else one by one.
    async fn load(
        &mut self,
        narrow: &Narrow,
        after: Uuid,
        candidates: &[Candidate],
    ) -> Result<Vec<(Uuid, Option<Found>)>, Fault> {
        if matches!(narrow, Narrow::Within { .. }) {
            return self.load_each(candidates).await;
        }
        let held = copy::page(&self.names, &mut self.on, (self.site, self.kind), after, BATCH).await?;
        let mut held: HashMap<Uuid, copy::Held> = held.into_iter().map(|held| (held.resource, held)).collect();
        let found = candidates.iter().map(|candidate| {
            let held = held.remove(&candidate.resource_id);
            (candidate.resource_id, held.and_then(|held| self.shown(candidate, held)))
        });
        Ok(found.collect())
    }

    async fn load_each(&mut self, candidates: &[Candidate]) -> Result<Vec<(Uuid, Option<Found>)>, Fault> {
        let mut found = Vec::new();
        for candidate in candidates {
            let id = candidate.resource_id;
            let held = copy::load_with(&self.names, &mut self.on, self.site, self.kind, id).await?;
            found.push((id, held.and_then(|held| self.shown(candidate, held))));
        }
        Ok(found)
    }

    /// The resource as it is answered; `None` when the site should hold no copy.
    fn shown(&self, candidate: &Candidate, held: copy::Held) -> Option<Found> {
        let copy = held.copy?;
        let etag = format!("W/\"{}\"", held.want_rev);
        let (id, mut body) = (copy.external_id(), copy.scim(held.want_rev));
        let escaped: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
        let location = format!("{}{}/{escaped}", base(self.provider), self.resource_type.endpoint);
        if let Some(members) = body.as_object_mut() {
            members.insert("id".to_owned(), id.into());
            let last_modified = to_the_millisecond(candidate.changed_at);
            let meta = json!({ "resourceType": self.resource_type.name, "lastModified": last_modified,
                               "location": location, "version": etag });
            members.insert("meta".to_owned(), meta);
        }
        Some(Found { etag, body })
    }
}

/// What was looked at.
struct Looked {
    /// What the query wants of it.
    found: Vec<Value>,
    /// The last id that was looked at, when there is more after it.
    rest: Option<Uuid>,
}

fn wanted(query: &Query) -> usize {
    usize::try_from(query.count).unwrap_or_default()
}

/// A list of what can be nothing or one.
fn few(found: Vec<Found>, paging: &Paging, query: &Query) -> List {
    let matching = |found: &Found| query.filter.as_ref().is_none_or(|filter| filter.matches(&found.body));
    let found: Vec<Value> = found.into_iter().filter(matching).map(|found| query.projection.of(found.body)).collect();
    let total = i64::try_from(found.len()).ok();
    let (start_index, skipped) = match paging {
        Paging::Index { start } => (Some(*start), usize::try_from(start.saturating_sub(1)).unwrap_or(usize::MAX)),
        Paging::Cursor(_) => (None, 0),
    };
    let resources = found.into_iter().skip(skipped).take(wanted(query)).collect();
    List { resources, total, start_index, next_cursor: None }
}

/// A moment as precise as the ledger has it, so that nobody who asks for what is later misses what
/// happened in the same second.
fn to_the_millisecond(moment: Timestamp) -> String {
    let text = moment.to_string();
    format!("{}.{:03}Z", text.trim_end_matches('Z'), moment.millis().rem_euclid(1000))
}
