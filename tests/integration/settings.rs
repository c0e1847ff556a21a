//! Settings from files and from the environment, and which of them count.

use influx_core::client::{ClientBuilder, ConfigFile};
use influx_core::{Client, ErrorKind};
use influx_testkit::Server;

#[tokio::test]
async fn a_file_makes_a_client_whose_settings_code_can_override() {
    let server = Server::start();
    let path = std::env::temp_dir().join(format!("connecting-{}.ini", std::process::id()));
    let (url, user, password) = (server.url(), server.username(), server.password());
    let text = format!(
        "[influx2]\nurl={url}\norg=wrong\nusername={user}\npassword={password}\n[tags]\nHost=a b\n"
    );
    std::fs::write(&path, text).unwrap();
    let builder = ClientBuilder::from_config_file(&path).unwrap();
    let wrong = Client::from_config_file(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let point = influx_core::Point::measurement("m").field("f", 1.5);
    let error = wrong.write("my-bucket", &point).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    builder.org("my-org").build().unwrap().write("my-bucket", &point).await.unwrap();
    assert!(server.lines("my-bucket")[0].starts_with("m,Host=a\\ b f=1.5 "));
}

/// Runs [`in_a_process_of_its_own`] as another process, with these variables.
fn in_a_process(job: &str, variables: &[(&str, &str)]) {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "settings::in_a_process_of_its_own", "--nocapture"]);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("INFLUXDB_V2_") || name.to_uppercase().ends_with("_PROXY") {
            child.env_remove(name);
        }
    }
    let output = child.env("SETTINGS_JOB", job).envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What hangs on environment variables, which are those of a whole process: does nothing unless
/// [`in_a_process`] asks for it.
#[tokio::test]
async fn in_a_process_of_its_own() {
    let Ok(job) = std::env::var("SETTINGS_JOB") else { return };
    let variable = |name: &str| std::env::var(name).unwrap();
    let builder = || Client::builder(variable("SERVER"));
    match job.as_str() {
        "proxies" => {
            builder().build().unwrap().ping().await.unwrap();
            builder().proxy_from_env().build().unwrap().ping().await.unwrap();
        }
        "order" => {
            let from_file = || ClientBuilder::from_config_file(variable("FILE")).unwrap();
            let shown = |builder: ClientBuilder| format!("{:?}", builder.build().unwrap());
            let text = shown(from_file());
            assert!(
                text.contains("http://file/")
                    && text.contains("of-file")
                    && text.contains("Session"),
                "{text}"
            );
            let text = shown(from_file().env().unwrap());
            assert!(
                text.contains("http://file/")
                    && text.contains("of-env")
                    && !text.contains("Session"),
                "{text}"
            );
            let text = shown(from_file().env().unwrap().org("of-code"));
            assert!(text.contains("http://file/") && text.contains("of-code"), "{text}");
            let text = format!("{:?}", Client::from_env().unwrap());
            assert!(text.contains("http://localhost:8086/") && text.contains("of-env"), "{text}");
        }
        "cli" => {
            let client = Client::from_config_file(ConfigFile::cli().unwrap()).unwrap();
            let text = format!("{client:?}");
            assert!(text.contains(&variable("SERVER")), "{text}");
        }
        job => panic!("nobody knows what {job} is"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn proxies_of_the_environment_are_used_only_when_asked() {
    let server = Server::start();
    let proxy = crate::support::proxy::Proxy::start(None).await;
    let (url, proxy_url) = (server.url(), proxy.url());
    let run = |variables: &[(&str, &str)]| {
        let variables: Vec<_> = [&[("SERVER", &*url)], variables].concat();
        tokio::task::block_in_place(|| in_a_process("proxies", &variables));
        (server.take_requests().len(), proxy.heads().len())
    };
    assert_eq!(run(&[("http_proxy", &proxy_url)]), (2, 1), "asked for once");
    assert_eq!(run(&[("ALL_PROXY", &proxy_url)]), (2, 2));
    assert_eq!(run(&[("http_proxy", &proxy_url), ("NO_PROXY", "127.0.0.1")]), (2, 2));
}

#[test]
fn a_file_gives_way_to_the_environment_and_both_to_code() {
    let path = std::env::temp_dir().join(format!("order-{}.json", std::process::id()));
    let text = r#"{"url": "http://file", "org": "of-file", "username": "u", "password": "p"}"#;
    std::fs::write(&path, text).unwrap();
    let file = path.to_str().unwrap();
    in_a_process(
        "order",
        &[
            ("FILE", file),
            ("SERVER", ""),
            ("INFLUXDB_V2_ORG", "of-env"),
            ("INFLUXDB_V2_TOKEN", "t"),
        ],
    );
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn the_profile_of_the_cli_is_the_active_one_or_the_one_that_is_named() {
    let path = std::env::temp_dir().join(format!("cli-{}", std::process::id()));
    let profiles = "[a]\nurl = \"http://of-a\"\nactive = true\n[b]\nurl = \"http://of-b\"\n";
    std::fs::write(&path, profiles).unwrap();
    let file = ("INFLUX_CONFIGS_PATH", path.to_str().unwrap());
    in_a_process("cli", &[file, ("SERVER", "http://of-a/"), ("INFLUX_ACTIVE_CONFIG", "")]);
    in_a_process("cli", &[file, ("SERVER", "http://of-b/"), ("INFLUX_ACTIVE_CONFIG", "b")]);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_file_names_the_files_of_a_client_certificate() {
    let pem = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("integration/pem");
    let path = std::env::temp_dir().join(format!("identity-{}.json", std::process::id()));
    let build = |password: &str| {
        let text = serde_json::json!({
            "url": "https://localhost", "verify_ssl": false, "cert_key_password": password,
            "cert_file": pem.join("client.crt"), "cert_key_file": pem.join("client.key"),
        });
        std::fs::write(&path, text.to_string()).unwrap();
        Client::from_config_file(&path)
    };
    build("a-password").unwrap();
    let error = build("wrong").unwrap_err();
    assert!(error.to_string().contains("is its password right?"), "{error}");
    std::fs::remove_file(&path).unwrap();
}
