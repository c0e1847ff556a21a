use influx_core::{Client, Measurement, Timestamp};

#[derive(Measurement)]
struct Cpu {
    #[tag]
    core: String,
    #[field]
    temp: f64,
    #[field]
    name: String,
    #[timestamp]
    time: Timestamp,
}

async fn run(client: Client) {
    let _ = client.delete("b").range(..).filter(Cpu::CORE.eq("0").or(Cpu::CORE.eq("1"))).await;
}

fn main() {}
