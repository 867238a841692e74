//! A crontab from standard input, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "crontab-install",
    title: "Crontab installed from a script",
    technique: "T1053.003",
    technique_v18: None,
    needs: &[],
    rules: &["Crontab installed from a script", "Schedule Cron Jobs"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("crontab", &["-"])
}
