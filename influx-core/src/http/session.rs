//! Signing in with a user's name and password: the server gives a cookie, which stands for the user
//! until its session ends.

use std::collections::BTreeMap;
use std::fmt;

use tokio::sync::Mutex;

use super::auth::Proof;
use super::{Connection, Method, Request, Token, answer, within};
use crate::error::{Endpoint, Error, Result, SettingCause, TransportCause};

/// A user who signs in before the first request.
pub(crate) struct Session {
    user: String,
    /// Held while signing in, so that requests that come together sign in once.
    state: Mutex<State>,
}

struct State {
    password: Token,
    cookie: Option<Token>,
}

impl Session {
    pub(crate) fn new(user: String, password: Token) -> Result<Self> {
        check_user(&user)?;
        Ok(Self { user, state: Mutex::new(State { password, cookie: None }) })
    }

    pub(super) async fn cookie(&self, connection: &Connection) -> Result<Token> {
        self.signed_in(&mut *self.state.lock().await, connection).await
    }

    /// Another cookie, after the server did not know this one.
    pub(super) async fn renewed(&self, refused: &Token, connection: &Connection) -> Result<Token> {
        let mut state = self.state.lock().await;
        // Another request may have signed in meanwhile.
        state.cookie = state.cookie.take().filter(|cookie| cookie != refused);
        self.signed_in(&mut state, connection).await
    }

    /// Ends the session on the server, if there is one.
    pub(super) async fn sign_out(&self, connection: &Connection) -> Result<()> {
        let Some(cookie) = self.state.lock().await.cookie.take() else { return Ok(()) };
        let request = Request::new(Method::Post, "api/v2/signout");
        let response = connection.follow(&request, &Proof::Cookie(cookie)).await?;
        match response.status() {
            // A session that the server has forgotten is over too.
            200..300 | 401 => Ok(()),
            _ => Err(answer::read(response, request.endpoint).await),
        }
    }

    /// Gives the user another password, with which this client signs in from then on.
    pub(super) async fn change_password(&self, new: &str, connection: &Connection) -> Result<()> {
        // Held to the end: nobody signs in with the old one meanwhile.
        let mut state = self.state.lock().await;
        // One that is new, since the session that is there may have ended.
        state.cookie = None;
        let cookie = self.signed_in(&mut state, connection).await?;
        let request = Request::new(Method::Put, "api/v2/me/password");
        let request = request.json(&BTreeMap::from([("password", new)]))?;
        let (user, password) = (self.user.clone(), state.password.clone());
        let proof = Proof::Both { cookie, user, password };
        let response = connection.follow(&request, &proof).await?;
        if !(200..300).contains(&response.status()) {
            return Err(answer::read(response, request.endpoint).await);
        }
        state.password = Token::from(new);
        Ok(())
    }

    async fn signed_in(&self, state: &mut State, connection: &Connection) -> Result<Token> {
        if let Some(cookie) = &state.cookie {
            return Ok(cookie.clone());
        }
        let new = self.sign_in(state.password.clone(), connection).await?;
        Ok(state.cookie.insert(new).clone())
    }

    async fn sign_in(&self, password: Token, connection: &Connection) -> Result<Token> {
        let request = Request::sign_in();
        let proof = Proof::Basic { user: self.user.clone(), password };
        // All requests wait for this one, which may be a query's that has no limit.
        let asking = connection.follow(&request, &proof);
        let response = within(connection.timeout, request.endpoint, asking).await?;
        if !(200..300).contains(&response.status()) {
            return Err(answer::read(response, request.endpoint).await);
        }
        let cookies: Vec<&str> = response.headers("set-cookie").filter_map(pair).collect();
        if cookies.is_empty() {
            let problem = "brings no session; is this an InfluxDB 2.x server?";
            return Err(TransportCause::Decode { doing: Endpoint::SignIn, problem }.into());
        }
        Ok(Token::from(cookies.join("; ")))
    }
}

/// What of a `Set-Cookie` is sent back: the name and the value, without its attributes. How long the
/// session lasts is the server's to say, as use prolongs it.
fn pair(cookie: &str) -> Option<&str> {
    let pair = cookie.split(';').next()?.trim();
    pair.contains('=').then_some(pair)
}

/// A user name ends at the first colon of what is sent.
pub(crate) fn check_user(user: &str) -> Result<()> {
    let problem = match user {
        "" => "is empty",
        user if user.contains(':') => "holds a colon, which no server could tell from its end",
        _ => return Ok(()),
    };
    Err(Error::from(SettingCause::Invalid { what: "user name", problem }))
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Session").field(&self.user).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::pair;

    #[test]
    fn only_name_and_value_of_a_cookie_are_kept() {
        for (cookie, kept) in [
            (
                "influxdb-oss-session=abc==; Path=/api/; HttpOnly; SameSite=Strict",
                Some("influxdb-oss-session=abc=="),
            ),
            (" a=b ;Secure", Some("a=b")),
            ("a=", Some("a=")),
            ("Secure", None),
            ("", None),
        ] {
            assert_eq!(pair(cookie), kept, "{cookie:?}");
        }
    }
}
