#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::Measurement for CpuLoad {
    const SCHEMA: ::influx_core::measurement::__private::Schema = ::influx_core::measurement::__private::Schema::new(
        "CpuLoad",
        "cpu_load",
        ::core::option::Option::None,
        &[
            ::influx_core::measurement::__private::ColumnSchema::new(
                "user",
                ::influx_core::measurement::__private::Role::Field,
                <f64 as ::influx_core::measurement::__private::FieldValue>::TYPE,
                <f64 as ::influx_core::measurement::__private::FieldValue>::OPTIONAL,
                ["user", "f64", ""],
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
impl CpuLoad {
    ///The field `user`.
    const USER: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <f64 as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("user");
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::ToLine for CpuLoad {
    fn write_line(
        &self,
        __out: &mut ::influx_core::measurement::__private::LineWriter,
    ) -> ::influx_core::measurement::__private::Result<()> {
        let __line = ::influx_core::measurement::__private::measurement(
            __out,
            b"cpu_load",
        );
        let mut __line = ::influx_core::measurement::__private::Tags::into_fields(
            __line,
        );
        <f64 as ::influx_core::measurement::__private::FieldValue>::write_field(
            &self.user,
            ::influx_core::measurement::__private::field(&mut __line, "user", b",user="),
        )?;
        ::influx_core::measurement::__private::Fields::finish(__line)
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::FromRow for CpuLoad {
    type Row<'__r> = CpuLoad;
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
        ::core::result::Result::Ok(CpuLoad {
            user: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                0,
                |__cell| <f64 as ::influx_core::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
            )?,
        })
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::FromRowOwned for CpuLoad {}
