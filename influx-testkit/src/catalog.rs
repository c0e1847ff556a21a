//! What the server has beside points: the organization, its buckets, and who may use them.

use crate::engine::Engine;

/// Everything that a set-up made, and what was added afterwards.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    pub(crate) organization: Option<Organization>,
    pub(crate) buckets: Vec<Bucket>,
    pub(crate) tokens: Vec<Token>,
    /// Invokable scripts, where the server stands in for InfluxDB Cloud in that.
    pub(crate) scripts: Option<Vec<Script>>,
    /// The first user. Once there is one, no set-up is allowed any more.
    pub(crate) user: Option<String>,
    /// Without one, the user cannot sign in.
    pub(crate) password: Option<String>,
    /// What the cookies of those who have signed in say.
    pub(crate) sessions: Vec<String>,
    ids: u64,
}

#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Nanoseconds since 1970.
    pub(crate) created: i64,
}

/// An invokable script.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) text: String,
    pub(crate) language: String,
    /// Nanoseconds since 1970.
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) retention: Retention,
    /// Nanoseconds since 1970.
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) engine: Engine,
}

/// How long a bucket keeps its points, and how it cuts time into shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retention {
    /// 0: for ever.
    pub(crate) seconds: i64,
    pub(crate) shard_seconds: i64,
}

#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) secret: String,
    pub(crate) access: Access,
}

#[derive(Debug, Clone)]
pub(crate) enum Access {
    /// As the operator's token, which the set-up makes.
    Everything,
    Only(Vec<Permission>),
    /// The token is known, and may do nothing.
    Inactive,
}

/// What a token may do with one bucket, for [`Server::add_token`](crate::Server::add_token).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    action: Action,
    bucket: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Read,
    Write,
}

impl Permission {
    /// May query the bucket of this name.
    pub fn read(bucket: impl Into<String>) -> Self {
        Self { action: Action::Read, bucket: bucket.into() }
    }

    /// May write into, and delete from, the bucket of this name.
    pub fn write(bucket: impl Into<String>) -> Self {
        Self { action: Action::Write, bucket: bucket.into() }
    }
}

impl Access {
    pub(crate) fn allows(&self, action: Action, bucket: &Bucket) -> bool {
        match self {
            Self::Everything => true,
            Self::Only(permissions) => permissions
                .iter()
                .any(|permission| permission.action == action && permission.bucket == bucket.name),
            Self::Inactive => false,
        }
    }

    pub(crate) const fn is_active(&self) -> bool {
        !matches!(self, Self::Inactive)
    }

    pub(crate) const fn is_everything(&self) -> bool {
        matches!(self, Self::Everything)
    }
}

impl Retention {
    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * Self::HOUR;

    /// With the shard duration that the server chooses for it.
    pub(crate) const fn new(seconds: i64) -> Self {
        let shard_seconds = match seconds {
            0 => 7 * Self::DAY,
            seconds if seconds >= 180 * Self::DAY => 7 * Self::DAY,
            seconds if seconds >= 2 * Self::DAY => Self::DAY,
            _ => Self::HOUR,
        };
        Self { seconds, shard_seconds }
    }

    /// How long a shard is, and how long points are kept, if not for ever.
    fn nanoseconds(self) -> (i64, Option<i64>) {
        let nanoseconds = |seconds: i64| seconds.saturating_mul(1_000_000_000);
        let keep = (self.seconds > 0).then(|| nanoseconds(self.seconds));
        (nanoseconds(self.shard_seconds), keep)
    }
}

impl Bucket {
    pub(crate) fn set_retention(&mut self, retention: Retention) {
        self.retention = retention;
        let (shard, keep) = retention.nanoseconds();
        self.engine.set_durations(shard, keep);
    }

    /// Whether the server made it for itself.
    pub(crate) fn is_system(&self) -> bool {
        self.name.starts_with('_')
    }
}

impl Catalog {
    /// An ID that nothing else has: 16 hexadecimal digits.
    pub(crate) fn new_id(&mut self) -> String {
        self.ids += 1;
        // Spread over all digits, so that nobody takes an ID for a number.
        format!("{:016x}", self.ids.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63)
    }

    pub(crate) fn bucket_by_id(&self, id: &str) -> Option<&Bucket> {
        self.buckets.iter().find(|bucket| bucket.id == id)
    }

    pub(crate) fn bucket_by_name(&self, name: &str) -> Option<&Bucket> {
        self.buckets.iter().find(|bucket| bucket.name == name)
    }

    pub(crate) fn bucket_mut(&mut self, id: &str) -> Option<&mut Bucket> {
        self.buckets.iter_mut().find(|bucket| bucket.id == id)
    }

    /// The bucket must have a name that no other one has.
    pub(crate) fn add_bucket(
        &mut self,
        name: &str,
        description: &str,
        retention: Retention,
        now: i64,
    ) -> &Bucket {
        let id = self.new_id();
        let (shard, keep) = retention.nanoseconds();
        let engine = Engine::new(&id, shard, keep);
        self.buckets.push(Bucket {
            id,
            name: name.into(),
            description: description.into(),
            retention,
            created: now,
            updated: now,
            engine,
        });
        &self.buckets[self.buckets.len() - 1]
    }

    /// A token that is there already may do this from now on, and nothing else.
    pub(crate) fn add_token(&mut self, secret: String, access: Access) {
        self.tokens.retain(|token| token.secret != secret);
        self.tokens.push(Token { secret, access });
    }

    /// Whether there is such a token.
    pub(crate) fn deactivate_token(&mut self, secret: &str) -> bool {
        let mut known = self.tokens.iter_mut().filter(|token| token.secret == secret);
        known.next().map(|token| token.access = Access::Inactive).is_some()
    }

    /// The token of a request's `Authorization` header, if the server knows it.
    pub(crate) fn token(&self, authorization: &str) -> Option<&Token> {
        let (scheme, secret) = authorization.split_once(' ')?;
        let is_known = ["token", "bearer"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        self.tokens.iter().find(|token| is_known && token.secret == secret)
    }
}
