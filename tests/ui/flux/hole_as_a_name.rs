fn main() {
    let (column, name) = ("a", "b");
    let _ = influx_core::flux!("filter(fn: (r) => r.{column} == 1)\nf({name}: 1)\nr{name}");
}
