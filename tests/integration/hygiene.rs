//! Derives where names mean something else, under the strictest lints.

/// Every name of the prelude is something else here.
mod shadowed {
    #![no_implicit_prelude]
    #![deny(warnings, missing_docs, clippy::all, clippy::pedantic, clippy::nursery)]
    #![expect(dead_code, reason = "only has to compile")]

    mod names {
        pub struct Option;
        pub struct Result;
        pub struct String;
        pub struct Some;
        pub struct None;
        pub struct Ok;
        pub struct Err;
        pub struct Default;
        pub struct Box;
        pub struct Vec;
    }
    #[allow(unused_imports, reason = "the point is that they shadow")]
    use names::*;

    /// All of the derive.
    #[derive(::influx_core::Measurement)]
    #[measurement(name = "m", precision = "s")]
    pub struct Everything<'a, T> {
        /// A tag.
        #[tag]
        pub tag: &'a str,
        #[tag]
        sky: ::core::option::Option<Sky>,
        #[field(non_finite = "skip")]
        r#type: f64,
        #[field(default, non_finite = "skip")]
        generic: ::core::option::Option<T>,
        #[field(default = zero)]
        __line: i64,
        #[field(skip)]
        __plan: ::std::vec::Vec<u8>,
        #[timestamp(unit = "s")]
        __out: ::core::option::Option<i64>,
    }

    /// Without names.
    #[derive(::influx_core::Measurement)]
    pub struct Nameless<'a, T>(
        #[tag(name = "tag")] pub &'a str,
        #[field(name = "generic")] ::core::option::Option<T>,
        #[field(skip)] u8,
        #[timestamp(unit = "s")] i64,
    );

    #[derive(::influx_core::measurement::FromRow)]
    struct Mean(#[column(name = "_value")] f64, #[column(skip)] u8);

    /// A script.
    pub fn script(host: &str, limits: (f64, i64)) -> ::influx_core::flux::Script {
        ::influx_core::flux!("x = {host} + r[{host}] + {limits.0} + {n}", n = limits.1 + 1)
    }

    /// A tag.
    #[derive(::influx_core::TagValue)]
    #[influx(rename_all = "lowercase")]
    pub enum Sky {
        /// Blue.
        Blue,
        /// Grey.
        #[influx(other)]
        Grey,
    }

    const fn zero() -> i64 {
        0
    }
}

/// The crate under another name.
mod renamed {
    mod path {
        pub mod to {
            pub use influx_core as influx;
        }
    }

    #[derive(path::to::influx::Measurement)]
    #[measurement(crate = crate::hygiene::renamed::path::to::influx, write_only)]
    struct Renamed {
        #[tag]
        kind: Kind,
        #[field]
        text: &'static str,
    }

    #[derive(path::to::influx::TagValue)]
    #[influx(crate = crate::hygiene::renamed::path::to::influx)]
    enum Kind {
        One,
    }

    #[test]
    fn writes() {
        let mut buffer = Vec::new();
        influx_core::line_protocol::encode(&Renamed { kind: Kind::One, text: "x" }, &mut buffer)
            .unwrap();
        assert_eq!(buffer, b"renamed,kind=One text=\"x\"\n");
        let script = path::to::influx::flux!("x = {a}", a = 1);
        assert_eq!(script.text(), "x = _a");
    }
}

/// Macros by example hand their tokens over with spans of their own.
mod from_a_macro {
    macro_rules! measurements {
        ($($name:ident { $($member:ident: $ty:ty),* })*) => {$(
            #[derive(influx_core::Measurement, Debug, PartialEq)]
            struct $name { $(#[field] $member: $ty),* }
        )*};
    }
    measurements! { One { a: f64 } Two { a: i64, b: String } }

    macro_rules! floats {
        ($name:ident { $($member:ident: $ty:ty),* }) => {
            #[derive(influx_core::Measurement)]
            struct $name { $(#[field(non_finite = "skip")] $member: $ty),* }
        };
    }
    floats! { Floats { a: f64, b: Option<f32> } }

    macro_rules! script {
        ($text:literal, $value:expr) => {{
            let b = 2;
            influx_core::flux!($text, a = $value, b = b)
        }};
    }

    #[test]
    fn scripts() {
        let b = "the caller's";
        let c = "c";
        let script = script!("{a} + {b} + r[{c}]", b);
        assert_eq!(script.text(), "_a + _b + r[\"c\"]");
    }

    #[test]
    fn writes() {
        let mut buffer = Vec::new();
        influx_core::line_protocol::encode(&One { a: 1.5 }, &mut buffer).unwrap();
        influx_core::line_protocol::encode(&Two { a: 1, b: "x".into() }, &mut buffer).unwrap();
        influx_core::line_protocol::encode(&Floats { a: f64::NAN, b: Some(0.5) }, &mut buffer)
            .unwrap();
        assert_eq!(buffer, b"one a=1.5\ntwo a=1i,b=\"x\"\nfloats b=0.5\n");
    }
}
