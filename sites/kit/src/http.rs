//! The site's calls to ConneX: our HTTP client behind the small trait that the `openidconnect` crate asks for.

use std::pin::Pin;
use std::time::Duration;

use anyhow::Context;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};

use crate::settings::Settings;

/// No answer of a provider is larger; whatever is, is not read to its end.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Calls that follow no redirect (a redirected token request would show the secret elsewhere), end in ten seconds, and
/// read at most a megabyte.
#[derive(Clone, Debug)]
pub(crate) struct Http(reqwest::Client);

/// Why a call brought no answer.
#[derive(Debug)]
pub(crate) enum HttpError {
    /// No connection, or none that lasted.
    Call(reqwest::Error),
    /// The answer is longer than any provider's.
    TooLong,
    /// The answer cannot be represented.
    Answer(http::Error),
}

impl Http {
    /// Opens a client that trusts the machine's authorities and those of `settings.extra_ca_file`.
    pub(crate) fn open(settings: &Settings) -> anyhow::Result<Self> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10));
        if let Some(path) = &settings.extra_ca_file {
            let named = || format!("CONNEX_EXTRA_CA_FILE: {}", path.display());
            let pem = std::fs::read(path).with_context(named)?;
            builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem).with_context(named)?);
        }
        Ok(Self(builder.build()?))
    }

    /// Begins a call of the site's own.
    pub(crate) fn call_to(&self, method: reqwest::Method, url: &str) -> reqwest::RequestBuilder {
        self.0.request(method, url)
    }

    /// Sends such a call, and reads status and body.
    pub(crate) async fn answer_to(&self, call: reqwest::RequestBuilder) -> Result<(u16, Vec<u8>), HttpError> {
        let mut answer = self.0.execute(call.build()?).await?;
        let body = body_of(&mut answer).await?;
        Ok((answer.status().as_u16(), body))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let body = body_of(&mut answer).await?;
        let mut response = http::Response::builder().status(answer.status()).body(body).map_err(HttpError::Answer)?;
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

async fn body_of(answer: &mut reqwest::Response) -> Result<Vec<u8>, HttpError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(HttpError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        Self::Call(error)
    }
}

impl std::fmt::Display for HttpError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Call(_) => f.write_str("the call failed"),
            Self::TooLong => write!(f, "the answer is longer than {ANSWER_BYTES_MAX} bytes"),
            Self::Answer(_) => f.write_str("the answer cannot be represented"),
        }
    }
}

impl std::error::Error for HttpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Call(error) => Some(error),
            Self::TooLong => None,
            Self::Answer(error) => Some(error),
        }
    }
}
