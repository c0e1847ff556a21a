//! Lists of more than one page.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use influx_core::admin::{Permission, ResourceType, Schedule};
use influx_core::{Client, ErrorKind};

use crate::support::live::{Live, live};

/// An organization of its own, with a client of it.
async fn organization(live: &Live) -> (String, Client) {
    let org = live.client.organizations().create(format!("{} org", live.bucket)).await.unwrap();
    (org.id.clone(), live.builder().org(org.id).build().unwrap())
}

fn names(count: usize) -> BTreeSet<String> {
    (0..count).map(|number| format!("bucket {number:03}")).collect()
}

live! {
    async fn a_hundred_and_twenty_buckets_come_exactly_once(live) {
        let (org, client) = organization(&live).await;
        let mut ids = Vec::new();
        for name in names(120) {
            ids.push(client.buckets().create(name).await.unwrap().id);
        }
        for size in [1, 7, 20, 60, 61, 100] {
            let listed = client.buckets().list().page_size(size).all().await.unwrap();
            let own: Vec<_> = listed.iter().filter(|bucket| !bucket.system).map(|bucket| bucket.name.clone()).collect();
            assert_eq!((listed.len(), own.len()), (122, 120), "{size}");
            assert_eq!(own.into_iter().collect::<BTreeSet<_>>(), names(120), "{size}");
        }
        let streamed = client.buckets().list().map(|bucket| bucket.unwrap().id).collect::<Vec<_>>().await;
        assert_eq!(streamed.iter().collect::<BTreeSet<_>>().len(), 122);

        // A token for some of them gets pages of the whole with holes in them.
        let some = [0, 3, 60, 61, 99, 119].map(|at: usize| ids[at].clone());
        let made = client.authorizations().create(some.each_ref().map(Permission::read_bucket)).await.unwrap();
        let narrow = live.builder().org(org.as_str()).token(made.token.unwrap()).build().unwrap();
        for size in [6, 13, 20, 100] {
            let listed = narrow.buckets().list().page_size(size).all().await.unwrap();
            let seen: Vec<_> = listed.into_iter().map(|bucket| bucket.id).collect();
            assert_eq!(seen, some, "{size}");
        }
        live.client.organizations().delete(org.as_str()).await.unwrap();
    }

    async fn buckets_that_come_and_go_meanwhile_lose_no_other(live) {
        let (org, client) = organization(&live).await;
        for name in names(60) {
            client.buckets().create(name).await.unwrap();
        }
        let mut list = client.buckets().list().page_size(20);
        let mut seen = Vec::new();
        while let Some(bucket) = list.try_next().await.unwrap() {
            if seen.len() == 25 {
                // In front of what is still to come.
                client.buckets().delete("bucket 000").await.unwrap();
                client.buckets().delete("bucket 001").await.unwrap();
            }
            if seen.len() == 45 {
                client.buckets().create("a new one").await.unwrap();
            }
            seen.push(bucket.name);
        }
        let unique: BTreeSet<_> = seen.iter().cloned().collect();
        assert_eq!(unique.len(), seen.len());
        assert!(names(60).is_subset(&unique), "{unique:?}");
        live.client.organizations().delete(org.as_str()).await.unwrap();
    }

    async fn organizations_and_users_are_paged_too(live) {
        let client = &live.client;
        let mut made = Vec::new();
        for number in 0..12 {
            let name = format!("{} {number}", live.bucket);
            made.push((client.users().create(&name).await.unwrap(), client.organizations().create(&name).await.unwrap()));
        }
        let users = client.users().list().page_size(5).all().await.unwrap();
        let orgs = client.organizations().list().page_size(5).all().await.unwrap();
        for (user, org) in &made {
            assert_eq!(users.iter().filter(|listed| listed.id == user.id).count(), 1);
            assert_eq!(orgs.iter().filter(|listed| listed.id == org.id).count(), 1);
            client.users().delete(user).await.unwrap();
            client.organizations().delete(org).await.unwrap();
        }
    }

    async fn tasks_are_paged_by_the_last_one_and_keep_their_filters(live) {
        let (org, client) = organization(&live).await;
        let daily = Schedule::every(Duration::from_secs(86_400));
        for number in 0..23 {
            let name = if number % 2 == 0 { "even" } else { "odd" };
            client.tasks().create(name, daily.clone(), "buckets()").await.unwrap();
        }
        let tasks = client.tasks();
        for size in [1, 5, 12, 500] {
            assert_eq!(tasks.list().page_size(size).all().await.unwrap().len(), 23);
            let even = tasks.list().name("even").page_size(size).all().await.unwrap();
            assert_eq!((even.len(), even.iter().all(|task| task.name == "even")), (12, true));
        }
        let me = client.users().me().await.unwrap();
        assert_eq!(tasks.list().user(&me).page_size(9).all().await.unwrap().len(), 23);
        assert_eq!(tasks.list().user(me.name).page_size(9).all().await.unwrap().len(), 23);
        let error = tasks.list().user("nobody at all").try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let all = tasks.list().basic().all().await.unwrap();
        assert!(all.iter().all(|task| task.flux.is_empty()));
        assert_eq!(tasks.list().after(&all[20].id).all().await.unwrap().len(), 2);
        live.client.organizations().delete(org.as_str()).await.unwrap();
    }

    async fn tasks_that_go_meanwhile_lose_no_other(live) {
        let (org, client) = organization(&live).await;
        let tasks = client.tasks();
        let daily = Schedule::every(Duration::from_secs(86_400));
        for size in [1, 2, 3, 500] {
            let mut ids = Vec::new();
            for number in 0..9 {
                ids.push(tasks.create(number.to_string(), daily.clone(), "buckets()").await.unwrap().id);
            }
            let mut list = tasks.list().page_size(size);
            let mut seen = Vec::new();
            while let Some(task) = list.try_next().await.unwrap() {
                seen.push(task.id);
                // All that has come, so that nothing is left to go on from.
                if [2, 5].contains(&seen.len()) {
                    for id in &seen[seen.len() - 2..] {
                        tasks.delete(id).await.unwrap();
                    }
                }
            }
            assert_eq!(seen, ids, "{size}");
            for task in tasks.list().all().await.unwrap() {
                tasks.delete(&task.id).await.unwrap();
            }
        }
        live.client.organizations().delete(org.as_str()).await.unwrap();
    }

    async fn a_token_for_some_tasks_gets_them(live) {
        let (org, client) = organization(&live).await;
        let tasks = client.tasks();
        let daily = Schedule::every(Duration::from_secs(86_400));
        let mut ids = Vec::new();
        for number in 0..30 {
            ids.push(tasks.create(number.to_string(), daily.clone(), "buckets()").await.unwrap().id);
        }
        let some = [11, 12, 29].map(|at: usize| ids[at].clone());
        let permissions = some.each_ref().map(|id| Permission::read(ResourceType::TASKS).id(id));
        let made = client.authorizations().create(permissions).await.unwrap();
        let narrow = live.builder().org(org.as_str()).token(made.token.unwrap()).build().unwrap();
        for size in [1, 2, 5, 500] {
            let listed = narrow.tasks().list().page_size(size).all().await.unwrap();
            let seen: Vec<_> = listed.into_iter().map(|task| task.id).collect();
            assert_eq!(seen, some, "{size}");
        }
        assert_eq!(narrow.tasks().find(&ids[0]).await.unwrap(), None);
        live.client.organizations().delete(org.as_str()).await.unwrap();
    }

    async fn a_list_ends_with_its_error(live) {
        for size in [0, 101] {
            let error = live.client.buckets().list().page_size(size).all().await.unwrap_err();
            assert!(error.to_string().starts_with("the page size is none"), "{error}");
        }
        let stranger = live.builder().token("not a token of it").build().unwrap();
        let mut list = stranger.buckets().list();
        assert_eq!(list.try_next().await.unwrap_err().kind(), ErrorKind::Unauthorized);
        assert_eq!(list.try_next().await.unwrap(), None);
        assert_eq!(live.client.users().list().name("").all().await.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}
