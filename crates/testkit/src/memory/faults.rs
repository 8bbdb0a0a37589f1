//! What goes wrong in a cluster now and then, by a seed.

/// How often what goes wrong, each from 0 (never) to 1 (always).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// The next id is not the one after the last.
    pub gaps: f64,
    /// An append that expects something is refused, since somebody was first; it names what it expected.
    pub refuse: f64,
    /// An event is durable, and acknowledged, but the feed does not bring it.
    pub lose: f64,
    /// An append is answered with `Unknown`; half of them were appended.
    pub unknown: f64,
}

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// Only ids have gaps.
    pub fn gaps() -> Self {
        Self { gaps: 0.5, ..Self::none() }
    }

    /// Everything goes wrong, with this probability each.
    pub fn all(rate: f64) -> Self {
        Self { gaps: rate, refuse: rate, lose: rate, unknown: rate }
    }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, without, `below`.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.next() % below
    }

    /// Whether something of this probability happens now.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        // The upper 53 bits, as a number in [0, 1).
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let number = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        number < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throws = |seed| {
            let mut dice = Dice::new(seed);
            (0..20).map(|_| dice.below(6)).collect::<Vec<_>>()
        };
        assert_eq!(throws(7), throws(7));
        assert_ne!(throws(7), throws(8));
    }

    #[test]
    fn what_is_certain_happens_and_what_is_impossible_does_not() {
        let mut dice = Dice::new(1);
        assert!((0..1000).all(|_| dice.happens(1.0)));
        assert!(!(0..1000).any(|_| dice.happens(0.0)));
        let half = (0..1000).filter(|_| dice.happens(0.5)).count();
        assert!((400..600).contains(&half), "{half}");
    }
}
