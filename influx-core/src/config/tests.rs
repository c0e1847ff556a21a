use super::Options;
use crate::ErrorKind;
use crate::http::{Auth, Header, Proxy, Token, TokenSource};

fn refused(change: impl FnOnce(&mut Options)) -> String {
    let mut options = Options::new("http://localhost:8086");
    change(&mut options);
    let error = options.connect().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error.to_string()
}

#[test]
fn a_user_needs_a_password_and_basic_needs_a_user() {
    for (message, words) in [
        (refused(|it| it.user = Some("u".into())), "no password is set"),
        (refused(|it| it.password = Some("p".into())), "no user name is set"),
        (refused(|it| it.basic = true), "no user is set; `auth_basic` takes it from a token"),
        (
            refused(|it| (it.user, it.password) = (Some("a:b".into()), Some("p".into()))),
            "the user name holds a colon",
        ),
        (refused(|it| it.token = TokenSource::Fixed("t\n".into())), "no HTTP header can carry"),
    ] {
        assert!(message.contains(words), "{message} should say {words:?}");
    }
}

#[test]
fn who_speaks_is_a_user_before_a_token() {
    let auth = |change: fn(&mut Options)| {
        let mut options = Options::new("http://localhost:8086");
        options.token = TokenSource::Fixed(Token::from("me:secret"));
        change(&mut options);
        options.connect().unwrap().auth
    };
    let user = |it: &mut Options| (it.user, it.password) = (Some("u".into()), Some("p".into()));
    assert!(matches!(auth(|_| {}), Auth::Token(TokenSource::Fixed(_))));
    assert!(matches!(auth(user), Auth::Session(_)));
    let basic = auth(|it| it.basic = true);
    assert!(
        matches!(basic, Auth::Basic { user, password } if user == "me" && password.expose() == "secret")
    );
    let basic = auth(|it| {
        (it.user, it.password, it.basic) = (Some("u".into()), Some("p".into()), true);
    });
    assert!(matches!(basic, Auth::Basic { user, .. } if user == "u"));
}

#[test]
fn headers_and_proxies_that_cannot_work_are_refused() {
    let header = |name: &str, value: &str| {
        let header = Header::new(name, value);
        refused(|it| it.wire.headers.push(header))
    };
    for (message, words) in [
        (header("Authorization", "x"), "the header `Authorization` is set by the client itself"),
        (header("content-type", "x"), "is set by the client itself"),
        (header("a b", "x"), "has a name that HTTP does not allow"),
        (header("x-a", "hunter2\n"), "has a value with a character that no header can carry"),
        (refused(|it| it.wire.user_agent = Some("ä".into())), "the user agent holds a character"),
        (
            refused(|it| {
                let url = "http://me:hunter2@proxy:x".to_owned();
                it.wire.proxy = Proxy::At(url);
            }),
            "the proxy's URL cannot be used",
        ),
        (refused(|it| it.wire.proxy = Proxy::At("socks5://p".into())), "neither http nor https"),
        (refused(|it| it.wire.proxy_headers.push(Header::new("a", "b"))), "no proxy is set"),
    ] {
        assert!(message.contains(words), "{message} should say {words:?}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn only_1_8_needs_no_organization() {
    let org = |is_v1, org: Option<&str>| {
        let mut options = Options::new("http://localhost:8086");
        (options.is_v1, options.org) = (is_v1, org.map(ToOwned::to_owned));
        options.connect().unwrap().org
    };
    assert_eq!(org(false, None), None);
    assert_eq!(org(true, None).as_deref(), Some("-"));
    assert_eq!(org(true, Some("o")).as_deref(), Some("o"));
}
