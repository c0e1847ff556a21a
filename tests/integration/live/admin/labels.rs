//! Labels and what they are attached to.

use influx_core::ErrorKind;
use influx_core::admin::{ResourceType, Schedule};
use influx_core::client::Method;
use serde_json::{Value, json};

use super::organizations::HOSTILE;
use crate::support::live::live;

live! {
    async fn a_label_is_created_changed_duplicated_and_deleted(live) {
        let labels = live.client.labels();
        let name = format!("{} {HOSTILE}", live.bucket);
        let label = labels.create(&name).property("color", "#ff0000").property("a", "b").await.unwrap();
        assert_eq!(label.properties["color"], "#ff0000");
        assert_eq!(labels.find(&label.id).await.unwrap().as_ref(), Some(&label));
        assert_eq!(labels.find_named(&name).await.unwrap().as_ref(), Some(&label));
        assert_eq!(labels.create(&name).await.unwrap_err().kind(), ErrorKind::Conflict);
        let changed = labels.update(&label.id).remove_property("a").property("c", "d").await.unwrap();
        assert_eq!(changed.name, name);
        assert_eq!(changed.properties.into_iter().collect::<Vec<_>>(), [
            ("c".to_owned(), "d".to_owned()), ("color".to_owned(), "#ff0000".to_owned()),
        ]);
        let copy = labels.duplicate(&label.id, format!("{name} copy")).await.unwrap();
        assert_eq!((copy.properties.len(), copy.org_id), (2, label.org_id));
        for id in [&label.id, &copy.id] {
            labels.delete(id).await.unwrap();
        }
        assert_eq!(labels.find(&label.id).await.unwrap(), None);
        for gone in [
            labels.delete(&label.id).await.unwrap_err(),
            labels.update(&label.id).name("x").await.unwrap_err(),
            labels.duplicate(&label.id, "x").await.unwrap_err(),
            live.client.buckets().labels(&live.bucket).attach(&label.id).await.unwrap_err(),
        ] {
            assert_eq!(gone.kind(), ErrorKind::NotFound, "{gone:?}");
        }
        assert_eq!(labels.create(" blank").await.unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(labels.create("").await.unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(labels.find("../x").await.unwrap_err().kind(), ErrorKind::InvalidInput);
    }

    async fn a_label_is_attached_to_everything_that_has_labels(live) {
        let client = &live.client;
        let label = client.labels().create(format!("{} label", live.bucket)).await.unwrap();
        let org = label.org_id.clone().unwrap();
        let hourly = Schedule::every(std::time::Duration::from_secs(3_600));
        let task = client.tasks().create("labelled", hourly, "buckets()").await.unwrap();
        let dashboard: Value = client
            .request(Method::Post, "api/v2/dashboards")
            .json(&json!({ "orgID": org, "name": "labelled" })).unwrap()
            .send().await.unwrap();
        let dashboard = dashboard["id"].as_str().unwrap();
        for attached in [
            client.buckets().labels(&live.bucket),
            client.tasks().labels(&task.id),
            client.labels().on(ResourceType::DASHBOARDS, dashboard),
        ] {
            assert_eq!(attached.attach(&label.id).await.unwrap(), label);
            assert_eq!(attached.attach(&label.id).await.unwrap_err().kind(), ErrorKind::Conflict);
            assert_eq!(attached.list().await.unwrap(), std::slice::from_ref(&label));
            attached.detach(&label.id).await.unwrap();
            attached.detach(&label.id).await.unwrap();
            assert_eq!(attached.list().await.unwrap(), []);
        }
        let odd = client.labels().on(ResourceType::new("../users"), dashboard);
        assert_eq!(odd.list().await.unwrap_err().kind(), ErrorKind::InvalidInput);
        let missing = client.labels().on(ResourceType::BUCKETS, "0123456789abcdef");
        assert_eq!(missing.list().await.unwrap_err().kind(), ErrorKind::NotFound);
        client.request(Method::Delete, "api/v2/dashboards").segment(dashboard).bytes().await.unwrap();
        client.tasks().delete(&task.id).await.unwrap();
        client.labels().delete(&label.id).await.unwrap();
    }
}
