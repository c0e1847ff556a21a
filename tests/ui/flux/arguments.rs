fn main() {
    let script = "1";
    let _ = influx_core::flux!(script);
    let _ = influx_core::flux!("x = {a}", 1);
    let _ = influx_core::flux!("x = {a}", a = 1, b = 2);
    let _ = influx_core::flux!("x = {unknown}");
}
