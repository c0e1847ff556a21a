//! Tells the tests whether there is a server to run against, so that each live case is listed as
//! ignored, with the reason, when there is none.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(live_server, own_server)");
    let set = |variable| {
        println!("cargo::rerun-if-env-changed={variable}");
        std::env::var_os(variable).is_some_and(|value| !value.is_empty())
    };
    let (own, other) = (set("INFLUXD"), set("INFLUXDB_V2_URL"));
    if own {
        println!("cargo::rustc-cfg=own_server");
    }
    if own || other {
        println!("cargo::rustc-cfg=live_server");
    }
}
