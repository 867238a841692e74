//! A byte is copied out of a sleeping process of our own.

use std::io::IoSliceMut;

use nix::sys::uio::{RemoteIoVec, process_vm_readv};

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "memory-copy",
    title: "Memory of another process copied",
    technique: "T1003.007",
    technique_v18: None,
    needs: &[],
    rules: &["Memory of another process copied"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let bystander = stage.bystander()?;
    let remote = [RemoteIoVec { base: bystander.stack()?, len: 1 }];
    let mut byte = [0_u8];
    process_vm_readv(bystander.pid(), &mut [IoSliceMut::new(&mut byte)], &remote).act("process_vm_readv")?;
    Ok(())
}
