//! A file that is not there, one hopes, is asked for by its name.

use std::{fs, io};

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "rootkit-file",
    title: "File of a known rootkit looked for",
    technique: "T1014",
    technique_v18: None,
    needs: &[],
    rules: &["File of a known rootkit opened"],
    act,
};

fn act(_stage: &Stage) -> Result<(), Failure> {
    // Read, and only where a rootkit put it.
    match fs::File::open("/usr/local/lib/libprocesshider.so") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map(drop).act("open"),
    }
}
