//! OpenID Connect: Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0 and Back-Channel Logout 1.0.
//!
//! Left out on purpose: unsigned tokens, aggregated and distributed claims, session management
//! by iframe.

pub mod claims_request;
pub mod prompt;

pub use claims_request::{ClaimRequest, ClaimsRequest, ClaimsRequestError};
pub use prompt::{Prompt, PromptError, PromptSet};
