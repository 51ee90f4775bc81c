//! OpenID Connect: Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0 and Back-Channel Logout 1.0.
//!
//! Left out on purpose: unsigned tokens, aggregated and distributed claims, session management
//! by iframe.

pub mod access_token;
pub mod claims_request;
pub mod discovery;
pub mod extra_claims;
pub mod id_token;
pub mod logout_token;
pub mod prompt;
pub mod standard_claims;

pub use access_token::{ACCESS_TOKEN_TYP, AccessTokenClaims};
pub use claims_request::{ClaimRequest, ClaimsRequest, ClaimsRequestError};
pub use discovery::ProviderMetadata;
pub use extra_claims::ExtraClaims;
pub use id_token::{IdTokenClaims, half_hash};
pub use logout_token::{Ended, LOGOUT_TOKEN_TYP, LogoutTokenClaims};
pub use prompt::{Prompt, PromptError, PromptSet};
pub use standard_claims::{AddressClaim, StandardClaims};
