fn main() {
    let none = None::<i64>;
    let _ = influx_core::flux!("x = {none}");
}
