#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::Measurement for M {
    const SCHEMA: ::influx_core::measurement::__private::Schema = ::influx_core::measurement::__private::Schema::new(
        "M",
        "m",
        ::core::option::Option::None,
        &[
            ::influx_core::measurement::__private::ColumnSchema::new(
                "hostName",
                ::influx_core::measurement::__private::Role::Tag,
                ::influx_core::measurement::__private::ValueType::String,
                <String as ::influx_core::measurement::__private::TagValue>::OPTIONAL,
                ["host_name", "String", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "type",
                ::influx_core::measurement::__private::Role::Field,
                <i64 as ::influx_core::measurement::__private::FieldValue>::TYPE,
                <i64 as ::influx_core::measurement::__private::FieldValue>::OPTIONAL,
                ["type", "i64", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "as_is",
                ::influx_core::measurement::__private::Role::Field,
                <f64 as ::influx_core::measurement::__private::FieldValue>::TYPE,
                <f64 as ::influx_core::measurement::__private::FieldValue>::OPTIONAL,
                ["user_time", "f64", ""],
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
impl M {
    ///The tag `hostName`.
    const HOST_NAME: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Tag,
        <String as ::influx_core::measurement::__private::TagValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("hostName");
    ///The field `type`.
    const TYPE: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <i64 as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("type");
    ///The field `as_is`.
    const USER_TIME: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <f64 as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("as_is");
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::ToLine for M {
    fn write_line(
        &self,
        __out: &mut ::influx_core::measurement::__private::LineWriter,
    ) -> ::influx_core::measurement::__private::Result<()> {
        let mut __line = ::influx_core::measurement::__private::measurement(__out, b"m");
        <String as ::influx_core::measurement::__private::TagValue>::write_tag(
            &self.host_name,
            ::influx_core::measurement::__private::tag(
                &mut __line,
                "hostName",
                b",hostName=",
            ),
        )?;
        let mut __line = ::influx_core::measurement::__private::Tags::into_fields(
            __line,
        );
        <i64 as ::influx_core::measurement::__private::FieldValue>::write_field(
            &self.r#type,
            ::influx_core::measurement::__private::field(&mut __line, "type", b",type="),
        )?;
        <f64 as ::influx_core::measurement::__private::FieldValue>::write_field(
            &self.user_time,
            ::influx_core::measurement::__private::field(
                &mut __line,
                "as_is",
                b",as_is=",
            ),
        )?;
        ::influx_core::measurement::__private::Fields::finish(__line)
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::FromRow for M {
    type Row<'__r> = M;
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
        ::core::result::Result::Ok(M {
            host_name: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                0,
                |__cell| <String as ::influx_core::measurement::__private::TagValue>::read_tag(
                    __cell,
                ),
            )?,
            r#type: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                1,
                |__cell| <i64 as ::influx_core::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
            )?,
            user_time: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                2,
                |__cell| <f64 as ::influx_core::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
            )?,
        })
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::FromRowOwned for M {}
