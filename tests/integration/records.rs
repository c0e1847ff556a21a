//! Values → cells of annotated CSV → the same values.

use influx_core::annotated_csv::{self, OwnedRecord};
use influx_core::{Timestamp, Value};
use proptest::prelude::*;

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<f64>()
            .prop_filter("NaN is not equal to itself", |f| !f.is_nan())
            .prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        // The empty text is null, and CSV has one line end.
        "\\PC+|[\\x00-\\x7F&&[^\\r]]+".prop_map(Value::from),
        any::<i64>().prop_map(Timestamp::from_nanos).prop_map(Value::Time),
    ]
}

/// One record with these values, each quoted as RFC 4180 says.
fn csv(values: &[Value]) -> String {
    let mut rows =
        ["#datatype,string,long", "#default,_result,", ",result,table", ",,0"].map(str::to_owned);
    for (place, value) in values.iter().enumerate() {
        let cells = [
            value.value_type().map_or_else(String::new, |t| t.to_string()),
            String::new(),
            format!("column {place}"),
            format!("\"{}\"", value.to_string().replace('"', "\"\"")),
        ];
        rows.iter_mut().zip(cells).for_each(|(row, cell)| row.extend([",", &cell]));
    }
    rows.map(|row| row + "\r\n").concat()
}

proptest! {
    #[test]
    fn values_come_back_from_the_cells_that_they_print(values in prop::collection::vec(value(), 1..8)) {
        let tables = annotated_csv::tables(csv(&values)).unwrap();
        let [record] = tables[0].records() else { panic!("one record") };
        prop_assert_eq!(record.values(), &values[..]);
        let rows: Vec<OwnedRecord> = influx_core::measurement::rows(csv(&values)).unwrap();
        prop_assert_eq!(&rows[..], tables[0].records());
    }
}
