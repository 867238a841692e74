//! What is judged, set aside, new, and not covered.

use yagura_image::{OpenOptions, Target};
use yagura_scan::{Base, Exceptions, Options, Patterns, Report, Scanners, Status};

use crate::system::{self, Files, base, lock};

fn report() -> Report {
    let root = tempfile::tempdir().unwrap();
    system::unpack(&base(), root.path());
    system::folder(root.path())
}

#[test]
fn the_most_urgent_comes_first_and_says_why() {
    let report = report();
    let first = &report.vulnerabilities[0];
    assert_eq!(first.name, "worse", "a medium one that is exploited comes before a high one");
    let terms: Vec<(&str, f64)> = first.risk.terms.iter().map(|term| (term.name, term.factor)).collect();
    let expected =
        [("severity", 6.0), ("exploited", 2.0), ("likely", 1.5), ("exposed", 1.0), ("in_use", 1.0)];
    assert_eq!(terms, expected);
    assert!((first.risk.score - 18.0).abs() < 1e-9);
}

#[test]
fn kernels_that_do_not_run_are_set_aside() {
    let report = report();
    let kernel = report.vulnerabilities.iter().find(|found| found.name.starts_with("linux-image")).unwrap();
    assert_eq!(kernel.status, Status::NotRunning);
    assert_eq!(report.counts.set_aside, 1);
    assert_eq!(report.counts.vulnerabilities.high, 2);
}

#[test]
fn exceptions_hide_until_their_day_and_are_told() {
    let text = "
        [[exception]]
        id = 'ghsa-7'
        package = 'bad-lib'
        owner = 'platform'
        reason = 'not reachable'
        expires = '2026-12-31'
        [[exception]]
        package = 'worse'
        owner = 'app'
        reason = 'soon gone'
        expires = '2026-01-31'
        [[exception]]
        path = 'srv/app/*.py'
        owner = 'app'
        reason = 'a test key'
        expires = '2027-01-01'
    ";
    let mut report = report();
    Exceptions::read(text).unwrap().apply(&mut report, "2026-02-03");
    report.count();
    let status = |name: &str| report.vulnerabilities.iter().find(|found| found.name == name).unwrap().status;
    assert_eq!(status("bad-lib"), Status::Excepted);
    assert_eq!(status("worse"), Status::Affected, "its exception is over");
    assert_eq!(status("bad-module"), Status::Affected);
    assert_eq!(report.counts.secrets, 0);
    let told: Vec<(bool, u64)> = report.exceptions.iter().map(|used| (used.expired, used.findings)).collect();
    assert_eq!(told, [(false, 1), (true, 1), (false, 1)]);
}

#[test]
fn only_what_is_new_is_left_against_a_base() {
    let before = report();
    let root = tempfile::tempdir().unwrap();
    let mut files: Files = base();
    files[2].1 = lock(&[("bad-module", "1.2.4"), ("bad-and-new", "1.0.0"), ("worse", "0.1.0")]);
    system::unpack(&files, root.path());
    let json = serde_json::to_vec(&before).unwrap();
    for base in [Base::of(&before), Base::read(&json).unwrap()] {
        let mut after = system::folder(root.path());
        base.leave_new(&mut after);
        let names: Vec<&str> = after.vulnerabilities.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["bad-and-new"]);
        assert!(after.secrets.is_empty());
    }
}

#[test]
fn what_nobody_covers_is_said() {
    let root = tempfile::tempdir().unwrap();
    let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n";
    system::unpack(&vec![("Cargo.lock", lock.as_bytes().to_vec())], root.path());
    let report = system::folder(root.path());
    let note = report.notes.iter().find(|note| note.code == "no_advisory_source").unwrap();
    assert!(note.message.contains("crates.io") && note.message.contains("1 package"), "{}", note.message);
}

#[test]
fn a_distribution_past_its_end_is_said_to_be() {
    let root = tempfile::tempdir().unwrap();
    system::unpack(&vec![("etc/os-release", b"ID=debian\nVERSION_ID=\"9\"\n".to_vec())], root.path());
    let report = system::folder(root.path());
    assert!(report.distro.unwrap().is_end_of_life);
    assert!(report.notes.iter().any(|note| note.code == "end_of_life"));
}

#[test]
fn folders_and_files_are_left_out_in_every_form() {
    let root = tempfile::tempdir().unwrap();
    system::unpack(&base(), &root.path().join("rootfs"));
    std::fs::write(root.path().join("root.tar"), system::tar(&base())).unwrap();
    let folder = Target::folder(&root.path().join("rootfs"), &OpenOptions::default()).unwrap();
    let image =
        Target::image(root.path().join("root.tar").to_str().unwrap(), &OpenOptions::default()).unwrap();
    for target in [folder, image] {
        let options = Options {
            skip_folders: Patterns::new(["var/lib"]),
            skip_files: Patterns::new(["*.py"]),
            ..system::options()
        };
        let report = system::examine_with(&target, &options, Default::default());
        assert_eq!(report.secrets.len(), 0);
        assert!(report.packages.iter().all(|entry| entry.purl.starts_with("pkg:npm")), "{}", target.name());
        let options = Options {
            scanners: Scanners { vulnerabilities: false, secrets: true, malware: false, inventory: false },
            ..system::options()
        };
        let report = system::examine_with(&target, &options, Default::default());
        assert_eq!((report.packages.len(), report.secrets.len()), (0, 1));
    }
}
