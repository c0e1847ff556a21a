//! Changing buckets, ensuring that they are there, and who may use them.

use std::time::Duration;

use influx_core::ErrorKind;
use influx_core::admin::{BucketRef, Permission, Role};

use crate::support::live::live;

const HOUR: Duration = Duration::from_secs(3_600);

live! {
    async fn a_bucket_is_changed_part_by_part(live) {
        let buckets = live.client.buckets();
        let name = format!("{} changed", live.bucket);
        let bucket = buckets.create(&name).description("old").await.unwrap();
        let change = buckets.update(&bucket).retention(HOUR * 2).await.unwrap();
        assert_eq!((change.retention, change.shard_group_duration), (Some(HOUR * 2), Some(HOUR)));
        assert_eq!(change.description.as_deref(), Some("old"));
        let change = buckets.update(&bucket).retention(HOUR * 72).shard_group_duration(HOUR * 36);
        assert_eq!(change.await.unwrap().shard_group_duration, Some(HOUR * 36));
        let change = buckets.update(&name).retention(None).description("").await.unwrap();
        assert_eq!((change.retention, change.description), (None, None));
        let renamed = buckets.update(&name).name(format!("{name} again")).await.unwrap();
        assert_eq!(renamed.id, bucket.id);
        assert!(renamed.updated_at > bucket.updated_at);
        live.client.write(&renamed.name, "m f=1").await.unwrap();
        buckets.delete(&bucket).await.unwrap();
        assert_eq!(buckets.update(&bucket).name("x").await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(buckets.update(&name).name("x").await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(buckets.find(&bucket).await.unwrap(), None);
    }

    async fn a_token_for_one_bucket_finds_that_by_name(live) {
        let id = live.client.buckets().find(&live.bucket).await.unwrap().unwrap().id;
        let made = live.client.authorizations().create([Permission::read_bucket(&id)]).await.unwrap();
        let narrow = live.builder().token(made.token.unwrap()).build().unwrap();
        let buckets = narrow.buckets();
        assert_eq!(buckets.find(&live.bucket).await.unwrap().map(|bucket| bucket.id), Some(id.clone()));
        assert_eq!(buckets.ensure(&live.bucket).await.unwrap().id, id);
        assert_eq!(buckets.list().all().await.unwrap().len(), 1);
        assert_eq!(buckets.find("no such bucket").await.unwrap(), None);
        let error = narrow.labels().list().all().await.unwrap_err();
        assert!(error.to_string().ends_with("; name the organization by its ID"), "{error}");
        let nowhere = live.builder().org("no such organization").build().unwrap();
        assert_eq!(nowhere.buckets().find(&live.bucket).await.unwrap_err().kind(), ErrorKind::NotFound);
        live.client.authorizations().delete(&made.id).await.unwrap();
    }

    async fn a_bucket_is_ensured_once_and_its_retention_compared(live) {
        let buckets = live.client.buckets();
        let name = format!("{} ensured", live.bucket);
        let ensure = || buckets.ensure(&name).retention(HOUR * 24);
        let both = tokio::join!(ensure().into_future(), ensure().into_future());
        let (first, second) = (both.0.unwrap(), both.1.unwrap());
        assert_eq!((&first.id, first.retention), (&second.id, Some(HOUR * 24)));
        assert_eq!(buckets.ensure(&name).await.unwrap().id, first.id);
        let error = buckets.ensure(&name).retention(None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        let words = format!("the bucket `{name}` keeps its points for 86400s, not for ever; change it with `update`");
        assert_eq!(error.to_string(), words);
        buckets.delete(&name).await.unwrap();
    }

    async fn a_name_that_looks_like_an_id_is_a_name_if_that_is_said(live) {
        let buckets = live.client.buckets();
        let name = "00000000deadbeef";
        assert_eq!(buckets.find(name).await.unwrap(), None);
        let bucket = buckets.ensure(name).await.unwrap();
        assert_eq!(buckets.find(name).await.unwrap(), None);
        assert_eq!(buckets.find(BucketRef::name(name)).await.unwrap().unwrap().id, bucket.id);
        assert_eq!(buckets.delete(name).await.unwrap_err().kind(), ErrorKind::NotFound);
        buckets.delete(BucketRef::name(name)).await.unwrap();
    }

    async fn the_servers_own_buckets_are_deleted_by_no_way(live) {
        let buckets = live.client.buckets();
        let own = buckets.find("_tasks").await.unwrap().unwrap();
        for error in [buckets.delete(&own).await.unwrap_err(), buckets.delete(own.id.as_str()).await.unwrap_err()] {
            assert_eq!(error.to_string(), "the bucket is the server's own and cannot be deleted");
        }
    }

    async fn a_bucket_has_members_and_owners(live) {
        let client = &live.client;
        let user = client.users().create(format!("{} user", live.bucket)).await.unwrap();
        let (members, owners) = (client.buckets().members(&live.bucket), client.buckets().owners(&live.bucket));
        let added = members.add(&user).await.unwrap();
        assert_eq!((added.id.as_str(), added.role), (user.id.as_str(), Role::Member));
        assert_eq!(members.list().await.unwrap().len(), 1);
        for again in [members.add(&user.name).await, owners.add(&user).await] {
            let error = again.unwrap_err();
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Conflict, false), "{error:?}");
        }
        members.remove(&user).await.unwrap();
        members.remove(&user).await.unwrap();
        assert_eq!(owners.add(user.name.as_str()).await.unwrap().role, Role::Owner);
        assert_eq!(members.list().await.unwrap(), []);
        assert!(owners.list().await.unwrap().iter().any(|owner| owner.id == user.id));
        assert_eq!(members.add("nobody at all").await.unwrap_err().kind(), ErrorKind::NotFound);
        let nowhere = client.buckets().members("no such bucket");
        assert_eq!(nowhere.list().await.unwrap_err().kind(), ErrorKind::NotFound);
        client.users().delete(&user).await.unwrap();
    }

    async fn a_database_of_1x_is_mapped_to_a_bucket(live) {
        let (client, dbrps) = (&live.client, live.client.dbrps());
        let database = live.bucket.replace(' ', "-");
        let made = dbrps.create(&database, "rp", &live.bucket).default(true).await.unwrap();
        assert_eq!((made.default, made.is_virtual), (true, false));
        assert_eq!(dbrps.find(&made.id).await.unwrap().as_ref(), Some(&made));
        let listed = dbrps.list().database(&database).all().await.unwrap();
        assert!(listed.contains(&made), "{listed:?}");
        let changed = dbrps.update(&made.id).retention_policy("other").await.unwrap();
        assert_eq!(changed.retention_policy, "other");
        dbrps.delete(&made.id).await.unwrap();
        assert_eq!(dbrps.find(&made.id).await.unwrap(), None);
        for gone in [dbrps.delete(&made.id).await.unwrap_err(), dbrps.update(&made.id).await.unwrap_err()] {
            assert_eq!(gone.kind(), ErrorKind::NotFound);
        }
        let id = client.buckets().find(&live.bucket).await.unwrap().unwrap().id;
        let by_name = dbrps.list().bucket(&id).all().await.unwrap();
        assert_eq!((by_name.len(), by_name[0].is_virtual, &by_name[0].id), (1, true, &id));
        let error = dbrps.delete(&id).await.unwrap_err();
        assert!(error.to_string().contains("by its bucket's name alone"), "{error}");
        let error = dbrps.create("", "rp", &live.bucket).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}
