//! Image references: `[registry/]repository[:tag][@digest]`.

use std::fmt;

use crate::{Digest, Error};

/// Where an image is, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Host and port of the registry; `docker.io` if none was named.
    pub registry: String,
    /// The repository's path.
    pub repository: String,
    /// The tag; `latest` if neither tag nor digest was named.
    pub tag: Option<String>,
    /// The digest, if one was named: then it is what counts.
    pub digest: Option<Digest>,
}

const DOCKER: &str = "docker.io";
const LENGTH_MAX: usize = 1024;

impl Reference {
    /// Takes a reference apart.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = |why| Error::Reference { reference: text.chars().take(200).collect(), why };
        if text.is_empty() || text.len() > LENGTH_MAX {
            return Err(bad("it is empty or too long"));
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => {
                let digest =
                    Digest::try_from(digest.to_owned()).map_err(|_| bad("the part after @ is no digest"))?;
                (rest, Some(digest))
            }
            None => (text, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(bad("the tag has characters that tags cannot have"));
        }
        let (registry, repository) = split_registry(name);
        if !repository.split('/').all(is_component) {
            return Err(bad("repositories are lower-case letters, digits, `.`, `_`, `-` between `/`"));
        }
        let tag = tag.map(str::to_owned).or_else(|| digest.is_none().then(|| "latest".to_owned()));
        Ok(Self { registry, repository, tag, digest })
    }

    /// The names local stores may know it by, the fullest first.
    pub(crate) fn local_names(&self, written: &str) -> Vec<String> {
        let mut names = vec![self.to_string()];
        let tag = self.tag.as_deref().unwrap_or("latest");
        if self.registry == DOCKER {
            let short = self.repository.strip_prefix("library/").unwrap_or(&self.repository);
            names.push(format!("{short}:{tag}"));
        }
        names.push(format!(
            "localhost/{}:{tag}",
            self.repository.strip_prefix("library/").unwrap_or(&self.repository)
        ));
        names.push(written.to_owned());
        names
    }

    /// What to ask the registry for.
    pub(crate) fn wanted(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => "latest",
        }
    }

    /// The host that speaks for the registry.
    pub(crate) fn host(&self) -> &str {
        if self.registry == DOCKER { "registry-1.docker.io" } else { &self.registry }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        self.tag.iter().try_for_each(|tag| write!(f, ":{tag}"))?;
        self.digest.iter().try_for_each(|digest| write!(f, "@{digest}"))
    }
}

/// The first part is a registry if it looks like a host: a dot, a port, or `localhost`.
fn split_registry(name: &str) -> (String, String) {
    match name.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => {
            let registry = if host == "index.docker.io" { DOCKER } else { host };
            (registry.to_owned(), rest.to_owned())
        }
        Some(_) => (DOCKER.to_owned(), name.to_owned()),
        None => (DOCKER.to_owned(), format!("library/{name}")),
    }
}

fn is_tag(tag: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !tag.is_empty() && tag.len() <= 128 && tag.bytes().all(good)
}

fn is_component(part: &str) -> bool {
    let good =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-');
    !part.is_empty() && part != "." && part != ".." && part.bytes().all(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(Reference::parse(text).expect("a reference").to_string(), expected);
    }

    #[test]
    fn short_names_become_full_ones() {
        let digest = format!("sha256:{}", "0".repeat(64));
        check("debian", "docker.io/library/debian:latest");
        check("debian:12", "docker.io/library/debian:12");
        check("nginx/nginx", "docker.io/nginx/nginx:latest");
        check("localhost:5000/a/b:v1", "localhost:5000/a/b:v1");
        check("localhost/a", "localhost/a:latest");
        check("ghcr.io/a/b", "ghcr.io/a/b:latest");
        check("127.0.0.1:5000/a", "127.0.0.1:5000/a:latest");
        check(&format!("a.b/c:v1@{digest}"), &format!("a.b/c:v1@{digest}"));
        check(&format!("a.b/c@{digest}"), &format!("a.b/c@{digest}"));
    }

    #[test]
    fn what_cannot_be_a_reference_is_refused() {
        for bad in ["", "UPPER", "a//b", "a/../b", "a:", "a:b c", "a@sha256:1", "http://a/b", "a b"] {
            assert!(Reference::parse(bad).is_err(), "{bad}");
        }
    }
}
