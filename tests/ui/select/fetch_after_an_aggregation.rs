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
    let _ = client.select::<Cpu>("b").range(..).mean().fetch().await;
}

fn main() {}
