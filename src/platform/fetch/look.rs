//! A look at a page: how it answers, where it leads, how long its certificate is good.

use openssl::{asn1::Asn1Time, x509::X509};
use reqwest::{header::LOCATION, tls::TlsInfo};
use url::Url;

use super::{FetchError, Fetcher};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The status.
    pub status: u16,
    /// Where the answer leads, as it stands in the header.
    pub location: Option<String>,
    /// For how many more days the certificate is good, less than none when it has ended; `None` on plain http.
    pub certificate_days: Option<i32>,
}

impl Fetcher {
    /// Looks at a page, within 5 seconds. Every status is an answer; the body is not read.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn look(&self, url: &Url) -> Result<Look, FetchError> {
        self.allows(url)?;
        let response = self.client().get(url.clone()).timeout(self.get_time).send().await?;
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let certificate = response.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate);
        let certificate_days = certificate.and_then(days_left);
        Ok(Look { status: response.status().as_u16(), location, certificate_days })
    }
}

fn days_left(der: &[u8]) -> Option<i32> {
    let certificate = X509::from_der(der).ok()?;
    let now = Asn1Time::days_from_now(0).ok()?;
    Some(now.diff(certificate.not_after()).ok()?.days)
}
