//! The README's section on data frames, which no doctest can run: the other crate knows no polars.

use std::error::Error;

use influx_testkit::Server;

const README: &str = include_str!("../../README.md");
const SOURCE: &str = include_str!("readme.rs");

#[tokio::test]
async fn the_readme_says_what_this_program_does() -> Result<(), Box<dyn Error>> {
    let server = Server::start();
    let client = server.client();

    use influx_core::dataframe::{FrameOptions, polars::df};
    use influx_core::{Mapping, Precision};

    let frame = df!["host" => ["a", "b"], "temp" => [22.35, 20.5], "at" => [60_i64, 60]]?;
    let mapping = Mapping::measurement("cpu").tag("host").time_in("at", Precision::Seconds);
    client.write_frame("my-bucket", &frame, &mapping).await?;

    let flux = r#"from(bucket: "my-bucket") |> range(start: 0)"#;
    let frame = client.query(flux).frames(FrameOptions::new().wide()).data_frame().await?;

    assert_eq!(frame.column("temp")?.f64()?.get(1), Some(20.5));
    let section = README.split("## Data frames").nth(1).ok_or("there is no such section")?;
    let program = section.split("```").nth(1).ok_or("it has no program")?;
    let here: Vec<_> = SOURCE.lines().map(str::trim).collect();
    let mut lines = program.lines().skip(1).filter(|line| !line.is_empty());
    assert_eq!(lines.find(|line| !here.contains(line)), None);
    Ok(())
}
