//! Writes the lines of the access log on a thread of its own: a slow disk, or a reader that stopped, holds up
//! no request.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

/// The most lines that wait to be written. More are lost.
const MOST_WAITING: usize = 10_000;
/// Lines are written together up to so many bytes.
const CHUNK: usize = 64 << 10;
/// How long the end of the server waits for what is left.
const END: Duration = Duration::from_secs(1);

/// Where lines go.
pub struct Writer {
    messages: Sender<Message>,
    waiting: Arc<AtomicUsize>,
}

enum Message {
    Line(String),
    /// Everything before this is to be written now.
    Flush(Sender<()>),
}

impl Writer {
    /// Writes to the end of a file, or to standard error.
    pub fn open(file: Option<&Path>) -> io::Result<Writer> {
        Ok(match file {
            Some(file) => Writer::new(OpenOptions::new().create(true).append(true).open(file)?),
            None => Writer::new(io::stderr()),
        })
    }

    fn new(out: impl Write + Send + 'static) -> Writer {
        let (messages, received) = mpsc::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&waiting);
        thread::spawn(move || write_all(out, &received, &left));
        Writer { messages, waiting }
    }

    /// Leaves a line for the thread; it is lost if too many wait.
    pub fn write(&self, line: String) {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        // The thread ends with the server alone.
        drop(self.messages.send(Message::Line(line)));
    }

    /// Waits until all lines are written, but not for long.
    pub fn flush(&self) {
        let (done, written) = mpsc::channel();
        drop(self.messages.send(Message::Flush(done)));
        _ = written.recv_timeout(END);
    }
}

fn write_all(mut out: impl Write, messages: &Receiver<Message>, waiting: &AtomicUsize) {
    while let Ok(first) = messages.recv() {
        let (mut lines, mut count, mut flushed) = (String::new(), 0, None);
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Line(line) => {
                    lines.push_str(&line);
                    count += 1;
                }
                Message::Flush(done) => flushed = Some(done),
            }
            next = if lines.len() < CHUNK { messages.try_recv().ok() } else { None };
        }
        // A full disk is no reason to fail, and there is no other place to say so.
        drop(out.write_all(lines.as_bytes()).and_then(|()| out.flush()));
        waiting.fetch_sub(count, Ordering::Relaxed);
        drop(flushed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_are_written_in_their_order() {
        let written = Written::default();
        let writer = Writer::new(written.clone());
        let lines: Vec<String> = (0..2000).map(|number| format!("{number}\n")).collect();
        lines.iter().for_each(|line| writer.write(line.clone()));
        writer.flush();
        assert_eq!(String::from_utf8(written.0.lock().unwrap().clone()).unwrap(), lines.concat());
        assert_eq!(writer.waiting.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn who_does_not_read_loses_lines_and_holds_up_nobody() {
        struct Stuck(Receiver<()>);
        impl Write for Stuck {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                _ = self.0.recv();
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (hold, held) = mpsc::channel();
        let writer = Writer::new(Stuck(held));
        (0..2 * MOST_WAITING).for_each(|_| writer.write("x\n".to_owned()));
        assert_eq!(writer.waiting.load(Ordering::Relaxed), MOST_WAITING);
        drop(hold);
        writer.flush();
    }
}
