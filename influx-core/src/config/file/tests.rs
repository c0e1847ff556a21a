use std::path::PathBuf;

use super::{ConfigFile, ConfigFormat};
use crate::config::Options;
use crate::http::{Proxy, TokenSource};

/// A file that is removed when this is dropped.
struct Written(PathBuf);

impl Written {
    fn new(name: &str, text: &str) -> Self {
        let folder = std::env::temp_dir().join(format!(
            "influx-config-{}-{}",
            std::process::id(),
            fastrand::u64(..)
        ));
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}

fn read(name: &str, text: &str) -> crate::Result<Options> {
    let file = Written::new(name, text);
    Options::from_config_file(&ConfigFile::new(&file.0))
}

/// The same settings in each format.
const TOML: &str = r#"
[influx2]
url = "http://localhost:8086"   # a comment
token = "my-t%ken"
org = 'my-org'
timeout = 6_000
connection_pool_maxsize = 0x37
auth_basic = false
verify_ssl = true
gzip = true
profilers = ["query", "operator"]
proxy = "http://proxy:3128"

[tags]
Id = "132-987-655"
customer = "California Miner"
data_center = "${env.CARGO_PKG_NAME}"
number = 7

[proxy_headers]
X-For = "proxy"

[headers]
X-Mine = "a"
"#;

const INI: &str = r#"
; of the official client's shape
[influx2]
url=http://localhost:8086
Token = "my-t%ken"
org : my-org
timeout=6000
connection_pool_maxsize=55
auth_basic=False
verify_ssl="yes"
enable_gzip=1
profilers=query,operator
proxy="http://proxy:3128"   # a comment

[tags]
Id = 132-987-655
customer = California Miner
data_center = ${env.CARGO_PKG_NAME}
number = 7
[proxy_headers]
X-For = proxy
[headers]
X-Mine = a
[another program's]
key = "value
"#;

const JSON: &str = r#"{
    "url": "http://localhost:8086",
    "token": "my-t%ken",
    "org": "my-org",
    "timeout": 6000,
    "connection_pool_maxsize": 55,
    "auth_basic": false,
    "verify_ssl": "on",
    "enable_gzip": true,
    "username": null,
    "profilers": ["query", "operator"],
    "proxy": "http://proxy:3128",
    "tags": {"Id": "132-987-655", "customer": "California Miner",
             "data_center": "${env.CARGO_PKG_NAME}", "number": 7, "none": null},
    "proxy_headers": {"X-For": "proxy"},
    "headers": {"X-Mine": "a"}
}"#;

#[test]
fn what_would_be_ignored_is_an_error_or_a_warning() {
    for (name, text, words) in [
        ("a.toml", "url = 'http://h'\n[token]\nx = 1", "`token` is a table, where a value belongs"),
        ("a.toml", "[influx2]\nurl = 'http://h'\n[influx2.org]", "`org` is a table"),
        ("a.json", r#"{"url": "http://h", "token": {}}"#, "`token` is a table"),
        (
            "a.toml",
            "url = 'http://h'\ntoken = 'a'\nToken = 'b'",
            "is there twice, perhaps in other case",
        ),
        ("a.toml", "url = 'http://h'\ngzip = false\nenable_gzip = true", "says something else"),
        (
            "a.toml",
            "url = 'http://h'\nproxy = 'http://p'\nproxy_from_env = true",
            "beside a `proxy`",
        ),
        ("configs", "[a]\nurl = 'http://h'\nactive = 'maybe'", "`active` of `a` is neither"),
        ("a.toml", "url = 'http://h'\ntoken = '${env.NOWHERE_TO_BE_FOUND}'", "NOWHERE_TO_BE_FOUND"),
    ] {
        let error = read(name, text).unwrap_err().to_string();
        assert!(error.contains(words), "{error} should say {words:?}");
    }
    for (name, text, words) in [
        ("a.toml", "url = 'x'\n[influx2]\nurl = 'http://h'", "outside of all sections is not read"),
        ("a.ini", "[DEFAULT]\ntoken=t\n[influx2]\nurl=http://h", "in `DEFAULT` is not read"),
        ("a.toml", "url = 'http://h'\n[tag]\na = 'b'", "`tag` is not read; did you mean `tags`?"),
    ] {
        let options = read(name, text).unwrap();
        assert!(options.warnings.iter().any(|it| it.contains(words)), "{:?}", options.warnings);
    }
}

#[test]
fn a_secret_may_stand_in_the_environment() {
    let text =
        "url = 'http://h'\ntoken = '${env.CARGO_PKG_NAME}'\n[headers]\nA = '${env.CARGO_PKG_NAME}'";
    let options = read("a.toml", text).unwrap();
    assert!(matches!(&options.token, TokenSource::Fixed(it) if it.expose() == "influx-core"));
    assert_eq!(options.wire.headers[0].value.expose(), "influx-core");
}

#[test]
fn a_proxy_stays_whatever_stands_behind_it() {
    for text in
        ["proxy = 'http://p'\nproxy_from_env = false", "proxy_from_env = false\nproxy = 'http://p'"]
    {
        let options = read("a.toml", &format!("url = 'http://h'\n{text}")).unwrap();
        assert!(matches!(options.wire.proxy, Proxy::At(_)), "{text}");
    }
}

#[test]
fn another_encoding_is_named() {
    let file = Written::new("a.toml", "");
    std::fs::write(&file.0, b"\xff\xfeu\0r\0l\0").unwrap();
    let error = Options::from_config_file(&ConfigFile::new(&file.0)).unwrap_err();
    assert!(error.to_string().contains("it is not UTF-8"), "{error}");
}

#[test]
fn every_format_says_the_same() {
    let ini = INI.replace("key = \"value\n", "key = value\n");
    for (name, text) in [
        ("a.toml", TOML),
        ("a.ini", &*ini),
        ("a.json", JSON),
        ("toml", TOML),
        ("ini.conf", &*ini),
        ("json.cfg", JSON),
        ("bom.json", &format!("\u{feff}{JSON}")),
        ("flat.toml", &TOML.replace("[influx2]", "")),
        ("crlf.ini", &ini.replace('\n', "\r\n")),
        ("nested.toml", &TOML.replace("[tags]", "[influx2.tags]")),
    ] {
        let options = read(name, text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(options.url.as_deref(), Some("http://localhost:8086"), "{name}");
        assert!(
            matches!(&options.token, TokenSource::Fixed(token) if token.expose() == "my-t%ken"),
            "{name}"
        );
        assert_eq!(options.org.as_deref(), Some("my-org"), "{name}");
        assert_eq!(options.timeout.unwrap().as_secs(), 6, "{name}");
        assert_eq!(options.wire.idle_connections, 55, "{name}");
        assert!(!options.basic && !options.wire.tls.accepts_invalid, "{name}");
        assert_eq!(options.gzip, cfg!(feature = "gzip"), "{name}");
        let Proxy::At(url) = &options.wire.proxy else { panic!("{name}") };
        assert_eq!(
            (url.as_str(), options.wire.proxy_headers[0].name.as_str()),
            ("http://proxy:3128", "X-For")
        );
        assert_eq!(options.wire.headers[0].name, "X-Mine", "{name}");
        let mut tags = options.default_tags.clone();
        tags.sort();
        let expected = [
            ("Id", "132-987-655"),
            ("customer", "California Miner"),
            ("data_center", "influx-core"),
            ("number", "7"),
        ];
        assert_eq!(tags, expected.map(|(key, value)| (key.to_owned(), value.to_owned())), "{name}");
        let quiet =
            options.warnings.iter().filter(|warning| !warning.contains("read by everybody"));
        let quiet: Vec<_> = quiet.collect();
        assert_eq!(quiet.len(), 1, "{name}: {quiet:?}");
        assert!(quiet[0].contains("profilers"), "{name}");
    }
}

const PROFILES: &str = r#"
[default]
  url = "http://localhost:8086"
  token = "a"
  org = "my-org"
  active = true
#
# [us-central]
#   url = "https://us-central1-1.gcp.cloud2.influxdata.com"
[production]
  url = "https://influx.example.org"
  token = "b"
  previous = true
"#;

#[test]
fn the_active_profile_is_taken_unless_another_is_named() {
    let file = Written::new("configs", PROFILES);
    let url =
        |file: &ConfigFile| Options::from_config_file(file).map(|options| options.url.unwrap());
    let configs = ConfigFile::from(&file.0);
    assert_eq!(url(&configs).unwrap(), "http://localhost:8086");
    assert_eq!(url(&configs.clone().profile("production")).unwrap(), "https://influx.example.org");
    for (name, words) in [
        ("prodution", "it has no profile `prodution`; did you mean `production`?"),
        ("x", "it has no profile `x`, but `default`, `production`"),
    ] {
        let error = url(&configs.clone().profile(name)).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("configs"), "{error}");
    }
    for (text, words) in [
        (
            PROFILES.replace("active = true", ""),
            "no active profile; choose one with `profile`: `default`, `production`",
        ),
        (
            PROFILES.replace("previous", "active"),
            "several profiles are active: `default`, `production`",
        ),
        (String::new(), "it holds no settings"),
    ] {
        let error = read("configs", &text).unwrap_err().to_string();
        assert!(error.contains(words), "{error} should say {words:?}");
    }
}

/// A file, and what is said of it.
const WRONG: &[(&str, &str, &str)] = &[
    (
        "a.toml",
        "url = \"http://h\"\ntimeout = \"soon\"",
        "`timeout` in FILE, line 2 is no whole number of milliseconds",
    ),
    (
        "a.toml",
        "url = \"http://h\"\ntimeout = 1.5",
        "`timeout` in FILE, line 2 is neither a text nor a whole number",
    ),
    ("a.toml", "url = \"http://h\"\n\ntoken = hunter2", "the file FILE, line 3: this is no TOML"),
    (
        "a.toml",
        "url = \"http://h\"\nurl = \"x\"",
        "the file FILE, line 2: this is no TOML: duplicate key",
    ),
    (
        "a.toml",
        "ulr = \"http://h\"\norg = \"o\"",
        "the file FILE, line 1: there is no `url`; is `ulr` meant to be it?",
    ),
    (
        "a.toml",
        "url = \"http://h\"\nauth_basic = \"maybe\"",
        "`auth_basic` in FILE, line 2 is neither `true` nor `false`",
    ),
    (
        "a.toml",
        "url = \"http://h\"\nssl_ca_cert = \"no-such.pem\"",
        "`ssl_ca_cert` in FILE, line 2 names a file that cannot be read",
    ),
    (
        "a.toml",
        "url = \"http://h\"\n[tags]\nx = \"${env.NOWHERE}\"",
        "`x` in FILE, line 3 stands for the environment variable `NOWHERE`, which is not set",
    ),
    ("a.toml", "url = \"http://h\"\n[tags]\nx = [1]", "`x` in FILE, line 3 is neither a text"),
    ("a.ini", "url=http://h", "the file FILE, line 1: a setting stands in front of all sections"),
    ("a.ini", "[influx2]\nhunter2", "the file FILE, line 2: a setting is written `key = value`"),
    ("a.ini", "[influx2]\nurl=a\nURL=b", "the file FILE, line 3: this key is there twice"),
    (
        "a.ini",
        "[influx2]\ntoken=\"hunter2",
        "the file FILE, line 2: the value's second quote is missing",
    ),
    (
        "a.ini",
        "[influx2]\ntoken=\"a\" hunter2",
        "line 2: something stands behind the value's second quote",
    ),
    ("a.ini", "[influx2]\nurl=a\n  b=c", "line 3: an indented line goes on with the value above"),
    ("a.ini", "[influx2]\nurl=a\n[influx2]", "line 3: this section is there twice"),
    ("a.ini", "[influx2\nurl=a", "line 1: a section is written `[name]`"),
    (
        "a.json",
        "{\"url\": \"http://h\",\n \"timeout\": -1}",
        "`timeout` in FILE is no whole number",
    ),
    (
        "a.json",
        "{\"url\": \"http://h\",\n \"token\": hunter2}",
        "the file FILE, line 2: this is no JSON",
    ),
    ("a.json", "{\"url\": 1,\n \"url\": 2}", "the file FILE, line 2: a key is there twice"),
    ("a.json", "[]", "the file FILE: this is no JSON object of settings"),
];

#[test]
fn what_is_wrong_is_told_with_file_line_and_key() {
    for (name, text, words) in WRONG {
        let file = Written::new(name, text);
        let error = Options::from_config_file(&ConfigFile::new(&file.0)).unwrap_err();
        let message = error.to_string().replace(file.0.to_str().unwrap(), "FILE");
        assert_eq!(error.kind(), crate::ErrorKind::InvalidInput, "{message}");
        assert!(message.contains(words), "{message:?} should say {words:?}");
        let all = format!("{error:?} {error}");
        assert!(!all.contains("hunter2"), "{all}");
    }
}

#[test]
fn a_missing_file_or_url_is_told_with_the_files_name() {
    let error = Options::from_config_file(&ConfigFile::new("no/such/file.toml")).unwrap_err();
    assert_eq!(error.to_string(), "the file no/such/file.toml: it cannot be read");
    let file = Written::new("a.toml", "org = \"o\"");
    let options = Options::from_config_file(&ConfigFile::new(&file.0)).unwrap();
    let message = options.clone().connect().unwrap_err().to_string();
    assert!(message.contains("a.toml: there is no `url`"), "{message}");
    // It may come from elsewhere.
    let options = Options { url: Some("http://h".into()), ..options };
    assert!(options.connect().is_ok());
}

#[test]
fn keys_that_are_no_settings_are_warned_about() {
    let text = "url = \"http://h\"\ntokne = \"hunter2\"\nbucket = \"b\"";
    let warnings = read("a.toml", text).unwrap().warnings.join("\n");
    assert!(
        warnings.contains("`tokne` in ")
            && warnings.contains("line 2 is no setting; did you mean `token`?"),
        "{warnings}"
    );
    assert!(warnings.contains("`bucket` in ") && !warnings.contains("hunter2"), "{warnings}");
}

#[cfg(unix)]
#[test]
fn a_secret_that_everybody_can_read_is_warned_about() {
    use std::os::unix::fs::PermissionsExt as _;

    let warned = |text: &str, mode| {
        let file = Written::new("a.toml", text);
        std::fs::set_permissions(&file.0, std::fs::Permissions::from_mode(mode)).unwrap();
        let options = Options::from_config_file(&ConfigFile::new(&file.0)).unwrap();
        options.warnings.iter().any(|warning| warning.contains("can be read by everybody"))
    };
    let secret = "url = \"http://h\"\ntoken = \"t\"";
    assert!(warned(secret, 0o644) && !warned(secret, 0o640) && !warned(secret, 0o600));
    assert!(!warned("url = \"http://h\"", 0o644));
}

#[test]
fn whatever_a_file_holds_is_read_or_refused() {
    const PIECES: [&str; 20] = [
        "[", "]", "=", ":", "\"", "'", "\n", " ", "#", ";", "{", "}", ",", "url", "tags", "${env.",
        "ä", "\\", "1", "\u{feff}",
    ];
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let pieces = random.usize(0..20);
        let text: String = (0..pieces).map(|_| PIECES[random.usize(0..PIECES.len())]).collect();
        let parsed =
            [super::toml::parse(&text), super::ini::parse(&text), super::json::parse(&text)];
        for document in parsed.into_iter().flatten() {
            let _ = super::profile::choose(&document, None);
            let _ = super::profile::choose(&document, Some("url"));
        }
    }
}

#[test]
fn a_format_can_be_named() {
    let file = Written::new("a.toml", "[influx2]\nurl = http://h\nauth_basic = False");
    let named = ConfigFile::new(&file.0).format(ConfigFormat::Ini);
    assert_eq!(Options::from_config_file(&named).unwrap().url.as_deref(), Some("http://h"));
    let error = Options::from_config_file(&ConfigFile::new(&file.0)).unwrap_err().to_string();
    assert!(error.ends_with("; if it is INI, `ConfigFile::format` says so"), "{error}");
}
