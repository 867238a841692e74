//! Rootkits and sniffers of today are BPF programs; ours does nothing and is attached nowhere.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "bpf-program",
    title: "BPF program loaded by an unknown program",
    technique: "T1014",
    technique_v18: None,
    needs: &[Need::Root, Need::Tool("perl")],
    rules: &["BPF program loaded by an unexpected program", "BPF Program Not Profiled"],
    act,
};

fn act(_stage: &Stage) -> Result<(), Failure> {
    // Two instructions, `r0 = 0; exit`, as a socket filter that is attached to nothing. The number is that of `bpf`.
    let number = if cfg!(target_arch = "x86_64") { 321 } else { 280 };
    let script = format!(
        "my $code = pack('H*', 'b7000000000000009500000000000000'); \
         my $license = \"GPL\\0\"; \
         my $attr = pack('LLPPLLQL', 1, 2, $code, $license, 0, 0, 0, 0) . (\"\\0\" x 72); \
         exit(syscall({number}, 5, $attr, length($attr)) < 0 ? $!+0 : 0);"
    );
    let status = Command::new("perl").args(["-e", &script]).status().act("perl")?;
    match status.code() {
        Some(0) => Ok(()),
        Some(nix::libc::EPERM) => Err(Failure::Refused("bpf: EPERM".to_owned())),
        _ => Err(Failure::Unable(format!("bpf: {status}"))),
    }
}
