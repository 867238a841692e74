//! [`ScanTarget`]: what people write when they ask the server for a scan, checked before anything is opened.

use std::path::{Component, Path, PathBuf};

use yagura_image::{OpenOptions, Reference, Target};

/// What the server scans. Paths are the server's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanTarget {
    /// This host.
    Host,
    /// A folder, a file, a repository or an unpacked root file system.
    Folder(PathBuf),
    /// A root file system in a tar, or an image.
    Image(String),
    /// A list of packages.
    Sbom(PathBuf),
}

/// Folders of the kernel: nothing in them is installed, and some files in them never end.
const KERNEL: [&str; 3] = ["/proc", "/sys", "/dev"];
/// Where an image may be said to be.
const STORES: [&str; 4] = ["docker:", "podman:", "containerd:", "registry:"];

impl ScanTarget {
    /// Takes a target apart.
    ///
    /// # Errors
    /// What is wrong with it, for whoever wrote it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().any(char::is_control) {
            return Err("it holds control characters".to_owned());
        }
        if text == "host" {
            return Ok(Self::Host);
        }
        let (kind, rest) = text.split_once(':').ok_or_else(|| format!("`{}` is no target", short(text)))?;
        match kind {
            "fs" | "repo" => path(rest).map(Self::Folder),
            "rootfs" => path(rest).map(|path| match path.is_file() {
                true => Self::Image(path.to_string_lossy().into_owned()),
                false => Self::Folder(path),
            }),
            "sbom" => match path(rest)? {
                path if path.is_file() => Ok(Self::Sbom(path)),
                path => Err(format!("`{}` is no file", path.display())),
            },
            "image" => image(rest).map(Self::Image),
            _ => Err(format!("`{}` is no kind of target", short(kind))),
        }
    }

    /// Whether the configuration lets people ask for this: by what a path really is, so that no link leads out. An empty
    /// list lets them ask for everything.
    pub fn is_allowed(text: &str, allowed: &[String]) -> bool {
        let real = match text.split_once(':') {
            Some((kind, path)) if path.starts_with('/') => {
                let real = std::fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
                format!("{kind}:{}", real.display())
            }
            _ => text.to_owned(),
        };
        let fits = |text: &str, beginning: &str| {
            text.strip_prefix(beginning).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(['/', ':', '@']) || beginning.ends_with(['/', ':'])
            })
        };
        allowed.is_empty() || allowed.iter().any(|beginning| fits(&real, beginning))
    }

    /// Opens what is made of files.
    ///
    /// # Errors
    /// Why it could not, without any content of a file.
    pub fn open(&self) -> Result<Target, String> {
        let options = OpenOptions::default();
        match self {
            Self::Host => Ok(Target::host(&options)),
            Self::Folder(path) => Target::folder(path, &options).map_err(|error| shown(&error)),
            Self::Image(name) => Target::image(name, &options).map_err(|error| shown(&error)),
            Self::Sbom(path) => Err(format!("{} is a list of packages", path.display())),
        }
    }
}

fn path(text: &str) -> Result<PathBuf, String> {
    let path = Path::new(text);
    if !path.is_absolute() {
        return Err(format!("`{}` is no whole path of this server", short(text)));
    }
    if path.components().any(|part| part == Component::ParentDir) {
        return Err("the path goes upwards with `..`".to_owned());
    }
    let real = path.canonicalize().map_err(|_| format!("there is no `{}` on this server", short(text)))?;
    if KERNEL.iter().any(|folder| real.starts_with(folder)) && !is_process_root(path) {
        return Err("files of the kernel are not scanned".to_owned());
    }
    if !real.is_dir() && !real.is_file() {
        return Err(format!("`{}` is neither a folder nor a file", short(text)));
    }
    Ok(path.to_owned())
}

// `/proc/4711/root`: what a container sees.
fn is_process_root(path: &Path) -> bool {
    let parts: Vec<_> = path.iter().filter_map(|part| part.to_str()).collect();
    matches!(parts.as_slice(), ["/", "proc", id, "root", ..] if id.bytes().all(|byte| byte.is_ascii_digit()))
}

fn image(text: &str) -> Result<String, String> {
    let bare = STORES.iter().find_map(|store| text.strip_prefix(store)).unwrap_or(text);
    let archive = text.strip_prefix("docker-archive:").or_else(|| text.strip_prefix("oci:"));
    if let Some(place) = archive.or_else(|| text.starts_with('/').then_some(text)) {
        // An OCI layout may name one of its images behind a colon.
        let whole = path(place).or_else(|error| match place.rsplit_once(':') {
            Some((place, name)) if !name.contains('/') => path(place),
            _ => Err(error),
        });
        return whole.map(|_| text.to_owned());
    }
    Reference::parse(bare).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// An error of opening in words that hold nothing of any file's content.
pub fn shown(error: &yagura_image::Error) -> String {
    use yagura_image::Error;
    match error {
        Error::Read { path, source } => format!("{path} cannot be read: {}", source.kind()),
        Error::Malformed { what, .. } => format!("{what} is damaged, or no image"),
        Error::Registry { url, status: Some(status), .. } => format!("{url} answered {status}"),
        Error::Registry { url, .. } => format!("{url} could not be reached"),
        other => other.to_string(),
    }
}

fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(200)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_what_they_say_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().display().to_string();
        let file = folder.path().join("bom.json");
        std::fs::write(&file, "{}").expect("written");
        let file = file.display().to_string();
        for (text, expected) in [
            ("host".to_owned(), Some(ScanTarget::Host)),
            (format!("fs:{place}"), Some(ScanTarget::Folder(folder.path().to_owned()))),
            (format!("repo:{place}"), Some(ScanTarget::Folder(folder.path().to_owned()))),
            (format!("rootfs:{file}"), Some(ScanTarget::Image(file.clone()))),
            (format!("sbom:{file}"), Some(ScanTarget::Sbom(PathBuf::from(&file)))),
            (format!("image:{file}"), Some(ScanTarget::Image(file.clone()))),
            (format!("image:oci:{place}:v1"), Some(ScanTarget::Image(format!("oci:{place}:v1")))),
            ("image:nginx:1.25".to_owned(), Some(ScanTarget::Image("nginx:1.25".to_owned()))),
            ("image:docker:nginx".to_owned(), Some(ScanTarget::Image("docker:nginx".to_owned()))),
            (format!("sbom:{place}"), None),
            (String::new(), None),
            ("Host".to_owned(), None),
            ("ftp:/x".to_owned(), None),
            ("fs:relative".to_owned(), None),
            ("fs:".to_owned(), None),
            ("fs:/nonexistent/folder".to_owned(), None),
            (format!("fs:{place}/../etc"), None),
            ("fs:/proc".to_owned(), None),
            ("fs:/proc/self/environ".to_owned(), None),
            ("fs:/dev/null".to_owned(), None),
            ("fs:/sys/kernel".to_owned(), None),
            ("image:".to_owned(), None),
            ("image:NOT AN IMAGE".to_owned(), None),
            ("image:/nonexistent.tar".to_owned(), None),
            ("fs:/tmp\n".to_owned(), None),
        ] {
            let parsed = ScanTarget::parse(&text);
            assert_eq!(parsed.clone().ok(), expected, "{text}: {parsed:?}");
        }
        ScanTarget::parse(&format!("rootfs:/proc/{}/root", std::process::id()))
            .expect("what a container sees");
    }

    #[test]
    fn a_link_out_of_what_is_allowed_is_not_allowed() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = folder.path().canonicalize().expect("there").join("srv");
        std::fs::create_dir(&inside).expect("made");
        std::os::unix::fs::symlink("/etc", inside.join("link")).expect("linked");
        let place = inside.display().to_string();
        let allowed = ["host".to_owned(), format!("fs:{place}"), "image:registry.example/team/".to_owned()];
        for (text, expected) in [
            ("host".to_owned(), true),
            (format!("fs:{place}"), true),
            (format!("fs:{place}-other"), false),
            (format!("fs:{place}/link"), false),
            (format!("repo:{place}"), false),
            ("image:registry.example/team/app:1".to_owned(), true),
            ("image:registry.example/other".to_owned(), false),
        ] {
            assert_eq!(ScanTarget::is_allowed(&text, &allowed), expected, "{text}");
            assert!(ScanTarget::is_allowed(&text, &[]), "{text}");
        }
    }
}
