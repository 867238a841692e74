//! NDB, SUSE's store (`Packages.db`): pages of slots that point at blobs.

use super::{Corrupt, Sink};
use crate::bytes::Bytes;

const PAGE: usize = 4096;
const SLOT: usize = 16;

pub(super) fn is_ndb(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RpmP")
}

/// Hands each blob on.
pub(super) fn walk(file: &[u8], sink: Sink<'_>) -> Result<(), Corrupt> {
    let bytes = Bytes::little(file);
    if bytes.u32(4) != Some(0) {
        return Err(Corrupt("an NDB database of an unknown version"));
    }
    let pages = bytes.u32(12).ok_or(Corrupt("the database ends in its header"))? as usize;
    let mut budget = file.len();
    let mut broken = false;
    // The header takes the place of the first two slots.
    for at in (2 * SLOT..pages.saturating_mul(PAGE).min(file.len())).step_by(SLOT) {
        let Some(slot) = bytes.slice(at, SLOT).map(Bytes::little) else { break };
        let (index, block) = (slot.u32(4), slot.u32(8));
        if !slot.data.starts_with(b"Slot") || block == Some(0) {
            continue;
        }
        let start = block.unwrap_or(0) as usize * 16;
        let head = bytes.slice(start, 16).map(Bytes::little);
        let head = head.filter(|head| head.data.starts_with(b"BlbS") && head.u32(4) == index);
        let length = head.and_then(|head| head.u32(12)).unwrap_or(0) as usize;
        match bytes.slice(start + 16, length).filter(|blob| !blob.is_empty()) {
            Some(blob) => {
                budget = budget.checked_sub(length).ok_or(Corrupt("blobs of the database overlap"))?;
                if !sink(blob) {
                    return Ok(());
                }
            }
            None => broken = true,
        }
    }
    if broken { Err(Corrupt("some packages of the database point nowhere")) } else { Ok(()) }
}
