//! The resources of a server: organizations, users, tokens, buckets, tasks, labels and the rest.
//!
//! Each kind has a cheap handle, from a method of [`Client`](crate::Client). What is looked up is an
//! `Option`; what there has to be is an error of the kind [`NotFound`](crate::ErrorKind::NotFound) where
//! it is not.
//!
//! | I want | call |
//! |---|---|
//! | a new server to work | [`client.setup(…)`](crate::Client::setup) |
//! | a bucket, whether it is there or not | `client.buckets()`[`.ensure("b")`](Buckets::ensure)`.retention(week)` |
//! | all buckets | `client.buckets()`[`.list()`](Buckets::list)`.all()`, or as a [`Stream`](List) |
//! | points kept for another time | `client.buckets()`[`.update("b")`](Buckets::update)`.retention(week)` |
//! | a token for one bucket | `client.authorizations()`[`.create`](Authorizations::create)`([`[`Permission::read_bucket`]`(id)])` |
//! | a token for a whole organization | … `.create(`[`Permission::all_access`]`(org_id))` |
//! | to replace a token | … [`.duplicate(id)`](Authorizations::duplicate), and when all use the new one [`.delete(id)`](Authorizations::delete) |
//! | to lock a token | … [`.update(id)`](Authorizations::update)`.status(Status::Inactive)` |
//! | a user with a password | `client.users()`[`.create("u")`](Users::create), [`.set_password("u", …)`](Users::set_password) |
//! | to know whose token this is | … [`.me()`](Users::me) |
//! | another organization | `client.organizations()`[`.create("o")`](Organizations::create) |
//! | somebody in it | … [`.members("o")`](Organizations::members)`.add("u")`, [`.owners("o")`](Organizations::owners) |
//! | a secret for its scripts | … [`.secrets("o")`](Organizations::secrets)`.put("key", "secret")` |
//! | a script that runs every hour | `client.tasks()`[`.create("t", Schedule::every(hour), script)`](Tasks::create) |
//! | it to run now, or as of last week | … [`.run(id)`](Tasks::run)`.at(time)`, and to wait for that [`.to_end(limit)`](RunTask::to_end) |
//! | to know how its runs went | … [`.runs(id)`](Tasks::runs), [`.logs(id)`](Tasks::logs) |
//! | to stop it for a while | … [`.disable(id)`](Tasks::disable) |
//! | to mark buckets and tasks | `client.labels()`[`.create("l")`](Labels::create), `client.buckets()`[`.labels("b")`](Buckets::labels)`.attach(&label.id)` |
//! | to mark a dashboard or a check | … [`.on(ResourceType::CHECKS, id)`](Labels::on)`.attach(&label.id)` |
//! | a 1.x database that is a bucket | `client.dbrps()`[`.create("db", "rp", "b")`](Dbrps::create) |
//! | a script that InfluxDB Cloud keeps | `client.scripts()`[`.invoke(id)`](Scripts::invoke)`.param("host", "a").fetch()` |
//! | checks, dashboards, variables, anything else | [`client.request(Method::Get, "api/v2/variables")`](crate::Client::request)`.send::<T>()` |
//!
//! # By ID or by name
//! Where either will do, a text of 16 hexadecimal digits in lower case is an ID, and any other a name:
//! [`OrgRef`], [`BucketRef`], [`UserRef`], of which [`BucketRef::name`] says that a name is meant. A model
//! (`&bucket`) stands for itself. Tasks and labels are named by ID, since names of tasks need not be
//! unique; names of buckets are those of the client's organization.
//!
//! # Older and newer servers
//! What a server does not say is `None`, what this crate has no name for is in `extra`, and words
//! that may become more end in `Other`. Only an answer without an ID or a name is an error. Models read
//! themselves from JSON, so that [`Client::request`](crate::Client::request) can give them too.
//!
//! # Errors
//! A missing permission is [`Forbidden`](crate::ErrorKind::Forbidden), though the server answers most of
//! these calls with 401; what a token may not see is not in a list, and is not found. A name that is taken
//! is a [`Conflict`](crate::ErrorKind::Conflict). What the server would answer with a 500, or take and
//! make something else of, is refused before it is sent, with [`InvalidInput`](crate::ErrorKind::InvalidInput).
//!
//! This room knows the JSON of `/api/v2`. Source: the API of InfluxDB 2.9.1, as seen on a live
//! server.

mod api;
mod authorizations;
mod buckets;
mod cursor;
mod dbrps;
mod extra;
mod labels;
mod list;
mod members;
mod new_bucket;
mod new_task;
mod organizations;
mod permission;
mod references;
mod request;
mod retention;
mod runs;
mod schedule;
mod scripts;
mod setup;
mod tasks;
mod users;
mod words;

pub(crate) use self::api::Api;
pub use self::authorizations::{
    Authorization, Authorizations, CreateAuthorization, UpdateAuthorization,
};
pub use self::buckets::{Bucket, Buckets};
pub use self::dbrps::{CreateDbrp, Dbrp, Dbrps, UpdateDbrp};
pub use self::extra::Extra;
pub use self::labels::{AttachedLabels, CreateLabel, Label, Labels, UpdateLabel};
pub use self::list::{Item, List};
pub use self::members::{Member, Members};
pub use self::new_bucket::{CreateBucket, EnsureBucket, UpdateBucket};
pub use self::new_task::{CreateTask, UpdateTask};
pub use self::organizations::{
    CreateOrganization, Organization, Organizations, Secrets, UpdateOrganization,
};
pub use self::permission::{Permission, Resource, ResourceType};
pub use self::references::{BucketRef, OrgRef, UserRef};
pub use self::request::ApiRequest;
pub use self::runs::{LogEvent, Run, RunTask};
pub use self::schedule::Schedule;
pub use self::scripts::{CreateScript, InvokableScript, ScriptLanguage, Scripts, UpdateScript};
pub(crate) use self::scripts::{invoke, path as script_path};
pub(crate) use self::setup::is_allowed;
pub use self::setup::{Setup, SetupResult};
pub use self::tasks::{Task, Tasks};
pub use self::users::{CreateUser, UpdateUser, User, Users};
pub use self::words::{Action, Role, RunStatus, Status};
