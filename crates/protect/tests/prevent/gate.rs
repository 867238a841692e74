//! The gate: what it refuses, and that nobody waits for one who does not answer.
