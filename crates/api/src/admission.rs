//! `/v1/admission/images`: the registry gate. Answers Kubernetes' question whether a workload's images may run.
//!
//! Judges by what the latest scan of each image found and by what was decided about it; scans nothing itself, so the
//! answer comes at once.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use yagura_event::{FindingStatus, Severity};
use yagura_state::VulnerabilityFilter;

use crate::{
    app::App,
    extract::{self, Params},
    limits::{ADMISSION_DEPTH_MAX, ADMISSION_IDS_MAX, ADMISSION_IMAGES_MAX},
    problem::Problem,
};

const HOUR_NANOS: i64 = 3_600_000_000_000;

/// Kubernetes' question (`admission.k8s.io/v1`). Fields that are not named here are passed over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AdmissionReview {
    /// `admission.k8s.io/v1`.
    #[serde(rename = "apiVersion")]
    pub api_version: String,
    /// `AdmissionReview`.
    pub kind: String,
    /// What is asked.
    pub request: AdmissionRequest,
}

/// What is asked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AdmissionRequest {
    /// Id of the question; the answer repeats it.
    pub uid: String,
    /// A pod, or whatever holds a template of one.
    #[schema(value_type = Object)]
    #[serde(default)]
    pub object: Value,
}

/// The answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AdmissionAnswer {
    /// As in the question.
    #[serde(rename = "apiVersion")]
    pub api_version: String,
    /// `AdmissionReview`.
    pub kind: String,
    /// The answer itself.
    pub response: AdmissionResponse,
}

/// The answer itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AdmissionResponse {
    /// As in the question.
    pub uid: String,
    /// Whether it may run.
    pub allowed: bool,
    /// Why not.
    pub status: Option<AdmissionStatus>,
    /// What whoever asked should know.
    pub warnings: Vec<String>,
}

/// Why it may not run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AdmissionStatus {
    /// 403.
    pub code: u16,
    /// Image by image: the vulnerabilities, or that it was never scanned.
    pub message: String,
}

/// What the gate lets through.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AdmissionQuery {
    /// Refuse images with an open vulnerability or malware at least this severe; `critical` when left out.
    fail_on: Option<Severity>,
    /// What becomes of images that were never scanned; `deny` when left out.
    unknown: Option<Unknown>,
    /// Vulnerabilities without a fixed version do not count.
    ignore_unfixed: Option<bool>,
    /// A scan older than this does not count: the image is unknown then.
    max_age_hours: Option<u32>,
}

/// What becomes of images that were never scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// They are refused.
    Deny,
    /// They are let through, with a warning.
    Allow,
}

/// Says whether the images of a workload may run. An answer of 200 may be a refusal.
#[utoipa::path(post, path = "/v1/admission/images", tag = "scans", operation_id = "image_admit",
    params(AdmissionQuery), request_body = AdmissionReview, responses((status = 200, body = AdmissionAnswer)))]
pub(crate) async fn image_admit(
    State(app): State<App>,
    Params(query): Params<AdmissionQuery>,
    extract::Json(review): extract::Json<AdmissionReview>,
) -> Result<Json<AdmissionAnswer>, Problem> {
    let mut images = Vec::new();
    collect(&review.request.object, 0, &mut images);
    images.sort();
    images.dedup();
    if images.len() > ADMISSION_IMAGES_MAX {
        return Err(Problem::invalid(format!(
            "{} images; at most {ADMISSION_IMAGES_MAX} are judged",
            images.len()
        )));
    }
    app.state().finding_reopen_expired(app.now()).await?;
    let (mut refusals, mut warnings) = (Vec::new(), Vec::new());
    for image in &images {
        match judge(&app, image, &query).await? {
            Verdict::Fine => {}
            Verdict::Warned(warning) => warnings.push(warning),
            Verdict::Refused(reason) => refusals.push(reason),
        }
    }
    let allowed = refusals.is_empty();
    let status = (!allowed).then(|| AdmissionStatus { code: 403, message: refusals.join("; ") });
    Ok(Json(AdmissionAnswer {
        api_version: review.api_version,
        kind: review.kind,
        response: AdmissionResponse { uid: review.request.uid, allowed, status, warnings },
    }))
}

enum Verdict {
    Fine,
    Warned(String),
    Refused(String),
}

async fn judge(app: &App, image: &str, query: &AdmissionQuery) -> Result<Verdict, Problem> {
    let unknown = |what: &str| match query.unknown.unwrap_or(Unknown::Deny) {
        Unknown::Deny => Verdict::Refused(format!("{image}: {what}")),
        Unknown::Allow => Verdict::Warned(format!("{image}: {what}")),
    };
    let Some((asset, scanned)) = find(app, image).await? else {
        return Ok(unknown("it was never scanned; `yagura scan image` or the page Scans does"));
    };
    let age = scanned.map_or(i64::MAX, |scanned| app.now().nanos() - scanned.nanos());
    if query.max_age_hours.is_some_and(|hours| age > i64::from(hours).saturating_mul(HOUR_NANOS)) {
        return Ok(unknown("its latest scan is too old"));
    }
    let severity = query.fail_on.unwrap_or(Severity::Critical);
    let filter = VulnerabilityFilter {
        status: Some(FindingStatus::Open),
        severity_min: Some(severity),
        asset_id: Some(asset.clone()),
        fixable: query.ignore_unfixed.unwrap_or_default(),
        ..VulnerabilityFilter::default()
    };
    let page = app.state().vulnerability_list(&filter, None, ADMISSION_IDS_MAX).await?;
    let malware = yagura_state::FindingFilter {
        kind: Some(yagura_event::FindingKind::Malware),
        status: Some(FindingStatus::Open),
        severity_min: Some(severity),
        asset_id: Some(asset),
        ..yagura_state::FindingFilter::default()
    };
    let malware = app.state().finding_list(&malware, None, 10).await?;
    let mut ids: Vec<String> = page
        .items
        .into_iter()
        .map(|one| format!("{} in {} {}", one.vulnerability, one.package, one.version))
        .collect();
    ids.dedup();
    ids.extend(malware.items.into_iter().map(|one| format!("malware: {}", one.title)));
    if ids.is_empty() {
        return Ok(Verdict::Fine);
    }
    let more = if page.next.is_some() { ", and more" } else { "" };
    Ok(Verdict::Refused(format!("{image}: {} or worse: {}{more}", severity.name(), ids.join(", "))))
}

// The scanned asset behind a reference, and when it was scanned. A digest names one image; a tag what was scanned last.
async fn find(app: &App, image: &str) -> Result<Option<(String, Option<yagura_event::Timestamp>)>, Problem> {
    if let Some((_, digest)) = image.split_once('@') {
        let asset = app.state().image_find(digest).await?;
        return Ok(asset.map(|asset| (asset.id, Some(asset.last_seen))));
    }
    let targets: Vec<String> = names(image).iter().map(|name| format!("image:{name}")).collect();
    let scan = app.state().scan_latest_done(&targets).await?;
    Ok(scan.and_then(|scan| Some((scan.asset_id?, scan.finished))))
}

/// The names under which an image may have been scanned: as written, whole, and as short as people write it.
fn names(image: &str) -> Vec<String> {
    let (name, tag) = match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, "latest"),
    };
    let is_host = |part: &str| part.contains(['.', ':']) || part == "localhost";
    let (registry, repository) = match name.split_once('/') {
        Some((first, rest)) if is_host(first) => (first, rest.to_owned()),
        Some(_) => ("docker.io", name.to_owned()),
        None => ("docker.io", format!("library/{name}")),
    };
    let mut names = vec![image.to_owned(), format!("{registry}/{repository}:{tag}")];
    if registry == "docker.io" {
        let short = repository.strip_prefix("library/").unwrap_or(&repository);
        names.extend([
            format!("{repository}:{tag}"),
            format!("{short}:{tag}"),
            format!("docker.io/{short}:{tag}"),
        ]);
        names.extend((tag == "latest").then(|| short.to_owned()));
    } else if tag == "latest" {
        names.push(format!("{registry}/{repository}"));
    }
    let prefixed = names.iter().map(|name| format!("registry:{name}")).collect::<Vec<_>>();
    names.extend(prefixed);
    names.dedup();
    names.truncate(16);
    names
}

// `image` of every container in `containers`, `initContainers` and `ephemeralContainers`, however deep the pod lies.
fn collect(value: &Value, depth: usize, images: &mut Vec<String>) {
    if depth > ADMISSION_DEPTH_MAX {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                if matches!(name.as_str(), "containers" | "initContainers" | "ephemeralContainers") {
                    let listed = inner.as_array().into_iter().flatten();
                    images.extend(listed.filter_map(|one| Some(one.get("image")?.as_str()?.to_owned())));
                } else {
                    collect(inner, depth + 1, images);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, depth + 1, images)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_by_its_short_and_its_whole_name() {
        for (asked, scanned) in [
            ("nginx:1.25", "docker.io/library/nginx:1.25"),
            ("docker.io/library/nginx:1.25", "nginx:1.25"),
            ("nginx", "nginx:latest"),
            ("nginx:latest", "nginx"),
            ("team/app:1", "docker.io/team/app:1"),
            ("localhost:5000/app", "localhost:5000/app:latest"),
            ("registry.example/a/b:2", "registry:registry.example/a/b:2"),
        ] {
            assert!(names(asked).iter().any(|name| name == scanned), "{asked}: {:?}", names(asked));
        }
        assert!(!names("nginx:1.25").contains(&"nginx".to_owned()));
        assert!(names("registry.example/a:1").iter().all(|name| name.contains("registry.example")));
    }

    #[test]
    fn containers_are_found_however_deep_the_pod_lies() {
        let pod =
            serde_json::json!({ "initContainers": [{ "image": "a" }], "containers": [{ "image": "b" }, {}] });
        let job =
            serde_json::json!({ "spec": { "jobTemplate": { "spec": { "template": { "spec": pod } } } } });
        let mut images = Vec::new();
        collect(&job, 0, &mut images);
        images.sort();
        assert_eq!(images, ["a", "b"]);
    }
}
