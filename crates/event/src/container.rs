//! [`Container`]: the container a process runs in. A process without one runs on the host.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A container, as its runtime described it. Fields the runtime did not tell are `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Container {
    /// Full id, for example 64 hexadecimal digits, or the name that runc was given.
    pub id: String,
    /// `containerd`, `cri-o`, `docker`, `podman`, `runc`, `crun`, `lxc`, …
    pub runtime: String,
    /// Name the user or Kubernetes gave it.
    pub name: Option<String>,
    /// Image as it was asked for, for example `docker.io/library/nginx:1.27`.
    pub image: Option<String>,
    /// Image without tag and digest.
    pub image_repository: Option<String>,
    /// Tag of the image.
    pub image_tag: Option<String>,
    /// Digest of the image, for example `sha256:…`.
    pub image_digest: Option<String>,
    /// Id of the image's configuration.
    pub image_id: Option<String>,
    /// Whether it runs privileged.
    pub privileged: Option<bool>,
    /// Capabilities its first program may have at most, `CAP_…`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
    /// Whether it shares the host's pid, network or ipc namespace.
    pub host_pid: Option<bool>,
    /// See `host_pid`.
    pub host_network: Option<bool>,
    /// See `host_pid`.
    pub host_ipc: Option<bool>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// Address in its network.
    pub ip: Option<String>,
    /// What is mounted into it.
    pub mounts: Vec<Mount>,
    /// Environment it was started with, `NAME=value`.
    pub env: Vec<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Kubernetes namespace of its pod.
    pub pod_namespace: Option<String>,
    /// Name of its pod.
    pub pod_name: Option<String>,
    /// Uid of its pod.
    pub pod_uid: Option<String>,
    /// Id of its pod's own container, which holds the pod's namespaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_sandbox_id: Option<String>,
    /// Labels of its pod.
    pub pod_labels: BTreeMap<String, String>,
    /// Root of its file system as the host sees it, where known.
    pub rootfs: Option<String>,
}

impl Container {
    /// The id as Falco shows it: its first 12 characters.
    pub fn short_id(&self) -> &str {
        self.id.get(..12).unwrap_or(&self.id)
    }
}

/// One mount of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mount {
    /// Path on the host, or the file system's name.
    pub source: String,
    /// Path in the container.
    pub dest: String,
    /// Options as the runtime lists them.
    pub mode: String,
    /// Whether it can be written.
    pub rdwr: bool,
    /// Propagation, for example `rprivate`.
    pub propagation: String,
}
