//! Where randomness comes from: the system in the server, a fixed row of numbers in tests.

/// A source of random bytes.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has random bytes");
    }
}

/// `N` random bytes in hexadecimal.
pub(crate) fn hex<const N: usize>(random: &dyn Random) -> String {
    use std::fmt::Write as _;
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes.iter().fold(String::with_capacity(2 * N), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all");
        text
    })
}

/// A number below `bound`, nearly evenly.
pub(crate) fn below(random: &dyn Random, bound: u64) -> u64 {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    u64::from_le_bytes(bytes) % bound.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_names_differ() {
        let (one, other) = (hex::<20>(&SystemRandom), hex::<20>(&SystemRandom));
        assert_eq!(one.len(), 40);
        assert_ne!(one, other);
    }
}
