#[automatically_derived]
#[allow(deprecated, reason = "the user's own variants may be")]
impl ::influx_core::measurement::__private::TagValue for Never {
    type Base = Self;
    type Read<'__r> = Self;
    fn write_tag(
        &self,
        __tag: ::influx_core::measurement::__private::TagWriter<'_>,
    ) -> ::influx_core::measurement::__private::Result<()> {
        ::influx_core::measurement::__private::TagWriter::text(__tag, match *self {})
    }
    fn read_tag(
        __cell: ::influx_core::measurement::__private::Cell<'_>,
    ) -> ::core::result::Result<Self, ::influx_core::measurement::__private::CellError> {
        match ::influx_core::measurement::__private::Cell::as_bytes(&__cell) {
            _ => {
                ::influx_core::measurement::__private::unknown_variant(
                    __cell,
                    "the texts of `Never`: ",
                )
            }
        }
    }
}
