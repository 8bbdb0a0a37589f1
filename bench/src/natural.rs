//! Text that reads like people's: words follow one another as they do in this project's own documentation, with rare names among
//! them. The same seed gives the same text.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

/// One word in so many is a name that nearly nobody else says.
const RARE: u64 = 40;
/// How many people talk.
const AUTHORS: u64 = 200;

/// Marsaglia's xorshift: choices that can be repeated.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound.max(1)
    }

    /// Below the bound, small numbers far more often than large ones, as with words: the nth in proportion to about 1/n.
    fn often_small(&mut self, bound: u64) -> u64 {
        let share = self.below(1 << 53) as f64 / (1_u64 << 53) as f64;
        ((bound as f64).powf(share) - 1.0) as u64
    }
}

/// Somebody's message.
pub(crate) struct Said {
    pub(crate) author: String,
    pub(crate) text: String,
}

pub(crate) struct Talk {
    words: Vec<String>,
    /// The places of what followed two words.
    follows: HashMap<(String, String), Vec<usize>>,
    random: Random,
}

impl Talk {
    /// Learns from the Markdown below this folder.
    pub(crate) fn learn(project: &Path, seed: u64) -> Result<Self> {
        let mut words = Vec::new();
        for folder in [
            project.to_owned(),
            project.join("docs/guide"),
            project.join("docs/operate"),
            project.join("docs/reference"),
        ] {
            let mut files: Vec<_> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
            files.sort();
            for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "md")) {
                words.extend(fs::read_to_string(file)?.split_whitespace().filter_map(plain));
            }
        }
        ensure!(words.len() > 5_000, "there is too little documentation to learn from");
        let mut follows: HashMap<_, Vec<usize>> = HashMap::new();
        for (place, three) in words.windows(3).enumerate() {
            follows.entry((three[0].clone(), three[1].clone())).or_default().push(place + 2);
        }
        Ok(Self { words, follows, random: Random(seed.max(1)) })
    }

    /// The next message.
    pub(crate) fn next(&mut self) -> Said {
        let author = name(self.random.often_small(AUTHORS));
        let length = 3 + self.random.below(6) + self.random.below(18);
        let mut place = self.random.below(self.words.len() as u64 - 2) as usize;
        let mut said = vec![self.words[place].clone(), self.words[place + 1].clone()];
        for _ in 2..length {
            if self.random.below(RARE) == 0 {
                said.push(name(AUTHORS + self.random.often_small(500_000)));
                continue;
            }
            let key = (self.words[place].clone(), self.words[place + 1].clone());
            let next = self.follows.get(&key).map(|places| places[self.random.below(places.len() as u64) as usize]);
            place = next.unwrap_or_else(|| 1 + self.random.below(self.words.len() as u64 - 2) as usize) - 1;
            said.push(self.words[place + 1].clone());
        }
        Said { author, text: said.join(" ") }
    }
}

/// A word as people write it, without what only Markdown needs.
fn plain(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | ',' | '?'));
    let inner = word.trim_end_matches(['.', ',', '?']);
    (!inner.is_empty() && inner.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '’'))).then(|| word.to_owned())
}

/// A name for a number: always the same, and no word.
fn name(mut number: u64) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "ke", "lin", "mo", "ru", "sa", "ti", "vo", "zan", "dor", "fe", "gu", "hi", "jo", "per", "qua", "ny",
        "xi", "wel", "am",
    ];
    number += 400;
    let mut name = String::new();
    while number > 0 {
        name.push_str(SYLLABLES[(number % 20) as usize]);
        number /= 20;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine;

    #[test]
    fn talk_is_the_same_each_time_and_has_common_and_rare_words() {
        let talk = |seed| {
            let mut talk = Talk::learn(&machine::project(), seed).unwrap();
            (0..2_000).map(|_| talk.next().text).collect::<Vec<_>>()
        };
        let first = talk(1);
        assert_eq!(first, talk(1));
        assert_ne!(first, talk(2));
        let mut counts = HashMap::new();
        first.iter().flat_map(|text| text.split(' ')).for_each(|word| *counts.entry(word).or_insert(0) += 1);
        let once = counts.values().filter(|count| **count == 1).count();
        assert!(once > 300 && counts.values().any(|count| *count > 800), "{once} of {}", counts.len());
    }
}
