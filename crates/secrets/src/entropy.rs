//! Shannon's entropy of a text's bytes.

/// Bits a byte, 0 for nothing.
pub(crate) fn shannon(bytes: &[u8]) -> f32 {
    if bytes.is_empty() {
        return 0.0;
    }
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let length = bytes.len() as f32;
    let bits = counts.iter().filter(|count| **count > 0).map(|count| {
        let share = *count as f32 / length;
        -share * share.log2()
    });
    bits.sum()
}

/// How many different bytes there are.
pub(crate) fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in bytes {
        seen[usize::from(*byte)] = true;
    }
    seen.iter().filter(|seen| **seen).count()
}

#[cfg(test)]
mod tests {
    use super::{distinct, shannon};

    #[test]
    fn counts_bits_a_byte() {
        let cases: [(&[u8], f32, usize); 4] =
            [(b"", 0.0, 0), (b"aaaa", 0.0, 1), (b"abab", 1.0, 2), (b"abcdefgh", 3.0, 8)];
        for (bytes, bits, kinds) in cases {
            assert!((shannon(bytes) - bits).abs() < 1e-5, "{bytes:?}");
            assert_eq!(distinct(bytes), kinds);
        }
    }
}
