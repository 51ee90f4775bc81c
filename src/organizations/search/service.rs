//! Searching, and keeping what is searched.

use super::{
    domain_of,
    fold::Folded,
    store::{self, TOKENS_AT_ONCE, TRIGRAMS_AT_ONCE},
};
use crate::accounts::{self, Account};
use crate::kernel::{Fault, OrganizationId, OrganizationName};
use crate::platform::store::{Db, Sql, Unit};

/// How many hits a page shows.
const MOST_SHOWN: usize = 20;
/// With fewer hits than these, typing errors are allowed for.
const FEW: usize = 5;
/// The least letters that are searched for.
const LEAST_LETTERS: usize = 3;
/// How well a name must fit what was typed with errors.
const LEAST_FIT: f64 = 0.7;
/// From here on two names are so alike that a person is asked.
const ALIKE: f64 = 0.8;

/// What a stranger may learn of an organization.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Listing {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: OrganizationName,
    /// Where it is.
    pub city: Option<String>,
    /// The state, two letters.
    pub state: Option<String>,
}

impl Listing {
    /// Where it is, as people write it; empty when nobody knows.
    #[must_use]
    pub fn place(&self) -> String {
        let parts = [self.city.as_deref(), self.state.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// An organization that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The organization.
    pub listing: Listing,
    /// Whether people with addresses of the same domain are there.
    pub has_colleagues: bool,
}

/// What was found: the same name first, then where colleagues are, then by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// At most 20.
    pub hits: Vec<Hit>,
    /// Whether there are more: the person has to type more letters.
    pub more: bool,
}

impl Found {
    /// How many are shown.
    #[must_use]
    pub fn count(&self) -> u64 {
        u64::try_from(self.hits.len()).unwrap_or_default()
    }
}

/// Text that can be searched for: it has three letters or digits, or more.
#[derive(Debug, Clone)]
pub struct Typed(Folded);

impl Typed {
    /// What a person typed; `None` when that is too little.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // A longer text than any name finds nothing more, and costs.
        let folded = Folded::of(&text.chars().take(120).collect::<String>());
        (folded.squeezed().chars().count() >= LEAST_LETTERS).then_some(Self(folded))
    }
}

/// Finds the organizations that `typed` may mean, and those where colleagues of `domain` are.
/// Without `typed` only the latter.
///
/// # Errors
/// When the database does not answer.
pub async fn find(on: &mut impl Sql, typed: Option<&Typed>, domain: Option<&str>) -> Result<Found, Fault> {
    let colleagues = match domain {
        Some(domain) => store::by_domain(on, domain).await?,
        None => Vec::new(),
    };
    let mut listings = Vec::new();
    let mut more = false;
    if let Some(Typed(typed)) = typed {
        let exact = [typed.exact_token()];
        listings.extend(by_tokens(on, &exact).await?);
        listings.extend(colleagues.iter().cloned());
        let (near, is_cut) = near(on, typed).await?;
        listings.extend(near);
        more = is_cut;
    } else {
        listings.extend(colleagues.iter().cloned());
    }
    let mut hits: Vec<Hit> = Vec::new();
    for listing in listings {
        if hits.iter().all(|hit| hit.listing.id != listing.id) {
            let has_colleagues = colleagues.iter().any(|other| other.id == listing.id);
            hits.push(Hit { listing, has_colleagues });
        }
    }
    more |= hits.len() > MOST_SHOWN;
    hits.truncate(MOST_SHOWN);
    Ok(Found { hits, more })
}

/// Names with the typed beginnings; when these are few, also those that fit in spite of typing
/// errors. Says whether there are more.
async fn near(on: &mut impl Sql, typed: &Folded) -> Result<(Vec<Listing>, bool), Fault> {
    let words = typed.longest_words();
    let mut found = if words.is_empty() { Vec::new() } else { by_tokens(on, &words).await? };
    let squeezed = by_tokens(on, &[typed.squeezed_token()]).await?;
    let is_cut = found.len() > MOST_SHOWN || squeezed.len() > MOST_SHOWN;
    found.extend(squeezed);
    if found.len() < FEW {
        let mut fits: Vec<(f64, Listing)> = sharing_trigrams(on, typed)
            .await?
            .into_iter()
            .map(|listing| (typed.fit(&Folded::of(listing.name.as_str())), listing))
            .filter(|(fit, _)| *fit >= LEAST_FIT)
            .collect();
        fits.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        found.extend(fits.into_iter().map(|(_, listing)| listing).take(MOST_SHOWN));
    }
    Ok((found, is_cut))
}

/// Names with all of one to three tokens; a statement has three places, so the first token fills the rest.
async fn by_tokens(on: &mut impl Sql, tokens: &[String]) -> Result<Vec<Listing>, Fault> {
    let Some(first) = tokens.first() else { return Ok(Vec::new()) };
    let at = |place: usize| tokens.get(place).unwrap_or(first).as_str();
    store::by_words(on, [at(0), at(1), at(2)]).await
}

async fn sharing_trigrams(on: &mut impl Sql, folded: &Folded) -> Result<Vec<Listing>, Fault> {
    let trigrams = folded.trigrams();
    if trigrams.is_empty() {
        return Ok(Vec::new());
    }
    // A place that is left stays empty: no name has that token, and none is counted twice.
    let places: [&str; TRIGRAMS_AT_ONCE] = std::array::from_fn(|place| trigrams.get(place).map_or("", String::as_str));
    store::by_trigrams(on, places).await
}

/// Organizations in `state`, or of which no state is known, whose names can be taken for `name`.
///
/// # Errors
/// When the database does not answer.
pub async fn alike(on: &mut impl Sql, name: &OrganizationName, state: &str) -> Result<Vec<Listing>, Fault> {
    let folded = Folded::of(name.as_str());
    let mut candidates = by_tokens(on, &[folded.exact_token()]).await?;
    candidates.extend(by_tokens(on, &folded.longest_words()).await?);
    candidates.extend(sharing_trigrams(on, &folded).await?);
    let mut found: Vec<(f64, Listing)> = Vec::new();
    for listing in candidates {
        let is_near = listing.state.as_deref().is_none_or(|other| other.eq_ignore_ascii_case(state));
        let alikeness = folded.alikeness(&Folded::of(listing.name.as_str()));
        if is_near && alikeness >= ALIKE && found.iter().all(|(_, known)| known.id != listing.id) {
            found.push((alikeness, listing));
        }
    }
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    Ok(found.into_iter().map(|(_, listing)| listing).take(MOST_SHOWN).collect())
}

/// Makes an organization findable by `name`, and by no former one.
///
/// # Errors
/// When the database refuses it.
pub async fn index(unit: &mut Unit, id: OrganizationId, name: &OrganizationName) -> Result<(), Fault> {
    let folded = Folded::of(name.as_str());
    store::forget(unit, id).await?;
    add(unit, id, &folded.line(), &folded.tokens()).await?;
    // Trigrams are counted, never read in the order of names: without the name they are small.
    add(unit, id, "", &folded.trigrams()).await
}

async fn add(unit: &mut Unit, id: OrganizationId, name_folded: &str, tokens: &[String]) -> Result<(), Fault> {
    for chunk in tokens.chunks(TOKENS_AT_ONCE) {
        let Some(first) = chunk.first() else { continue };
        let places: [&str; TOKENS_AT_ONCE] = std::array::from_fn(|place| chunk.get(place).unwrap_or(first).as_str());
        store::add(unit, id, name_folded, places).await?;
    }
    Ok(())
}

/// Lets an organization be found by colleagues of a person who came into it.
///
/// # Errors
/// When the database refuses it.
pub async fn note_domain(unit: &mut Unit, organization: OrganizationId, person: &Account) -> Result<(), Fault> {
    let domain = person.verified_email().and_then(|email| domain_of(email.address()));
    store::set_domain(unit, organization, person.id(), domain).await
}

/// Makes the organizations findable that are not yet: those from before there was a search.
/// Returns how many.
///
/// # Errors
/// When the database does not answer.
pub async fn catch_up(db: &Db) -> Result<usize, Fault> {
    let (mut count, mut after) = (0, OrganizationId::from_uuid(uuid::Uuid::nil()));
    loop {
        // A unit for each hundred, so that nobody waits long for the writer.
        let mut unit = db.write().await?;
        let missing = store::without_tokens(&mut unit, after).await?;
        let Some(last) = missing.last() else { return Ok(count) };
        after = last.id;
        count += missing.len();
        for listing in &missing {
            index(&mut unit, listing.id, &listing.name).await?;
            for (account,) in store::people_of(&mut unit, listing.id).await? {
                if let Some(person) = accounts::get(&mut unit, account).await? {
                    note_domain(&mut unit, listing.id, &person).await?;
                }
            }
        }
        unit.commit().await?;
    }
}
