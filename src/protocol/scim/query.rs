//! What is asked of a list (RFC 7644 §3.4.2, §3.4.3; RFC 9865 §2).

use serde::Deserialize;

use super::{Filter, Projection, ResourceType, ScimKind, ScimRefusal};
use crate::protocol::oauth::Params;

/// How many resources a page has at most.
pub const MOST_A_PAGE: i64 = 200;
/// How many when nobody says.
const USUAL_PAGE: i64 = 100;

/// How a list is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paging {
    /// By the number of the first resource, which begins with 1.
    Index {
        /// That number.
        start: i64,
    },
    /// By a cursor; `None` for the first page.
    Cursor(Option<String>),
}

/// What is asked of a list.
#[derive(Debug, Clone)]
pub struct Query {
    /// Which resources.
    pub filter: Option<Filter>,
    /// The filter as it was written, to which a cursor is bound.
    pub filter_text: String,
    /// What of each.
    pub projection: Projection,
    /// From where on.
    pub paging: Paging,
    /// How many, 0 to 200.
    pub count: i64,
}

/// The members of a `SearchRequest` (RFC 7644 §3.4.3).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SearchRequest {
    schemas: Vec<String>,
    filter: Option<String>,
    attributes: Option<Vec<String>>,
    excluded_attributes: Option<Vec<String>>,
    sort_by: Option<String>,
    start_index: Option<i64>,
    count: Option<i64>,
    cursor: Option<String>,
}

const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

impl Query {
    /// Reads the query of an address.
    ///
    /// # Errors
    /// The first parameter that is not acceptable.
    pub fn from_address(kind: &'static ResourceType, query: &str) -> Result<Self, ScimRefusal> {
        let refuse = |_| ScimRefusal::new(ScimKind::InvalidValue, "The parameters of the address cannot be read.");
        let params = &Params::parse(query.as_bytes()).map_err(refuse)?;
        // RFC 9865 §2: an empty cursor asks for the first page. Empty parameters are otherwise none.
        let is_by_cursor = query.split('&').any(|field| matches!(field, "cursor" | "cursor="));
        let number = |name: &str, refused: ScimKind| match params.get(name).map(str::parse::<i64>) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err(ScimRefusal::new(refused, format!("{name} is a whole number."))),
        };
        let listed = |name: &str| params.get(name).map(|text| text.split(',').map(str::to_owned).collect());
        Self::of(
            kind,
            SearchRequest {
                schemas: Vec::new(),
                filter: params.get("filter").map(str::to_owned),
                attributes: listed("attributes"),
                excluded_attributes: listed("excludedAttributes"),
                sort_by: params.get("sortBy").map(str::to_owned),
                start_index: number("startIndex", ScimKind::InvalidValue)?,
                count: number("count", ScimKind::InvalidCount)?,
                cursor: params.get("cursor").map(str::to_owned).or_else(|| is_by_cursor.then(String::new)),
            },
        )
    }

    /// Reads the body of a `POST …/.search`.
    ///
    /// # Errors
    /// When it is no `SearchRequest`, or a member is not acceptable.
    pub fn from_body(kind: &'static ResourceType, body: &[u8]) -> Result<Self, ScimRefusal> {
        let refuse = || ScimRefusal::new(ScimKind::InvalidSyntax, "The body is no SearchRequest.");
        let request: SearchRequest = serde_json::from_slice(body).map_err(|_| refuse())?;
        if !request.schemas.iter().any(|schema| schema == SEARCH_REQUEST) {
            return Err(refuse());
        }
        Self::of(kind, request)
    }

    fn of(kind: &'static ResourceType, request: SearchRequest) -> Result<Self, ScimRefusal> {
        let refuse = |why: &str| Err(ScimRefusal::new(ScimKind::InvalidValue, why));
        if request.sort_by.is_some() {
            return refuse("Lists are not sorted here: see sort in /ServiceProviderConfig.");
        }
        let paging = match (request.cursor, request.start_index) {
            (Some(_), Some(_)) => return refuse("Send startIndex or cursor, not both."),
            (Some(cursor), None) => Paging::Cursor(Some(cursor).filter(|cursor| !cursor.is_empty())),
            // RFC 7644 §3.4.2.4: less than one means one.
            (None, start) => Paging::Index { start: start.unwrap_or(1).max(1) },
        };
        let joined = |list: Option<Vec<String>>| list.map(|list| list.join(","));
        let (only, without) = (joined(request.attributes), joined(request.excluded_attributes));
        let filter_text = request.filter.unwrap_or_default();
        let filter = match filter_text.as_str() {
            "" => None,
            text => Some(Filter::parse(kind, text)?),
        };
        Ok(Self {
            filter,
            filter_text,
            projection: Projection::parse(kind, only.as_deref(), without.as_deref())?,
            paging,
            count: request.count.unwrap_or(USUAL_PAGE).clamp(0, MOST_A_PAGE),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::scim::USER;

    fn query(text: &str) -> Result<Query, ScimRefusal> {
        Query::from_address(&USER, text)
    }

    #[test]
    fn what_is_out_of_range_is_taken_as_the_standard_says() {
        let asked = query("startIndex=-3&count=5000").unwrap();
        assert_eq!((asked.paging, asked.count), (Paging::Index { start: 1 }, 200));
        assert_eq!(query("count=-1").unwrap().count, 0);
        assert_eq!(query("cursor=&count=7").unwrap().paging, Paging::Cursor(None));
    }

    #[test]
    fn what_cannot_be_served_is_said() {
        let kind = |text: &str| query(text).unwrap_err().kind;
        assert_eq!(kind("count=many"), Some(ScimKind::InvalidCount));
        assert_eq!(kind("startIndex=1&cursor=x"), Some(ScimKind::InvalidValue));
        assert_eq!(kind("sortBy=userName"), Some(ScimKind::InvalidValue));
        assert_eq!(kind("filter=nickName+pr"), Some(ScimKind::InvalidFilter));
        assert!(Query::from_body(&USER, b"{}").is_err());
        let body = format!(r#"{{"schemas":["{SEARCH_REQUEST}"],"filter":"active eq true","count":3}}"#);
        assert_eq!(Query::from_body(&USER, body.as_bytes()).unwrap().count, 3);
    }
}
