//! A program that decodes itself, given to one that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "encoded-program",
    title: "Encoded program given to an interpreter",
    technique: "T1027.010",
    technique_v18: None,
    needs: &[],
    rules: &["Encoded program given to an interpreter"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("python3", &["-c", "import base64;exec(base64.b64decode('cGFzcw=='))"])
}
