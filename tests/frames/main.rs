//! Data frames against the test kit and a real server.

#[test]
fn a_frame_is_one() {
    let frame = influx_core::dataframe::polars::prelude::DataFrame::empty();
    assert_eq!(frame.height(), 0);
}
