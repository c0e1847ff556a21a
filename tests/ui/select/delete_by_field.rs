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
    let _ = client.delete("b").range(..).filter(Cpu::TEMP.eq(1.0)).await;
}

fn main() {}
