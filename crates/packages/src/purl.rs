//! Package URLs: written in the canonical form of each type, and read.
//!
//! Follows the purl specification (ECMA-427): which parts are lower-cased, how pypi names are normalised, what is
//! percent-encoded (everything but letters, digits, `-._~` and the colon).

use std::{borrow::Cow, collections::BTreeMap};

use crate::package::{Package, PackageType};

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
