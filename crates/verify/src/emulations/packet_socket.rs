//! A socket that could hear every packet of the machine; nothing is read from it.

use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "packet-socket",
    title: "Raw packet socket opened",
    technique: "T1040",
    technique_v18: None,
    needs: &[Need::Root],
    rules: &["Raw packet socket opened"],
    act,
};

fn act(_stage: &Stage) -> Result<(), Failure> {
    socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None).act("socket")?;
    Ok(())
}
