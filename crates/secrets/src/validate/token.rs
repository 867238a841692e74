//! Checksums and forms of single tokens.

use super::{Catch, Verdict, json, shown};
use crate::{encoding, entropy, placeholder};

/// GitHub's and npm's: the last six characters are the CRC-32 of those before, in base 62.
pub(super) fn crc32_base62(catch: &Catch<'_>) -> Verdict {
    let body = after_last(catch.secret, b'_');
    let Some(split) = body.len().checked_sub(6).filter(|split| *split > 0) else { return Verdict::Reject };
    let (random, sum) = body.split_at(split);
    Verdict::proven_if(encoding::to_base62(crc32fast::hash(random), 6).as_bytes() == sum)
}

/// Grafana's: eight hexadecimal digits behind the last underscore are the CRC-32 of what stands before it.
pub(super) fn crc32_hex(catch: &Catch<'_>) -> Verdict {
    let Some(at) = catch.secret.iter().rposition(|byte| *byte == b'_') else { return Verdict::Reject };
    let sum = format!("{:08x}", crc32fast::hash(&catch.secret[..at]));
    if catch.secret[at + 1..].eq_ignore_ascii_case(sum.as_bytes()) {
        Verdict::Proven(None)
    } else {
        Verdict::Plausible(None)
    }
}

/// The sixteen characters behind the prefix are base32 and hold the account's number: bits 1 to 40 of the first six
/// bytes.
pub(super) fn aws_key_id(catch: &Catch<'_>) -> Verdict {
    let Some(bytes) = catch.secret.get(4..).and_then(encoding::base32) else { return Verdict::Reject };
    let Some(first) = bytes.get(..6) else { return Verdict::Reject };
    let number = first.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let account = (number & 0x7fff_ffff_ff80) >> 7;
    // Older keys hold no account: their first bit is not set.
    if account <= 999_999_999_999 && first[0] & 0x80 != 0 {
        Verdict::Proven(Some(format!("account {account:012}")))
    } else {
        Verdict::Plausible(None)
    }
}

/// 512 bits in base64.
pub(super) fn azure_storage_key(catch: &Catch<'_>) -> Verdict {
    Verdict::proven_if(encoding::base64(catch.secret).is_some_and(|bytes| bytes.len() == 64))
}

/// A signature of 256 bits in base64, perhaps percent-encoded.
pub(super) fn azure_sas(catch: &Catch<'_>) -> Verdict {
    let decoded = percent_decoded(catch.secret);
    Verdict::proven_if(encoding::base64(&decoded).is_some_and(|bytes| bytes.len() == 32))
}

/// 256 bits in base64.
pub(super) fn base64_32(catch: &Catch<'_>) -> Verdict {
    match encoding::base64(catch.secret) {
        Some(bytes) if bytes.len() == 32 && entropy::distinct(&bytes) > 16 => Verdict::Plausible(None),
        _ => Verdict::Reject,
    }
}

/// The part behind the prefix is an object of JSON in base64.
pub(super) fn base64_json(catch: &Catch<'_>) -> Verdict {
    let from = memchr::memmem::find(catch.secret, b"eyJ").unwrap_or(0);
    let body = catch.secret[from..].split(|byte| matches!(byte, b'.')).next().unwrap_or_default();
    // What follows an underscore may be a signature.
    let parts = [body, body.split(|byte| *byte == b'_').next().unwrap_or_default()];
    let object =
        parts.iter().filter_map(|part| json(&encoding::base64(part)?)).find(serde_json::Value::is_object);
    match object {
        Some(object) => {
            let name = ["n", "org", "u", "o"].iter().find_map(|key| object.get(key)?.as_str().map(shown));
            Verdict::Proven(name.map(|name| format!("of {name}")))
        }
        None => Verdict::Reject,
    }
}

pub(super) fn bech32(catch: &Catch<'_>) -> Verdict {
    Verdict::proven_if(std::str::from_utf8(catch.secret).is_ok_and(encoding::bech32_holds))
}

pub(super) fn age(catch: &Catch<'_>) -> Verdict {
    bech32(catch)
}

pub(super) fn base58check(catch: &Catch<'_>) -> Verdict {
    Verdict::proven_if(encoding::base58check(catch.secret).is_some_and(|payload| payload.len() > 20))
}

/// NATS: base32 that ends with a CRC-16, low byte first, and begins with the mark of a seed.
pub(super) fn nkey(catch: &Catch<'_>) -> Verdict {
    let Some(bytes) = encoding::base32(catch.secret) else { return Verdict::Reject };
    Verdict::proven_if(bytes.first().is_some_and(|first| first >> 3 == 18) && ends_with_crc16(&bytes))
}

/// Stellar: the same checksum, another mark.
pub(super) fn stellar(catch: &Catch<'_>) -> Verdict {
    let Some(bytes) = encoding::base32(catch.secret) else { return Verdict::Reject };
    Verdict::proven_if(bytes.first() == Some(&(18 << 3)) && bytes.len() == 35 && ends_with_crc16(&bytes))
}

/// The first part is the bot's number in base64.
pub(super) fn discord(catch: &Catch<'_>) -> Verdict {
    let first = catch.secret.split(|byte| *byte == b'.').next().unwrap_or_default();
    match encoding::base64(first) {
        Some(digits) if digits.len() >= 17 && digits.iter().all(u8::is_ascii_digit) => {
            Verdict::Proven(Some(format!("bot {}", shown(&String::from_utf8_lossy(&digits)))))
        }
        _ => Verdict::Reject,
    }
}

/// Letters and digits both, as in anything that was drawn at random.
pub(super) fn mixed(catch: &Catch<'_>) -> Verdict {
    let digits = catch.secret.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = catch.secret.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    if digits > 0 && letters > 0 { Verdict::Plausible(None) } else { Verdict::Reject }
}

/// A value that looks drawn at random, of which only the name tells that it is a secret.
pub(super) fn random(catch: &Catch<'_>) -> Verdict {
    let digits = catch.secret.iter().filter(|byte| byte.is_ascii_digit()).count();
    let odd = catch.secret.iter().filter(|byte| !byte.is_ascii_alphanumeric()).count();
    let hexadecimal = catch.secret.iter().all(u8::is_ascii_hexdigit);
    let long = catch.secret.len() >= 32;
    let enough = if hexadecimal { 2.8 } else { 3.3 };
    if digits < 2 || odd * 4 > catch.secret.len() || entropy::shannon(catch.secret) < enough {
        return Verdict::Reject;
    }
    // A number, a date, a version.
    if digits + odd == catch.secret.len() && !long {
        return Verdict::Reject;
    }
    Verdict::Plausible(None)
}

/// A password that a person chose or a machine drew: not a word, not a description.
pub(super) fn password(catch: &Catch<'_>) -> Verdict {
    let value = catch.secret;
    let kinds = [
        value.iter().any(u8::is_ascii_lowercase),
        value.iter().any(u8::is_ascii_uppercase),
        value.iter().any(u8::is_ascii_digit),
        value.iter().any(|byte| byte.is_ascii_punctuation()),
    ];
    let kinds = kinds.iter().filter(|kind| **kind).count();
    let weak = placeholder::is_no_secret(value, catch.quoted) || entropy::shannon(value) < 2.5;
    if kinds >= 3 && !weak { Verdict::Plausible(None) } else { Verdict::Reject }
}

/// A password at a place where there can only be one: an address, a command. Not a placeholder, not a word for itself.
pub(super) fn password_somewhere(catch: &Catch<'_>) -> Verdict {
    let value = percent_decoded(catch.secret);
    let local = ["localhost", "127.0.0.1", "example.", "0.0.0.0", "host.docker"];
    let whole = String::from_utf8_lossy(catch.whole).to_lowercase();
    let weak =
        value.iter().all(u8::is_ascii_lowercase) && value.len() < 12 || value.iter().all(u8::is_ascii_digit);
    let meant = !placeholder::is_no_secret(&value, true) && !local.iter().any(|host| whole.contains(host));
    if meant && !weak && !value.starts_with(b"$") { Verdict::Plausible(None) } else { Verdict::Reject }
}

fn ends_with_crc16(bytes: &[u8]) -> bool {
    bytes.split_last_chunk::<2>().is_some_and(|(body, sum)| encoding::crc16(body) == u16::from_le_bytes(*sum))
}

fn after_last(bytes: &[u8], mark: u8) -> &[u8] {
    bytes.iter().rposition(|byte| *byte == mark).map_or(bytes, |at| &bytes[at + 1..])
}

fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = (*byte == b'%').then(|| bytes.get(at + 1..at + 3).and_then(encoding::hex)).flatten();
        match code.as_deref() {
            Some([code]) => {
                decoded.push(*code);
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    decoded
}
