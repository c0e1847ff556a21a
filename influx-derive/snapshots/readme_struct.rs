#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::Measurement for Cpu {
    const SCHEMA: ::influx_core::measurement::__private::Schema = ::influx_core::measurement::__private::Schema::new(
        "Cpu",
        "cpu",
        ::core::option::Option::None,
        &[
            ::influx_core::measurement::__private::ColumnSchema::new(
                "core",
                ::influx_core::measurement::__private::Role::Tag,
                ::influx_core::measurement::__private::ValueType::String,
                <String as ::influx_core::measurement::__private::TagValue>::OPTIONAL,
                ["core", "String", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "host",
                ::influx_core::measurement::__private::Role::Tag,
                ::influx_core::measurement::__private::ValueType::String,
                <Option<
                    String,
                > as ::influx_core::measurement::__private::TagValue>::OPTIONAL,
                ["hostname", "Option<String>", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "temp",
                ::influx_core::measurement::__private::Role::Field,
                <f64 as ::influx_core::measurement::__private::FieldValue>::TYPE,
                <f64 as ::influx_core::measurement::__private::FieldValue>::OPTIONAL,
                ["temp", "f64", "In °C."],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "load",
                ::influx_core::measurement::__private::Role::Field,
                <Option<i64> as ::influx_core::measurement::__private::FieldValue>::TYPE,
                <Option<
                    i64,
                > as ::influx_core::measurement::__private::FieldValue>::OPTIONAL,
                ["load", "Option<i64>", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "_time",
                ::influx_core::measurement::__private::Role::Timestamp,
                ::influx_core::measurement::__private::ValueType::Time,
                <DateTime<
                    Utc,
                > as ::influx_core::measurement::__private::TimestampValue>::OPTIONAL,
                ["time", "DateTime<Utc>", ""],
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
impl Cpu {
    ///The tag `core`.
    pub const CORE: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Tag,
        <String as ::influx_core::measurement::__private::TagValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("core");
    ///The tag `host`.
    pub const HOSTNAME: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Tag,
        <Option<String> as ::influx_core::measurement::__private::TagValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("host");
    ///The field `temp`: In °C.
    pub const TEMP: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <f64 as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("temp");
    ///The field `load`.
    pub const LOAD: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <Option<i64> as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("load");
    ///The timestamp `_time`.
    pub const TIME: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Timestamp,
        <DateTime<Utc> as ::influx_core::measurement::__private::TimestampValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("_time");
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::ToLine for Cpu {
    fn write_line(
        &self,
        __out: &mut ::influx_core::measurement::__private::LineWriter,
    ) -> ::influx_core::measurement::__private::Result<()> {
        let mut __line = ::influx_core::measurement::__private::measurement(
            __out,
            b"cpu",
        );
        <String as ::influx_core::measurement::__private::TagValue>::write_tag(
            &self.core,
            ::influx_core::measurement::__private::tag(&mut __line, "core", b",core="),
        )?;
        <Option<
            String,
        > as ::influx_core::measurement::__private::TagValue>::write_tag(
            &self.hostname,
            ::influx_core::measurement::__private::tag(&mut __line, "host", b",host="),
        )?;
        let mut __line = ::influx_core::measurement::__private::Tags::into_fields(
            __line,
        );
        <f64 as ::influx_core::measurement::__private::FieldValue>::write_field(
            &self.temp,
            ::influx_core::measurement::__private::field(&mut __line, "temp", b",temp="),
        )?;
        <Option<
            i64,
        > as ::influx_core::measurement::__private::FieldValue>::write_field(
            &self.load,
            ::influx_core::measurement::__private::field(&mut __line, "load", b",load="),
        )?;
        ::influx_core::measurement::__private::Fields::finish_at(
            __line,
            |__time| <DateTime<
                Utc,
            > as ::influx_core::measurement::__private::TimestampValue>::write_timestamp(
                &self.time,
                __time,
            ),
        )
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::FromRow for Cpu {
    type Row<'__r> = Cpu;
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
        ::core::result::Result::Ok(Cpu {
            core: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                0,
                |__cell| <String as ::influx_core::measurement::__private::TagValue>::read_tag(
                    __cell,
                ),
            )?,
            hostname: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                1,
                |__cell| <Option<
                    String,
                > as ::influx_core::measurement::__private::TagValue>::read_tag(__cell),
            )?,
            temp: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                2,
                |__cell| <f64 as ::influx_core::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
            )?,
            load: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                3,
                |__cell| <Option<
                    i64,
                > as ::influx_core::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
            )?,
            time: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                4,
                |__cell| <DateTime<
                    Utc,
                > as ::influx_core::measurement::__private::TimestampValue>::read_timestamp(
                    __cell,
                ),
            )?,
        })
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl ::influx_core::measurement::__private::FromRowOwned for Cpu {}
