/// A [`Script`](crate::flux::Script) that is checked when it is compiled, with values in its holes.
///
/// A hole is a name of Rust in braces, `{host}`, or a path of members, `{self.host}` and `{pair.0}`,
/// without a space. What follows the script gives names to other expressions. Every value of the
/// module [`flux`](mod@crate::flux) can stand in a hole; it travels as a parameter beside the script, so
/// nothing in it can be read as Flux.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> influx_core::Result<()> {
/// # let server = influx_testkit::Server::start();
/// # let client = influx_core::Client::builder(server.url()).token(server.token());
/// # let client = client.org(server.org()).build()?;
/// # client.write("my-bucket", "cpu,host=a temp=22.35 1\ncpu,host=b temp=23.5 1").await?;
/// use std::time::Duration;
/// use influx_core::{Timestamp, flux};
///
/// let (tag, host) = ("host", "a");
/// let script = flux!(
///     r#"
///     from(bucket: "my-bucket")
///         |> range(start: {epoch}, stop: {stop})
///         |> filter(fn: (r) => r[{tag}] == {host})
///     "#,
///     epoch = Timestamp::from_nanos(0),
///     stop = Timestamp::from_nanos(2),
/// );
/// assert_eq!(client.query(script).tables().await?.len(), 1);
/// # Ok(())
/// # }
/// ```
///
/// A hole stands where an expression may: not in a string, a comment or a regular expression, not
/// behind a dot. In the brackets of `r[{tag}]` it is the name of a column, which InfluxDB does not
/// take as a parameter; it must be text there, and is written as a string literal.
///
/// Braces of Flux stay what they are: `{r with x: 1}`, `{x: 1}`, `{}` and `(r) => {…}` hold more or
/// less than a name. The one that collides is Flux's short record `{x}`; write `{x: x}`. The text
/// `{x}` in a string is written `\x7bx}`.
///
/// What is no Flux by its tokens does not compile: a bracket or string that is not closed, an unknown
/// escape, `1e5`. Names and types are the server's business; [`Client::check`](crate::Client::check)
/// asks it for the rest of the syntax. A value that Flux cannot have, such as a time out of range, is
/// an error of the query when it is sent.
#[macro_export]
macro_rules! flux {
    ($($input:tt)*) => {
        $crate::flux::__expand!($crate, $($input)*)
    };
}
