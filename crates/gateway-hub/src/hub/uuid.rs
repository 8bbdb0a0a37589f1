//! What a client is known by as long as it is there.

use std::fmt;

/// A random identifier, version 4 of RFC 9562.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid(u128);

impl Uuid {
    /// Out of random bits.
    pub fn from_random(random: [u8; 16]) -> Self {
        let bits = u128::from_be_bytes(random) & !(0xf << 76) & !(0x3 << 62);
        Self(bits | (0x4 << 76) | (0x2 << 62))
    }

    /// Reads one as it is written: five groups of hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let groups: Vec<&str> = text.split('-').collect();
        let lengths = groups.iter().map(|group| group.len());
        if !lengths.eq([8, 4, 4, 4, 12]) || !text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(&groups.concat(), 16).ok().map(Self)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", self.0);
        let group = |from: usize, to: usize| &digits[from..to];
        write!(f, "{}-{}-{}-{}-{}", group(0, 8), group(8, 12), group(12, 16), group(16, 20), group(20, 32))
    }
}
