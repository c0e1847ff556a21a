//! The settings that the environment and files know: one table for both.

use super::Options;
use super::entry::Entry;
use crate::error::Result;
use crate::http::{Header, Identity, Proxy, Token, TokenSource};

type Apply = fn(&mut Options, &Entry) -> Result<()>;

/// Each setting under its key in files. The environment variable is `INFLUXDB_V2_` and the key in
/// capitals.
const SETTINGS: [(&str, Apply); 26] = [
    ("url", |it, entry| set(&mut it.url, entry.text()?)),
    ("token", |it, entry| {
        it.token = TokenSource::Fixed(Token::from(entry.text()?));
        Ok(())
    }),
    ("username", |it, entry| set(&mut it.user, entry.text()?)),
    ("password", |it, entry| set(&mut it.password, Token::from(entry.verbatim()?))),
    ("auth_basic", |it, entry| put(&mut it.basic, entry.boolean()?)),
    ("org", |it, entry| set(&mut it.org, entry.text()?)),
    ("gzip", gzip),
    ("enable_gzip", gzip),
    ("timeout", |it, entry| put(&mut it.timeout, entry.limit()?)),
    ("read_timeout", |it, entry| put(&mut it.read_timeout, entry.limit()?)),
    ("connect_timeout", |it, entry| put(&mut it.wire.connect_timeout, entry.limit()?)),
    ("connection_pool_maxsize", |it, entry| put(&mut it.wire.idle_connections, entry.number()?)),
    ("idle_timeout", |it, entry| put(&mut it.wire.idle_timeout, entry.limit()?)),
    ("redirects", |it, entry| put(&mut it.redirects, entry.number()?)),
    ("retries", |it, entry| put(&mut it.retries, entry.number()?)),
    ("user_agent", |it, entry| set(&mut it.wire.user_agent, entry.text()?)),
    ("verify_ssl", |it, entry| put(&mut it.wire.tls.accepts_invalid, !entry.boolean()?)),
    ("ssl_ca_cert", |it, entry| put(&mut it.wire.tls.certificates, vec![entry.file()?])),
    ("cert_file", |it, entry| put(&mut identity(it).certificate, entry.file()?)),
    ("cert_key_file", |it, entry| put(&mut identity(it).key, entry.file()?)),
    ("cert_key_password", |it, entry| {
        set(&mut identity(it).password, Token::from(entry.verbatim()?))
    }),
    ("proxy", |it, entry| put(&mut it.wire.proxy, Proxy::At(entry.text()?))),
    ("proxy_from_env", |it, entry| {
        match (entry.boolean()?, &it.wire.proxy) {
            (true, _) => it.wire.proxy = Proxy::Environment,
            (false, Proxy::Environment) => it.wire.proxy = Proxy::None,
            (false, Proxy::At(_) | Proxy::None) => {}
        }
        Ok(())
    }),
    ("profilers", |it, entry| {
        it.warn(format!("{} does nothing; ask a query itself with `fetch_profiled`", entry.place));
        Ok(())
    }),
    // What the CLI notes for itself.
    ("active", |_, entry| entry.boolean().map(drop)),
    ("previous", nothing),
];

/// What a source says beside its settings.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) settings: Vec<Entry>,
    pub(super) tags: Vec<Entry>,
    pub(super) headers: Vec<Entry>,
    pub(super) proxy_headers: Vec<Entry>,
}

impl Layer {
    /// Two settings of one source that say different things: neither is taken in silence.
    fn check(&self) -> Result<()> {
        let find = |key: &str| self.settings.iter().find(|entry| entry.key == key);
        if let (Some(one), Some(other)) = (find("gzip"), find("enable_gzip"))
            && one.boolean()? != other.boolean()?
        {
            return Err(one.wrong("says something else than `enable_gzip`; leave one of them out"));
        }
        if let (Some(_), Some(from_env)) = (find("proxy"), find("proxy_from_env"))
            && from_env.boolean()?
        {
            return Err(from_env.wrong("stands beside a `proxy`; leave one of them out"));
        }
        Ok(())
    }
}

impl Options {
    /// Takes over what a source says, in place of what was set before.
    pub(super) fn overlay(&mut self, layer: &Layer) -> Result<()> {
        layer.check()?;
        self.forget_credentials_before(&layer.settings);
        for entry in &layer.settings {
            if let Some(apply) = find(&entry.key) {
                apply(self, entry)?;
            }
        }
        for tag in &layer.tags {
            self.default_tags.push((tag.key.clone(), tag.text()?));
        }
        for header in &layer.headers {
            self.wire.headers.push(Header::new(&header.key, header.text()?));
        }
        for header in &layer.proxy_headers {
            self.wire.proxy_headers.push(Header::new(&header.key, header.text()?));
        }
        Ok(())
    }

    /// A token of this source is meant instead of a user of an earlier one, and the other way round.
    fn forget_credentials_before(&mut self, settings: &[Entry]) {
        let has = |key: &str| settings.iter().any(|entry| entry.key == key);
        if has("token") && !has("username") && !has("password") {
            // How that user was to be shown goes with it.
            self.basic &= self.user.is_none();
            (self.user, self.password) = (None, None);
        }
        if has("token") && has("username") && has("password") {
            self.warn("both a token and a user are configured; the user signs in".to_owned());
        }
    }
}

pub(super) fn is_known(key: &str) -> bool {
    find(key).is_some()
}

/// The settings that there are, by their keys in files.
#[cfg(feature = "config-file")]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|(name, _)| *name)
}

fn find(key: &str) -> Option<Apply> {
    SETTINGS.iter().find(|(name, _)| *name == key).map(|(_, apply)| *apply)
}

fn put<T>(into: &mut T, value: T) -> Result<()> {
    *into = value;
    Ok(())
}

fn set<T>(into: &mut Option<T>, value: T) -> Result<()> {
    put(into, Some(value))
}

const fn nothing(_: &mut Options, _: &Entry) -> Result<()> {
    Ok(())
}

fn gzip(options: &mut Options, entry: &Entry) -> Result<()> {
    let on = entry.boolean()?;
    if on && !cfg!(feature = "gzip") {
        return Err(entry.wrong("needs the feature `gzip` of influx-core"));
    }
    put(&mut options.gzip, on)
}

fn identity(options: &mut Options) -> &mut Identity {
    options.wire.tls.identity.get_or_insert_default()
}
