//! No token or password comes out of anything that is formatted.

use influx_core::admin::{OrgRef, Permission, ResourceType};
use influx_core::client::Method;
use influx_core::{Client, Token};

use crate::support::canned::{End, answer, client};

const SECRET: &str = "a-secret-token";

fn hides(shown: impl std::fmt::Debug) {
    let text = format!("{shown:?} {shown:#?}");
    assert!(!text.contains(SECRET), "{text}");
}

#[test]
fn nothing_public_that_holds_a_token_shows_it() {
    hides(Client::builder(format!("http://me:{SECRET}@localhost:8086")));
    hides(Client::builder(format!("http://localhost:8086/?p={SECRET}")));
    hides(Client::builder("http://localhost:8086").ca_certificate(SECRET));
    let builder = || Client::builder("http://localhost:8086");
    for builder in [
        builder().session("me", SECRET),
        builder().basic_auth("me", SECRET),
        builder().compat_v1("me", SECRET),
        builder().token_provider(|| Ok(Token::from(SECRET))),
        builder().header("x-mine", SECRET),
        builder().proxy(format!("http://me:{SECRET}@localhost")).proxy_header("x-mine", SECRET),
    ] {
        hides(&builder);
        let client = builder.build().unwrap();
        hides(&client);
        hides(client.write("b", "m f=1"));
    }
    hides(builder().identity(SECRET, SECRET).identity_password(SECRET));
    let builder = builder().token(SECRET).org("o");
    hides(&builder);
    let client = builder.build().unwrap();
    hides(Token::from(SECRET));
    hides(&client);
    hides(client.write("b", "m f=1"));
    hides(client.query("buckets()"));
    hides(client.query("buckets()").rows::<influx_core::annotated_csv::OwnedRecord>());
    hides(client.query("buckets()").stream::<influx_core::annotated_csv::OwnedRecord>());
    hides(client.query("buckets()").raw());
    hides(client.buckets());
    hides(client.buckets().create("b"));
    hides(client.setup("u", "o", "b").password(SECRET).token(SECRET));
    let body = std::collections::BTreeMap::from([("password", SECRET)]);
    hides(client.request(Method::Post, "api/v2/me/password").json(&body).unwrap());
    hides(client.scripts().invoke("0123456789abcdef").param("key", SECRET).unwrap());
    hides((client.users(), client.authorizations(), client.organizations().secrets("o")));
    hides((client.tasks().list(), client.labels(), client.dbrps(), client.scripts()));
}

#[tokio::test]
async fn a_new_token_is_shown_by_no_model() {
    let body = format!(
        "{{\"id\":\"1\",\"token\":\"{SECRET}\",\"hashedToken\":\"{SECRET}\",\"status\":\"active\",\
         \"orgID\":\"2\",\"permissions\":[]}}"
    );
    let client = client(answer("201 Created", "", &body), End::Close).await;
    let create = client.authorizations().create([Permission::read(ResourceType::TASKS)]);
    let made = create.org(OrgRef::id("0123456789abcdef")).await.unwrap();
    hides(&made);
    assert_eq!(made.token.unwrap().expose(), SECRET);
}

#[tokio::test]
async fn no_error_shows_the_token() {
    let echo = r#"{"code":"unauthorized","message":"unauthorized access"}"#;
    for answer in
        [answer("401 Unauthorized", "", echo), "HTTP/1.1 200".into(), answer("200 OK", "", "x")]
    {
        let client = client(answer, End::Close).await;
        let error = client.health().await.unwrap_err();
        let source = std::error::Error::source(&error).map(|source| format!("{source} {source:?}"));
        hides((&error, error.to_string(), source));
    }
    for builder in [
        Client::builder("http://localhost").token(format!("{SECRET}\n")),
        Client::builder("http://localhost").header("x-mine", format!("{SECRET}\n")),
        Client::builder("http://localhost").proxy(format!("http://me:{SECRET}@local host")),
        Client::builder("http://localhost").proxy(format!("http://me:{SECRET}@localhost:x")),
        Client::builder("https://localhost").identity(SECRET, SECRET),
        Client::builder("https://localhost").ca_certificate(SECRET),
        Client::builder("http://localhost").token(format!("Bearer {SECRET}")),
        Client::builder(format!("http://me:{SECRET}@localhost")),
        Client::builder(format!("http://localhost/?u=me&p={SECRET}")),
        Client::builder(format!("me:{SECRET}@localhost:8086")),
        Client::builder(format!("http://localhost/#{SECRET}")),
        Client::builder(format!("http://local host/?u=me&p={SECRET}")),
    ] {
        let error = builder.build().unwrap_err();
        hides((&error, error.to_string()));
    }
}

#[tokio::test]
async fn a_session_shows_neither_its_password_nor_its_cookie() {
    let server = influx_testkit::Server::start();
    let client = Client::builder(server.url()).session("admin", server.password()).build().unwrap();
    client.write("my-bucket", "m f=1").org("my-org").await.unwrap();
    let text = format!("{client:?}");
    assert!(text.contains("admin") && !text.contains(server.password()), "{text}");
    let requests = server.requests();
    let cookie = requests.iter().find_map(|request| request.header("cookie")).unwrap();
    assert!(!text.contains(cookie.split_once('=').unwrap().1), "{text}");
}

#[test]
fn a_file_of_settings_shows_none_of_its_secrets() {
    let path = std::env::temp_dir().join(format!("secrets-{}", std::process::id()));
    for text in [
        format!("url = \"http://h\"\ntoken = \"{SECRET}\"\ntokn = \"{SECRET}\""),
        format!("url = \"http://h\"\nusername = \"me\"\npassword = \"{SECRET}\""),
        format!("url = \"http://me:{SECRET}@h\""),
        format!("url = \"http://h\"\ntoken = {SECRET}"),
        format!("url = \"http://h\"\ntoken = \"{SECRET}"),
        format!("url = \"http://h\"\ntimeout = \"{SECRET}\""),
        format!("url = \"http://h\"\nauth_basic = \"{SECRET}\""),
        format!("url = \"http://h\"\ntoken = [\"{SECRET}\"]"),
        format!("{{\"url\": \"http://h\", \"token\": {SECRET}}}"),
        format!("{{\"url\": \"http://h\", \"token\": \"{SECRET}"),
        format!("[influx2]\nurl=http://h\ntoken={SECRET}"),
        format!("[influx2]\nurl=http://h\n{SECRET}"),
    ] {
        std::fs::write(&path, text).unwrap();
        match influx_core::client::ClientBuilder::from_config_file(&path) {
            Ok(builder) => {
                builder.warnings().for_each(hides);
                hides(&builder);
                hides(builder.build());
            }
            Err(error) => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                hides((&error, error.to_string(), source));
            }
        }
    }
    std::fs::remove_file(&path).unwrap();
}

#[tokio::test]
async fn an_answer_that_is_not_understood_is_not_quoted() {
    let body = format!("{{\"user\":{{\"id\":\"1\"}},\"auth\":\"{SECRET}\"}}");
    let client = client(answer("201 Created", "", &body), End::Close).await;
    let error = client.setup("u", "o", "b").await.unwrap_err();
    hides((&error, error.to_string(), std::error::Error::source(&error)));
}

#[tokio::test]
async fn the_answer_to_a_set_up_hides_its_token() {
    let body = format!(
        "{{\"user\":{{\"id\":\"1\"}},\"org\":{{\"id\":\"2\"}},\"bucket\":{{\"id\":\"3\",\"name\":\"b\",\
         \"type\":\"user\",\"retentionRules\":[]}},\"auth\":{{\"token\":\"{SECRET}\"}}}}"
    );
    let client = client(answer("201 Created", "", &body), End::Close).await;
    let result = client.setup("u", "o", "b").await.unwrap();
    hides(&result);
    assert_eq!(result.token.expose(), SECRET);
}
