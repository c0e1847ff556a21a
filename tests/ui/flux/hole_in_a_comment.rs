fn main() {
    let _ = influx_core::flux!("x = 1 // of {room}");
}
