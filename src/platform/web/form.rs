//! Forms: an unchecked form is no form.

use axum::{
    body::Bytes,
    extract::{FromRef, FromRequest, Request},
    http::StatusCode,
};

use super::{Kit, PageError, csrf};
use crate::protocol::oauth::params::Params;

/// The body of a post to a page, not larger than the limit.
pub struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let too_large = |_| {
            PageError::new(StatusCode::PAYLOAD_TOO_LARGE, "CX-1003", |t| t.error_too_large().into())
                .advise(|t| t.error_too_large_advice().into())
        };
        Bytes::from_request(request, state).await.map(Self).map_err(too_large)
    }
}

/// The fields of a post that came from our own page in the same browser; no field twice.
pub struct Form(pub Params);

impl<S> FromRequest<S> for Form
where
    S: Send + Sync,
    Kit: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let kit = Kit::from_ref(state);
        let headers = request.headers().clone();
        let Body(body) = Body::from_request(request, state).await?;
        let params = Params::parse(&body).map_err(|_| {
            PageError::new(StatusCode::BAD_REQUEST, "CX-1003", |t| t.error_form_unreadable().into())
                .advise(|t| t.error_form_unreadable_advice().into())
        })?;
        csrf::check(&headers, &kit, params.get("proof")).map_err(PageError::from)?;
        Ok(Self(params))
    }
}

impl From<csrf::Unproven> for PageError {
    fn from(why: csrf::Unproven) -> Self {
        match why {
            csrf::Unproven::NoCookie => Self::new(StatusCode::BAD_REQUEST, "CX-1102", |t| t.error_no_cookie().into())
                .advise(|t| t.error_no_cookie_advice().into()),
            csrf::Unproven::Foreign => Self::new(StatusCode::FORBIDDEN, "CX-1104", |t| t.error_foreign_form().into())
                .advise(|t| t.error_foreign_form_advice().into()),
        }
    }
}
