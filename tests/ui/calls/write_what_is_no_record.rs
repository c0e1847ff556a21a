use influx_core::Client;

struct Cpu {
    temp: f64,
}

async fn write(client: Client) {
    let _ = client.write("b", Cpu { temp: 1.0 }).await;
    let _ = client.write("b", 1.0).await;
}

fn main() {}
