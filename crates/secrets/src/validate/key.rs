//! Private keys: armour is taken off and the structure read.

use super::{Catch, Verdict};
use crate::encoding;

/// PEM: RSA, EC, DSA, PKCS #8 (encrypted or not) and OpenSSH.
pub(super) fn pem(catch: &Catch<'_>) -> Verdict {
    let text = unescaped(catch.secret);
    let Some((label, headers, body)) = armour(&text) else { return Verdict::Reject };
    let Some(bytes) = encoding::base64(body.as_bytes()) else { return Verdict::Reject };
    if label.starts_with("OPENSSH") {
        return openssh(&bytes);
    }
    if headers.contains("ENCRYPTED") {
        return if bytes.len() >= 64 { encrypted() } else { Verdict::Reject };
    }
    let Some(content) = der(&bytes, 0x30) else { return Verdict::Reject };
    if label.starts_with("ENCRYPTED") {
        return if content.first() == Some(&0x30) { encrypted() } else { Verdict::Reject };
    }
    // Every private key begins with its version, a small whole number.
    match content {
        [0x02, 0x01, 0..=3, ..] if content.len() >= 20 => Verdict::Proven(Some("not encrypted".to_owned())),
        _ => Verdict::Reject,
    }
}

/// OpenPGP: checksum of the armour, and a secret key in the first packet.
pub(super) fn pgp(catch: &Catch<'_>) -> Verdict {
    let text = unescaped(catch.secret);
    let Some((_, _, body)) = armour(&text) else { return Verdict::Reject };
    let (body, sum) = match body.rsplit_once('=') {
        Some((body, sum)) if sum.trim().len() == 4 => (body.trim_end(), Some(sum.trim())),
        _ => (body.as_str(), None),
    };
    let Some(bytes) = encoding::base64(body.as_bytes()) else { return Verdict::Reject };
    let tag = bytes.first().map(|first| if first & 0x40 == 0 { first >> 2 & 15 } else { first & 63 });
    if tag != Some(5) {
        return Verdict::Reject;
    }
    let Some(sum) = sum.and_then(|sum| encoding::base64(sum.as_bytes())) else {
        return Verdict::Plausible(None);
    };
    let number = sum.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    Verdict::proven_if(number == encoding::crc24(&bytes))
}

/// PuTTY's own form says openly whether it is encrypted.
pub(super) fn putty(catch: &Catch<'_>) -> Verdict {
    let text = String::from_utf8_lossy(catch.secret);
    let field = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name)).map(str::trim);
    match (field("Encryption:"), field("Private-Lines:").and_then(|lines| lines.parse::<u32>().ok())) {
        (Some("none"), Some(1..)) => Verdict::Proven(Some("not encrypted".to_owned())),
        (Some(_), Some(1..)) => encrypted(),
        _ => Verdict::Reject,
    }
}

fn encrypted() -> Verdict {
    Verdict::Proven(Some("encrypted with a passphrase".to_owned()))
}

fn openssh(bytes: &[u8]) -> Verdict {
    let Some(rest) = bytes.strip_prefix(b"openssh-key-v1\0") else { return Verdict::Reject };
    let cipher = rest
        .split_first_chunk::<4>()
        .and_then(|(length, rest)| rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?));
    match cipher {
        Some(b"none") if rest.len() >= 100 => Verdict::Proven(Some("not encrypted".to_owned())),
        Some(_) if rest.len() >= 100 => encrypted(),
        _ => Verdict::Reject,
    }
}

// Line ends as they are written in JSON, shells and code become line ends.
fn unescaped(secret: &[u8]) -> String {
    String::from_utf8_lossy(secret)
        .replace("\\r", "")
        .replace("\\\\n", "\n")
        .replace("\\n", "\n")
        .replace("\\/", "/")
}

// Label, header lines and body.
fn armour(text: &str) -> Option<(&str, String, String)> {
    let rest = text.split_once("-----BEGIN ")?.1;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let (mut headers, mut base64) = (String::new(), String::new());
    for line in body.lines() {
        // In code every line may be a quoted piece of a sum: its signs stand outside the quotes.
        let quoted = line.contains(['"', '\'']);
        let line = line.trim_matches(|character: char| {
            character.is_whitespace()
                || matches!(character, '"' | '\'' | ',' | '\\' | '#' | '*' | '>' | '|')
                || quoted && character == '+'
        });
        if line.contains(": ") {
            headers.push_str(line);
        } else {
            base64.push_str(line);
            base64.push('\n');
        }
    }
    Some((label, headers, base64))
}

/// The content of a DER element that fills all the bytes.
fn der(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (first, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match *length {
        short @ 0..=0x7f => (usize::from(short), rest),
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => (usize::from(*rest.first()?) << 8 | usize::from(*rest.get(1)?), &rest[2..]),
        _ => return None,
    };
    (*first == tag && rest.len() == length).then_some(rest)
}
