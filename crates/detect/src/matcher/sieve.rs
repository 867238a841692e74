//! [`Sieve`]: says in a few nanoseconds that none of many texts stands in a value; [`Bits`], the filter it is made of.

use memchr::memmem::Finder;

/// A set of numbers that may say *perhaps* to one that is not in it, never *no* to one that is.
#[derive(Debug)]
pub(crate) struct Bits {
    words: Box<[u64]>,
    // The upper bits of a product are its best ones; this leaves as many as there are bits in `words`.
    shift: u32,
}

// With so many bits a number, one in 32 that is not in the set passes.
const BITS_PER_NUMBER: usize = 32;
const WORDS_MIN: usize = 16;
const WORDS_MAX: usize = 1 << 14;
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl Default for Bits {
    fn default() -> Self {
        Self::new(0, std::iter::empty())
    }
}

impl Bits {
    /// A set of about `count` numbers.
    pub(crate) fn new(count: usize, numbers: impl Iterator<Item = u64>) -> Self {
        let words = (count * BITS_PER_NUMBER / 64).next_power_of_two().clamp(WORDS_MIN, WORDS_MAX);
        let mut this = Self { words: vec![0; words].into(), shift: 64 - 6 - words.trailing_zeros() };
        for number in numbers {
            let bit = this.bit(number);
            this.words[bit / 64] |= 1 << (bit % 64);
        }
        this
    }

    fn bit(&self, number: u64) -> usize {
        (number.wrapping_mul(MULTIPLIER) >> self.shift) as usize
    }

    pub(crate) fn may_have(&self, number: u64) -> bool {
        let bit = self.bit(number);
        // In bounds by `shift`; the mask says so to the compiler.
        self.words[(bit / 64) & (self.words.len() - 1)] >> (bit % 64) & 1 == 1
    }
}

/// Says quickly that none of its texts stands in a value.
///
/// A text of at least `step + 3` bytes, wherever it stands, covers four bytes that begin at a multiple of `step`. So all
/// fours among its first bytes are kept, and of the value only every so-many-th four is looked up. Shorter texts are
/// searched one by one.
#[derive(Debug)]
pub(crate) struct Sieve {
    short: Vec<Finder<'static>>,
    fours: Option<Fours>,
    // Too many short texts: everything passes.
    is_open: bool,
}

#[derive(Debug)]
struct Fours {
    step: usize,
    bits: Bits,
    // Set in every byte before it is looked up, so that letters of both cases are alike.
    ignored: u32,
}

const FOUR: usize = 4;
const SHORT_TEXTS_MAX: usize = 4;
const STEP_MAX: usize = 16;
const CASE: u32 = 0x2020_2020;

impl Sieve {
    /// A sieve for these texts, none of them empty.
    pub(crate) fn new<'t>(texts: impl Iterator<Item = &'t str>, ignore_case: bool) -> Self {
        let (short, long): (Vec<&str>, Vec<&str>) = texts.partition(|text| text.len() < FOUR);
        let is_open = short.len() > SHORT_TEXTS_MAX || ignore_case && !short.is_empty();
        let short = short.into_iter().map(|text| Finder::new(text.as_bytes()).into_owned());
        Self {
            short: if is_open { Vec::new() } else { short.collect() },
            fours: Fours::new(&long, ignore_case),
            is_open,
        }
    }

    /// False where none of the texts stands in the value.
    pub(crate) fn may_hold(&self, value: &str) -> bool {
        let bytes = value.as_bytes();
        self.is_open
            || self.fours.as_ref().is_some_and(|fours| fours.may_hold(bytes))
            || self.short.iter().any(|text| text.find(bytes).is_some())
    }
}

impl Fours {
    fn new(texts: &[&str], ignore_case: bool) -> Option<Self> {
        let shortest = texts.iter().map(|text| text.len()).min()?;
        let step = (shortest + 1 - FOUR).min(STEP_MAX);
        let ignored = if ignore_case { CASE } else { 0 };
        let fours = texts.iter().flat_map(|text| text.as_bytes().windows(FOUR).take(step));
        let fours: Vec<u64> = fours.map(|bytes| number(bytes, ignored)).collect();
        Some(Self { step, bits: Bits::new(fours.len(), fours.into_iter()), ignored })
    }

    fn may_hold(&self, bytes: &[u8]) -> bool {
        bytes.windows(FOUR).step_by(self.step).any(|four| self.bits.may_have(number(four, self.ignored)))
    }
}

fn number(four: &[u8], ignored: u32) -> u64 {
    let bytes = four.first_chunk::<FOUR>().copied().unwrap_or_default();
    u64::from(u32::from_le_bytes(bytes) | ignored)
}
