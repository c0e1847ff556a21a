//! Administrative calls against answers that a real server will not give.

use influx_core::ErrorKind;
use influx_core::admin::{ScriptLanguage, Status};
use influx_core::annotated_csv::OwnedRecord;
use influx_core::client::Method;
use influx_testkit::{Fault, Server};

use crate::support::canned::{End, answer, client, sequence};

#[tokio::test]
async fn a_list_that_fails_ends_with_the_error() {
    let server = Server::start();
    let client = server.client();
    for number in 0..30 {
        client.buckets().create(format!("b{number:02}")).await.unwrap();
    }
    let mut list = client.buckets().list().page_size(10);
    for _ in 0..10 {
        list.try_next().await.unwrap().unwrap();
    }
    server.inject(Fault::answer(429));
    assert_eq!(list.try_next().await.unwrap_err().kind(), ErrorKind::RateLimited);
    assert_eq!(list.try_next().await.unwrap(), None);
    assert_eq!(server.pending_faults(), 0);
}

#[tokio::test]
async fn models_take_what_older_and_newer_servers_say() {
    let json = r#"{"orgs":[{"id":"0000000000000001","name":"o"}],"next":1}"#;
    let client = client(answer("200 OK", "", json), End::Close).await;
    let org = client.organizations().find("o").await.unwrap().unwrap();
    assert_eq!((org.description, org.created_at), (None, None));

    let json =
        r#"{"id":"0000000000000002","name":"u","status":"asleep","shoeSize":43,"oauthID":null}"#;
    let client = crate::support::canned::client(answer("200 OK", "", json), End::Close).await;
    let user = client.users().me().await.unwrap();
    assert_eq!(user.status, Some(Status::Other("asleep".into())));
    assert_eq!(user.extra.get::<u8>("shoeSize").unwrap(), Some(43));
}

#[tokio::test]
async fn an_answer_without_what_was_asked_for_is_an_error() {
    for json in [r#"{"links":{}}"#, "[]", r#"{"users":{}}"#, r#"{"users":[{"name":"u"}]}"#, ""] {
        let client = client(answer("200 OK", "", json), End::Close).await;
        let error = client.users().list().all().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{json}");
    }
    let client = client(answer("200 OK", "", r#"{"labels":null}"#), End::Close).await;
    assert_eq!(client.labels().list().all_orgs().all().await.unwrap(), []);
}

#[tokio::test]
async fn a_server_that_repeats_itself_does_not_make_a_list_endless() {
    let page = r#"{"users":[{"id":"0000000000000001","name":"u"}]}"#;
    let answers = std::iter::repeat(answer("200 OK", "", page).into_bytes());
    let client = sequence(answers, End::Close).await.build().unwrap();
    assert_eq!(client.users().list().all().await.unwrap().len(), 1);
}

/// Never run against InfluxDB Cloud: the test kit follows its published API.
#[tokio::test]
async fn scripts_of_the_cloud_are_kept_and_called() {
    let server = Server::builder().cloud_scripts().start().unwrap();
    let (client, scripts) = (server.client(), server.client().scripts());
    client.write("my-bucket", "cpu,host=a temp=22.35 1\ncpu,host=b temp=23.5 1").await.unwrap();
    let text = r#"from(bucket: params.bucket) |> range(start: 0, stop: 1)
        |> filter(fn: (r) => r.host == params.host and r._value > params.least)"#;
    let script = scripts.create("warm", text).description("d").await.unwrap();
    assert_eq!(
        (script.language.clone(), script.script.as_str()),
        (Some(ScriptLanguage::Flux), text)
    );
    assert_eq!(scripts.find(&script.id).await.unwrap().as_ref(), Some(&script));
    assert_eq!(scripts.list().name("warm").all().await.unwrap(), std::slice::from_ref(&script));
    assert_eq!(scripts.list().name("cold").all().await.unwrap(), []);

    let call = || {
        let call = scripts.invoke(&script.id).param("bucket", "my-bucket").unwrap();
        call.param("host", "b").unwrap().param("least", 20.5).unwrap()
    };
    let rows = call().fetch::<OwnedRecord>().await.unwrap();
    assert_eq!(rows[0].get_as::<&str>("_value").unwrap(), "23.5");
    assert_eq!(call().tables().await.unwrap()[0].records(), rows);
    assert!(call().raw().bytes().await.unwrap().starts_with(b",result,table,_start,"));
    let mut lent = call().rows::<OwnedRecord>();
    assert_eq!(lent.next().await.unwrap().unwrap().get_as::<&str>("host").unwrap(), "b");
    // There are no types: what is not a text is a mistake that is told.
    #[derive(influx_core::FromRow, Debug)]
    struct Typed {
        #[column(name = "_value")]
        _value: f64,
    }
    assert_eq!(call().fetch::<Typed>().await.unwrap_err().kind(), ErrorKind::TypeMismatch);
    assert!(!format!("{:?}", call()).contains("my-bucket"));

    let changed = scripts.update(&script.id).script("buckets()").await.unwrap();
    assert_eq!((changed.script.as_str(), changed.name.as_str()), ("buckets()", "warm"));
    scripts.delete(&script.id).await.unwrap();
    assert_eq!(scripts.find(&script.id).await.unwrap(), None);
    let error = call().tables().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.server_message()),
        (ErrorKind::NotFound, Some("script not found"))
    );
}

#[tokio::test]
async fn a_request_carries_what_it_was_given() {
    let server = Server::start();
    let request = server.client().request(Method::Put, "api/v2/a b").segment("ü/?");
    let request = request.query("key&", "value=#").json(&["body"]).unwrap();
    let _ = request.bytes().await;
    let asked = &server.requests()[0];
    assert_eq!((asked.method(), asked.path()), ("PUT", "/api/v2/a%20b/%C3%BC%2F%3F"));
    assert_eq!(asked.parameter("key&").as_deref(), Some("value=#"));
    assert_eq!(asked.body(), br#"["body"]"#.as_slice());
}
