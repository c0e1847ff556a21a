#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::Measurement for M {
    const SCHEMA: ::influx_core::measurement::__private::Schema = ::influx_core::measurement::__private::Schema::new(
        "M",
        "m",
        ::core::option::Option::None,
        &[
            ::influx_core::measurement::__private::ColumnSchema::new(
                "t",
                ::influx_core::measurement::__private::Role::Tag,
                ::influx_core::measurement::__private::ValueType::String,
                <&'static str as ::influx_core::measurement::__private::TagValue>::OPTIONAL,
                ["t", "&'static str", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "n",
                ::influx_core::measurement::__private::Role::Field,
                <i64 as ::influx_core::measurement::__private::FieldValue>::TYPE,
                <i64 as ::influx_core::measurement::__private::FieldValue>::OPTIONAL,
                ["n", "i64", ""],
            ),
        ],
    );
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::ToLine for M {
    fn write_line(
        &self,
        __out: &mut ::influx_core::measurement::__private::LineWriter,
    ) -> ::influx_core::measurement::__private::Result<()> {
        let mut __line = ::influx_core::measurement::__private::measurement(__out, b"m");
        <&'static str as ::influx_core::measurement::__private::TagValue>::write_tag(
            &self.t,
            ::influx_core::measurement::__private::tag(&mut __line, "t", b",t="),
        )?;
        let mut __line = ::influx_core::measurement::__private::Tags::into_fields(
            __line,
        );
        <i64 as ::influx_core::measurement::__private::FieldValue>::write_field(
            &self.n,
            ::influx_core::measurement::__private::field(&mut __line, "n", b",n="),
        )?;
        ::influx_core::measurement::__private::Fields::finish(__line)
    }
}
