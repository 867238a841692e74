//! Whether what an emulation [`Need`]s is there.

use std::path::{Path, PathBuf};

use crate::emulation::Need;

const TOOL_DIRS: [&str; 6] = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin"];

impl Need {
    /// Why the need is not met; `None` where it is.
    pub fn missing(self) -> Option<String> {
        let namespace = |name: &str| {
            Self::Root.missing().or_else(|| {
                let known = Path::new("/proc/self/ns").join(name).exists();
                (!known).then(|| format!("the kernel has no {name} namespaces"))
            })
        };
        match self {
            Self::Root => (!nix::unistd::geteuid().is_root()).then(|| "needs root".to_owned()),
            Self::Tool(name) => find_tool(name).is_none().then(|| format!("`{name}` is not installed")),
            Self::MountNamespace => namespace("mnt"),
            Self::NetworkNamespace => namespace("net"),
        }
    }
}

/// The file of a system program.
pub(crate) fn find_tool(name: &str) -> Option<PathBuf> {
    TOOL_DIRS.iter().map(|dir| Path::new(dir).join(name)).find(|path| path.is_file())
}
