fn main() {
    let _ = influx_core::flux!("x = 1e5");
    let _ = influx_core::flux!("x = 'a'");
    let _ = influx_core::flux!("x = \"\\q\"");
    let _ = influx_core::flux!("x = { y }");
    let _ = influx_core::flux!("x = 1\0");
}
