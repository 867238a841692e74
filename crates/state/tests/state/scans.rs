use yagura_event::{Asset, AssetKind, Finding, FindingId, FindingKind, FindingStatus, Severity};
use yagura_state::{
    FindingChange, InstalledPackage, PackageFilter, ScanResult, ScanStatus, ScannedVulnerability, State,
    StateError, Vulnerability, VulnerabilityFilter, VulnerabilityGrouping,
};

use crate::{at, by, finding, open};

fn asset(id: &str, seconds: i64) -> Asset {
    Asset {
        id: id.to_owned(),
        kind: AssetKind::Image,
        name: format!("name of {id}"),
        facts: [("os".to_owned(), "Debian 12".to_owned())].into(),
        first_seen: at(seconds),
        last_seen: at(seconds),
    }
}

fn package(name: &str, version: &str, location: &str) -> InstalledPackage {
    InstalledPackage {
        asset_id: String::new(),
        asset_name: String::new(),
        purl: format!("pkg:deb/debian/{name}@{version}"),
        name: name.to_owned(),
        version: version.to_owned(),
        package_type: "deb".to_owned(),
        location: location.to_owned(),
        layer: None,
        owned_by: None,
        licences: vec!["MIT".to_owned()],
        used: None,
    }
}

fn vulnerable(id: &str, package: &str, risk: f64, asset: &str, seconds: i64) -> ScannedVulnerability {
    let cause = FindingId::from_cause(&["vulnerability", asset, id, package]);
    let finding = Finding {
        id: cause.clone(),
        kind: FindingKind::Vulnerability,
        title: format!("{id} in {package}"),
        severity: if risk >= 50.0 { Severity::Critical } else { Severity::Medium },
        ..finding(id, asset, seconds)
    };
    let vulnerability = Vulnerability {
        finding_id: cause.to_string(),
        asset_id: asset.to_owned(),
        asset_name: String::new(),
        vulnerability: id.to_owned(),
        title: String::new(),
        package: package.to_owned(),
        version: "1.0".to_owned(),
        purl: format!("pkg:deb/debian/{package}@1.0"),
        location: "var/lib/dpkg/status".to_owned(),
        layer: Some("sha256:aa".to_owned()),
        fixed_version: (risk > 10.0).then(|| "1.1".to_owned()),
        fix_state: "fixed".to_owned(),
        severity: finding.severity,
        score: Some(7.5),
        kev: risk > 80.0,
        epss: Some(0.1),
        used: None,
        risk,
        status: FindingStatus::Open,
    };
    ScannedVulnerability { finding, vulnerability }
}

fn result(asset_id: &str, seconds: i64, vulnerabilities: Vec<ScannedVulnerability>) -> ScanResult {
    ScanResult {
        asset: asset(asset_id, seconds),
        packages: vec![package("openssl", "1.0", "a"), package("log4j-core", "2.14", "b")],
        vulnerabilities,
        others: Vec::new(),
        kinds: vec![FindingKind::Vulnerability],
        problems: 2,
        advisories: Some("7".to_owned()),
        detail: String::new(),
    }
}

async fn scan(state: &State, result: &ScanResult, seconds: i64) -> Vec<Finding> {
    let begun = state.scan_begin("image:app", by("ann", seconds)).await.expect("begun");
    assert_eq!(begun.status, ScanStatus::Running);
    let new = state.scan_record(&begun.id, result, at(seconds)).await.expect("recorded");
    let ended = state.scan_get(&begun.id).await.expect("there");
    assert_eq!((ended.status, ended.packages, ended.problems), (ScanStatus::Done, 2, 2));
    assert_eq!(ended.vulnerabilities, result.vulnerabilities.len() as u64);
    new
}

#[tokio::test]
async fn what_is_not_found_again_is_fixed_and_opens_when_it_comes_back() {
    let (_dir, state) = open().await;
    let both = |seconds| {
        vec![
            vulnerable("CVE-1", "openssl", 90.0, "img", seconds),
            vulnerable("CVE-2", "zlib", 5.0, "img", seconds),
        ]
    };
    assert_eq!(scan(&state, &result("img", 0, both(0)), 0).await.len(), 2);
    let id = FindingId::from_cause(&["vulnerability", "img", "CVE-2", "zlib"]);

    assert_eq!(scan(&state, &result("img", 10, both(10)[..1].to_vec()), 10).await.len(), 0);
    assert_eq!(state.finding_get(&id).await.expect("there").status, FindingStatus::Fixed);

    let new = scan(&state, &result("img", 20, both(20)), 20).await;
    assert_eq!(new.iter().map(|finding| &finding.id).collect::<Vec<_>>(), [&id]);
    assert_eq!(state.finding_get(&id).await.expect("there").status, FindingStatus::Open);
}

#[tokio::test]
async fn a_false_alarm_stays_one_and_other_kinds_and_assets_are_left_alone() {
    let (_dir, state) = open().await;
    state.finding_record(&[finding("shell", "img", 0)]).await.expect("recorded");
    scan(&state, &result("other", 0, vec![vulnerable("CVE-1", "a", 1.0, "other", 0)]), 0).await;
    scan(&state, &result("img", 0, vec![vulnerable("CVE-1", "a", 1.0, "img", 0)]), 0).await;
    let id = FindingId::from_cause(&["vulnerability", "img", "CVE-1", "a"]);
    let change =
        FindingChange { status: FindingStatus::False, reason: Some("not used"), accepted_until: None };
    state.finding_set_status(&id, change, by("ann", 5)).await.expect("decided");

    scan(&state, &result("img", 10, Vec::new()), 10).await;
    let status = async |id: &FindingId| state.finding_get(id).await.expect("there").status;
    assert_eq!(status(&id).await, FindingStatus::False);
    assert_eq!(status(&FindingId::from_cause(&["shell", "img"])).await, FindingStatus::Open);
    let other = FindingId::from_cause(&["vulnerability", "other", "CVE-1", "a"]);
    assert_eq!(status(&other).await, FindingStatus::Open);
}

#[tokio::test]
async fn vulnerabilities_come_by_risk_page_by_page_and_in_groups() {
    let (_dir, state) = open().await;
    let many: Vec<_> = (0..25)
        .map(|number| vulnerable(&format!("CVE-{number}"), "pkg", f64::from(number) * 4.0, "img", 0))
        .collect();
    scan(&state, &result("img", 0, many), 0).await;
    let filter = VulnerabilityFilter::default();
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = state.vulnerability_list(&filter, cursor.as_deref(), 10).await.expect("a page");
        seen.extend(page.items.into_iter().map(|one| one.risk));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let expected: Vec<f64> = (0..25).rev().map(|number| f64::from(number) * 4.0).collect();
    assert_eq!(seen, expected);

    for (filter, count) in [
        (VulnerabilityFilter { kev: true, ..filter.clone() }, 4),
        (VulnerabilityFilter { severity_min: Some(Severity::Critical), ..filter.clone() }, 12),
        (VulnerabilityFilter { text: Some("CVE-2_".to_owned()), ..filter.clone() }, 0),
        (VulnerabilityFilter { text: Some("cve-24".to_owned()), ..filter.clone() }, 1),
        (VulnerabilityFilter { fixable: true, ..filter.clone() }, 22),
        (VulnerabilityFilter { used: true, ..filter.clone() }, 0),
    ] {
        let page = state.vulnerability_list(&filter, None, 100).await.expect("a page");
        assert_eq!(page.items.len(), count, "{filter:?}");
    }
    let groups = state.vulnerability_groups(VulnerabilityGrouping::Asset, &filter).await.expect("groups");
    assert_eq!(groups.len(), 1);
    assert_eq!((groups[0].label.as_str(), groups[0].count, groups[0].fixable), ("name of img", 25, 22));
    let wrong = state.vulnerability_list(&filter, Some("x"), 10).await;
    assert!(matches!(wrong, Err(StateError::Invalid { field: "cursor", .. })));
}

#[tokio::test]
async fn a_package_is_found_by_a_part_of_its_name_in_every_asset() {
    let (_dir, state) = open().await;
    scan(&state, &result("one", 0, Vec::new()), 0).await;
    scan(&state, &result("two", 0, Vec::new()), 0).await;
    let filter = PackageFilter { text: Some("LOG4".to_owned()), ..PackageFilter::default() };
    let first = state.package_list(&filter, None, 1).await.expect("a page");
    assert_eq!(first.items[0].asset_name, "name of one");
    let second = state.package_list(&filter, first.next.as_deref(), 1).await.expect("a page");
    assert_eq!((second.items[0].asset_id.as_str(), second.next), ("two", None));
    // The next scan takes the place of the one before.
    let without = ScanResult { packages: Vec::new(), ..result("two", 5, Vec::new()) };
    let begun = state.scan_begin("image:app", by("ann", 5)).await.expect("begun");
    state.scan_record(&begun.id, &without, at(5)).await.expect("recorded");
    assert_eq!(state.package_list(&filter, None, 10).await.expect("a page").items.len(), 1);
}

#[tokio::test]
async fn a_scan_of_a_killed_server_is_marked_as_failed_and_a_due_schedule_is_taken_once() {
    let (_dir, state) = open().await;
    let begun = state.scan_begin("host", by("ann", 0)).await.expect("begun");
    assert_eq!(state.scan_fail_abandoned(at(1)).await.expect("marked"), 1);
    assert_eq!(state.scan_get(&begun.id).await.expect("there").status, ScanStatus::Failed);
    let missing = state.scan_fail("none", "why", at(1)).await;
    assert!(matches!(missing, Err(StateError::NotFound { .. })));

    let schedule = state.scan_schedule_create("host", 1, by("ann", 0)).await.expect("made");
    let twice = state.scan_schedule_create("host", 2, by("ann", 0)).await;
    assert!(matches!(twice, Err(StateError::Conflict(_))));
    assert!(state.scan_schedule_create("x", 0, by("ann", 0)).await.is_err());
    assert_eq!(state.scan_schedule_take_due(at(0)).await.expect("due").len(), 1);
    assert_eq!(state.scan_schedule_take_due(at(3599)).await.expect("none due").len(), 0);
    assert_eq!(state.scan_schedule_take_due(at(3600)).await.expect("due").len(), 1);
    state.scan_schedule_delete(&schedule.id, by("ann", 1)).await.expect("gone");
    assert!(state.scan_schedule_list().await.expect("a list").is_empty());
}
