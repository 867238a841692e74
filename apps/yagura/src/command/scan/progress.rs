//! The progress line: on a terminal only, on standard error, gone when the scan is over.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use yagura_image::Progress;

/// Shows the counters of a scan while it runs.
pub struct Bar {
    counters: Arc<Progress>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    /// Starts counting; shows it if asked to.
    pub fn start(shown: bool) -> Self {
        let (counters, over) = (Arc::new(Progress::default()), Arc::new(AtomicBool::new(false)));
        let thread = shown.then(|| {
            let (counters, over) = (Arc::clone(&counters), Arc::clone(&over));
            thread::spawn(move || show(&counters, &over))
        });
        Self { counters, over, thread }
    }

    /// What the scan counts with.
    pub fn counters(&self) -> &Progress {
        &self.counters
    }

    /// Takes the line away.
    pub fn end(mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn show(counters: &Progress, over: &AtomicBool) {
    let mut shown = false;
    loop {
        thread::park_timeout(Duration::from_millis(200));
        let mut out = std::io::stderr().lock();
        if over.load(Ordering::Relaxed) {
            if shown {
                let _ = write!(out, "\r\u{1b}[K");
            }
            return;
        }
        shown = true;
        let _ = write!(out, "\r\u{1b}[K{}", line(counters)).and_then(|()| out.flush());
    }
}

fn line(counters: &Progress) -> String {
    let entries = counters.entries.load(Ordering::Relaxed);
    let (bytes, total) =
        (counters.bytes.load(Ordering::Relaxed), counters.bytes_total.load(Ordering::Relaxed));
    if total == 0 {
        return format!("{entries} files");
    }
    let share = (bytes.saturating_mul(100) / total).min(100);
    let filled = usize::try_from(share / 5).unwrap_or(0);
    format!("[{}{}] {share:3} %  {entries} files", "#".repeat(filled), ".".repeat(20 - filled))
}
