//! The encodings that secrets wear: base64, base32, base58, base62, hex, bech32, and their checksums.

use sha2::{Digest, Sha256};

/// Digits of the checksum of GitHub's and npm's tokens.
pub(crate) const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(crate) const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
pub(crate) const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 in either alphabet, padded or not; white space is skipped. None if anything else is in it.
pub(crate) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits::default();
    let mut padding = 0;
    for byte in text {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits.push(u32::from(digit), 6);
    }
    (padding <= 2).then_some(bits.bytes)
}

/// Bytes as base64 with padding.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut word = 0_u32;
        for index in 0..3 {
            word = word << 8 | u32::from(chunk.get(index).copied().unwrap_or(0));
        }
        for index in 0..4 {
            let digit = (word >> (18 - 6 * index)) & 63;
            text.push(if index <= chunk.len() { char::from(BASE64[digit as usize]) } else { '=' });
        }
    }
    text
}

/// Bytes as base64url without padding.
pub(crate) fn to_base64url(bytes: &[u8]) -> String {
    to_base64(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// Base32 without padding.
pub(crate) fn base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits::default();
    for byte in text {
        let digit = BASE32.iter().position(|letter| letter == byte)?;
        bits.push(digit as u32, 5);
    }
    Some(bits.bytes)
}

/// Bytes as base32 without padding.
pub(crate) fn to_base32(bytes: &[u8]) -> String {
    let mut digits = Vec::new();
    let (mut word, mut count) = (0_u32, 0);
    for byte in bytes {
        word = word << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            digits.push((word >> count) & 31);
        }
        word &= (1 << count) - 1;
    }
    if count > 0 {
        digits.push((word << (5 - count)) & 31);
    }
    digits.into_iter().map(|digit| char::from(BASE32[digit as usize])).collect()
}

/// Hexadecimal digits in pairs.
pub(crate) fn hex(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.chunks(2).map(|pair| u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok()).collect()
}

/// A number in base 62, padded with zeros to a width.
pub(crate) fn to_base62(mut number: u32, width: usize) -> String {
    let mut digits = Vec::new();
    while number > 0 || digits.len() < width {
        digits.push(BASE62[(number % 62) as usize]);
        number /= 62;
    }
    digits.into_iter().rev().map(char::from).collect()
}

/// Base58 with the four checksum bytes of Bitcoin's addresses; the payload if they are right.
pub(crate) fn base58check(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > 200 {
        return None;
    }
    let mut bytes: Vec<u8> = Vec::new();
    for byte in text {
        let mut carry = BASE58.iter().position(|letter| letter == byte)? as u32;
        for place in bytes.iter_mut().rev() {
            carry += u32::from(*place) * 58;
            *place = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.insert(0, (carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    let zeros = text.iter().take_while(|byte| **byte == b'1').count();
    bytes.splice(0..0, std::iter::repeat_n(0, zeros));
    let split = bytes.len().checked_sub(4)?;
    (twice(&bytes[..split])[..4] == bytes[split..]).then(|| bytes[..split].to_vec())
}

/// Bytes with checksum in base58.
pub(crate) fn to_base58check(payload: &[u8]) -> String {
    let mut bytes = payload.to_vec();
    bytes.extend_from_slice(&twice(payload)[..4]);
    let mut digits: Vec<u32> = Vec::new();
    for byte in &bytes {
        let mut carry = u32::from(*byte);
        for digit in digits.iter_mut().rev() {
            carry += *digit << 8;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.insert(0, carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let head = std::iter::repeat_n('1', zeros);
    head.chain(digits.into_iter().map(|digit| char::from(BASE58[digit as usize]))).collect()
}

fn twice(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(Sha256::digest(bytes)).into()
}

/// Whether a bech32 text (any case) has the right checksum (BIP 173).
pub(crate) fn bech32_holds(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let Some((prefix, data)) = lower.rsplit_once('1') else { return false };
    let digits: Option<Vec<u32>> =
        data.bytes().map(|byte| Some(BECH32.iter().position(|letter| *letter == byte)? as u32)).collect();
    digits.is_some_and(|digits| bech32_sum(prefix, &digits) == 1)
}

/// The six checksum characters of a bech32 text.
pub(crate) fn bech32_checksum(prefix: &str, data: &str) -> String {
    let position = |byte: u8| BECH32.iter().position(|letter| *letter == byte).unwrap_or(0) as u32;
    let mut digits: Vec<u32> = data.bytes().map(position).collect();
    digits.extend([0; 6]);
    let sum = bech32_sum(prefix, &digits) ^ 1;
    (0..6).map(|index| char::from(BECH32[((sum >> (5 * (5 - index))) & 31) as usize])).collect()
}

fn bech32_sum(prefix: &str, digits: &[u32]) -> u32 {
    let high = prefix.bytes().map(|byte| u32::from(byte >> 5));
    let low = prefix.bytes().map(|byte| u32::from(byte & 31));
    let mut sum = 1_u32;
    for value in high.chain([0]).chain(low).chain(digits.iter().copied()) {
        let top = sum >> 25;
        sum = (sum & 0x1ff_ffff) << 5 ^ value;
        for (index, generator) in
            [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3].iter().enumerate()
        {
            if top >> index & 1 == 1 {
                sum ^= generator;
            }
        }
    }
    sum
}

/// CRC-16/XMODEM, as NATS keys and Stellar seeds carry it.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(
            sum ^ u16::from(*byte) << 8,
            |sum, _| {
                if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 }
            },
        )
    })
}

/// CRC-24 of OpenPGP's armour (RFC 9580, 6.1).
pub(crate) fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x00b7_04ce, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 16, |sum, _| {
            let shifted = sum << 1;
            if shifted & 0x100_0000 == 0 { shifted } else { (shifted ^ 0x0186_4cfb) & 0xff_ffff }
        })
    })
}

#[derive(Default)]
struct Bits {
    word: u32,
    count: u32,
    bytes: Vec<u8>,
}

impl Bits {
    fn push(&mut self, digit: u32, width: u32) {
        self.word = self.word << width | digit;
        self.count += width;
        if self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.word >> self.count & 0xff) as u8);
            self.word &= (1 << self.count) - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_vectors_hold() {
        assert_eq!(base64(b"Zm9vYmFy").as_deref(), Some(&b"foobar"[..]));
        assert_eq!(base64(b"Zm9vYg==").as_deref(), Some(&b"foob"[..]));
        assert_eq!(base64(b"Zm=9"), None);
        assert_eq!(to_base64(b"fooba"), "Zm9vYmE=");
        assert_eq!(base32(b"MZXW6YTBOI").as_deref(), Some(&b"foobar"[..]));
        assert_eq!(to_base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(hex(b"00fF").as_deref(), Some(&[0, 255][..]));
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(crc24(b"123456789"), 0x21_cf02);
        assert_eq!(to_base62(crc32fast::hash(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"), 6), "0mLq17");
        assert!(bech32_holds("A12UEL5L"));
        assert!(bech32_holds("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"));
        assert!(!bech32_holds("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxq"));
        assert_eq!(base58check(b"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2").map(|bytes| bytes.len()), Some(21));
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(base64(to_base64(&bytes).as_bytes()), Some(bytes.clone()));
            prop_assert_eq!(base64(to_base64url(&bytes).as_bytes()), Some(bytes.clone()));
            prop_assert_eq!(base32(to_base32(&bytes).as_bytes()), Some(bytes.clone()));
            prop_assert_eq!(base58check(to_base58check(&bytes).as_bytes()), Some(bytes));
        }

        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = (base64(&bytes), base32(&bytes), hex(&bytes), base58check(&bytes));
            let _ = bech32_holds(&String::from_utf8_lossy(&bytes));
        }
    }
}
