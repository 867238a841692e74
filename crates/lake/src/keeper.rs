//! [`Keeper`]: the two threads of an open lake. One flushes and syncs the log, the other seals.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    LakeError,
    limits::{FLUSH_EVERY, RETRY_EVERY, SYNC_EVERY},
    owner::Owner,
};

/// Ends its threads when it is dropped.
pub(crate) struct Keeper {
    owner: Arc<Owner>,
    threads: Vec<JoinHandle<()>>,
}

impl Keeper {
    pub(crate) fn start(owner: &Arc<Owner>) -> Result<Self, LakeError> {
        let mut keeper = Self { owner: Arc::clone(owner), threads: Vec::new() };
        keeper.spawn("lake-flush", flush)?;
        keeper.spawn("lake-seal", seal)?;
        Ok(keeper)
    }

    fn spawn(&mut self, name: &str, work: fn(&Owner)) -> Result<(), LakeError> {
        let owner = Arc::clone(&self.owner);
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work(&owner))
            .map_err(LakeError::io("start a thread for", &self.owner.dirs.root))?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.owner.stop();
        for thread in self.threads.drain(..) {
            thread.thread().unpark();
            // A panic of the thread was logged by its hook; there is nothing left to save.
            let _ = thread.join();
        }
        let _ = self.owner.flush();
        self.owner.sync();
    }
}

fn flush(owner: &Owner) {
    let mut synced = Instant::now();
    while !owner.is_stopping() {
        // Half the interval, so that no row waits much longer than the whole one.
        thread::park_timeout(FLUSH_EVERY / 2);
        owner.tick();
        if synced.elapsed() >= SYNC_EVERY {
            owner.sync();
            synced = Instant::now();
        }
    }
}

fn seal(owner: &Owner) {
    while !owner.is_stopping() {
        let sealed = catch_unwind(AssertUnwindSafe(|| owner.seal_next()));
        match sealed {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => owner.wait_for_seal(Duration::from_secs(60)),
            Ok(Err(_)) | Err(_) => thread::park_timeout(RETRY_EVERY),
        }
    }
}
