//! Settings from files.

mod document;
mod ini;
mod json;
mod profile;
mod toml;

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use self::document::{Document, Item, Malformed, Section};
use super::Options;
use super::entry::Entry;
use super::nearest::nearest;
use super::settings::{self, Layer};
use crate::error::{Error, Place, Result, SettingCause};

/// A file of settings: which one, in which format, and which part of it.
///
/// A path alone will do, wherever one of these is asked for.
///
/// # Formats
///
/// The name's end says which one it is: `.toml`, `.ini`, `.json`, or `configs` for the profiles of the
/// `influx` CLI; else the content does.
///
/// | format | settings are | tags are |
/// |---|---|---|
/// | TOML | at the top, or in `[influx2]` | in `[tags]` |
/// | the CLI's profiles, TOML | in the table with `active = true` | in `[tags]` |
/// | INI | in `[influx2]` | in `[tags]` |
/// | JSON | at the top, or in the object `influx2` | in the object `tags` |
///
/// A value `${env.NAME}` is that of the environment variable `NAME`, which keeps a token out of the file.
/// [`profile`](Self::profile) names another table than `influx2`. Headers stand beside the tags,
/// in `headers` and `proxy_headers`. INI is read as Python's `configparser` does, but `%` means
/// nothing, and a comment behind a value needs quotes around that; names of tags keep their case in every format. Null and blank text count as not set. The page of
/// [`ClientBuilder`](crate::client::ClientBuilder) lists all keys. Paths in a file are relative to the
/// working directory.
///
/// ```
/// use influx_core::client::ConfigFile;
///
/// # let folder = std::env::temp_dir().join(format!("config-file-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("configs");
/// std::fs::write(
///     &path,
///     r#"
///     [default]
///       url = "http://localhost:8086"
///       token = "my-token"
///       org = "my-org"
///       active = true
///
///     [production]
///       url = "https://influx.example.org"
///       token = "another"
///       org = "my-org"
///     "#,
/// )?;
/// let active = influx_core::Client::from_config_file(&path)?;
/// let production = influx_core::Client::from_config_file(ConfigFile::new(&path).profile("production"))?;
/// assert!(format!("{production:?}").contains("influx.example.org"));
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    path: PathBuf,
    format: Option<ConfigFormat>,
    profile: Option<String>,
}

/// How a [`ConfigFile`] is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigFormat {
    /// TOML 1.1, also for the profiles of the `influx` CLI.
    Toml,
    /// INI as Python's `configparser` reads it, without interpolation.
    Ini,
    /// One JSON object.
    Json,
}

impl ConfigFile {
    /// The file at this path. It is read when a client is made from it.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), format: None, profile: None }
    }

    /// The profiles of the `influx` CLI: the file that `INFLUX_CONFIGS_PATH` names, else
    /// `~/.influxdbv2/configs`; of it the profile that `INFLUX_ACTIVE_CONFIG` names, else the active one.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when there is neither that variable nor a home.
    pub fn cli() -> Result<Self> {
        let said = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let path = match said("INFLUX_CONFIGS_PATH") {
            Some(path) => PathBuf::from(path),
            None => home()?.join(".influxdbv2").join("configs"),
        };
        let file = Self::new(path).format(ConfigFormat::Toml);
        Ok(match said("INFLUX_ACTIVE_CONFIG") {
            Some(profile) => file.profile(profile.to_string_lossy()),
            None => file,
        })
    }

    /// Takes the settings from the table, section or object of this name.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// How the file is written, whatever its name and content say.
    #[must_use]
    pub const fn format(mut self, format: ConfigFormat) -> Self {
        self.format = Some(format);
        self
    }

    /// Takes over what the file says.
    pub(super) fn read_into(&self, options: &mut Options) -> Result<()> {
        let text = std::fs::read_to_string(&self.path).map_err(|error| {
            let problem = match error.kind() {
                ErrorKind::InvalidData => "it is not UTF-8; save it in that encoding",
                _ => "it cannot be read",
            };
            Error::setting(self.wrong(None, problem), error)
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let document = self
            .parse(text)
            .map_err(|Malformed { line, problem }| Error::from(self.wrong(line, problem)))?;
        let main = profile::choose(&document, self.profile.as_deref())
            .map_err(|problem| Error::from(self.wrong(None, problem)))?;
        self.check_keys(&document, main)?;
        for warning in profile::beside(&document, main) {
            options.warn(format!("in {}: {warning}", self.shown()));
        }
        let layer = self.layer(&document, main, options)?;
        self.warn_of_readers(&layer, options);
        self.check_url(&layer, main)?;
        options.file = Some(self.shown());
        options.overlay(&layer)
    }

    fn parse(&self, text: &str) -> Result<Document, Malformed> {
        match self.format.or_else(|| format_of(&self.path)) {
            Some(ConfigFormat::Toml) => toml::parse(text).map_err(|error| hinted(error, text)),
            Some(ConfigFormat::Ini) => ini::parse(text),
            Some(ConfigFormat::Json) => json::parse(text),
            None if text.trim_start().starts_with('{') => json::parse(text),
            None => toml::parse(text).or_else(|_| ini::parse(text)),
        }
    }

    /// A setting that is there twice, in other case, or is a table.
    fn check_keys(&self, document: &Document, main: &Section) -> Result<()> {
        let mut keys = HashSet::new();
        for item in &main.items {
            if !keys.insert(item.key.to_lowercase()) {
                let problem = format!("`{}` is there twice, perhaps in other case", item.key);
                return Err(self.wrong(item.line, problem).into());
            }
        }
        let mut tables = document.sections.iter().filter_map(|section| {
            let key = section.name.strip_prefix(&main.within(""))?;
            settings::is_known(&key.to_lowercase()).then_some(key)
        });
        if let Some(key) = tables.next() {
            let problem = format!("`{key}` is a table, where a value belongs");
            return Err(self.wrong(None, problem).into());
        }
        Ok(())
    }

    fn layer(&self, document: &Document, main: &Section, options: &mut Options) -> Result<Layer> {
        let mut layer = Layer::default();
        for item in &main.items {
            let key = item.key.to_lowercase();
            if settings::is_known(&key) {
                layer.settings.extend(self.entry(key, item)?);
            } else {
                options.warn(self.unknown(item));
            }
        }
        let all = |name: &str| -> Result<Vec<Entry>> {
            let own = (!main.name.is_empty()).then(|| main.within(name));
            let sections = std::iter::once(name.to_owned()).chain(own);
            let sections = sections.filter_map(|name| document.section(&name));
            let items = sections.flat_map(|section| &section.items);
            items.filter_map(|item| self.entry(item.key.clone(), item).transpose()).collect()
        };
        layer.tags = all("tags")?;
        layer.headers = all("headers")?;
        layer.proxy_headers = all("proxy_headers")?;
        Ok(layer)
    }

    fn entry(&self, key: String, item: &Item) -> Result<Option<Entry>> {
        let place = Place::File { path: self.shown(), line: item.line, key: item.key.clone() };
        let entry = Entry::new(key, place, item.value.clone());
        let entry = entry.expanded(|name| std::env::var(name).ok())?;
        Ok(Some(entry).filter(|entry| !entry.is_blank()))
    }

    fn unknown(&self, item: &Item) -> String {
        let place = Place::File { path: self.shown(), line: item.line, key: item.key.clone() };
        let meant = nearest(&item.key, settings::names());
        let meant = meant.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        format!("{place} is no setting{meant}")
    }

    /// A misspelt `url` is told at once; one that is missing may come from elsewhere.
    fn check_url(&self, layer: &Layer, main: &Section) -> Result<()> {
        if layer.settings.iter().any(|entry| entry.key == "url") {
            return Ok(());
        }
        let near = main.items.iter().find(|item| nearest(&item.key, ["url"]).is_some());
        near.map_or(Ok(()), |item| {
            let problem = format!("there is no `url`; is `{}` meant to be it?", item.key);
            Err(self.wrong(item.line, problem).into())
        })
    }

    #[cfg(unix)]
    fn warn_of_readers(&self, layer: &Layer, options: &mut Options) {
        use std::os::unix::fs::PermissionsExt as _;

        const OTHERS_READ: u32 = 0o004;
        let secret = |entry: &Entry| match &*entry.key {
            "token" | "password" | "cert_key_password" => true,
            "proxy" => entry.text().is_ok_and(|url| url.contains('@')),
            _ => false,
        };
        let has_secret = layer.settings.iter().any(secret)
            || !layer.headers.is_empty()
            || !layer.proxy_headers.is_empty();
        let mode = std::fs::metadata(&self.path).map(|metadata| metadata.permissions().mode());
        if has_secret && mode.is_ok_and(|mode| mode & OTHERS_READ != 0) {
            let path = self.shown();
            options.warn(format!(
                "{path} holds a secret and can be read by everybody; `chmod 600` keeps it"
            ));
        }
    }

    #[cfg(not(unix))]
    fn warn_of_readers(&self, _: &Layer, _: &mut Options) {}

    fn wrong(&self, line: Option<usize>, problem: impl Into<String>) -> SettingCause {
        SettingCause::File { path: self.shown(), line, problem: problem.into() }
    }

    fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

fn home() -> Result<PathBuf> {
    let remedy = "name the file with INFLUX_CONFIGS_PATH";
    let missing = SettingCause::Missing { what: "home directory", remedy };
    std::env::home_dir().ok_or_else(|| missing.into())
}

/// The Python client takes INI for TOML, and so do files that were written for it.
fn hinted(mut error: Malformed, text: &str) -> Malformed {
    if ini::parse(text).is_ok_and(|document| !document.sections.is_empty()) {
        error.problem.push_str("; if it is INI, `ConfigFile::format` says so");
    }
    error
}

/// The format that a file's name tells.
fn format_of(path: &Path) -> Option<ConfigFormat> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("toml") => Some(ConfigFormat::Toml),
        Some("ini") => Some(ConfigFormat::Ini),
        Some("json") => Some(ConfigFormat::Json),
        None if path.file_name().is_some_and(|name| name == "configs") => Some(ConfigFormat::Toml),
        _ => None,
    }
}

macro_rules! from_paths {
    ($($path:ty),*) => {$(
        impl From<$path> for ConfigFile {
            fn from(path: $path) -> Self {
                Self::new(path)
            }
        }
    )*};
}

from_paths!(&str, String, &String, &Path, PathBuf, &PathBuf);

#[cfg(test)]
mod tests;
