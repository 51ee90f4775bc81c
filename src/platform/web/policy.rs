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
    /// A site, by an access token that it got for itself with this scope.
    Site(SiteScope),
}

/// What a site may do at our interfaces; it asks for it when it gets its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SiteScope {
    /// Read what it should hold, as SCIM has it.
    Scim,
    /// Follow its feed, ask for what was lost, and speak for its agency.
    Sync,
}

impl SiteScope {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Scim, Self::Sync];

    /// As tokens and registrations have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scim => "scim",
            Self::Sync => "sync",
        }
    }
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
    /// A site of an agency: every organization sees how it stands to it, and each operator all of it.
    Site,
    /// An invitation of the organization.
    Invitation,
    /// A request to join the organization.
    JoinRequest,
    /// A secret that was mailed; whoever holds it may come.
    Link,
    /// A mail in the outbox of a demo.
    Mail,
    /// A resource of which the site that asks has a copy, or something of its own.
    OfSite,
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

    /// A row for saying how something is from now on.
    #[must_use]
    pub const fn put(path: &'static str, need: Need) -> Self {
        Self { method: Method::PUT, path, need, object: None }
    }

    /// The same row about an object in the path.
    #[must_use]
    pub const fn on(mut self, object: Object) -> Self {
        self.object = Some(object);
        self
    }
}
