//! Scans from end to end: the same bytes in every form, layers, judgement, outputs.

#![expect(clippy::unwrap_used, reason = "a test may end at the first surprise")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod advice;
mod forms;
mod judgement;
mod outputs;
mod system;
