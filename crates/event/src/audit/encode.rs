//! Values as the kernel writes them into audit records.

use std::fmt::Write as _;

/// Text that a user could choose: quoted, or in hexadecimal where it has a blank, a quote, or what is no visible ASCII.
pub(super) fn text(bytes: &[u8]) -> String {
    let is_odd = |byte: &u8| *byte == b'"' || *byte < 0x21 || *byte > 0x7e;
    if bytes.iter().any(is_odd) {
        return hex(bytes);
    }
    format!("\"{}\"", String::from_utf8_lossy(bytes))
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// A device as `major:minor`; the number is the kernel's own, with 20 bits of minor (linux/kdev_t.h).
pub(super) fn device(number: u64) -> String {
    format!("{:02x}:{:02x}", number >> 20, number & 0xf_ffff)
}

/// A terminal by the number that procfs gives it: 8 bits of minor, 12 of major, then the minor's other bits.
pub(super) fn terminal(number: u32) -> String {
    let (major, minor) = (number >> 8 & 0xfff, number & 0xff | (number >> 12 & 0xf_ff00));
    match major {
        _ if number == 0 => "(none)".to_owned(),
        // Unix98 terminals have eight majors (Documentation/admin-guide/devices.txt).
        136..=143 => format!("pts{}", minor + (major - 136) * 256),
        4 if minor < 64 => format!("tty{minor}"),
        4 => format!("ttyS{}", minor - 64),
        5 if minor == 1 => "console".to_owned(),
        _ => "?".to_owned(),
    }
}
