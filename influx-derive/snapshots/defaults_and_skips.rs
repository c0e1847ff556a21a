#[automatically_derived]
impl ::influx_core::measurement::__private::Measurement for M {
    const SCHEMA: ::influx_core::measurement::__private::Schema = ::influx_core::measurement::__private::Schema::new(
        "M",
        "m",
        ::core::option::Option::None,
        &[
            ::influx_core::measurement::__private::ColumnSchema {
                name: "t",
                role: ::influx_core::measurement::__private::Role::Tag,
                value_type: ::influx_core::measurement::__private::ValueType::String,
                optional: true,
                member: "t",
                rust_type: "String",
                doc: "",
            },
            ::influx_core::measurement::__private::ColumnSchema {
                name: "n",
                role: ::influx_core::measurement::__private::Role::Field,
                value_type: <i64 as ::influx_core::measurement::__private::FieldValue>::TYPE,
                optional: true,
                member: "n",
                rust_type: "i64",
                doc: "",
            },
        ],
    );
}
#[automatically_derived]
#[allow(
    dead_code,
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
                <String as ::core::default::Default>::default,
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
            a: <u8 as ::core::default::Default>::default(),
            b: make::cache(),
        })
    }
}
#[automatically_derived]
impl ::influx_core::measurement::__private::FromRowOwned for M {}
