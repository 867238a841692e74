use axum::http::StatusCode;
use serde_json::{Value, json};
use yagura_event::{Asset, AssetKind, Finding, FindingId, FindingKind, FindingStatus, Severity};
use yagura_state::{
    FindingChange, InstalledPackage, PackageUse, Role, ScanResult, ScannedVulnerability, Vulnerability,
};

use crate::harness::{Answer, Harness, at, finding, request};

const LAYER: &str = "sha256:aaaa";

async fn call(harness: &Harness, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    let body = body.map(|body| body.to_string());
    harness.send(request(method, path, &[("authorization", token)], body.as_deref())).await
}

fn used() -> PackageUse {
    PackageUse {
        program: "/usr/sbin/nginx".to_owned(),
        process_id: Some(7),
        container_id: None,
        container_name: None,
        file: "/usr/lib/libssl.so.3".to_owned(),
        last_seen: at(0),
    }
}

fn package(name: &str, version: &str) -> InstalledPackage {
    InstalledPackage {
        asset_id: String::new(),
        asset_name: String::new(),
        purl: format!("pkg:deb/debian/{name}@{version}"),
        name: name.to_owned(),
        version: version.to_owned(),
        package_type: "deb".to_owned(),
        location: "var/lib/dpkg/status".to_owned(),
        layer: Some(LAYER.to_owned()),
        owned_by: None,
        licences: Vec::new(),
        used: (name == "openssl").then(used),
    }
}

fn vulnerable(id: &str, name: &str, severity: Severity, asset: &str) -> ScannedVulnerability {
    let cause = FindingId::from_cause(&["vulnerability", asset, id, name]);
    let found = Finding {
        id: cause.clone(),
        kind: FindingKind::Vulnerability,
        severity,
        asset_id: asset.to_owned(),
        asset_name: "app:1".to_owned(),
        title: format!("{id} in {name}"),
        ..finding(id)
    };
    let vulnerability = Vulnerability {
        finding_id: cause.to_string(),
        asset_id: asset.to_owned(),
        asset_name: String::new(),
        vulnerability: id.to_owned(),
        title: String::new(),
        package: name.to_owned(),
        version: "1.0".to_owned(),
        purl: format!("pkg:deb/debian/{name}@1.0"),
        location: "var/lib/dpkg/status".to_owned(),
        layer: Some(LAYER.to_owned()),
        fixed_version: (severity >= Severity::High).then(|| "1.1".to_owned()),
        fix_state: "fixed".to_owned(),
        severity,
        score: Some(7.5),
        kev: severity == Severity::Critical,
        epss: None,
        used: (name == "openssl").then(used),
        risk: f64::from(severity.id()) * 10.0,
        status: FindingStatus::Open,
    };
    ScannedVulnerability { finding: found, vulnerability }
}

/// An image that was scanned: openssl is critical and in use, zlib is low and has no fix.
async fn scanned(harness: &Harness) -> String {
    let secret = Finding {
        kind: FindingKind::Secret,
        asset_id: "sha256:img".to_owned(),
        message: "etc/app.env, line 3: AKIA…CDEF".to_owned(),
        ..finding("aws-access-key")
    };
    let begun = harness.state.scan_begin("image:app:1", harness.by()).await.expect("begun");
    let result = ScanResult {
        asset: Asset {
            id: "sha256:img".to_owned(),
            kind: AssetKind::Image,
            name: "app:1".to_owned(),
            facts: [("digest".to_owned(), "sha256:manifest".to_owned())].into(),
            first_seen: at(0),
            last_seen: at(0),
        },
        packages: vec![package("openssl", "1.0"), package("zlib", "1.0"), package("log4j_core", "2.14")],
        vulnerabilities: vec![
            vulnerable("CVE-1", "openssl", Severity::Critical, "sha256:img"),
            vulnerable("CVE-2", "zlib", Severity::Low, "sha256:img"),
        ],
        others: vec![secret],
        kinds: vec![FindingKind::Vulnerability, FindingKind::Secret],
        problems: 0,
        advisories: None,
        detail: String::new(),
    };
    harness.state.scan_record(&begun.id, &result, at(1)).await.expect("recorded");
    begun.id
}

fn names(answer: &Answer, field: &str) -> Vec<String> {
    let json = answer.json();
    let items = if json.is_array() { &json } else { &json["items"] };
    let items = items.as_array().unwrap_or_else(|| panic!("a list: {}", answer.text));
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_scan_is_started_followed_and_stopped() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Analyst).await;
    let started = call(&harness, &token, "post", "/v1/scans", Some(json!({ "target": "fs:/srv" }))).await;
    assert_eq!(started.status, StatusCode::CREATED);
    let id = started.json()["scan"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/v1/scans/{id}");
    let shown = call(&harness, &token, "get", &path, None).await.json();
    assert_eq!(shown["scan"]["status"], "running");
    assert_eq!(shown["progress"]["entries"], 7);
    let stopped = call(&harness, &token, "post", &format!("{path}/cancel"), None).await;
    assert_eq!(stopped.json()["scan"]["status"], "cancelled");
    let again = call(&harness, &token, "post", &format!("{path}/cancel"), None).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    let listed = call(&harness, &token, "get", "/v1/scans?target=fs:/srv", None).await.json();
    assert_eq!(listed["items"][0]["scan"]["id"], id.as_str());
    assert_eq!(listed["items"][0]["progress"], Value::Null, "it is over");
    let none = call(&harness, &token, "get", "/v1/scans/none", None).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_bad_target_is_refused_with_what_would_be_right() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Analyst).await;
    let long = format!("fs:/{}", "x".repeat(5000));
    for target in ["", "ftp:/x", "fs:relative", long.as_str()] {
        for (path, body) in [
            ("/v1/scans", json!({ "target": target })),
            ("/v1/scan-schedules", json!({ "target": target, "every_hours": 1 })),
        ] {
            let answer = call(&harness, &token, "post", path, Some(body)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {}", answer.text);
            assert!(answer.json()["detail"].as_str().is_some_and(|detail| detail.starts_with("target: ")));
        }
    }
    assert_eq!(call(&harness, &token, "get", "/v1/scans", None).await.json()["items"], json!([]));
}

#[tokio::test]
async fn a_full_queue_refuses_and_the_scan_counts_as_failed() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Analyst).await;
    let answer = call(&harness, &token, "post", "/v1/scans", Some(json!({ "target": "fs:/busy" }))).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let listed = call(&harness, &token, "get", "/v1/scans", None).await.json();
    assert_eq!(listed["items"][0]["scan"]["status"], "failed");
}

#[tokio::test]
async fn schedules_are_made_listed_and_taken_away() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Analyst).await;
    let body = json!({ "target": "host", "every_hours": 12 });
    let made = call(&harness, &token, "post", "/v1/scan-schedules", Some(body.clone())).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let twice = call(&harness, &token, "post", "/v1/scan-schedules", Some(body)).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    let wrong = json!({ "target": "fs:/srv", "every_hours": 0 });
    let wrong = call(&harness, &token, "post", "/v1/scan-schedules", Some(wrong)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let listed = call(&harness, &token, "get", "/v1/scan-schedules", None).await;
    assert_eq!(names(&listed, "target"), ["host"]);
    let path = format!("/v1/scan-schedules/{}", made.json()["id"].as_str().expect("an id"));
    assert_eq!(call(&harness, &token, "delete", &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(call(&harness, &token, "delete", &path, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn vulnerabilities_are_filtered_grouped_and_proved() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    scanned(&harness).await;
    for (query, expected) in [
        ("", &["CVE-1", "CVE-2"][..]),
        ("?severity_min=high", &["CVE-1"]),
        ("?package=zlib", &["CVE-2"]),
        ("?asset_id=sha256:img&asset_kind=image", &["CVE-1", "CVE-2"]),
        ("?asset_kind=host", &[]),
        ("?layer=sha256:aaaa", &["CVE-1", "CVE-2"]),
        ("?layer=sha256:bbbb", &[]),
        ("?used=true", &["CVE-1"]),
        ("?fixable=true", &["CVE-1"]),
        ("?exploited=true", &["CVE-1"]),
        ("?text=pkg:deb/debian/zl", &["CVE-2"]),
        ("?text=%25", &[]),
        ("?vulnerability=CVE-2", &["CVE-2"]),
        ("?status=fixed", &[]),
    ] {
        let answer = call(&harness, &token, "get", &format!("/v1/vulnerabilities{query}"), None).await;
        assert_eq!(names(&answer, "vulnerability"), expected, "{query}");
    }
    let first = call(&harness, &token, "get", "/v1/vulnerabilities?limit=1", None).await.json();
    let cursor: String =
        first["next"].as_str().expect("more").bytes().map(|byte| format!("%{byte:02x}")).collect();
    let second =
        call(&harness, &token, "get", &format!("/v1/vulnerabilities?limit=1&cursor={cursor}"), None).await;
    assert_eq!(
        (names(&second, "vulnerability"), second.json()["next"].clone()),
        (vec!["CVE-2".to_owned()], Value::Null)
    );
    let wrong = call(&harness, &token, "get", "/v1/vulnerabilities?cursor=x", None).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    for (by, expected) in [
        ("risk", &["CVE-1", "CVE-2"][..]),
        ("vulnerability", &["CVE-1", "CVE-2"]),
        ("package", &["openssl", "zlib"]),
        ("asset", &["sha256:img"]),
        ("image", &["sha256:img"]),
        ("layer", &[LAYER]),
    ] {
        let answer = call(&harness, &token, "get", &format!("/v1/vulnerability-groups?by={by}"), None).await;
        assert_eq!(names(&answer, "key"), expected, "{by}");
    }
    let wrong = call(&harness, &token, "get", "/v1/vulnerability-groups?by=colour", None).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    let id = first["items"][0]["finding_id"].as_str().expect("an id");
    let one = call(&harness, &token, "get", &format!("/v1/vulnerabilities/{id}"), None).await.json();
    assert_eq!(one["vulnerability"]["used"]["program"], "/usr/sbin/nginx");
    assert_eq!(one["finding"]["kind"], "vulnerability");
    let none = format!("/v1/vulnerabilities/{}", "0".repeat(32));
    assert_eq!(call(&harness, &token, "get", &none, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn packages_are_found_where_they_are_installed() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    scanned(&harness).await;
    for (query, expected) in [
        ("?text=LOG4J", &["log4j_core"][..]),
        ("?text=log4jXcore", &[]),
        ("?name=zlib&version=1.0", &["zlib"]),
        ("?name=zlib&version=2", &[]),
        ("?purl=pkg:deb/debian/open", &["openssl"]),
        ("?used=true", &["openssl"]),
        ("?package_type=npm", &[]),
        ("?layer=sha256:aaaa&asset_id=sha256:img", &["log4j_core", "openssl", "zlib"]),
    ] {
        let answer = call(&harness, &token, "get", &format!("/v1/packages{query}"), None).await;
        assert_eq!(names(&answer, "name"), expected, "{query}");
    }
    let images = call(&harness, &token, "get", "/v1/images", None).await.json();
    assert_eq!(images["items"][0]["packages"], 3);
    assert_eq!(images["items"][0]["secrets"], 1);
    assert_eq!(images["items"][0]["vulnerabilities"][0], json!({ "severity": "critical", "count": 1 }));
    assert_eq!(call(&harness, &token, "get", "/v1/images?kind=host", None).await.json()["items"], json!([]));
}

#[tokio::test]
async fn what_scans_find_does_not_swamp_what_happened() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    scanned(&harness).await;
    harness.finding("shell").await;
    let happened = call(&harness, &token, "get", "/v1/findings", None).await;
    assert_eq!(names(&happened, "rule"), ["shell"]);
    let secrets = call(&harness, &token, "get", "/v1/findings?kind=secret", None).await;
    assert_eq!(names(&secrets, "rule"), ["aws-access-key"]);
    let overview = call(&harness, &token, "get", "/v1/overview", None).await.json();
    assert_eq!(overview["findings"]["open_by_severity"][0], json!({ "severity": "critical", "count": 0 }));
    assert_eq!(overview["vulnerabilities"]["open_by_severity"][0]["count"], 1);
    assert_eq!(
        ["exploited", "fixable", "used", "secrets"].map(|name| overview["vulnerabilities"][name].clone()),
        [1, 1, 1, 1].map(Value::from)
    );
    assert_eq!(
        harness.state.incident_list(None, None, 10).await.expect("listed").items.len(),
        1,
        "only the shell"
    );
}

async fn admit(harness: &Harness, token: &str, query: &str, image: &str) -> Value {
    let review = json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "u-1", "operation": "CREATE",
        "object": { "kind": "Deployment", "spec": { "template": { "spec": { "containers": [{ "image": image }] } } } } } });
    let answer = call(harness, token, "post", &format!("/v1/admission/images{query}"), Some(review)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["response"]["uid"], "u-1");
    answer.json()["response"].clone()
}

#[tokio::test]
async fn the_gate_refuses_images_that_fail_and_says_why() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    scanned(&harness).await;
    for (query, image, allowed, says) in [
        ("", "app:1", false, "CVE-1 in openssl 1.0"),
        ("", "docker.io/library/app:1", false, "CVE-1"),
        ("", "app@sha256:manifest", false, "CVE-1"),
        ("", "app@sha256:img", false, "CVE-1"),
        ("?fail_on=low", "app:1", false, "CVE-2 in zlib 1.0"),
        ("?fail_on=low&ignore_unfixed=true", "app:1", false, "CVE-1"),
        ("", "app:2", false, "never scanned"),
        ("?unknown=allow", "app:2", true, ""),
        ("", "app@sha256:other", false, "never scanned"),
    ] {
        let answer = admit(&harness, &token, query, image).await;
        assert_eq!(answer["allowed"], allowed, "{query} {image}");
        let message = answer["status"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(says), "{query} {image}: {message}");
    }
    assert_eq!(
        admit(&harness, &token, "?unknown=allow", "app:2").await["warnings"].as_array().map(Vec::len),
        Some(1)
    );

    harness.wait(7200);
    let old = admit(&harness, &token, "?max_age_hours=1", "app:1").await;
    assert!(old["status"]["message"].as_str().is_some_and(|message| message.contains("too old")));

    let id = FindingId::from_cause(&["vulnerability", "sha256:img", "CVE-1", "openssl"]);
    let accepted =
        FindingChange { status: FindingStatus::Accepted, reason: Some("known"), accepted_until: None };
    harness.state.finding_set_status(&id, accepted, harness.by()).await.expect("decided");
    assert_eq!(
        admit(&harness, &token, "", "app:1").await["allowed"],
        true,
        "what is accepted does not count"
    );
}

#[tokio::test]
async fn the_gate_survives_what_is_no_question() {
    let harness = Harness::new().await;
    let token = harness.token(Role::Viewer).await;
    let many: Vec<Value> = (0..101).map(|number| json!({ "image": format!("app:{number}") })).collect();
    let review = |object: Value| json!({ "apiVersion": "v1", "kind": "k", "request": { "uid": "u", "object": object } });
    let answer =
        call(&harness, &token, "post", "/v1/admission/images", Some(review(json!({ "containers": many }))))
            .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    for object in [
        Value::Null,
        json!([]),
        json!({ "containers": "x" }),
        json!({ "containers": [{ "image": 7 }, null] }),
    ] {
        let answer = call(&harness, &token, "post", "/v1/admission/images", Some(review(object))).await;
        assert_eq!(answer.json()["response"]["allowed"], true, "nothing to judge: {}", answer.text);
    }
    for image in ["", ":", "@", "/", "a@", "::::", "app@sha256:%", &"x".repeat(10_000)] {
        let object = json!({ "containers": [{ "image": image }] });
        let answer = call(&harness, &token, "post", "/v1/admission/images", Some(review(object))).await;
        assert_eq!(answer.json()["response"]["allowed"], false, "{image}: {}", answer.text);
    }
}
