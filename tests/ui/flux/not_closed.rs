fn main() {
    let _ = influx_core::flux!("from(bucket: \"b\" |> range(start: -1h)");
    let _ = influx_core::flux!("x = \"abc");
    let _ = influx_core::flux!("x = [1)");
}
