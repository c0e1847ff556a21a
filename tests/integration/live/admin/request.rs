//! Endpoints without methods of their own.

use influx_core::ErrorKind;
use influx_core::client::Method;
use serde_json::{Value, json};

use super::organizations::HOSTILE;
use crate::support::live::live;

#[derive(serde::Serialize, serde::Deserialize, Debug, PartialEq)]
struct Variable {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "orgID")]
    org_id: String,
    name: String,
    arguments: Value,
}

#[derive(serde::Deserialize)]
struct Variables {
    variables: Vec<Variable>,
}

live! {
    async fn a_variable_is_created_listed_changed_and_deleted(live) {
        let client = &live.client;
        let org_id = client.organizations().find(&live.org).await.unwrap().unwrap().id;
        let values = json!({ "type": "constant", "values": [HOSTILE] });
        let name = format!("{} {HOSTILE}", live.bucket);
        let variable = Variable { id: None, org_id, name: name.clone(), arguments: values.clone() };
        let request = client.request(Method::Post, "api/v2/variables").json(&variable).unwrap();
        let made: Variable = request.send().await.unwrap();
        assert_eq!((&made.name, &made.arguments), (&name, &values));
        let listed = client.request(Method::Get, "/api/v2/variables").query("org", &live.org).query("limit", "100");
        assert!(listed.send::<Variables>().await.unwrap().variables.contains(&made));
        let one = || client.request(Method::Patch, "api/v2/variables").segment(made.id.as_ref().unwrap());
        let changed = one().json(&json!({ "name": "other", "arguments": values })).unwrap();
        assert_eq!(changed.send::<Variable>().await.unwrap().name, "other");
        let delete = || client.request(Method::Delete, "api/v2/variables").segment(made.id.as_ref().unwrap());
        assert!(delete().bytes().await.unwrap().is_empty());
        let error = delete().bytes().await.unwrap_err();
        assert_eq!((error.kind(), error.server_code()), (ErrorKind::NotFound, Some("not found")));
    }

    async fn a_path_does_not_leave_the_server(live) {
        let client = &live.client;
        for path in ["../health", "api/v2/../../health", "//example.org/api", "api/v2/buckets?limit=1", ""] {
            let error = client.request(Method::Get, path).bytes().await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidInput, None), "{path}");
        }
        for segment in ["..", ".", ""] {
            let request = client.request(Method::Get, "api/v2/buckets").segment(segment);
            assert_eq!(request.bytes().await.unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        let error = client.request(Method::Get, "http://example.org").bytes().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let error = client.request(Method::Get, "api/v2/buckets").segment("../users").bytes().await.unwrap_err();
        assert!(error.status().is_some(), "{error:?}");
    }

    async fn an_answer_of_another_type_is_an_error(live) {
        let request = live.client.request(Method::Get, "api/v2/me");
        assert_eq!(request.send::<Vec<u8>>().await.unwrap_err().kind(), ErrorKind::Decode);
        let request = live.client.request(Method::Put, "api/v2/me").bytes();
        assert_eq!(request.await.unwrap_err().status(), Some(405));
    }

    async fn invokable_scripts_are_said_to_be_in_the_cloud_only(live) {
        let scripts = live.client.scripts();
        let id = "0123456789abcdef";
        for error in [
            scripts.create("s", "buckets()").await.unwrap_err(),
            scripts.find(id).await.unwrap_err(),
            scripts.update(id).script("x").await.unwrap_err(),
            scripts.delete(id).await.unwrap_err(),
            scripts.list().all().await.unwrap_err(),
            scripts.invoke(id).raw().bytes().await.unwrap_err(),
            scripts.invoke(id).tables().await.unwrap_err(),
        ] {
            let words = "this server has no invokable scripts, which only InfluxDB Cloud has";
            assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::NotFound, words));
        }
    }
}
