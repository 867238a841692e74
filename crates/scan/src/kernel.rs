//! Packages of the kernel: only the one that runs counts.

use yagura_packages::{Package, PackageType};

/// Why a kernel package does not count; `None` if it does, or is no kernel package.
///
/// `running` is the release of the kernel that runs on the scanned host; without a host there is none.
pub(crate) fn set_aside(package: &Package, running: Option<&str>) -> Option<String> {
    if !is_kernel(package) {
        return None;
    }
    match running {
        None => Some("a kernel package where no kernel runs: the host's kernel counts".to_owned()),
        Some(release) if is_release(package, release) => None,
        Some(release) => Some(format!("the running kernel is {release}")),
    }
}

fn is_kernel(package: &Package) -> bool {
    let name = package.name.as_str();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    match package.package_type {
        PackageType::Deb => {
            let from_kernel = package.source_name.as_deref().unwrap_or(name).starts_with("linux");
            from_kernel
                && (name == "linux-libc-dev"
                    || starts(&[
                        "linux-image",
                        "linux-headers",
                        "linux-modules",
                        "linux-kbuild",
                        "linux-tools",
                        "linux-perf",
                        "linux-compiler",
                        "linux-cpupower",
                        "linux-doc",
                        "linux-source",
                    ]))
        }
        PackageType::Rpm => {
            name == "kernel"
                || starts(&[
                    "kernel-core",
                    "kernel-modules",
                    "kernel-headers",
                    "kernel-devel",
                    "kernel-default",
                ])
                || starts(&["kernel-uek", "kernel-rt", "kernel-tools", "kernel-debug"])
        }
        PackageType::Apk => matches!(name, "linux-lts" | "linux-virt" | "linux-edge" | "linux-headers"),
        PackageType::Alpm => matches!(name, "linux" | "linux-lts" | "linux-zen" | "linux-hardened"),
        _ => false,
    }
}

/// Debian writes the release into the name, others into version and architecture.
fn is_release(package: &Package, release: &str) -> bool {
    let runs = ["linux-image", "linux-modules", "kernel", "linux-lts", "linux-virt", "linux"];
    if !runs.iter().any(|prefix| package.name.starts_with(prefix)) || package.name.contains("headers") {
        return false;
    }
    let versioned = format!("{}.{}", package.version, package.arch.as_deref().unwrap_or_default());
    package.name.ends_with(release)
        || versioned == release
        || release.starts_with(&format!("{}-", package.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(package_type: PackageType, name: &str, version: &str, running: Option<&str>, counts: bool) {
        let package = Package {
            arch: Some("x86_64".to_owned()),
            source_name: name.starts_with("linux").then(|| "linux".to_owned()),
            ..Package::new(package_type, name, version)
        };
        assert_eq!(set_aside(&package, running).is_none(), counts, "{name} {version} on {running:?}");
    }

    #[test]
    fn only_the_running_kernel_counts() {
        let debian = Some("6.1.0-18-amd64");
        check(PackageType::Deb, "linux-image-6.1.0-18-amd64", "6.1.76-1", debian, true);
        check(PackageType::Deb, "linux-image-6.1.0-17-amd64", "6.1.69-1", debian, false);
        check(PackageType::Deb, "linux-libc-dev", "6.1.76-1", debian, false);
        check(PackageType::Deb, "linux-image-6.1.0-18-amd64", "6.1.76-1", None, false);
        check(
            PackageType::Rpm,
            "kernel-core",
            "5.14.0-362.8.1.el9_3",
            Some("5.14.0-362.8.1.el9_3.x86_64"),
            true,
        );
        check(PackageType::Rpm, "kernel-core", "5.14.0-70.el9", Some("5.14.0-362.8.1.el9_3.x86_64"), false);
        check(PackageType::Deb, "openssl", "3.0.11", debian, true);
    }
}
