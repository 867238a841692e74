//! Digests of packages, in the words and form of SBOMs.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::package::Hash;

/// CycloneDX's name of an algorithm and the length of its digests in bytes.
fn algorithm(name: &str) -> Option<(&'static str, usize)> {
    Some(match name.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
        "md5" => ("MD5", 16),
        "sha1" => ("SHA-1", 20),
        "sha256" => ("SHA-256", 32),
        "sha384" => ("SHA-384", 48),
        "sha512" => ("SHA-512", 64),
        "sha3256" => ("SHA3-256", 32),
        "sha3384" => ("SHA3-384", 48),
        "sha3512" => ("SHA3-512", 64),
        "blake2b256" => ("BLAKE2b-256", 32),
        "blake2b384" => ("BLAKE2b-384", 48),
        "blake2b512" => ("BLAKE2b-512", 64),
        "blake3" => ("BLAKE3", 32),
        _ => return None,
    })
}

/// A digest in Base64: algorithm and value.
pub(crate) fn from_base64((name, value): (&str, &str)) -> Option<Hash> {
    let (algorithm, length) = algorithm(name)?;
    let bytes = BASE64_STANDARD.decode(value.trim()).ok().filter(|bytes| bytes.len() == length)?;
    Some(Hash { algorithm, value: bytes.iter().map(|byte| format!("{byte:02x}")).collect() })
}

/// A digest in hexadecimal digits: algorithm and value.
pub(crate) fn from_hex((name, value): (&str, &str)) -> Option<Hash> {
    let (algorithm, length) = algorithm(name)?;
    let value = value.trim().to_ascii_lowercase();
    let fits = value.len() == 2 * length && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then_some(Hash { algorithm, value })
}
