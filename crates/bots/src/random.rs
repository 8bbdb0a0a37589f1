//! What is made of random bytes: names and tokens, and times to wait.

use parlor_rooms::Random;

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
    use parlor_testkit::FakeRandom;

    use super::*;

    #[test]
    fn two_names_differ() {
        let random = FakeRandom::default();
        let (one, other) = (hex::<20>(&random), hex::<20>(&random));
        assert_eq!(one.len(), 40);
        assert_ne!(one, other);
    }
}
