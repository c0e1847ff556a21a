//! Lines of a file on their way into a writer.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use tokio::sync::mpsc;

use super::Writer;
use crate::error::{Error, ErrorKind, LineCause, Refused, Result, WriterCause};
use crate::line_protocol::{LineChunk, LineReader};
use crate::time::Precision;

/// What became of a text that was handed to a writer; from [`Writer::write_file`].
#[derive(Debug, Clone, Default)]
#[must_use = "it says what was refused"]
pub struct TextReport {
    taken: u64,
    refused_lines: u64,
    refused: Vec<Refused>,
}

impl TextReport {
    /// A text of something else would fill the memory.
    const KEPT: usize = 1_000;

    /// How many lines the writer has taken.
    #[must_use]
    pub const fn taken_lines(&self) -> u64 {
        self.taken
    }

    /// How many lines it has refused.
    #[must_use]
    pub const fn refused_lines(&self) -> u64 {
        self.refused_lines
    }

    /// The refused lines, the first thousand: the [index](Refused::index) is the place of the line in
    /// the text, from 0; the [reason](Refused::reason) has its [position](crate::Error::position),
    /// where the line itself is what is wrong.
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused_lines += refused.reason().refused_line_count() as u64;
        if self.refused.len() < Self::KEPT {
            self.refused.push(refused);
        }
    }

    /// Notes the lines of a chunk, with times of this precision, of which some were refused and the
    /// others taken.
    fn note(&mut self, chunk: &LineChunk, precision: Precision, error: &Error) {
        let lines = chunk.lines().precision(precision);
        let good: Vec<_> = lines.flatten().map(|line| line.position().line).collect();
        let mut taken = good.len();
        for refused in error.refused() {
            let reason = refused.reason();
            if let (Some(position), []) = (reason.position(), reason.refused()) {
                self.refuse(refused.clone().at(place(position.line)));
            } else if !reason.refused().is_empty() {
                self.refuse_each(reason);
            } else if refused.line().is_some() {
                // A line that could be read, which the writer has taken out from among the others.
                taken = taken.saturating_sub(1);
                let line = good.get(refused.index()).copied().unwrap_or(1);
                self.refuse(refused.clone().at(place(line)));
            } else {
                taken = 0;
                self.refuse(refused.clone().at(place(chunk.position().line)));
            }
        }
        self.taken += taken as u64;
    }

    /// Lines of a chunk that cannot be read, of which the first are known.
    fn refuse_each(&mut self, reason: &Error) {
        let lines = reason.refused();
        lines.iter().for_each(|line| self.refuse(line.clone()));
        let known: usize = lines.iter().map(|line| line.reason().refused_line_count()).sum();
        self.refused_lines += reason.refused_line_count().saturating_sub(known) as u64;
    }

    /// The error that ends it, with the refusals before.
    fn fail(self, error: Error) -> Error {
        if self.refused.is_empty() { error } else { error.after_refusals(self.refused, 0) }
    }
}

fn place(line: u64) -> usize {
    usize::try_from(line - 1).unwrap_or(usize::MAX)
}

impl Writer {
    /// Hands over the lines of a file of line protocol, of any size: it is read chunk by chunk, on a
    /// thread for what blocks, and only as fast as the writer takes lines.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// let path = std::env::temp_dir().join("influx-core-write-file.lp");
    /// std::fs::write(&path, "cpu temp=22.35 1\n\ncpu temp=warm 2\ncpu temp=22.5 3\n")?;
    ///
    /// let writer = client.writer("my-bucket").start().await?;
    /// let report = writer.write_file(&path).await?;
    /// assert_eq!((report.taken_lines(), report.refused_lines()), (2, 1));
    /// assert_eq!(report.refused()[0].index() + 1, 3); // the line of the file
    /// assert_eq!(report.refused()[0].line(), Some(&b"cpu temp=warm 2"[..]));
    /// assert_eq!(writer.close().await.delivered_lines(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the file cannot be opened or read, else as
    /// [`write_reader`](Self::write_reader).
    ///
    /// # Cancel safety
    /// As [`write_reader`](Self::write_reader).
    pub async fn write_file(&self, path: impl Into<PathBuf>) -> Result<TextReport> {
        let path = path.into();
        let name = path.display().to_string();
        let opening = self.shared().runtime.spawn_blocking(move || File::open(path));
        match opening.await {
            Ok(Ok(file)) => self.write_reader(LineReader::new(file)).await,
            Ok(Err(error)) => Err(Error::line(LineCause::NoFile { path: name }, error)),
            Err(_) => Err(WriterCause::Closed.into()),
        }
    }

    /// Hands over the lines of whatever can be read: a compressed file through its decoder, standard
    /// input, a file without line feeds in texts
    /// ([`single_lines`](LineReader::single_lines)).
    ///
    /// Up to two chunks are in memory besides what the writer holds. Lines that are refused do not stop
    /// it: the report lists them. Their times count the writer's
    /// [`precision`](super::WriterBuilder::precision), else nanoseconds.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> influx_core::Result<()> {
    /// # let server = influx_testkit::Server::start();
    /// # let client = influx_core::Client::builder(server.url()).token(server.token());
    /// # let client = client.org(server.org()).build()?;
    /// use influx_core::line_protocol::LineReader;
    ///
    /// let text: &[u8] = b"log text=\"not closed 1\nlog text=\"closed\" 2\n"; // or a decoder, …
    /// let writer = client.writer("my-bucket").start().await?;
    /// let report = writer.write_reader(LineReader::new(text).single_lines()).await?;
    /// assert_eq!((report.taken_lines(), report.refused_lines()), (1, 1));
    /// assert_eq!(writer.close().await.delivered_lines(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`LineReader`], with the place where it stopped; `Closed` and `Full` as for
    /// [`write`](Self::write). What came before was taken, and
    /// [`refused`](crate::Error::refused) lists what was not.
    ///
    /// # Panics
    /// When the reader does.
    ///
    /// # Cancel safety
    /// What was taken stays so; a chunk that is on its way may be lost, and the reader is dropped after
    /// the read that it is in.
    pub async fn write_reader<R>(&self, lines: LineReader<R>) -> Result<TextReport>
    where
        R: Read + Send + 'static,
    {
        let (sender, mut chunks) = mpsc::channel(1);
        let reading = self.shared().runtime.spawn_blocking(move || {
            for chunk in lines {
                if sender.blocking_send(chunk).is_err() {
                    break;
                }
            }
        });
        let precision = self.shared().style.precision.unwrap_or_default();
        let mut report = TextReport::default();
        while let Some(chunk) = chunks.recv().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(error) => return Err(report.fail(error)),
            };
            match self.write(&chunk).await {
                Ok(receipt) => report.taken += receipt.lines() as u64,
                Err(error) if error.kind() == ErrorKind::InvalidLine => {
                    report.note(&chunk, precision, &error)
                }
                Err(error) => return Err(report.fail(error)),
            }
        }
        match reading.await {
            Ok(()) => Ok(report),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(report.fail(WriterCause::Closed.into())),
            },
        }
    }
}
