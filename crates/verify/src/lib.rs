//! Safe imitations of attacks: [`run`] performs them one by one and says which were seen, which were blocked, how fast.
//!
//! Every emulation does the real thing, by real system calls and the programs of a plain Debian, so that what is proven
//! is the whole way from the kernel to the alert. How alerts are observed is not known here: the caller brings an
//! [`Observer`].
//!
//! INVARIANT: nothing outside the stage (a folder of the run's own, see `stage.rs`) is ever changed. Where a well-known
//! path must be written (`/etc/cron.d`, `/root/.ssh`), it is written in a private mount namespace whose `/etc` or
//! `/root` is a throw-away layer, gone with the last process in it. No packet leaves the loopback interface.
//! INVARIANT: what a run made is gone after it, even when it was killed: the next run removes what it finds.

mod child;
mod container;
mod emulation;
mod emulations;
mod limits;
mod need;
mod network;
mod observer;
mod private;
mod recovery;
mod result;
mod runner;
mod stage;

pub use child::{child_args, run_child};
pub use emulation::{Emulation, Need};
pub use emulations::{catalogue, find};
pub use observer::{Mark, Observer, Sighting};
pub use recovery::recover;
pub use result::ResultRow;
pub use runner::{RunOptions, run};
