//! Routes that are known by name, so that each one can be held against the policy.

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, on},
};

/// A router that remembers its routes. Axum's own forgets them, and then nobody can say whether
/// each has a row in the policy.
pub struct Routes<S = ()> {
    router: Router<S>,
    listed: Vec<Route>,
}

/// One route: a method and a path as the router has it, `/org/users/{id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `GET`, `POST` or `PUT`; a `GET` answers `HEAD` as well.
    pub method: Method,
    /// The path with its parameters.
    pub path: String,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet.
    #[must_use]
    pub fn new() -> Self {
        Self { router: Router::new(), listed: Vec::new() }
    }

    /// One more, for reading: it changes nothing.
    #[must_use]
    pub fn get<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::GET, MethodFilter::GET, path, handler)
    }

    /// One more, for acting.
    #[must_use]
    pub fn post<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::POST, MethodFilter::POST, path, handler)
    }

    /// One more, for saying how something is from now on.
    #[must_use]
    pub fn put<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::PUT, MethodFilter::PUT, path, handler)
    }

    fn add<H, T>(mut self, method: Method, filter: MethodFilter, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.router = self.router.route(path, on(filter, handler));
        self.listed.push(Route { method, path: path.to_owned() });
        self
    }

    /// With what its handlers work with.
    #[must_use]
    pub fn with_state(self, state: S) -> Routes {
        Routes { router: self.router.with_state(state), listed: self.listed }
    }

    /// These and those of another slice.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.listed.extend(other.listed);
        self
    }

    /// The router, and what it answers.
    pub fn into_parts(self) -> (Router<S>, Vec<Route>) {
        (self.router, self.listed)
    }
}
