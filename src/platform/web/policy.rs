//! Who may ask for a route: the words in which the policy is written.
//!
//! The table itself stands on the top floor (`app/policy.rs`), where every route is known.

use axum::http::Method;

/// What whoever asks for a route must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Nothing: a page for everybody, or one that knows its visitor by something else that it
    /// checks itself (a draft, a mailed link).
    Anyone,
    /// What the protocol demands: the endpoint authenticates clients and tokens by its standard.
    Protocol,
    /// Signed in.
    SignedIn,
    /// Signed in, with a place in an organization.
    Member,
    /// An administrator of the organization, or its founder.
    Administrator,
    /// The founder of the organization.
    Founder,
    /// An operator of the installation, who has given the password a short while ago.
    Operator,
}

/// What the `{id}` in a path is: an object of the acting person or of their organization, and of
/// nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Object {
    /// A session of the person.
    Session,
    /// A client that the person has signed in at.
    Client,
    /// A person's place in the organization.
    Membership,
    /// An invitation of the organization.
    Invitation,
    /// A request to join the organization.
    JoinRequest,
    /// A site of an agency, which belongs to the installation and so to each operator.
    Site,
    /// A secret that was mailed; whoever holds it may come.
    Link,
    /// A mail in the outbox of a demo.
    Mail,
}

/// A row of the policy.
#[derive(Debug, Clone)]
pub struct Row {
    /// The method.
    pub method: Method,
    /// The path as the router has it.
    pub path: &'static str,
    /// What whoever asks must be.
    pub need: Need,
    /// What the path names, if it names something.
    pub object: Option<Object>,
}

impl Row {
    /// A row for reading.
    #[must_use]
    pub const fn get(path: &'static str, need: Need) -> Self {
        Self { method: Method::GET, path, need, object: None }
    }

    /// A row for acting.
    #[must_use]
    pub const fn post(path: &'static str, need: Need) -> Self {
        Self { method: Method::POST, path, need, object: None }
    }

    /// The same row about an object in the path.
    #[must_use]
    pub const fn on(mut self, object: Object) -> Self {
        self.object = Some(object);
        self
    }
}
