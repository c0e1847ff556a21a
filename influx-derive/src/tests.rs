//! Expansions, as files to read and to compare. `UPDATE_EXPECT=1 cargo test -p influx-derive`
//! writes them anew.

use expect_test::expect_file;
use proc_macro2::TokenStream;
use syn::DeriveInput;

fn snapshot(name: &str, input: &str, expand: impl Fn(&DeriveInput) -> TokenStream) {
    let input: DeriveInput = syn::parse_str(input).expect("the input is Rust");
    let file: syn::File = syn::parse2(expand(&input)).expect("the expansion is Rust");
    let path = format!("{}/snapshots/{name}.snap", env!("CARGO_MANIFEST_DIR"));
    expect_file![path].assert_eq(&prettyplease::unparse(&file));
}

fn measurement(name: &str, input: &str) {
    snapshot(name, input, crate::expand::measurement);
}

fn tag_value(name: &str, input: &str) {
    snapshot(name, input, crate::tag_value::expand);
}

#[test]
fn readme_struct() {
    measurement(
        "readme_struct",
        r#"
        /// A processor core.
        #[measurement(name = "cpu")]
        pub struct Cpu {
            #[tag] core: String,
            #[tag(name = "host")] hostname: Option<String>,
            /// In °C.
            #[field] temp: f64,
            #[field] load: Option<i64>,
            #[timestamp] time: DateTime<Utc>,
        }
        "#,
    );
}

#[test]
fn only_a_field() {
    measurement("only_a_field", "struct CpuLoad { #[field] user: f64 }");
}

#[test]
fn tuple() {
    measurement(
        "tuple",
        r#"
        struct Cpu<'a>(
            #[tag(name = "core")] &'a str,
            #[field(name = "temp", column = DEGREES)] f64,
            #[field(skip)] u8,
            #[timestamp] Timestamp,
        );
        "#,
    );
}

#[test]
fn row_of_a_tuple() {
    snapshot(
        "row_of_a_tuple",
        r#"struct Mean(#[column(name = "_value")] f64, #[column(skip)] u8);"#,
        crate::from_row::expand,
    );
}

#[test]
fn borrowed() {
    measurement(
        "borrowed",
        "struct Event<'a, 'b> { #[tag] kind: &'a str, #[field] text: Cow<'b, str> }",
    );
}

#[test]
fn generic() {
    measurement(
        "generic",
        "struct Reading<'a, T: Clone, const N: usize> where T: Debug {
            #[tag] sensor: &'a str, #[field] value: T, #[field] before: Option<T>,
            #[field(skip)] cache: Vec<T>, #[timestamp] time: T }",
    );
}

#[test]
fn escaped_and_sorted_keys() {
    measurement(
        "escaped_and_sorted_keys",
        r#"#[measurement(name = "a b,c=")]
        struct M { #[tag(name = "z ,=")] z: String, #[tag(name = "a\"")] a: String, #[field(name = "f\" ,=")] f: i64 }"#,
    );
}

#[test]
fn renamed() {
    measurement(
        "renamed",
        r#"#[measurement(rename_all = "camelCase")]
        struct M { #[tag] host_name: String, #[field] r#type: i64, #[field(name = "as_is")] user_time: f64 }"#,
    );
}

#[test]
fn counted_time() {
    measurement(
        "counted_time",
        r#"#[measurement(precision = "ms")]
        struct M { #[field] n: u64, #[timestamp(unit = "ms")] at: Option<i64> }"#,
    );
}

#[test]
fn defaults_and_skips() {
    measurement(
        "defaults_and_skips",
        "struct M { #[tag(default)] t: String, #[field(default = zero)] n: i64, #[field(skip)] a: u8,
            #[field(skip, default = make::cache)] b: Cache }",
    );
}

#[test]
fn non_finite() {
    measurement(
        "non_finite",
        r#"#[measurement(non_finite = "skip")]
        struct M<'a, T> { #[field] a: f64, #[field(non_finite = "error")] b: f32,
            #[field(non_finite = "skip")] c: T, #[field] d: &'a str }"#,
    );
}

#[test]
fn write_only_without_columns() {
    measurement(
        "write_only_without_columns",
        "#[measurement(write_only, columns = false)] struct M { #[tag] t: &'static str, #[field] n: i64 }",
    );
}

#[test]
fn named_column_and_crate() {
    measurement(
        "named_column_and_crate",
        "#[measurement(crate = crate::re::influx)] struct M { #[field(column = COUNT)] n: i64 }",
    );
}

#[test]
fn stub_after_errors() {
    measurement(
        "stub_after_errors",
        "struct M<'a> { #[tag] host: &'a str, load: i64, #[field] #[tag] temp: f64 }",
    );
}

fn from_row(name: &str, input: &str) {
    snapshot(name, input, crate::from_row::expand);
}

#[test]
fn row_of_columns() {
    from_row(
        "row_of_columns",
        r#"#[from_row(rename_all = "camelCase")]
        struct Mean<'a, T> { #[column] host_name: &'a str, #[column(name = "_value")] mean: T,
            #[column(name = "_time", unit = "ms")] time: Option<i64>, #[column(default)] count: i64,
            #[column(skip)] seen: bool }"#,
    );
}

#[test]
fn row_stub_after_errors() {
    from_row(
        "row_stub_after_errors",
        "struct Mean { host: String, #[column(nmae = \"m\")] mean: f64 }",
    );
}

#[test]
fn tag_enum() {
    tag_value(
        "tag_enum",
        r#"#[influx(rename_all = "kebab-case")] enum Sky { ClearBlue, #[influx(name = "a b")] Cloudy }"#,
    );
}

#[test]
fn tag_enum_with_other() {
    tag_value("tag_enum_with_other", "enum Sky { Clear, #[influx(other)] Else }");
}

#[test]
fn empty_tag_enum() {
    tag_value("empty_tag_enum", "enum Never {}");
}

mod names {
    use influx_core::Point;

    use crate::names::{Part, measurement, refuse, rename};

    /// The rules exist twice, here for the compiler and in `influx_core::line_protocol` for names
    /// that are known only at run time.
    #[test]
    fn what_is_refused_here_is_refused_at_run_time_and_nothing_else() {
        const BYTES: [char; 12] = ['a', '_', '#', '\\', ',', ' ', '=', '"', '\n', '\t', '\0', 'é'];
        let mut names: Vec<String> =
            ["time", "_time", "_value", "_field", "_measurement", "_start", "_stop", "times", ""]
                .into_iter()
                .chain([
                    "$", "_name", "$a", "#!~#", "a#!~#b", "a#!~", "#!~a", "#!#~#", "#!~\\",
                    "a #!~#",
                ])
                .map(String::from)
                .collect();
        for a in BYTES {
            names.push(a.to_string());
            for b in BYTES {
                names.push(String::from_iter([a, b]));
                names.extend(BYTES.map(|c| String::from_iter([a, b, c])));
            }
        }
        let written =
            |point: &Point| influx_core::line_protocol::encode(point, &mut Vec::new()).is_ok();
        for name in names {
            let accepts = |part| refuse(part, &name).is_none();
            let point = Point::measurement("m").field("f", 1);
            assert_eq!(
                accepts(Part::Measurement),
                written(&Point::measurement(&name).field("f", 1)),
                "{name:?}"
            );
            assert_eq!(accepts(Part::Tag), written(&point.clone().tag(&name, "v")), "{name:?}");
            let field = Point::measurement("m").field(&name, 1);
            assert_eq!(accepts(Part::Field), written(&field), "{name:?}");
            if !name.is_empty() {
                assert_eq!(accepts(Part::TagText), written(&point.tag("t", &name)), "{name:?}");
            }
        }
    }

    #[test]
    fn renaming_follows_its_rule() {
        for (rule, renamed) in [
            ("lowercase", "user_time"),
            ("UPPERCASE", "USER_TIME"),
            ("snake_case", "user_time"),
            ("camelCase", "userTime"),
            ("PascalCase", "UserTime"),
            ("SCREAMING_SNAKE_CASE", "USER_TIME"),
            ("kebab-case", "user-time"),
            ("SCREAMING-KEBAB-CASE", "USER-TIME"),
        ] {
            assert_eq!(rename(rule, "user_time").as_deref(), Some(renamed), "{rule}");
        }
        assert_eq!(rename("other", "x"), None);
        assert_eq!(measurement("HttpRequest"), "http_request");
    }

    #[test]
    fn names_that_line_protocol_carries_are_not_refused() {
        for name in ["a", "é", "a\\b", "a\"b", "a b,c=d", "_private", "times", "table"] {
            for part in [Part::Measurement, Part::Tag, Part::Field, Part::TagText] {
                assert_eq!(refuse(part, name), None);
            }
        }
        assert_eq!(refuse(Part::Tag, "a\\,b"), None);
        assert!(refuse(Part::Field, "a\\,b").is_some());
    }
}
