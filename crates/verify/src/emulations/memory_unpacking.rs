//! A program that writes code into its memory and makes it executable, as packers do.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "memory-unpacking",
    title: "Written memory made executable",
    technique: "T1027.002",
    technique_v18: None,
    needs: &[Need::Tool("perl")],
    rules: &["Written memory made executable by a temporary program"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let program = stage.disguise("perl", "worker")?;
    let [map, read, protect] = if cfg!(target_arch = "x86_64") { [9, 0, 10] } else { [222, 63, 226] };
    // Zeros are read into a new page, which then may be executed and never is.
    let script = format!(
        "open(my $zero, \"<\", \"/dev/zero\"); my $page = syscall({map}, 0, 4096, 3, 0x22, -1, 0); \
         syscall({read}, fileno($zero), $page, 64); syscall({protect}, $page, 4096, 5);"
    );
    stage.run(Command::new(program).args(["-e", &script]))
}
