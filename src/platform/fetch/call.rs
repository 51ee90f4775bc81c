//! A call with a method, headers and a JSON body: what a SCIM client needs.

use std::time::SystemTime;

use reqwest::{
    Method, Response,
    header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, RETRY_AFTER},
};
use serde_json::Value;
use url::Url;

use super::{FetchError, Fetcher, fetcher::read};
use crate::kernel::Lifetime;

/// What an answer may hold at most: 1 MiB, unless it is a page of a list.
const MOST_OF_AN_ANSWER: usize = 1024 * 1024;

/// A request to a site.
#[derive(Debug, Clone)]
pub struct Call {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Further headers, each as name and value.
    pub headers: Vec<(&'static str, String)>,
    /// The body, if there is one.
    pub body: Option<Value>,
}

/// What came back. Every status is an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The whole body, at most 1 MiB.
    pub body: Vec<u8>,
    /// The entity tag, as it stands in the header.
    pub etag: Option<String>,
    /// How long the site wants to be left alone: `Retry-After` in seconds or as a date (RFC 9110
    /// §10.2.3), never less than nothing.
    pub retry_after: Option<Lifetime>,
}

impl Fetcher {
    /// Makes a call, within 10 seconds.
    ///
    /// # Errors
    /// When there is no answer, or one of more than 1 MiB.
    pub async fn call(&self, call: Call) -> Result<Reply, FetchError> {
        self.allows(&call.url)?;
        let mut request = self
            .client()
            .request(call.method, call.url)
            .timeout(self.post_time)
            .header(ACCEPT, "application/scim+json");
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        if let Some(body) = call.body {
            request = request.header(CONTENT_TYPE, "application/scim+json").body(body.to_string());
        }
        let mut response: Response = request.send().await?;
        let (etag, retry_after) = (text(response.headers(), ETAG.as_str()), wait(response.headers()));
        let (body, is_whole) = read(&mut response, MOST_OF_AN_ANSWER).await?;
        match is_whole {
            true => Ok(Reply { status: response.status().as_u16(), body, etag, retry_after }),
            false => Err(FetchError::TooLong),
        }
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// The wait that an answer asks for. A date is compared with the answer's own, if it has one: the
/// site's clock may be wrong by a year.
pub(super) fn wait(headers: &HeaderMap) -> Option<Lifetime> {
    let asked = text(headers, RETRY_AFTER.as_str())?;
    if let Ok(seconds) = asked.trim().parse::<u32>() {
        return Some(Lifetime::seconds(i64::from(seconds)));
    }
    let until = httpdate::parse_http_date(asked.trim()).ok()?;
    let now = text(headers, "date").and_then(|date| httpdate::parse_http_date(&date).ok());
    #[expect(
        clippy::disallowed_methods,
        reason = "a site's moment is compared with the wall clock when the site has none"
    )]
    let wait = until.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default();
    Some(Lifetime::seconds(i64::try_from(wait.as_secs()).unwrap_or(i64::MAX / 1000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_may_ask_to_wait_in_both_forms() {
        let wait_of = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            wait(&headers).map(Lifetime::as_seconds)
        };
        assert_eq!(wait_of(&[("retry-after", "7")]), Some(7));
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait_of(&[date, ("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT")]), Some(120));
        assert_eq!(wait_of(&[date, ("retry-after", "Sun, 06 Nov 1994 08:49:30 GMT")]), Some(0), "it is over");
        assert_eq!(wait_of(&[("retry-after", "-7")]), None);
        assert_eq!(wait_of(&[("retry-after", "soon")]), None);
        assert_eq!(wait_of(&[]), None);
    }
}
