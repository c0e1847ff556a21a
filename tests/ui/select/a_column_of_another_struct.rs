use influx_core::{Client, Measurement};

#[derive(Measurement)]
struct Cpu {
    #[tag]
    core: String,
    #[field]
    temp: f64,
}

#[derive(Measurement)]
struct Disk {
    #[tag]
    path: String,
    #[field]
    free: f64,
}

async fn run(client: Client) {
    let _ = client.select::<Cpu>("b").range(..).filter(Disk::PATH.eq("/")).fetch().await;
    let _ = client.select::<Cpu>("b").range(..).mean().fields(Cpu::CORE);
}

fn main() {}
