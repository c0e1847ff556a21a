#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl crate::re::influx::measurement::__private::Measurement for M {
    const SCHEMA: crate::re::influx::measurement::__private::Schema = crate::re::influx::measurement::__private::Schema::new(
        "M",
        "m",
        ::core::option::Option::None,
        &[
            crate::re::influx::measurement::__private::ColumnSchema::new(
                "n",
                crate::re::influx::measurement::__private::Role::Field,
                <i64 as crate::re::influx::measurement::__private::FieldValue>::TYPE,
                <i64 as crate::re::influx::measurement::__private::FieldValue>::OPTIONAL,
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
    ///The field `n`.
    const COUNT: crate::re::influx::measurement::__private::Column<
        Self,
        crate::re::influx::measurement::__private::role::Field,
        <i64 as crate::re::influx::measurement::__private::FieldValue>::Base,
    > = crate::re::influx::measurement::__private::Column::new("n");
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl crate::re::influx::measurement::__private::ToLine for M {
    fn write_line(
        &self,
        __out: &mut crate::re::influx::measurement::__private::LineWriter,
    ) -> crate::re::influx::measurement::__private::Result<()> {
        let __line = crate::re::influx::measurement::__private::measurement(__out, b"m");
        let mut __line = crate::re::influx::measurement::__private::Tags::into_fields(
            __line,
        );
        <i64 as crate::re::influx::measurement::__private::FieldValue>::write_field(
            &self.n,
            crate::re::influx::measurement::__private::field(&mut __line, "n", b",n="),
        )?;
        crate::re::influx::measurement::__private::Fields::finish(__line)
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl crate::re::influx::measurement::__private::FromRow for M {
    type Row<'__r> = M;
    type Plan = crate::re::influx::measurement::__private::RowPlan;
    fn plan(
        __table: &crate::re::influx::measurement::__private::TableHeader,
    ) -> ::core::result::Result<
        crate::re::influx::measurement::__private::RowPlan,
        crate::re::influx::measurement::__private::Mismatches,
    > {
        crate::re::influx::measurement::__private::RowPlan::new(
            <Self as crate::re::influx::measurement::__private::Measurement>::SCHEMA,
            __table,
        )
    }
    fn read<'__r>(
        __plan: &mut crate::re::influx::measurement::__private::RowPlan,
        __record: &crate::re::influx::measurement::__private::Record<'__r>,
    ) -> ::core::result::Result<
        Self::Row<'__r>,
        crate::re::influx::measurement::__private::CellError,
    > {
        crate::re::influx::measurement::__private::RowPlan::check(__plan, __record)?;
        ::core::result::Result::Ok(M {
            n: crate::re::influx::measurement::__private::RowPlan::read(
                __plan,
                __record,
                0,
                |__cell| <i64 as crate::re::influx::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
            )?,
        })
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl crate::re::influx::measurement::__private::FromRowOwned for M {}
