//! A site's copies of people, as a case sends and reads them.

use reqwest::Method;
use serde_json::Value;

use super::{
    bench::Bench,
    person::Person,
    provider::Provider,
    push::{Proof, Push, Told, copies_of},
    verdict::{Miss, ensure},
};

/// Whether the site takes accounts.
#[derive(Debug, Clone)]
pub(super) enum Receiver {
    /// Yes; what its `ServiceProviderConfig` says.
    Answers(Value),
    /// There is nothing at the usual place, and no other was named.
    Absent,
    /// It answered something else, in a sentence.
    Broken(String),
}

impl Receiver {
    /// Asks the endpoint what it can. `is_named` when somebody said that there is one.
    pub(super) async fn find(push: &Push, provider: &Provider, is_named: bool) -> Self {
        let told = push.call(provider, Proof::Signed, (Method::GET, "ServiceProviderConfig"), None).await;
        match told {
            Ok(told) if told.status == 200 && told.body.get("schemas").is_some() => Self::Answers(told.body),
            Ok(told) if !is_named && (told.status == 404 || told.status == 200) => Self::Absent,
            Ok(told) if told.status == 200 => Self::Broken("ServiceProviderConfig is not in SCIM form.".to_owned()),
            Ok(told) => Self::Broken(format!("ServiceProviderConfig answers status {}.", told.status)),
            Err(Miss::Failed(why) | Miss::NotApplicable(why)) => Self::Broken(why),
        }
    }
}

/// A copy at the site.
#[derive(Debug, Clone)]
pub(super) struct Copied {
    pub(super) person: Person,
    /// The site's own id of it.
    pub(super) id: String,
}

impl Copied {
    fn path(&self) -> String {
        format!("Users/{}", self.id)
    }
}

impl Bench {
    /// What the SCIM endpoint says of itself, for cases that need one.
    pub(super) fn configuration(&self) -> Result<&Value, Miss> {
        match self.receiver() {
            Receiver::Answers(configuration) => Ok(configuration),
            Receiver::Absent => {
                let base = self.push.base();
                Err(Miss::not_applicable(format!("Nothing takes accounts at {base}; name the place with --scim-url.")))
            }
            Receiver::Broken(_) => Err(Miss::not_applicable("The SCIM endpoint does not answer (RP-26).")),
        }
    }

    /// A request as ConneX makes it.
    pub(super) async fn scim(&self, method: Method, path: &str, body: Option<Value>) -> Result<Told, Miss> {
        self.configuration()?;
        self.push.call(&self.provider, Proof::Signed, (method, path), body).await
    }

    /// Sends the organization, to which everybody here belongs; it arrives before its people.
    pub(super) async fn send_organization(&self) -> Result<String, Miss> {
        let told = self.scim(Method::POST, "Groups", Some(self.provider.organization().scim())).await?;
        ensure(told.is_good(), || format!("POST Groups answered status {}.", told.status))?;
        told.id().map(str::to_owned).ok_or_else(|| Miss::failed("The answer to POST Groups has no id."))
    }

    /// Sends somebody new, organization first.
    pub(super) async fn send(&self, person: Person) -> Result<Copied, Miss> {
        self.send_organization().await?;
        let told = self.post(&person).await?;
        let id = told.id().ok_or_else(|| Miss::failed("The answer to POST Users has no id."))?;
        Ok(Copied { id: id.to_owned(), person })
    }

    /// Posts a person, which has to be taken.
    pub(super) async fn post(&self, person: &Person) -> Result<Told, Miss> {
        self.provider.know(person);
        let body = person.scim(self.provider.organization());
        let told = self.scim(Method::POST, "Users", Some(body)).await?;
        ensure(told.is_good(), || format!("POST Users answered status {}.", told.status))?;
        Ok(told)
    }

    /// Replaces a copy, which has to be answered well: a write that comes late is, too.
    pub(super) async fn put(&self, copied: &Copied, person: &Person) -> Result<(), Miss> {
        let body = person.scim(self.provider.organization());
        self.write(Method::PUT, copied, body).await
    }

    /// Says of a copy only whether the person is active.
    pub(super) async fn patch(&self, copied: &Copied, person: &Person) -> Result<(), Miss> {
        self.write(Method::PATCH, copied, person.scim_activity()).await
    }

    async fn write(&self, method: Method, copied: &Copied, body: Value) -> Result<(), Miss> {
        let told = self.scim(method.clone(), &copied.path(), Some(body)).await?;
        ensure(told.is_good(), || format!("{method} Users answered status {}.", told.status))
    }

    /// Fails unless the site's copy says what `person` says.
    pub(super) async fn reads(&self, copied: &Copied, person: &Person) -> Result<(), Miss> {
        let told = self.get(copied).await?;
        ensure(told.status == 200, || format!("GET of the copy answered status {}.", told.status))?;
        let differences = person.differences(&told.body);
        ensure(differences.is_empty(), || format!("The copy is wrong in {}.", differences.join(", ")))
    }

    pub(super) async fn get(&self, copied: &Copied) -> Result<Told, Miss> {
        self.scim(Method::GET, &copied.path(), None).await
    }

    /// How many copies of a person the site lists.
    pub(super) async fn count(&self, person: &Person) -> Result<usize, Miss> {
        let told = self.scim(Method::GET, &copies_of(person), None).await?;
        ensure(told.status == 200, || format!("A search by externalId answered status {}.", told.status))?;
        Ok(told
            .resources()
            .iter()
            .filter(|user| user.get("externalId") == Some(&Value::from(person.sub.as_str())))
            .count())
    }

    pub(super) async fn delete(&self, copied: &Copied) -> Result<Told, Miss> {
        self.scim(Method::DELETE, &copied.path(), None).await
    }

    /// Leaves nothing behind. What cannot be removed was told by another case, or will be.
    pub(super) async fn tidy(&self, copies: &[Copied]) {
        for copied in copies {
            let _gone = self.delete(copied).await;
        }
    }
}
