//! Ceilings on what comes in over HTTP.

use std::time::Duration;

/// Largest request body.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// Longest a request may take until its answer begins.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(60);
/// Longest a client may take to send its request's head.
pub const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
/// Most connections at once; further ones wait.
pub const CONNECTIONS_MAX: usize = 1536;
/// Most live streams at once.
pub const STREAMS_MAX: usize = 600;
/// Findings a live stream may lag behind before it misses some.
pub const STREAM_FINDINGS_MAX: usize = 1024;
/// Events a live stream may lag behind before it misses some.
pub const STREAM_EVENTS_MAX: usize = 1024;
/// Events that are turned into text for live streams per second; what is more is counted as missed.
pub const STREAM_EVENTS_PER_SECOND_MAX: u64 = 500;
/// Largest event or finding a live stream carries; a larger one is counted as missed.
pub const STREAM_ITEM_BYTES_MAX: usize = 64 << 10;
/// Longest SQL text.
pub const SQL_BYTES_MAX: usize = 64 << 10;
/// Most rows a hunt returns.
pub const HUNT_ROWS_MAX: usize = 10_000;
/// Rows a hunt returns when nothing is said.
pub const HUNT_ROWS: usize = 1000;
/// Most hunts at once.
pub const HUNTS_MAX: usize = 4;
/// Most days that rules are tried on.
pub const TRIAL_DAYS_MAX: u32 = 30;
/// Most days that metrics of incidents look at.
pub const METRICS_DAYS_MAX: u32 = 366;
/// Most findings that the export of an incident carries with their evidence.
pub const EXPORT_FINDINGS_MAX: usize = 200;
/// Rows of a page when nothing is said.
pub const PAGE_ROWS: usize = 50;
/// Longest target of a scan.
pub const TARGET_BYTES_MAX: usize = 4 << 10;
/// Most images in one question of admission.
pub const ADMISSION_IMAGES_MAX: usize = 100;
/// Deepest place of a container in a workload that is looked for.
pub const ADMISSION_DEPTH_MAX: usize = 32;
/// Most vulnerabilities an answer of admission names for an image.
pub const ADMISSION_IDS_MAX: usize = 20;
/// Most proofs in one request.
pub const PROOFS_MAX: usize = 1000;
/// Names and addresses whose failed sign-ins are remembered.
pub const THROTTLED_MAX: usize = 10_000;
