fn main() {
    let room = "kitchen";
    let _ = influx_core::flux!(r#"filter(fn: (r) => r.room == "room {room}")"#);
}
