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
                true,
                ["t", "String", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "n",
                ::influx_core::measurement::__private::Role::Field,
                <i64 as ::influx_core::measurement::__private::FieldValue>::TYPE,
                true,
                ["n", "i64", ""],
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
    ///The tag `t`.
    const T: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Tag,
        <String as ::influx_core::measurement::__private::TagValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("t");
    ///The field `n`.
    const N: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <i64 as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("n");
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
            t: ::influx_core::measurement::__private::RowPlan::read_or(
                __plan,
                __record,
                0,
                |__cell| <String as ::influx_core::measurement::__private::TagValue>::read_tag(
                    __cell,
                ),
                ::core::default::Default::default,
            )?,
            n: ::influx_core::measurement::__private::RowPlan::read_or(
                __plan,
                __record,
                1,
                |__cell| <i64 as ::influx_core::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
                zero,
            )?,
            a: ::core::default::Default::default(),
            b: make::cache(),
        })
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::FromRowOwned for M {}
