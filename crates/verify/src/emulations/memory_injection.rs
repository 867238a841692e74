//! A byte of a sleeping process of our own is written with the value it has.

use std::io::{IoSlice, IoSliceMut};

use nix::sys::uio::{RemoteIoVec, process_vm_readv, process_vm_writev};

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "memory-injection",
    title: "Memory of another process written",
    technique: "T1055",
    technique_v18: None,
    needs: &[],
    rules: &["Memory of another process written"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let bystander = stage.bystander()?;
    let remote = [RemoteIoVec { base: bystander.stack()?, len: 1 }];
    let mut byte = [0_u8];
    process_vm_readv(bystander.pid(), &mut [IoSliceMut::new(&mut byte)], &remote).act("process_vm_readv")?;
    process_vm_writev(bystander.pid(), &[IoSlice::new(&byte)], &remote).act("process_vm_writev")?;
    Ok(())
}
