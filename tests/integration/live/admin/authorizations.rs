//! Tokens and what they may do.

use influx_core::admin::{Action, Permission, ResourceType, Status};
use influx_core::client::Method;
use influx_core::{Client, ErrorKind};

use crate::support::live::{Live, live};

fn with(live: &Live, token: Option<influx_core::Token>) -> Client {
    live.builder().token(token.expect("the answer to a creation has the token")).build().unwrap()
}

fn read(bucket: &str) -> String {
    format!("from(bucket: \"{bucket}\") |> range(start: -1h)")
}

live! {
    async fn a_token_for_one_bucket_is_refused_on_another(live) {
        let client = &live.client;
        let other = client.buckets().create(format!("{} other", live.bucket)).await.unwrap();
        let own = client.buckets().find(&live.bucket).await.unwrap().unwrap();
        let permissions = [Permission::read_bucket(&own.id), Permission::write_bucket(&own.id)];
        let made = client.authorizations().create(permissions).description("one bucket").await.unwrap();
        assert!(!format!("{made:?}").contains(made.token.as_ref().unwrap().expose()));
        let narrow = with(&live, made.token.clone());

        narrow.write(&own.name, "m f=1").await.unwrap();
        assert_eq!(narrow.query(read(&own.name)).tables().await.unwrap().len(), 1);
        let error = narrow.write(&other.name, "m f=1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden);
        // What may not be read is not there.
        let error = narrow.query(read(&other.name)).tables().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let error = narrow.buckets().create("more").org(&own.org_id).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Forbidden, Some(401)));
        let error = narrow.authorizations().create(Permission::all_access(&own.org_id)).org(&own.org_id);
        assert_eq!(error.await.unwrap_err().kind(), ErrorKind::Forbidden);
        assert_eq!(narrow.buckets().list().org(&own.org_id).all().await.unwrap()[0].id, own.id);

        let reader = client.authorizations().create([Permission::read_bucket(&own.id)]).await.unwrap();
        let error = with(&live, reader.token).write(&own.name, "m f=1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden);
        for id in [&made.id, &reader.id] {
            client.authorizations().delete(id).await.unwrap();
        }
        let error = narrow.write(&own.name, "m f=1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        client.buckets().delete(&other).await.unwrap();
    }

    async fn a_token_is_shown_once_locked_duplicated_and_deleted(live) {
        let authorizations = live.client.authorizations();
        let bucket = live.client.buckets().find(&live.bucket).await.unwrap().unwrap();
        let permissions = [Permission::write_bucket(&bucket.id)];
        let made = authorizations.create(permissions).description("first").await.unwrap();
        let found = authorizations.find(&made.id).await.unwrap().unwrap();
        assert_eq!((found.token, &found.permissions[0].action), (None, &Action::Write));
        assert_eq!(found.permissions[0].resource.id.as_ref(), Some(&bucket.id));
        let listed = authorizations.list().all().await.unwrap();
        assert!(listed.iter().any(|listed| listed.id == made.id && listed.token.is_none()));

        let locked = authorizations.update(&made.id).status(Status::Inactive).await.unwrap();
        assert_eq!((locked.status, locked.description.as_deref()), (Status::Inactive, Some("first")));
        let client = with(&live, made.token.clone());
        assert_eq!(client.write(&live.bucket, "m f=1").await.unwrap_err().kind(), ErrorKind::Forbidden);
        let unlocked = authorizations.update(&made.id).status(Status::Active).description("").await.unwrap();
        assert_eq!((unlocked.status, unlocked.description), (Status::Active, None));
        client.write(&live.bucket, "m f=1").await.unwrap();

        let copy = authorizations.duplicate(&made.id).await.unwrap();
        assert_eq!(copy.permissions, made.permissions);
        assert_ne!(copy.token, made.token);
        authorizations.delete(&made.id).await.unwrap();
        assert_eq!(client.write(&live.bucket, "m f=1").await.unwrap_err().kind(), ErrorKind::Unauthorized);
        with(&live, copy.token).write(&live.bucket, "m f=1").await.unwrap();
        authorizations.delete(&copy.id).await.unwrap();
        assert_eq!(authorizations.find(&made.id).await.unwrap(), None);
        for gone in [
            authorizations.delete(&made.id).await.unwrap_err(),
            authorizations.duplicate(&made.id).await.unwrap_err(),
            authorizations.update(&made.id).description("x").await.unwrap_err(),
        ] {
            assert_eq!(gone.kind(), ErrorKind::NotFound, "{gone:?}");
        }
    }

    async fn all_access_is_for_one_organization(live) {
        let client = &live.client;
        let org = client.organizations().create(format!("{} org", live.bucket)).await.unwrap();
        let made = client.authorizations().create(Permission::all_access(&org.id)).org(&org).await.unwrap();
        let theirs = live.builder().org(&org.name).token(made.token.unwrap()).build().unwrap();
        let bucket = theirs.buckets().create("b").await.unwrap();
        theirs.write("b", "m f=1").await.unwrap();
        let label = theirs.labels().create("l").await.unwrap();
        theirs.buckets().labels(&bucket).attach(&label.id).await.unwrap();
        assert_eq!(theirs.organizations().list().all().await.unwrap().len(), 1);
        assert_eq!(theirs.buckets().find(&bucket).await.unwrap().unwrap().labels[0].name, "l");
        let error = theirs.buckets().create("b").org(client_org(client).await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden);
        client.organizations().delete(&org).await.unwrap();
    }

    async fn what_no_token_can_have_is_refused(live) {
        let authorizations = live.client.authorizations();
        let error = authorizations.create([]).await.unwrap_err();
        assert_eq!(error.to_string(), "no permission is set; give it at least one");
        let action = Action::Other("eat".into());
        for permission in [Permission::new(action, ResourceType::BUCKETS), Permission::read(ResourceType::new("pigs"))] {
            assert_eq!(authorizations.create([permission]).await.unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        let error = authorizations.list().user("nobody at all").all().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

async fn client_org(client: &Client) -> String {
    #[derive(serde::Deserialize)]
    struct Orgs {
        orgs: Vec<influx_core::admin::Organization>,
    }
    let request = client.request(Method::Get, "api/v2/orgs").query("org", "live-tests");
    request.send::<Orgs>().await.unwrap().orgs.remove(0).id
}
