//! Lists, page by page.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::api::Api;
use super::cursor::Cursor;
pub(super) use super::cursor::Paging;
use super::references::{OrgRef, UserRef};
use crate::error::{Error, Result, SettingCause};
use crate::http::{BoxFuture, Method};
use crate::time::Timestamp;

/// What a server lists: the models of this module.
pub trait Item: sealed::Item {}

impl<T: sealed::Item> Item for T {}

pub(super) mod sealed {
    /// How a list of this is asked for and read.
    pub trait Item: serde::de::DeserializeOwned + Send + 'static {
        /// The member of an answer that has the items.
        const KEY: &'static str;
        /// How the rest of a list is asked for.
        const PAGING: super::Paging;
        /// Whether a list is one organization's, the client's if no other is named.
        const OF_ORG: bool;
        /// Whether the server takes its name for that.
        const TAKES_ORG_NAME: bool = false;

        /// What no other item has.
        fn key(&self) -> &str;

        /// When it is, of what is paged by time.
        fn time(&self) -> Option<super::Timestamp> {
            None
        }

        /// Whether it is this organization's, where the server may list others too.
        fn is_of(&self, _org_id: &str) -> bool {
            true
        }

        /// Whether only a token that sees the whole list sees this item.
        fn shows_all(&self) -> bool {
            false
        }

        /// The same error, where more is known about it.
        fn explain(error: crate::error::Error) -> crate::error::Error {
            error
        }
    }
}

/// A list, asked for page by page: a [`Stream`] of its items, or [`all`](Self::all) of them.
///
/// Each item comes once. **What is created or deleted meanwhile** may come or not; what is there from
/// start to end comes, also when others are created or deleted (where a server counts, for buckets,
/// organizations, users and scripts: as long as between two pages no more than a tenth of a page is deleted).
///
/// **A token that may not see everything** gets short and empty pages from the server, since it leaves out
/// what the token may not see after it has cut the list into pages. So a short page is not the end; ten
/// empty ones in a row are: that is a thousand items that the token may not see. Tasks end where it may not
/// see 499 in a row. A larger [`page_size`](Self::page_size) cannot be had; to find one thing, ask by name, for a
/// task by ID.
///
/// The stream ends at the first error.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// let mut buckets = client.buckets().list();
/// while let Some(bucket) = buckets.try_next().await? {
///     println!("{} keeps its points for {:?}", bucket.name, bucket.retention);
/// }
/// assert!(client.buckets().list().all().await?.iter().any(|bucket| bucket.name == "my-bucket"));
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is asked for until it is polled"]
pub struct List<T> {
    api: Api,
    path: String,
    parameters: Vec<(&'static str, String)>,
    scope: Scope,
    /// By whom, and under which key.
    user: Option<(&'static str, UserRef)>,
    page_size: Option<usize>,
    /// Why it cannot be asked for.
    refused: Option<Error>,
    cursor: Cursor,
    seen: HashSet<String>,
    items: VecDeque<T>,
    page: Option<BoxFuture<Result<Page<T>>>>,
}

/// The organization of a list.
#[derive(Debug, Clone)]
enum Scope {
    Client,
    Org(OrgRef),
    All,
}

struct Page<T> {
    scope: Scope,
    user: Option<(&'static str, UserRef)>,
    items: Vec<T>,
}

impl<T: sealed::Item> List<T> {
    pub(super) fn new(api: Api, path: impl Into<String>) -> Self {
        Self {
            api,
            path: path.into(),
            parameters: Vec::new(),
            scope: if T::OF_ORG { Scope::Client } else { Scope::All },
            user: None,
            page_size: None,
            refused: None,
            cursor: Cursor::default(),
            seen: HashSet::new(),
            items: VecDeque::new(),
            page: None,
        }
    }

    /// How many items are asked for at once, instead of as many as the server gives: 500 tasks, runs or
    /// scripts, 100 of the rest. What is not paged comes as a whole. The list fails with
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for more than that, and for none.
    pub const fn page_size(mut self, items: usize) -> Self {
        self.page_size = Some(items);
        self
    }

    /// The next item; `None` at the end, and after an error.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a filter that cannot work,
    /// [`NotFound`](crate::ErrorKind::NotFound) for an organization, user or task to list by that does
    /// not exist, [`Forbidden`](crate::ErrorKind::Forbidden), and failures of the connection.
    ///
    /// # Cancel safety
    /// Safe: no item is lost.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        poll_fn(|cx| self.poll_item(cx)).await
    }

    /// All items that are still to come.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next).
    ///
    /// # Cancel safety
    /// Safe, but what has come is lost.
    pub async fn all(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(item) = self.try_next().await? {
            all.push(item);
        }
        Ok(all)
    }

    pub(super) fn filter(mut self, key: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if value.is_empty() {
            // The server would take it for no filter.
            let remedy = "name it, or do not filter by it";
            return self.refuse(SettingCause::Missing { what: key, remedy }.into());
        }
        self.parameters.retain(|(known, _)| *known != key);
        self.parameters.push((key, value));
        self
    }

    pub(super) fn filter_time(self, key: &'static str, time: Result<Timestamp>) -> Self {
        match time {
            Ok(time) => self.filter(key, time.to_string()),
            Err(error) => self.refuse(error),
        }
    }

    pub(super) fn refuse(mut self, error: Error) -> Self {
        self.refused = self.refused.or(Some(error));
        self
    }

    pub(super) fn starting_after(mut self, key: String) -> Self {
        self.cursor.start = Some(key);
        self.cursor.after.clone_from(&self.cursor.start);
        self
    }

    /// Only what is this user's: the server knows its ID only.
    pub(super) fn of_user(mut self, key: &'static str, user: UserRef) -> Self {
        self.user = Some((key, user));
        self
    }

    pub(super) fn of_org(mut self, org: OrgRef) -> Self {
        self.scope = Scope::Org(org);
        self
    }

    pub(super) fn of_all(mut self) -> Self {
        self.scope = Scope::All;
        self
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<T>>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Poll::Ready(Ok(Some(item)));
            }
            if self.cursor.is_done {
                return Poll::Ready(Ok(None));
            }
            if let Err(error) = ready!(self.poll_page(cx)) {
                self.cursor.is_done = true;
                return Poll::Ready(Err(error));
            }
        }
    }

    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let limit = self.limit()?;
        let page = match &mut self.page {
            Some(page) => page,
            None => self.page.insert(ask(
                self.api.clone(),
                self.path.clone(),
                self.next_parameters(limit),
                self.scope.clone(),
                self.user.clone(),
            )),
        };
        let page = ready!(page.as_mut().poll(cx));
        self.page = None;
        let Page { scope, user, items } = page?;
        (self.scope, self.user) = (scope, user);
        if !self.cursor.joins(&items, &self.seen) {
            return Poll::Ready(Ok(()));
        }
        let is_new: Vec<bool> =
            items.iter().map(|item| self.seen.insert(item.key().to_owned())).collect();
        let new = is_new.iter().filter(|is_new| **is_new).count();
        self.cursor.turn(&items, limit.unwrap_or(0), new);
        let scope = &self.scope;
        let is_of = |item: &T| match scope {
            Scope::Org(OrgRef::Id(id)) => item.is_of(id),
            _ => true,
        };
        let new_items = items.into_iter().zip(is_new);
        let new_items = new_items.filter(|(item, is_new)| *is_new && is_of(item));
        self.items.extend(new_items.map(|(item, _)| item));
        Poll::Ready(Ok(()))
    }

    fn limit(&mut self) -> Result<Option<usize>> {
        if let Some(error) = self.refused.take() {
            return Err(error);
        }
        let (Paging::Offset(most) | Paging::After(most) | Paging::Before(most)) = T::PAGING else {
            return Ok(None);
        };
        let limit = self.page_size.unwrap_or(most);
        if (1..=most).contains(&limit) {
            return Ok(Some(match T::PAGING {
                Paging::After(_) if self.cursor.is_wide => most,
                // With the one that has come already.
                Paging::After(_) => most.min(limit + 1),
                _ => limit,
            }));
        }
        let problem = "is none that the server gives: 1 to 100, of tasks, runs and scripts to 500";
        Err(SettingCause::Invalid { what: "page size", problem }.into())
    }

    fn next_parameters(&self, limit: Option<usize>) -> Vec<(&'static str, String)> {
        let mut parameters = self.parameters.clone();
        parameters.extend(limit.map(|limit| ("limit", limit.to_string())));
        match T::PAGING {
            Paging::Offset(_) => parameters.push(("offset", self.cursor.offset.to_string())),
            Paging::After(_) => {
                parameters.extend(self.cursor.after.clone().map(|after| ("after", after)));
            }
            Paging::Before(_) => {
                if let Some(before) = self.cursor.before {
                    parameters.retain(|(key, _)| *key != "beforeTime");
                    parameters.push(("beforeTime", before.to_string()));
                }
            }
            Paging::None => {}
        }
        parameters
    }
}

/// Asks for one page, and the first time for the IDs of the organization and the user.
fn ask<T: sealed::Item>(
    api: Api,
    path: String,
    parameters: Vec<(&'static str, String)>,
    scope: Scope,
    user: Option<(&'static str, UserRef)>,
) -> BoxFuture<Result<Page<T>>> {
    Box::pin(async move {
        let org = match &scope {
            Scope::Client => Some(api.org(None)?),
            Scope::Org(org) => Some(org.clone()),
            Scope::All => None,
        };
        let org = match org {
            Some(org) if !T::TAKES_ORG_NAME => Some(OrgRef::Id(org.resolve(&api).await?)),
            org => org,
        };
        let scope = org.clone().map_or(scope, Scope::Org);
        let of_org = match org {
            Some(org) => Some(org.parameter(&api).await?),
            None => None,
        };
        let of_user = match &user {
            Some((key, user)) => Some((*key, user.resolve(&api).await?)),
            None => None,
        };
        let user = of_user.clone().map(|(key, id)| (key, UserRef::Id(id)));
        let all = of_org.into_iter().chain(of_user).chain(parameters);
        let request = all.fold(Api::request(Method::Get, &path), |request, (key, value)| {
            request.parameter(key, value)
        });
        let items = api.connection().call(request).await.map_err(T::explain)?.member(T::KEY)?;
        Ok(Page { scope, user, items })
    })
}

impl<T> Unpin for List<T> {}

impl<T: Item> Stream for List<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.poll_item(cx).map(Result::transpose)
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("path", &self.path)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}
