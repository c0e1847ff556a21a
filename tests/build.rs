//! Tells the tests whether there is a server to run against, so that each live case is listed as
//! ignored, with the reason, when there is none.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(live_server)");
    let mut server = false;
    for variable in ["INFLUXD", "INFLUXDB_V2_URL"] {
        println!("cargo::rerun-if-env-changed={variable}");
        server |= std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    }
    if server {
        println!("cargo::rustc-cfg=live_server");
    }
}
