use influx_core::{Client, Measurement};

#[derive(Measurement)]
struct Cpu<'a> {
    #[tag]
    core: &'a str,
    #[field]
    temp: f64,
}

async fn fetch(client: Client) {
    let _ = client.query("x").fetch::<Cpu>().await;
}

fn main() {}
