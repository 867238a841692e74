//! Python: lock files, requirements, metadata of installed distributions.

pub(crate) mod lock;
pub(crate) mod metadata;
pub(crate) mod pipfile;
pub(crate) mod requirements;

/// The name a requirement (PEP 508) begins with: `requests[socks] >=2; python_version > "3"`.
pub(crate) fn requirement_name(text: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let text = text.trim();
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    Some(&text[..end]).filter(|name| name.starts_with(|c: char| c.is_ascii_alphanumeric()))
}
