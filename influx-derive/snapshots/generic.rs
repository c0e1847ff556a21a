#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl<'a, T: Clone, const N: usize> ::influx_core::measurement::__private::Measurement
for Reading<'a, T, N>
where
    T: Debug,
    T: ::influx_core::measurement::__private::FieldValue,
    Option<T>: ::influx_core::measurement::__private::FieldValue,
    T: ::influx_core::measurement::__private::TimestampValue,
{
    const SCHEMA: ::influx_core::measurement::__private::Schema = ::influx_core::measurement::__private::Schema::new(
        "Reading",
        "reading",
        ::core::option::Option::None,
        &[
            ::influx_core::measurement::__private::ColumnSchema::new(
                "sensor",
                ::influx_core::measurement::__private::Role::Tag,
                ::influx_core::measurement::__private::ValueType::String,
                <&'a str as ::influx_core::measurement::__private::TagValue>::OPTIONAL,
                ["sensor", "&'a str", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "value",
                ::influx_core::measurement::__private::Role::Field,
                <T as ::influx_core::measurement::__private::FieldValue>::TYPE,
                <T as ::influx_core::measurement::__private::FieldValue>::OPTIONAL,
                ["value", "T", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "before",
                ::influx_core::measurement::__private::Role::Field,
                <Option<T> as ::influx_core::measurement::__private::FieldValue>::TYPE,
                <Option<
                    T,
                > as ::influx_core::measurement::__private::FieldValue>::OPTIONAL,
                ["before", "Option<T>", ""],
            ),
            ::influx_core::measurement::__private::ColumnSchema::new(
                "_time",
                ::influx_core::measurement::__private::Role::Timestamp,
                ::influx_core::measurement::__private::ValueType::Time,
                <T as ::influx_core::measurement::__private::TimestampValue>::OPTIONAL,
                ["time", "T", ""],
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
impl<'a, T: Clone, const N: usize> Reading<'a, T, N>
where
    T: Debug,
    T: ::influx_core::measurement::__private::FieldValue,
    Option<T>: ::influx_core::measurement::__private::FieldValue,
    T: ::influx_core::measurement::__private::TimestampValue,
{
    ///The tag `sensor`.
    const SENSOR: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Tag,
        <&'a str as ::influx_core::measurement::__private::TagValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("sensor");
    ///The field `value`.
    const VALUE: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <T as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("value");
    ///The field `before`.
    const BEFORE: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <Option<T> as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("before");
    ///The timestamp `_time`.
    const TIME: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Timestamp,
        <T as ::influx_core::measurement::__private::TimestampValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("_time");
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl<'a, T: Clone, const N: usize> ::influx_core::measurement::__private::ToLine
for Reading<'a, T, N>
where
    T: Debug,
    T: ::influx_core::measurement::__private::FieldValue,
    Option<T>: ::influx_core::measurement::__private::FieldValue,
    T: ::influx_core::measurement::__private::TimestampValue,
{
    fn write_line(
        &self,
        __out: &mut ::influx_core::measurement::__private::LineWriter,
    ) -> ::influx_core::measurement::__private::Result<()> {
        let mut __line = ::influx_core::measurement::__private::measurement(
            __out,
            b"reading",
        );
        <&'a str as ::influx_core::measurement::__private::TagValue>::write_tag(
            &self.sensor,
            ::influx_core::measurement::__private::tag(
                &mut __line,
                "sensor",
                b",sensor=",
            ),
        )?;
        let mut __line = ::influx_core::measurement::__private::Tags::into_fields(
            __line,
        );
        <T as ::influx_core::measurement::__private::FieldValue>::write_field(
            &self.value,
            ::influx_core::measurement::__private::field(
                &mut __line,
                "value",
                b",value=",
            ),
        )?;
        <Option<
            T,
        > as ::influx_core::measurement::__private::FieldValue>::write_field(
            &self.before,
            ::influx_core::measurement::__private::field(
                &mut __line,
                "before",
                b",before=",
            ),
        )?;
        ::influx_core::measurement::__private::Fields::finish_at(
            __line,
            |__time| <T as ::influx_core::measurement::__private::TimestampValue>::write_timestamp(
                &self.time,
                __time,
            ),
        )
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl<'a, T: Clone, const N: usize> ::influx_core::measurement::__private::FromRow
for Reading<'a, T, N>
where
    T: Debug,
    T: for<'__r> ::influx_core::measurement::__private::FieldValue<Read<'__r> = T>,
    Option<
        T,
    >: for<'__r> ::influx_core::measurement::__private::FieldValue<
        Read<'__r> = Option<T>,
    >,
    Vec<T>: ::core::default::Default,
    T: for<'__r> ::influx_core::measurement::__private::TimestampValue<Read<'__r> = T>,
{
    type Row<'__r> = Reading<'__r, T, N>;
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
        ::core::result::Result::Ok(Reading {
            sensor: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                0,
                |__cell| <&'a str as ::influx_core::measurement::__private::TagValue>::read_tag(
                    __cell,
                ),
            )?,
            value: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                1,
                |__cell| <T as ::influx_core::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
            )?,
            before: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                2,
                |__cell| <Option<
                    T,
                > as ::influx_core::measurement::__private::FieldValue>::read_field(
                    __cell,
                ),
            )?,
            cache: ::core::default::Default::default(),
            time: ::influx_core::measurement::__private::RowPlan::read(
                __plan,
                __record,
                3,
                |__cell| <T as ::influx_core::measurement::__private::TimestampValue>::read_timestamp(
                    __cell,
                ),
            )?,
        })
    }
}
