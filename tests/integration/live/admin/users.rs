//! Users and their passwords.

use influx_core::ErrorKind;
use influx_core::admin::{Permission, ResourceType, Status, UserRef};

use super::organizations::HOSTILE;
use crate::support::live::live;

live! {
    async fn a_user_is_created_found_changed_and_deleted(live) {
        let users = live.client.users();
        let name = format!("{} {HOSTILE}", live.bucket);
        let user = users.create(&name).await.unwrap();
        assert_eq!((user.name.as_str(), user.status.as_ref()), (name.as_str(), Some(&Status::Active)));
        assert_eq!(users.find(&name).await.unwrap().as_ref(), Some(&user));
        assert_eq!(users.find(UserRef::id(&user.id)).await.unwrap().as_ref(), Some(&user));
        assert!(users.list().all().await.unwrap().contains(&user));
        assert_eq!(users.list().name(&name).all().await.unwrap(), std::slice::from_ref(&user));
        assert_eq!(users.create(&name).await.unwrap_err().kind(), ErrorKind::Conflict);
        let locked = users.update(&user).status(Status::Inactive).await.unwrap();
        assert_eq!(locked.status, Some(Status::Inactive));
        assert_eq!(users.update(&user).name(format!("{name}2")).await.unwrap().id, user.id);
        users.set_password(&user, "eight or more").await.unwrap();
        for password in ["seven.!".to_owned(), "x".repeat(73)] {
            let error = users.set_password(&user, password).await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidInput, None));
        }
        users.delete(&user).await.unwrap();
        assert_eq!(users.find(&user).await.unwrap(), None);
        for gone in [
            users.delete(&user).await.unwrap_err(),
            users.delete(&name).await.unwrap_err(),
            users.set_password(&user, "eight or more").await.unwrap_err(),
            users.update(&user).name("x").await.unwrap_err(),
        ] {
            assert_eq!(gone.kind(), ErrorKind::NotFound, "{gone:?}");
        }
        assert_eq!(users.create("").await.unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(users.find("nobody at all").await.unwrap(), None);
    }

    async fn a_locked_users_token_is_forbidden(live) {
        let client = &live.client;
        let user = client.users().create(format!("{} user", live.bucket)).await.unwrap();
        let permissions = [Permission::read(ResourceType::USERS).id(&user.id)];
        let made = client.authorizations().create(permissions).user(&user).await.unwrap();
        assert_eq!(made.user_id.as_ref(), Some(&user.id));
        let theirs = live.builder().token(made.token.clone().unwrap()).build().unwrap();
        assert_eq!(theirs.users().me().await.unwrap().id, user.id);
        let listed = client.authorizations().list().user(&user.name).all().await.unwrap();
        assert_eq!((listed.len(), &listed[0].id), (1, &made.id));
        client.users().update(&user).status(Status::Inactive).await.unwrap();
        assert_eq!(theirs.users().me().await.unwrap_err().kind(), ErrorKind::Forbidden);
        client.users().delete(&user).await.unwrap();
        theirs.users().me().await.unwrap_err();
    }
}
