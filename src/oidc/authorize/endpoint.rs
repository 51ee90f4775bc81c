//! `GET /authorize`, `POST /authorize`, `GET /authorize/resume`, `GET /authorize/cancel`

use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};

use super::{
    flow::{self, Validated},
    request::{Asked, Progress},
};
use crate::accounts::{sessions::extract::Visitor, sign_in::pages::unreadable};
use crate::oidc::Provider;
use crate::platform::web::{Body, ErrandInAddress, PageError};
use crate::protocol::oauth::Params;

/// A request in the query.
pub(in crate::oidc) async fn authorize_get(
    State(provider): State<Provider>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    begin(&provider, &visitor, query.unwrap_or_default().as_bytes()).await
}

/// A request in a form (OIDC Core §3.1.2.1).
pub(in crate::oidc) async fn authorize_post(
    State(provider): State<Provider>,
    visitor: Visitor,
    Body(body): Body,
) -> Result<Response, PageError> {
    begin(&provider, &visitor, &body).await
}

async fn begin(provider: &Provider, visitor: &Visitor, encoded: &[u8]) -> Result<Response, PageError> {
    let params = Params::parse(encoded).map_err(|why| {
        PageError::new(StatusCode::BAD_REQUEST, "CX-1003", |t| t.error_request_unreadable().into())
            .advise(|t| t.error_request_unreadable_advice().into())
            .for_the_developer(why.to_string())
    })?;
    let asked = Asked { params, progress: Progress::begun(provider.db().now()) };
    carry_on(provider, visitor, flow::validate(provider, asked).await?).await
}

async fn carry_on(provider: &Provider, visitor: &Visitor, validated: Validated) -> Result<Response, PageError> {
    match validated {
        Validated::Answered(response) => Ok(response),
        Validated::Request(request, asked) => flow::proceed(provider, visitor, &request, &asked).await,
    }
}

/// Goes on after a page of ours.
pub(in crate::oidc) async fn resume(
    State(provider): State<Provider>,
    visitor: Visitor,
    ErrandInAddress(errand): ErrandInAddress,
) -> Result<Response, PageError> {
    let (_, validated) = flow::unseal(&provider, &errand.ok_or_else(unreadable)?).await?;
    carry_on(&provider, &visitor, validated).await
}

/// The person went back: the client is told.
pub(in crate::oidc) async fn cancel(
    State(provider): State<Provider>,
    ErrandInAddress(errand): ErrandInAddress,
) -> Result<Response, PageError> {
    match flow::unseal(&provider, &errand.ok_or_else(unreadable)?).await?.1 {
        Validated::Answered(response) => Ok(response),
        Validated::Request(request, _) => Ok(flow::denied(&provider, &request)),
    }
}
