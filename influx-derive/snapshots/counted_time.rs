#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::Measurement for M {
    const SCHEMA: ::influx_core::measurement::__private::Schema = ::influx_core::measurement::__private::Schema::new(
        "M",
        "m",
        ::core::option::Option::Some(
            ::influx_core::measurement::__private::Precision::Milliseconds,
        ),
        &[
            ::influx_core::measurement::__private::ColumnSchema::new(
                "n",
                ::influx_core::measurement::__private::Role::Field,
                <u64 as ::influx_core::measurement::__private::FieldValue>::TYPE,
                <u64 as ::influx_core::measurement::__private::FieldValue>::OPTIONAL,
                ["n", "u64", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "_time",
                ::influx_core::measurement::__private::Role::Timestamp,
                ::influx_core::measurement::__private::ValueType::Time,
                <Option<
                    i64,
                > as ::influx_core::measurement::__private::TimestampCount>::OPTIONAL,
                ["at", "Option<i64>", ""],
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
    ///The field `n`.
    const N: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <u64 as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("n");
    ///The timestamp `_time`.
    const AT: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Timestamp,
        <Option<i64> as ::influx_core::measurement::__private::TimestampCount>::Base,
    > = ::influx_core::measurement::__private::Column::new("_time");
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::ToLine for M {
    fn write_line(
        &self,
        __out: &mut ::influx_core::measurement::__private::LineWriter,
    ) -> ::influx_core::measurement::__private::Result<()> {
        let __line = ::influx_core::measurement::__private::measurement(__out, b"m");
        let mut __line = ::influx_core::measurement::__private::Tags::into_fields(
            __line,
        );
        <u64 as ::influx_core::measurement::__private::FieldValue>::write_field(
            &self.n,
            ::influx_core::measurement::__private::field(&mut __line, "n", b",n="),
        )?;
        ::influx_core::measurement::__private::Fields::finish_at(
            __line,
            |__time| <Option<
                i64,
            > as ::influx_core::measurement::__private::TimestampCount>::write_count(
                &self.at,
                ::influx_core::measurement::__private::Precision::Milliseconds,
                __time,
            ),
        )
    }
    fn default_precision(
        &self,
    ) -> ::core::option::Option<::influx_core::measurement::__private::Precision> {
        ::core::option::Option::Some(
            ::influx_core::measurement::__private::Precision::Milliseconds,
        )
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
            n: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                0,
                |__cell| <u64 as ::influx_core::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
            )?,
            at: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                1,
                |__cell| <Option<
                    i64,
                > as ::influx_core::measurement::__private::TimestampCount>::read_count(
                    ::influx_core::measurement::__private::Precision::Milliseconds,
                    __cell,
                ),
            )?,
        })
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::FromRowOwned for M {}
