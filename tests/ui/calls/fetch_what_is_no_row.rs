use influx_core::Client;

struct Cpu {
    temp: f64,
}

async fn fetch(client: Client) {
    let _ = client.query("x").fetch::<Cpu>().await;
    let _ = client.query("x").rows::<Cpu>();
}

fn main() {}
