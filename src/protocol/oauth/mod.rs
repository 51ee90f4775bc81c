//! OAuth 2.0: RFC 6749, 6750, 7591, 7636, 8252, 8707, 9126, 9207, as RFC 9700 wants them used.
//!
//! Left out on purpose: the implicit and the password grant, PKCE `plain`, secrets in the query.

pub mod bearer;
pub mod client_auth;
pub mod client_metadata;
pub mod error;
pub mod grant_type;
pub mod params;
pub mod pkce;
pub mod redirect_uri;
pub mod response;
pub mod scope;

pub use bearer::Bearer;
pub use client_auth::{AuthMethod, ClientAuthError, Presented};
pub use client_metadata::{CheckedMetadata, ClientKeys, ClientMetadata, MetadataError, SubjectType};
pub use error::{OAuthErrorCode, OAuthRefusal};
pub use grant_type::{GrantType, UnknownGrantType};
pub use params::{Params, ParamsError};
pub use pkce::{Challenge, PkceError, Verifier};
pub use redirect_uri::{ApplicationType, RedirectUri, RedirectUriError, RequestedUri};
pub use response::{ResponseMode, ResponseType};
pub use scope::Scope;
