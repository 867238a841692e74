//! Makes secrets that never were: characters drawn from a seed, and the checksums that belong to them.

use crate::{encoding, limits::CASE_BYTES_MAX};

/// Draws from a seed; the same seed always draws the same.
pub(super) struct Maker {
    state: u64,
}

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const KINDS: &[(&str, &[u8])] = &[
    ("alnum", encoding::BASE62),
    ("lowernum", b"0123456789abcdefghijklmnopqrstuvwxyz"),
    ("uppernum", b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("alpha", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    ("lower", LOWER),
    ("upper", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("digit", b"0123456789"),
    ("hex", b"0123456789abcdef"),
    ("HEX", b"0123456789ABCDEF"),
    ("base32", encoding::BASE32),
    ("base58", encoding::BASE58),
    ("bech", encoding::BECH32),
    ("BECH", b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
    ("base64", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
    ("word", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"),
    ("password", b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!*_"),
];

impl Maker {
    pub(super) fn new(rule: &str, number: u64) -> Self {
        let seed = rule.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self { state: (seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1 }
    }

    /// The text that a template stands for.
    pub(super) fn make(&mut self, template: &str, secret: &str) -> String {
        let mut made = String::new();
        let mut rest = template;
        while let Some((before, inside)) = rest.split_once('<') {
            made.push_str(before);
            rest = match inside.split_once('>').and_then(|(order, after)| {
                let part = self.part(order, &made, secret)?;
                made.push_str(&part);
                Some(after)
            }) {
                Some(after) => after,
                None => {
                    made.push('<');
                    inside
                }
            };
            if made.len() > CASE_BYTES_MAX {
                return made;
            }
        }
        made.push_str(rest);
        made
    }

    // None if it is no order: then the text stands for itself.
    fn part(&mut self, order: &str, made: &str, secret: &str) -> Option<String> {
        let (name, argument) = order.split_once(' ').unwrap_or((order, ""));
        let count = argument.parse::<usize>().ok().filter(|count| *count <= CASE_BYTES_MAX);
        if let Some((_, letters)) = KINDS.iter().find(|(kind, _)| *kind == name) {
            return Some(self.letters(letters, count?));
        }
        Some(match name {
            "" if order.is_empty() => String::new(),
            "secret" => secret.to_owned(),
            "secret-encoded" => encoding::to_base64(secret.as_bytes()),
            "secret-escaped" => secret.replace('\n', "\\n"),
            "bytes" => encoding::to_base64(&self.bytes(count?)),
            "bytes-url" => encoding::to_base64url(&self.bytes(count?)),
            "close" => ">".to_owned(),
            "encode" => encoding::to_base64(argument.as_bytes()),
            "sas" => encoding::to_base64(&self.bytes(32))
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D"),
            "encode-url" => encoding::to_base64url(argument.as_bytes()),
            "crc32-base62" => {
                let body = made.rsplit('_').next().unwrap_or_default();
                encoding::to_base62(crc32fast::hash(body.as_bytes()), 6)
            }
            "crc32-hex" => format!("{:08x}", crc32fast::hash(made.as_bytes())),
            "bech32" => self.bech32(made),
            "nkey" => self.with_crc16(&[18 << 3 | (20 << 3) >> 5, 0], 32),
            "stellar" => self.with_crc16(&[18 << 3], 32),
            "wif" => self.base58(&[0x80], 32, &[1]),
            "xprv" => self.base58(&[0x04, 0x88, 0xad, 0xe4], 74, &[]),
            "macaroon" => self.macaroon(),
            "jwt" => self.jwt(argument),
            "pem" => self.pem(argument),
            "pem-escaped" => self.pem(argument).replace('\n', "\\n"),
            "pgp" => self.pgp(),
            _ => return None,
        })
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    fn letters(&mut self, letters: &[u8], count: usize) -> String {
        (0..count).map(|_| char::from(letters[(self.next() % letters.len() as u64) as usize])).collect()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| (self.next() & 0xff) as u8).collect()
    }

    fn bech32(&mut self, made: &str) -> String {
        let lower = made.to_ascii_lowercase();
        let (prefix, data) = lower.rsplit_once('1').unwrap_or(("", ""));
        let sum = encoding::bech32_checksum(prefix, data);
        if made.chars().any(|letter| letter.is_ascii_uppercase()) { sum.to_ascii_uppercase() } else { sum }
    }

    fn with_crc16(&mut self, head: &[u8], count: usize) -> String {
        let mut bytes = head.to_vec();
        bytes.extend(self.bytes(count));
        bytes.extend(encoding::crc16(&bytes).to_le_bytes());
        encoding::to_base32(&bytes)
    }

    fn base58(&mut self, head: &[u8], count: usize, tail: &[u8]) -> String {
        let mut bytes = head.to_vec();
        bytes.extend(self.bytes(count));
        bytes.extend(tail);
        encoding::to_base58check(&bytes)
    }

    fn macaroon(&mut self) -> String {
        let mut bytes = vec![2, 1, 8];
        bytes.extend(b"pypi.org");
        bytes.extend([2, 36]);
        bytes.extend(self.bytes(36));
        bytes.extend([0, 0, 6, 32]);
        bytes.extend(self.bytes(32));
        encoding::to_base64url(&bytes)
    }

    fn jwt(&mut self, payload: &str) -> String {
        let header = encoding::to_base64url(br#"{"alg":"HS256","typ":"JWT"}"#);
        let body = encoding::to_base64url(payload.as_bytes());
        format!("{header}.{body}.{}", encoding::to_base64url(&self.bytes(32)))
    }

    // The structure of a key around bytes that are none.
    fn pem(&mut self, label: &str) -> String {
        let body = match label {
            "OPENSSH" => {
                let mut bytes = b"openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none".to_vec();
                bytes.extend(self.bytes(300));
                bytes
            }
            "ENCRYPTED" => self.der(&[0x30, 0x02, 0x05, 0x00], 400),
            _ => self.der(&[0x02, 0x01, 0x00], 400),
        };
        let label = if label.is_empty() { "PRIVATE KEY".to_owned() } else { format!("{label} PRIVATE KEY") };
        armoured(&label, &encoding::to_base64(&body), "")
    }

    fn der(&mut self, head: &[u8], count: usize) -> Vec<u8> {
        let length = head.len() + count;
        let mut bytes = vec![0x30, 0x82, (length >> 8) as u8, (length & 0xff) as u8];
        bytes.extend(head);
        bytes.extend(self.bytes(count));
        bytes
    }

    fn pgp(&mut self) -> String {
        let mut bytes = vec![0x95, 0x01, 0x00];
        bytes.extend(self.bytes(300));
        let sum = encoding::crc24(&bytes).to_be_bytes();
        let tail = format!("={}\n", encoding::to_base64(&sum[1..]));
        armoured("PGP PRIVATE KEY BLOCK", &format!("\n{}", encoding::to_base64(&bytes)), &tail)
    }
}

fn armoured(label: &str, body: &str, tail: &str) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    let (blank, body) = body.strip_prefix('\n').map_or(("", body), |body| ("\n", body));
    text.push_str(blank);
    for line in body.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text.push_str(tail);
    text + &format!("-----END {label}-----")
}
