use influx_core::Client;

struct Cpu;

async fn run(client: Client) {
    let _ = client.select::<Cpu>("b").range(..).fetch().await;
}

fn main() {}
