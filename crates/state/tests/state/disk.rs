use std::{fs, path::Path, process::Command};

use yagura_state::State;

use crate::finding;

struct Mount<'a>(&'a Path);

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_and_works_again_once_there_is_room() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=1M", "tmpfs"]).arg(dir.path()).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        println!(
            "SKIPPED a_full_disk_refuses_and_works_again_once_there_is_room: needs root to mount a small disk"
        );
        return;
    }
    let _mount = Mount(dir.path());
    let state = State::open(dir.path()).await.expect("opened");
    state.finding_record(&[finding("before", "a", 1)]).await.expect("there is room");
    let fill = dir.path().join("fill");
    let _full = fs::write(&fill, vec![0_u8; 2 << 20]);
    let many: Vec<_> = (0..500).map(|number| finding("during", &number.to_string(), 2)).collect();
    state.finding_record(&many).await.expect_err("there is no room");
    fs::remove_file(&fill).expect("removable");
    state.finding_record(&[finding("after", "a", 3)]).await.expect("there is room again");
    let page = state.finding_list(&Default::default(), None, 1000).await.expect("listed");
    let mut rules: Vec<String> = page.items.into_iter().map(|finding| finding.rule).collect();
    rules.sort();
    assert_eq!(rules, ["after", "before"]);
}
