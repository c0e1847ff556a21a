//! Generated typed queries: what a server answers, compared with a plain evaluation in memory.
//!
//! `data` is the fixed set of points, `question` makes queries at random, `oracle` says which rows
//! they mean; nothing of it knows how the crate writes Flux.

mod data;
mod oracle;
mod question;
mod text;

use influx_core::Client;

use self::question::Question;

/// Asks so many questions, and panics with the script of the first that is answered wrongly. Returns how
/// many the server says that it does not know, which only the in-process one does.
pub async fn compare(client: &Client, bucket: &str, seed: u64, questions: usize) -> usize {
    let points = data::points();
    client.write(bucket, data::lines(&points).as_str()).await.unwrap();
    let mut random = fastrand::Rng::with_seed(seed);
    let mut unknown = 0;
    for number in 0..questions {
        let question = Question::new(&mut random);
        let answer = question.ask(client, bucket).await;
        let refusal = answer.as_ref().err().and_then(|error| error.server_message());
        if let Some(refusal) = refusal.filter(|text| text.contains("does not know")) {
            eprintln!("question {number}: {refusal}");
            unknown += 1;
        } else if let Err(problem) = oracle::judge(&points, &question, answer) {
            let flux = question.flux(client);
            panic!("question {number} of seed {seed}: {problem}\n{question:#?}\n{flux}");
        }
    }
    unknown
}

#[tokio::test]
async fn the_kit_answers_generated_queries_as_memory_does() {
    let server = influx_testkit::Server::start();
    let unknown = compare(&server.client(), server.bucket(), 1, 1_000).await;
    assert_eq!(unknown, 0);
}
