//! Whether a package URL of a statement means an installed package.

/// Same type, namespace and name; version and qualifiers only if the pattern names them.
pub(super) fn covers(pattern: &str, purl: &str) -> bool {
    if pattern == purl {
        return true;
    }
    let (Some(pattern), Some(purl)) = (parse(pattern), parse(purl)) else { return false };
    if pattern.path != purl.path || (pattern.version.is_some() && pattern.version != purl.version) {
        return false;
    }
    // The repository a package came from says nothing about what it is.
    let told =
        |(key, _): &&(String, String)| !matches!(key.as_str(), "repository_url" | "download_url" | "vcs_url");
    pattern.qualifiers.iter().filter(told).all(|wanted| purl.qualifiers.contains(wanted))
}

#[derive(PartialEq)]
struct Purl {
    path: String,
    version: Option<String>,
    qualifiers: Vec<(String, String)>,
}

fn parse(text: &str) -> Option<Purl> {
    let rest = text.trim().strip_prefix("pkg:")?.trim_start_matches('/');
    let rest = rest.split('#').next()?;
    let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
    // `@` also begins a scope of npm; a version's is behind the last slash.
    let name_at = rest.rfind('/')? + 1;
    let (path, version) = match rest[name_at..].rfind('@') {
        Some(at) if at > 0 => (&rest[..name_at + at], Some(decode(&rest[name_at + at + 1..]))),
        _ => (rest, None),
    };
    let (kind, path) = path.split_once('/')?;
    let kind = kind.to_ascii_lowercase();
    let mut path = decode(path);
    if matches!(kind.as_str(), "pypi" | "github" | "bitbucket" | "composer" | "nuget") {
        path = path.to_ascii_lowercase();
    }
    if kind == "pypi" {
        path = path.replace(['_', '.'], "-");
    }
    let pairs = qualifiers.split('&').filter_map(|pair| pair.split_once('='));
    Some(Purl {
        path: format!("{kind}/{path}"),
        version,
        qualifiers: pairs.map(|(key, value)| (key.to_ascii_lowercase(), decode(value))).collect(),
    })
}

fn decode(text: &str) -> String {
    crate::source::percent_decode(text)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_statement_covers_what_it_names_and_no_more() {
        for (pattern, purl, expected) in [
            ("pkg:npm/%40babel/traverse@7.1.0", "pkg:npm/@babel/traverse@7.1.0", true),
            ("pkg:npm/%40babel/traverse", "pkg:npm/%40babel/traverse@7.1.0", true),
            ("pkg:npm/traverse", "pkg:npm/%40babel/traverse@7.1.0", false),
            ("pkg:pypi/Zope.Interface@1", "pkg:pypi/zope-interface@1", true),
            ("pkg:pypi/a@1", "pkg:pypi/a@2", false),
            (
                "pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64",
                "pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64&distro=wolfi",
                true,
            ),
            ("pkg:apk/wolfi/git@2.39.0-r1?arch=armv7", "pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64", false),
            ("pkg:oci/nginx?repository_url=example.org/nginx", "pkg:oci/nginx@sha256%3Aabc", true),
            ("pkg:deb/debian/openssl@3.0.11-1", "pkg:deb/debian/openssl@3.0.11-1?arch=amd64", true),
            ("pkg:deb/debian/openssl", "pkg:deb/ubuntu/openssl@3", false),
            ("not a purl", "pkg:npm/a@1", false),
            ("pkg:", "pkg:", true),
        ] {
            assert_eq!(covers(pattern, purl), expected, "{pattern} {purl}");
        }
    }
}
