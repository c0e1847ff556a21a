//! What the calls of all resources have in common.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::list::Item;
use super::references::OrgRef;
use crate::error::Result;
use crate::http::{Connection, Method, Request};

/// The API below `/api/v2`.
#[derive(Debug, Clone)]
pub(crate) struct Api(Arc<Connection>);

impl Api {
    pub(crate) const fn new(connection: Arc<Connection>) -> Self {
        Self(connection)
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.0
    }

    pub(super) fn request(method: Method, path: &str) -> Request {
        Request::new(method, format!("api/v2/{path}"))
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: String) -> Result<T> {
        self.0.call(Self::request(Method::Get, &path)).await?.json()
    }

    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: String,
        body: &(impl Serialize + Sync),
    ) -> Result<T> {
        let request = Self::request(method, &path).json(body)?;
        self.0.call(request).await?.json()
    }

    /// The same, where the answer says nothing.
    pub(super) async fn put(
        &self,
        method: Method,
        path: String,
        body: &(impl Serialize + Sync),
    ) -> Result<()> {
        let request = Self::request(method, &path).json(body)?;
        self.0.call(request).await.map(drop)
    }

    pub(super) async fn delete(&self, path: String) -> Result<()> {
        self.0.call(Self::request(Method::Delete, &path)).await.map(drop)
    }

    /// One resource; `None` where the server says, in one of these words, that there is none.
    pub(super) async fn find<T: DeserializeOwned>(
        &self,
        path: String,
        missing: &[&str],
    ) -> Result<Option<T>> {
        absent(self.get(path).await, missing)
    }

    /// The one among those that these filters leave; `None` as in [`find`](Self::find).
    pub(super) async fn find_named<T: Item>(
        &self,
        path: &str,
        filters: &[(&'static str, &str)],
        missing: &[&str],
        is_it: impl Fn(&T) -> bool,
    ) -> Result<Option<T>> {
        let request =
            filters.iter().fold(Self::request(Method::Get, path), |request, (key, value)| {
                request.parameter(*key, *value)
            });
        let found = match self.0.call(request).await {
            Ok(reply) => reply.member::<Vec<T>>(T::KEY).map(Some),
            Err(error) => Err(error),
        };
        let found = absent(found, missing)?.flatten().unwrap_or_default();
        Ok(found.into_iter().find(is_it))
    }

    /// All items of a short list.
    pub(super) async fn members<T: DeserializeOwned>(
        &self,
        path: String,
        key: &str,
    ) -> Result<Vec<T>> {
        self.0.call(Self::request(Method::Get, &path)).await?.member(key)
    }

    /// The ID of this organization, else of the client's.
    pub(super) async fn org_id(&self, own: Option<&OrgRef>) -> Result<String> {
        self.org(own)?.resolve(self).await
    }

    /// This organization, else the client's.
    pub(super) fn org(&self, own: Option<&OrgRef>) -> Result<OrgRef> {
        own.map_or_else(|| self.0.org(None).map(OrgRef::from), |org| Ok(org.clone()))
    }
}

/// `None` where the server says, in one of these words, that there is nothing. That a path or an
/// organization is missing stays an error.
pub(super) fn absent<T>(found: Result<T>, missing: &[&str]) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if missing.iter().any(|words| error.is_missing(words)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes requests futures of what their method `send` gives.
macro_rules! awaited {
    ($($request:ident => $output:ty),*) => {$(
        impl std::future::IntoFuture for $request {
            type Output = crate::error::Result<$output>;
            type IntoFuture = crate::http::BoxFuture<Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    )*};
}
pub(super) use awaited;
