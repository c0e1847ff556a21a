#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl<'a, 'b> ::influx_core::measurement::__private::Measurement for Event<'a, 'b> {
    const SCHEMA: ::influx_core::measurement::__private::Schema = ::influx_core::measurement::__private::Schema::new(
        "Event",
        "event",
        ::core::option::Option::None,
        &[
            ::influx_core::measurement::__private::ColumnSchema::new(
                "kind",
                ::influx_core::measurement::__private::Role::Tag,
                ::influx_core::measurement::__private::ValueType::String,
                <&'a str as ::influx_core::measurement::__private::TagValue>::OPTIONAL,
                ["kind", "&'a str", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "text",
                ::influx_core::measurement::__private::Role::Field,
                <Cow<
                    'b,
                    str,
                > as ::influx_core::measurement::__private::FieldValue>::TYPE,
                <Cow<
                    'b,
                    str,
                > as ::influx_core::measurement::__private::FieldValue>::OPTIONAL,
                ["text", "Cow<'b, str>", ""],
            ),
        ],
    );
}
#[automatically_derived]
#[allow(
    dead_code,
    deprecated,
    private_interfaces,
    private_bounds,
    non_upper_case_globals,
    reason = "nobody needs every column"
)]
impl<'a, 'b> Event<'a, 'b> {
    ///The tag `kind`.
    const KIND: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Tag,
        <&'a str as ::influx_core::measurement::__private::TagValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("kind");
    ///The field `text`.
    const TEXT: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <Cow<'b, str> as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("text");
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl<'a, 'b> ::influx_core::measurement::__private::ToLine for Event<'a, 'b> {
    fn write_line(
        &self,
        __out: &mut ::influx_core::measurement::__private::LineWriter,
    ) -> ::influx_core::measurement::__private::Result<()> {
        let mut __line = ::influx_core::measurement::__private::measurement(
            __out,
            b"event",
        );
        <&'a str as ::influx_core::measurement::__private::TagValue>::write_tag(
            &self.kind,
            ::influx_core::measurement::__private::tag(&mut __line, "kind", b",kind="),
        )?;
        let mut __line = ::influx_core::measurement::__private::Tags::into_fields(
            __line,
        );
        <Cow<
            'b,
            str,
        > as ::influx_core::measurement::__private::FieldValue>::write_field(
            &self.text,
            ::influx_core::measurement::__private::field(&mut __line, "text", b",text="),
        )?;
        ::influx_core::measurement::__private::Fields::finish(__line)
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl<'a, 'b> ::influx_core::measurement::__private::FromRow for Event<'a, 'b> {
    type Row<'__r> = Event<'__r, '__r>;
    type Plan = ::influx_core::measurement::__private::RowPlan;
    fn plan(
        __table: &::influx_core::measurement::__private::TableHeader,
    ) -> ::core::result::Result<
        ::influx_core::measurement::__private::RowPlan,
        ::influx_core::measurement::__private::Mismatches,
    > {
        ::influx_core::measurement::__private::RowPlan::new(
            <Self as ::influx_core::measurement::__private::Measurement>::SCHEMA,
            __table,
        )
    }
    fn read<'__r>(
        __plan: &mut ::influx_core::measurement::__private::RowPlan,
        __record: &::influx_core::measurement::__private::Record<'__r>,
    ) -> ::core::result::Result<
        Self::Row<'__r>,
        ::influx_core::measurement::__private::CellError,
    > {
        ::influx_core::measurement::__private::RowPlan::check(__plan, __record)?;
        ::core::result::Result::Ok(Event {
            kind: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                0,
                |__cell| <&'a str as ::influx_core::measurement::__private::TagValue>::read_tag(
                    __cell,
                ),
            )?,
            text: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                1,
                |__cell| <Cow<
                    'b,
                    str,
                > as ::influx_core::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
            )?,
        })
    }
}
