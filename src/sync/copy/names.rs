//! What a site knows people by.

use crate::kernel::{Fault, SiteId};
use crate::oidc::{
    Provider,
    clients::{self, Client},
};
use crate::platform::{store::Sql, web::Kit};

/// What one site knows people by: the subject of its tokens, so that a token and a copy of the same
/// person can be told to be of the same person, and those of two sites that know people by pairwise
/// subjects cannot (OIDC Core §8.1).
#[derive(Clone)]
pub struct Names {
    client: Option<Client>,
    kit: Kit,
}

impl Names {
    /// The names of `site`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(provider: &Provider, on: &mut impl Sql, site: SiteId) -> Result<Self, Fault> {
        let kit = provider.kit().clone();
        for id in clients::ids_of_site(on, site).await? {
            if let Some(client) = clients::load(provider, on, &id).await? {
                return Ok(Self { client: Some(client), kit });
            }
        }
        Ok(Self { client: None, kit })
    }

    /// The name of a person whose public subject is `public`. A site without a registration, which
    /// gets no tokens, knows the public one.
    #[must_use]
    pub fn of_person(&self, public: &str) -> String {
        match &self.client {
            Some(client) => client.subject(&self.kit, public),
            None => public.to_owned(),
        }
    }
}
