//! The rooms of `influx-core` and of `influx-testkit`, and the directions in which they may look.
//!
//! Reads the code, not its text: comments and strings do not count.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// Each room with the rooms that it may name. The order is a newcomer's path.
type Rooms = &'static [(&'static str, &'static [&'static str])];

const CORE: Rooms = &[
    ("error", &[]),
    ("time", &["error"]),
    ("schema", &["error", "time"]),
    ("flux", &["error", "time", "schema"]),
    ("line_protocol", &["error", "time", "schema"]),
    ("annotated_csv", &["error", "time", "schema"]),
    ("measurement", &["error", "time", "schema", "line_protocol", "annotated_csv", "flux"]),
    ("dataframe", &["error", "time", "schema", "line_protocol", "annotated_csv", "measurement"]),
    ("batch", &["error", "time", "schema", "line_protocol"]),
    ("http", &["error", "time"]),
    ("config", &["error", "http"]),
    ("admin", &["error", "time", "flux", "http"]),
    (
        "client",
        &[
            "error",
            "time",
            "schema",
            "flux",
            "line_protocol",
            "annotated_csv",
            "measurement",
            "dataframe",
            "batch",
            "http",
            "config",
            "admin",
        ],
    ),
    ("blocking", &["error", "client"]),
];

/// A room may be a single file.
const TESTKIT: Rooms = &[
    ("refusal", &[]),
    ("clock", &[]),
    ("point", &[]),
    ("line_protocol", &["refusal", "point"]),
    ("predicate", &["refusal", "point"]),
    ("engine", &["refusal", "clock", "point", "predicate"]),
    ("flux", &["refusal", "clock", "point"]),
    ("query", &["refusal", "clock", "point", "engine", "flux"]),
    ("catalog", &["engine"]),
    (
        "api",
        &["refusal", "clock", "point", "line_protocol", "predicate", "flux", "query", "catalog"],
    ),
    ("faults", &["refusal", "api"]),
    ("log", &["api"]),
    ("http", &["api", "faults", "log"]),
    ("server", &["catalog", "api", "faults", "log", "http"]),
];

/// Rooms of `influx-core` without I/O.
const PURE: [&str; 9] = [
    "error",
    "time",
    "schema",
    "flux",
    "line_protocol",
    "annotated_csv",
    "measurement",
    "dataframe",
    "batch",
];

/// The one place in them that starts threads, when it is asked to: they compute.
const THREADS: &str = "dataframe/write/block.rs";

/// Crates that only some places of `influx-core` may name.
const GUESTS: [(&str, &[&str]); 18] = [
    ("reqwest", &["http/reqwest.rs"]),
    ("rustls", &["http/tls.rs"]),
    ("rustls_platform_verifier", &["http/tls.rs"]),
    ("pkcs8", &["http/tls.rs"]),
    ("toml", &["config/file/"]),
    ("strsim", &["config/nearest.rs"]),
    ("flate2", &["http/compress.rs"]),
    ("tokio", &["http/", "client/writer/", "blocking/"]),
    ("tracing", &["client/writer/observe.rs", "config/mod.rs"]),
    ("metrics", &["client/writer/observe.rs"]),
    ("fastrand", &["client/writer/lane.rs", "http/retry.rs"]),
    ("futures_core", &["http/reqwest.rs", "admin/list.rs", "client/", "blocking/"]),
    (
        "serde",
        &[
            "error/row.rs",
            "time/text.rs",
            "schema/",
            "line_protocol/mapping/",
            "line_protocol/point/",
            "flux/ast.rs",
            "annotated_csv/",
            "measurement/row.rs",
            "http/",
            "config/file/json.rs",
            "admin/",
            "client/",
        ],
    ),
    ("polars", &["dataframe/", "client/frames.rs"]),
    ("serde_json", &["http/", "config/file/json.rs", "admin/extra.rs"]),
    ("url", &["http/", "config/"]),
    (
        "chrono",
        &[
            "time/",
            "flux/param.rs",
            "measurement/timestamp.rs",
            "dataframe/write/zone.rs",
            "http/answer.rs",
        ],
    ),
    ("chrono_tz", &["dataframe/write/zone.rs"]),
];

struct File {
    /// Relative to `src`.
    path: String,
    tokens: Vec<TokenTree>,
}

fn sources(package: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(package).join("src");
    let (mut folders, mut files) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let path = entry.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                let text = std::fs::read_to_string(&entry).unwrap();
                let mut tokens = Vec::new();
                flatten(text.parse().unwrap(), &mut tokens);
                files.push(File { path, tokens });
            }
        }
    }
    assert!(files.len() > 40, "only {} files found", files.len());
    files
}

/// All tokens in order; groups give their content between their delimiters' places.
fn flatten(stream: TokenStream, into: &mut Vec<TokenTree>) {
    for tree in stream {
        if let TokenTree::Group(group) = &tree {
            let inner = group.stream();
            into.push(tree);
            flatten(inner, into);
        } else {
            into.push(tree);
        }
    }
}

impl File {
    /// The crate's own root is no room.
    fn room(&self) -> Option<&str> {
        let room = self.path.split('/').next()?.trim_end_matches(".rs");
        (!["lib", "main"].contains(&room)).then_some(room)
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs")
    }

    fn ident(&self, at: usize) -> Option<(String, usize)> {
        match self.tokens.get(at) {
            Some(TokenTree::Ident(ident)) => Some((ident.to_string(), ident.span().start().line)),
            _ => None,
        }
    }

    fn is_path_separator(&self, at: usize) -> bool {
        let colon =
            |at| matches!(self.tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
        colon(at) && colon(at + 1)
    }

    /// The rooms named by `crate::room`, also in groups such as `crate::{a, b}`, with their lines.
    fn named_rooms(&self) -> Vec<(String, usize)> {
        let mut named = Vec::new();
        for at in 0..self.tokens.len() {
            let starts = self.ident(at).is_some_and(|(name, _)| name == "crate");
            if !starts || !self.is_path_separator(at + 1) {
                continue;
            }
            match self.tokens.get(at + 3) {
                Some(TokenTree::Group(group)) => {
                    let mut expects = true;
                    for tree in group.stream() {
                        match tree {
                            TokenTree::Ident(ident) if expects => {
                                named.push((ident.to_string(), ident.span().start().line));
                                expects = false;
                            }
                            TokenTree::Punct(p) if p.as_char() == ',' => expects = true,
                            _ => {}
                        }
                    }
                }
                _ => named.extend(self.ident(at + 3)),
            }
        }
        named
    }

    /// The crates that paths such as `name::…` or `::name::…` start with.
    fn named_crates(&self) -> Vec<(String, usize)> {
        let mut named = Vec::new();
        for at in 0..self.tokens.len() {
            let continued = at >= 2
                && self.is_path_separator(at - 2)
                && at >= 3
                && self.ident(at - 3).is_some();
            if !continued && self.is_path_separator(at + 1) {
                named.extend(self.ident(at));
            }
        }
        named
    }
}

/// The room that a name at the crate's root is one of, or comes from, such as `crate::Error`.
fn home(rooms: Rooms, name: &str) -> Option<&'static str> {
    const HOMES: [(&str, &str); 8] = [
        ("Error", "error"),
        ("ErrorKind", "error"),
        ("Result", "error"),
        ("Timestamp", "time"),
        ("Precision", "time"),
        ("Value", "schema"),
        ("Point", "line_protocol"),
        ("Client", "client"),
    ];
    let room = rooms.iter().map(|(room, _)| *room).find(|room| *room == name);
    room.or_else(|| HOMES.iter().find(|(known, _)| *known == name).map(|(_, home)| *home))
}

const CRATES: [(&str, Rooms); 2] = [("influx-core", CORE), ("influx-testkit", TESTKIT)];

#[test]
fn every_room_looks_only_where_it_may() {
    let mut wrong = String::new();
    for (package, rooms) in CRATES {
        for file in sources(package).iter().filter(|file| !file.is_test()) {
            let Some(room) = file.room() else { continue };
            let allowed = rooms.iter().find(|(name, _)| *name == room);
            let (_, allowed) =
                allowed.unwrap_or_else(|| panic!("`{room}` is no room of DESIGN.md"));
            for (name, line) in file.named_rooms() {
                let home = home(rooms, &name);
                if !home.is_some_and(|home| home == room || allowed.contains(&home)) {
                    let path = &file.path;
                    writeln!(
                        wrong,
                        "{package}/src/{path}:{line}: names `{name}`; `{room}` may name {allowed:?}"
                    )
                    .unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn rooms_look_only_back() {
    for (_, rooms) in CRATES {
        for (place, (room, allowed)) in rooms.iter().enumerate() {
            for other in *allowed {
                let stands = rooms.iter().position(|(name, _)| name == other).unwrap();
                assert!(stands < place, "`{room}` may name `{other}`, which comes after it");
            }
        }
    }
}

#[test]
fn every_permission_is_used() {
    let mut unused = Vec::new();
    for (package, rooms) in CRATES {
        let files = sources(package);
        for (room, allowed) in rooms {
            let own = || files.iter().filter(|file| file.room() == Some(room) && !file.is_test());
            let named: Vec<_> = own().flat_map(File::named_rooms).collect();
            let is_named =
                |other: &&str| named.iter().any(|(name, _)| home(rooms, name) == Some(*other));
            unused
                .extend(allowed.iter().filter(|other| !is_named(other)).map(|other| (room, other)));
        }
    }
    assert!(unused.is_empty(), "permissions that nothing uses: {unused:?}");
}

#[test]
fn codecs_know_no_io() {
    for file in sources("influx-core") {
        if !file.room().is_some_and(|room| PURE.contains(&room)) {
            continue;
        }
        for at in 0..file.tokens.len() {
            if let Some((name, line)) = file.ident(at) {
                let from_std = at > 2 && file.ident(at - 3).is_some_and(|(root, _)| root == "std");
                let io = ["fs", "net", "process", "thread"].contains(&name.as_str())
                    && !(name == "thread" && file.path == THREADS);
                assert!(
                    !(from_std && io),
                    "{}:{line}: `std::{name}` in a room without I/O",
                    file.path
                );
                assert!(
                    !["async", "await"].contains(&name.as_str()),
                    "{}:{line}: `{name}` in a room without I/O",
                    file.path
                );
            }
        }
    }
}

#[test]
fn foreign_crates_stay_where_they_belong() {
    let mut seen = Vec::new();
    for file in sources("influx-core").iter().filter(|file| !file.is_test()) {
        for (name, line) in file.named_crates() {
            let Some((guest, places)) = GUESTS.iter().find(|(guest, _)| *guest == name) else {
                continue;
            };
            // A module of the same name as the crate is not the crate.
            let is_module = file.path.starts_with("http/")
                && *guest == "reqwest"
                && file.path != "http/reqwest.rs";
            assert!(
                is_module || places.iter().any(|place| file.path.starts_with(place)),
                "{}:{line}: names `{guest}`, which only {places:?} may",
                file.path
            );
            seen.push(*guest);
        }
    }
    for (guest, _) in GUESTS {
        assert!(seen.contains(&guest), "nothing names `{guest}`: is the rule out of date?");
    }
}

#[test]
fn the_facade_defines_nothing() {
    let files = sources("influx-core");
    let facade = files.iter().find(|file| file.path == "lib.rs").unwrap();
    for at in 0..facade.tokens.len() {
        if let Some((name, line)) = facade.ident(at) {
            let item = ["struct", "enum", "trait", "fn", "impl", "type", "macro_rules"];
            assert!(!item.contains(&name.as_str()), "lib.rs:{line}: `{name}`; types live in rooms");
        }
    }
}
