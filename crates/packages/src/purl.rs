//! Package URLs: written in the canonical form of each type, and read.
//!
//! Follows the purl specification (ECMA-427): which parts are lower-cased, how pypi names are normalised, what is
//! percent-encoded (everything but letters, digits, `-._~` and the colon).

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    limits,
    package::{Package, PackageType},
};

/// Splits the name of a package manager into namespace and name.
pub(crate) fn split_name(package_type: &PackageType, name: &str) -> (Option<String>, String) {
    let separator = match package_type {
        PackageType::Maven => ':',
        PackageType::Npm if name.starts_with('@') => '/',
        PackageType::Golang | PackageType::Composer | PackageType::Swift => '/',
        _ => return (None, name.to_owned()),
    };
    match name.rsplit_once(separator) {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => {
            (Some(namespace.to_owned()), name.to_owned())
        }
        _ => (None, name.to_owned()),
    }
}

/// The canonical package URL of a package.
pub(crate) fn write(package: &Package) -> String {
    let mut out = String::with_capacity(64);
    out.push_str("pkg:");
    out.push_str(package.package_type.as_str());
    out.push('/');
    if let Some(namespace) = package.namespace.as_deref() {
        let namespace = normal_namespace(&package.package_type, namespace);
        for part in namespace.split('/').filter(|part| !part.is_empty()) {
            encode(part, &mut out);
            out.push('/');
        }
    }
    encode(&normal_name(package), &mut out);
    if !package.version.is_empty() {
        out.push('@');
        encode(&normal_version(&package.package_type, &package.version), &mut out);
    }
    write_qualifiers(package, &mut out);
    if let Some(subpath) = package.subpath.as_deref() {
        let mut separator = '#';
        for part in subpath.split('/').filter(|part| !matches!(*part, "" | "." | "..")) {
            out.push(separator);
            encode(part, &mut out);
            separator = '/';
        }
    }
    out
}

fn write_qualifiers(package: &Package, out: &mut String) {
    let mut qualifiers: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
    for (key, value) in &package.qualifiers {
        qualifiers.insert(key, Cow::Borrowed(value));
    }
    if let Some(arch) = &package.arch {
        qualifiers.insert("arch", Cow::Borrowed(arch));
    }
    if let Some(distro) = &package.distro {
        qualifiers.insert("distro", Cow::Borrowed(distro));
    }
    if let Some(epoch) = package.epoch.filter(|epoch| *epoch > 0) {
        qualifiers.insert("epoch", Cow::Owned(epoch.to_string()));
    }
    let mut separator = '?';
    for (key, value) in qualifiers.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(separator);
        out.push_str(&key.to_ascii_lowercase());
        out.push('=');
        encode(value, out);
        separator = '&';
    }
}

fn normal_namespace<'a>(package_type: &PackageType, namespace: &'a str) -> Cow<'a, str> {
    use PackageType::*;
    let lower = match package_type {
        Deb | Apk | Rpm | Alpm | Composer | Golang | Npm | Hex => true,
        Other(name) => matches!(&**name, "github" | "bitbucket" | "gitlab" | "qpkg" | "luarocks"),
        _ => false,
    };
    if lower { Cow::Owned(namespace.to_lowercase()) } else { Cow::Borrowed(namespace) }
}

fn normal_name(package: &Package) -> Cow<'_, str> {
    use PackageType::*;
    let name = package.name.as_str();
    match &package.package_type {
        Pypi => Cow::Owned(pypi_name(name)),
        // npm names are lower-case today; old ones differ by case and stay as they are.
        Deb | Apk | Alpm | Composer | Golang | Hex | Pub => Cow::Owned(name.to_lowercase()),
        Other(kind) if matches!(&**kind, "github" | "bitbucket" | "gitlab" | "luarocks" | "oci") => {
            Cow::Owned(name.to_lowercase())
        }
        _ => Cow::Borrowed(name),
    }
}

fn normal_version<'a>(package_type: &PackageType, version: &'a str) -> Cow<'a, str> {
    match package_type {
        PackageType::Other(kind) if matches!(&**kind, "huggingface") => Cow::Owned(version.to_lowercase()),
        _ => Cow::Borrowed(version),
    }
}

/// A Python project's name in the one spelling that counts: lower case, runs of `-`, `_` and `.` as one `-`.
pub(crate) fn pypi_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

fn encode(part: &str, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// Reads a package URL; `None` if it is none.
pub(crate) fn parse(text: &str) -> Option<Package> {
    let text = text.trim();
    if text.len() > limits::FIELD_BYTES_MAX {
        return None;
    }
    let rest = text.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("pkg:")).map(|_| &text[4..])?;
    let (rest, subpath) = rest.rsplit_once('#').map_or((rest, None), |(rest, subpath)| (rest, Some(subpath)));
    let (rest, qualifiers) =
        rest.rsplit_once('?').map_or((rest, ""), |(rest, qualifiers)| (rest, qualifiers));
    let (package_type, rest) = rest.trim_matches('/').split_once('/')?;
    let is_type = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+');
    if package_type.is_empty() || !package_type.bytes().all(is_type) {
        return None;
    }
    let package_type: PackageType = package_type.parse().ok()?;
    // An `@` before the last slash belongs to the namespace.
    let slash = rest.rfind('/').map_or(0, |at| at + 1);
    let (path, version) = match rest[slash..].rfind('@').filter(|at| *at > 0) {
        Some(at) => (&rest[..slash + at], decode(&rest[slash + at + 1..])?),
        None => (rest, String::new()),
    };
    let (namespace, name) =
        path.rsplit_once('/').map_or((None, path), |(namespace, name)| (Some(namespace), name));
    let namespace = match namespace {
        Some(text) => {
            let parts = text.split('/').filter(|part| !part.is_empty());
            let parts: Option<Vec<String>> = parts.map(decode).collect();
            Some(parts?.join("/"))
        }
        None => None,
    };
    let name = decode(name).filter(|name| !name.is_empty())?;
    let namespace = namespace.filter(|namespace| !namespace.is_empty());
    let subpath =
        subpath.and_then(|subpath| decode(subpath.trim_matches('/'))).filter(|text| !text.is_empty());
    let mut package = Package { package_type, namespace, name, version, subpath, ..Package::default() };
    for pair in qualifiers.split('&') {
        if let Some((key, value)) = pair.split_once('=') {
            qualifier(&mut package, &key.to_ascii_lowercase(), decode(value)?);
        }
    }
    Some(package)
}

// Qualifiers that have a field of their own; `upstream` is how others write the source package.
fn qualifier(package: &mut Package, key: &str, value: String) {
    let is_os = package.package_type.is_os();
    match key {
        _ if value.is_empty() => {}
        "arch" if is_os => package.arch = Some(value),
        "distro" if is_os => package.distro = Some(value),
        "epoch" if package.package_type == PackageType::Rpm => package.epoch = value.parse().ok(),
        "epoch" if is_os => {
            if value != "0" && !package.version.contains(':') {
                package.version = format!("{value}:{}", package.version);
            }
        }
        "upstream" if is_os => {
            let (name, version) = value
                .split_once('@')
                .map_or((value.as_str(), None), |(name, version)| (name, Some(version.to_owned())));
            let rpm = crate::os::rpm::source(name);
            package.source_version = rpm.map(|(_, version)| version.to_owned()).or(version);
            package.source_name = Some(rpm.map_or(name, |(name, _)| name).to_owned());
        }
        _ => {
            package.qualifiers.insert(key.to_owned(), value);
        }
    }
}

fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
            out.push((high * 16 + low) as u8);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}
