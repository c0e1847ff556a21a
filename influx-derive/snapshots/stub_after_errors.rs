::core::compile_error! {
    "member `load` has no role; write #[tag], #[field] or #[timestamp] on it, or #[field(skip)] to leave it out"
}
::core::compile_error! {
    "member `temp` is a field already; a member has one role"
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl<'a> ::influx_core::measurement::__private::Measurement for M<'a> {
    const SCHEMA: ::influx_core::measurement::__private::Schema = ::influx_core::measurement::__private::Schema::new(
        "",
        "",
        ::core::option::Option::None,
        &[],
    );
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl<'a> ::influx_core::measurement::__private::ToLine for M<'a> {
    fn write_line(
        &self,
        _: &mut ::influx_core::measurement::__private::LineWriter,
    ) -> ::influx_core::measurement::__private::Result<()> {
        ::core::unreachable!()
    }
}
#[automatically_derived]
#[allow(deprecated, reason = "the user's own members may be")]
impl<'a> ::influx_core::measurement::__private::FromRow for M<'a> {
    type Row<'__r> = M<'__r>;
    type Plan = ();
    fn plan(
        _: &::influx_core::measurement::__private::TableHeader,
    ) -> ::core::result::Result<(), ::influx_core::measurement::__private::Mismatches> {
        ::core::unreachable!()
    }
    fn read<'__r>(
        _: &mut (),
        _: &::influx_core::measurement::__private::Record<'__r>,
    ) -> ::core::result::Result<
        Self::Row<'__r>,
        ::influx_core::measurement::__private::CellError,
    > {
        ::core::unreachable!()
    }
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
impl<'a> M<'a> {
    ///The tag `host`.
    const HOST: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Tag,
        <&'a str as ::influx_core::measurement::__private::TagValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("host");
    ///The field `temp`.
    const TEMP: ::influx_core::measurement::__private::Column<
        Self,
        ::influx_core::measurement::__private::role::Field,
        <f64 as ::influx_core::measurement::__private::FieldValue>::Base,
    > = ::influx_core::measurement::__private::Column::new("temp");
}
