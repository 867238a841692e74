//! Named tasks that are told to stop, waited for, and whose panics are reported instead of lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::watch;

/// Tells everyone to stop, once. Clones share it.
#[derive(Debug, Clone)]
pub struct Shutdown {
    flag: Arc<AtomicBool>,
    sender: Arc<watch::Sender<bool>>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { flag: Arc::default(), sender: Arc::new(watch::Sender::new(false)) }
    }
}

impl Shutdown {
    /// Tells everyone to stop. Calling it again does nothing.
    pub fn trigger(&self) {
        self.flag.store(true, Ordering::Release);
        self.sender.send_replace(true);
    }

    /// True once stopping was asked for.
    pub fn is_triggered(&self) -> bool {
        self.flag.load(Ordering::Acquire)
    }

    /// The flag for threads that poll it.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }

    /// Completes once stopping was asked for.
    pub async fn wait(&self) {
        // The sender lives as long as `self`, so waiting can only end with the value.
        let _ = self.sender.subscribe().wait_for(|stop| *stop).await;
    }

    /// Sleeps, and returns early with `true` when stopping is asked for.
    pub async fn sleep(&self, time: Duration) -> bool {
        tokio::time::timeout(time, self.wait()).await.is_ok()
    }
}

/// Named threads. Each runs until it returns or panics; a panic is logged with the name and does not spread.
#[derive(Debug, Default)]
pub struct Tasks {
    threads: Vec<(String, JoinHandle<()>)>,
}

impl Tasks {
    /// Starts a thread.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn spawn(&mut self, name: &str, body: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        let handle = std::thread::Builder::new().name(name.to_owned()).spawn(body)?;
        self.threads.push((name.to_owned(), handle));
        Ok(())
    }

    /// Waits for every thread, at most `patience` for all of them; names those that did not end or panicked.
    pub fn join(self, patience: Duration) -> Vec<String> {
        let deadline = Instant::now() + patience;
        let mut left = Vec::new();
        for (name, handle) in self.threads {
            while !handle.is_finished() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(5));
            }
            if !handle.is_finished() {
                left.push(format!("{name}: still running"));
            } else if handle.join().is_err() {
                left.push(format!("{name}: panicked"));
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panicking_thread_is_named() {
        let mut tasks = Tasks::default();
        tasks.spawn("good", || {}).expect("a thread");
        tasks.spawn("bad", || panic!("on purpose")).expect("a thread");
        assert_eq!(tasks.join(Duration::from_secs(5)), ["bad: panicked"]);
    }

    #[tokio::test]
    async fn sleep_ends_early_on_shutdown() {
        let shutdown = Shutdown::default();
        let other = shutdown.clone();
        let sleeper = tokio::spawn(async move { other.sleep(Duration::from_secs(60)).await });
        shutdown.trigger();
        assert!(sleeper.await.expect("no panic"));
        assert!(shutdown.is_triggered());
    }
}
