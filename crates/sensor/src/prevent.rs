//! Means to refuse acts: programs in the kernel that decide by tables, and a gate that asks before files are opened.
//!
//! Knows no rules: `yagura-protect` compiles them to a [`Program`] and answers the gate's questions. Nothing is pinned:
//! when this process ends, however it ends, nothing is refused any more.

mod contain;
mod gate;
mod kernel;
mod program;
mod watchdog;

pub use contain::{Containment, contain};
pub use gate::{Asked, FileFormat, Gate, Question, QuestionKind, Watched};
pub use kernel::{Kernel, KernelCounts, Verdict, lsm_refusal};
pub use program::{Alternative, Bits, Hook, Program, Slot, State, TESTS_MAX, TEXT_BYTES_MAX};
pub use watchdog::{current_thread, go_first, guard, never_wait, survive_shortage};
