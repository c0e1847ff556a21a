//! Methods of serializers for what they do not take.

/// Each makes an error of what was found.
macro_rules! refused {
    ($error:expr => $($method:ident($($argument:ty),*) -> $part:ident, $found:literal;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<Self::$part, Failure> {
            Err($error($found))
        }
    )*};
}

/// The same for all that is no single value, and for bytes.
macro_rules! refused_unless_single {
    ($error:expr) => {
        refused! { $error =>
            serialize_bytes(&[u8]) -> Ok, "bytes";
            serialize_seq(Option<usize>) -> SerializeSeq, "a list";
            serialize_tuple(usize) -> SerializeTuple, "a tuple";
            serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct, "a tuple";
            serialize_map(Option<usize>) -> SerializeMap, "a map";
            serialize_struct(&'static str, usize) -> SerializeStruct, "a struct";
            serialize_tuple_variant(&'static str, u32, &'static str, usize)
                -> SerializeTupleVariant, "an enum variant with data";
            serialize_struct_variant(&'static str, u32, &'static str, usize)
                -> SerializeStructVariant, "an enum variant with data";
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<Self::Ok, Failure> {
            Err($error("an enum variant with data"))
        }
    };
}

pub(super) use {refused, refused_unless_single};
