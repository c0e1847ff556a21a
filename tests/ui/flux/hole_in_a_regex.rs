fn main() {
    let _ = influx_core::flux!(r"filter(fn: (r) => r.room =~ /^{room}/)");
}
