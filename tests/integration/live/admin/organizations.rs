//! Organizations and what they have.

use std::collections::BTreeSet;

use influx_core::ErrorKind;
use influx_core::admin::{Member, OrgRef, Role, UserRef};

use crate::support::live::live;

/// A name with all that a URL, JSON and Flux give a meaning to.
pub const HOSTILE: &str = "it's \"a\" ${b} \\ ü/%2F #?&=+ \u{1F600}";

live! {
    async fn an_organization_is_created_found_changed_and_deleted(live) {
        let orgs = live.client.organizations();
        let name = format!("{} {HOSTILE}", live.bucket);
        let org = orgs.create(&name).description("new").await.unwrap();
        assert_eq!((org.name.as_str(), org.description.as_deref()), (name.as_str(), Some("new")));
        assert_eq!(orgs.find(&name).await.unwrap().as_ref(), Some(&org));
        assert_eq!(orgs.find(&org).await.unwrap().as_ref(), Some(&org));
        assert!(orgs.list().all().await.unwrap().contains(&org));
        assert_eq!(orgs.create(&name).await.unwrap_err().kind(), ErrorKind::Conflict);
        let changed = orgs.update(&name).description("").await.unwrap();
        assert_eq!((changed.name.as_str(), changed.description), (name.as_str(), None));
        let other = format!("{name}2");
        assert_eq!(orgs.update(&org).name(&other).await.unwrap().name, other);
        let bucket = live.client.buckets().create("b").org(&org).await.unwrap();
        assert_eq!(bucket.org_id, org.id);
        let listed = live.client.buckets().list().org(&other).all().await.unwrap();
        assert!(listed.contains(&bucket));
        orgs.delete(&other).await.unwrap();
        assert_eq!(orgs.find(&org).await.unwrap(), None);
        for gone in [
            orgs.delete(&org).await.unwrap_err(),
            orgs.delete(&other).await.unwrap_err(),
            orgs.update(&org).name("x").await.unwrap_err(),
            live.client.buckets().list().org(&other).all().await.unwrap_err(),
            orgs.secrets(&org).keys().await.unwrap_err(),
        ] {
            assert_eq!(gone.kind(), ErrorKind::NotFound, "{gone:?}");
        }
    }

    async fn what_is_no_reference_is_refused(live) {
        let orgs = live.client.organizations();
        for reference in [OrgRef::from(""), OrgRef::id("../users"), OrgRef::id("0")] {
            assert_eq!(orgs.find(reference).await.unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        for name in [" lead", "trail ", " "] {
            let name = format!("{name}{}{name}", live.bucket);
            let org = orgs.create(&name).await.unwrap();
            assert_eq!(orgs.find(&name).await.unwrap().as_ref(), Some(&org), "{:?}", org.name);
            assert_eq!(orgs.find(name.trim()).await.unwrap(), None);
            orgs.delete(&name).await.unwrap();
        }
        assert_eq!(orgs.create(" ").await.unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(orgs.find(OrgRef::name("0123456789abcdef")).await.unwrap(), None);
        assert_eq!(orgs.list().user("nobody at all").all().await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(orgs.list().user("").all().await.unwrap_err().kind(), ErrorKind::InvalidInput);
    }

    async fn an_organization_has_members_owners_and_secrets(live) {
        let client = &live.client;
        let user = client.users().create(format!("{} user", live.bucket)).await.unwrap();
        let org = client.organizations().create(format!("{} org", live.bucket)).await.unwrap();
        let owners = client.organizations().owners(&org.name);
        assert_eq!(owners.add(&user).await.unwrap().role, Role::Owner);
        for user in [UserRef::from(&user), UserRef::name(&user.name)] {
            let owned = client.organizations().list().user(user).all().await.unwrap();
            assert_eq!(owned, std::slice::from_ref(&org));
        }
        // Whoever creates an organization owns it.
        let me = client.users().me().await.unwrap();
        let ids = |owners: Vec<Member>| owners.into_iter().map(|owner| owner.id).collect::<BTreeSet<_>>();
        let both = BTreeSet::from([me.id.clone(), user.id.clone()]);
        assert_eq!(ids(owners.list().await.unwrap()), both);
        let error = client.organizations().members(&org).add(&user).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        owners.remove(&user).await.unwrap();
        assert_eq!(ids(owners.list().await.unwrap()), BTreeSet::from([me.id]));

        let secrets = client.organizations().secrets(&org);
        assert!(secrets.keys().await.unwrap().is_empty());
        secrets.put("key one", HOSTILE).await.unwrap();
        secrets.put("two", "2").await.unwrap();
        secrets.put("two", "3").await.unwrap();
        let mut keys = secrets.keys().await.unwrap();
        keys.sort();
        assert_eq!(keys, ["key one", "two"]);
        secrets.delete(["two", "never there"]).await.unwrap();
        assert_eq!(secrets.keys().await.unwrap(), ["key one"]);
        client.organizations().delete(&org).await.unwrap();
        client.users().delete(&user).await.unwrap();
    }
}
