//! Tar as a stream of entries: ustar, GNU long names, pax; from a file that can seek or from a decoder.
//!
//! Bodies that nobody wants are skipped, which on a file costs nothing. A damaged header does not end the walk: the next
//! block that is a header takes it up again.

mod header;
mod pax;
mod source;
mod walk;

pub(crate) use self::{
    header::{BLOCK, Header, Kind},
    source::{SeekSource, Source},
    walk::{Ended, Extended, Reader, walk},
};
