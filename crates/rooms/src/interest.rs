//! What a bot asked to hear of besides what it responds to: the words of its `events`.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The shortest time between two ticks.
pub const EVERY_MIN: Duration = Duration::from_secs(5);
/// The longest.
pub const EVERY_MAX: Duration = Duration::from_secs(31 * 24 * 60 * 60);
/// The longest word of a command, in bytes.
const COMMAND_MAX: usize = 100;
/// The most that one bot may ask for.
pub const INTERESTS_MAX: usize = 20;

/// One thing that a bot asked to hear of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Interest {
    /// Every message of a person, whether or not it matches.
    Message,
    /// A message that begins with this word.
    Command(String),
    /// Somebody with a name came.
    Join,
    /// Somebody with a name went.
    Leave,
    /// Somebody took another name.
    Nick,
    /// A while went by.
    Every(Duration),
}

/// A word that is no [`Interest`]. Its text says what is wrong and what there is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterestError {
    /// Nothing of the kind.
    #[error(
        "“{0}” is no event; there are message, command:!word, join, leave, nick, and every:10s (or every:5m, every:1h)"
    )]
    Unknown(String),
    /// A command without a word, or with more than one.
    #[error("“{0}” needs one word of at most {COMMAND_MAX} bytes behind the colon, as in command:!time")]
    Command(String),
    /// A time that can't be read.
    #[error("“{0}” needs a whole number and s, m or h behind the colon, as in every:10s, every:5m or every:1h")]
    Time(String),
    /// A time that is too short or too long.
    #[error("“{0}” is out of bounds: the shortest is every:5s, the longest every:744h (31 days)")]
    Bounds(String),
    /// Too many for one bot.
    #[error("there are more than {INTERESTS_MAX} of them")]
    Many,
}

impl Interest {
    /// Reads a bot's `events`; what stands there twice counts once.
    pub fn list(words: &[String]) -> Result<Vec<Self>, InterestError> {
        let mut interests = Vec::with_capacity(words.len());
        for word in words {
            let interest = word.parse()?;
            if !interests.contains(&interest) {
                interests.push(interest);
            }
        }
        if interests.len() > INTERESTS_MAX { Err(InterestError::Many) } else { Ok(interests) }
    }

    /// What stands behind the command's word, if the text begins with it.
    pub fn arguments<'a>(command: &str, text: &'a str) -> Option<&'a str> {
        let text = text.trim_start();
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        (first.to_lowercase() == command.to_lowercase()).then(|| rest.trim())
    }
}

impl FromStr for Interest {
    type Err = InterestError;

    fn from_str(word: &str) -> Result<Self, InterestError> {
        let word = word.trim();
        let shown = || word.chars().take(COMMAND_MAX).collect::<String>();
        match word.split_once(':') {
            None => match word {
                "message" => Ok(Self::Message),
                "join" => Ok(Self::Join),
                "leave" => Ok(Self::Leave),
                "nick" => Ok(Self::Nick),
                _ => Err(InterestError::Unknown(shown())),
            },
            Some(("command", command)) => {
                let blank = |c: char| c.is_whitespace() || c.is_control();
                if command.is_empty() || command.len() > COMMAND_MAX || command.contains(blank) {
                    return Err(InterestError::Command(shown()));
                }
                Ok(Self::Command(command.to_owned()))
            }
            Some(("every", time)) => {
                let every = read_time(time).ok_or_else(|| InterestError::Time(shown()))?;
                if !(EVERY_MIN..=EVERY_MAX).contains(&every) {
                    return Err(InterestError::Bounds(shown()));
                }
                Ok(Self::Every(every))
            }
            Some(_) => Err(InterestError::Unknown(shown())),
        }
    }
}

/// `10s`, `5m`, `1h`.
fn read_time(time: &str) -> Option<Duration> {
    let (last, unit) = [('s', 1), ('m', 60), ('h', 3_600)].into_iter().find(|(letter, _)| time.ends_with(*letter))?;
    let number = time.strip_suffix(last)?;
    // `+5` would be a number to Rust.
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(number.parse::<u64>().ok()?.checked_mul(unit)?))
}

impl fmt::Display for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message => f.write_str("message"),
            Self::Command(command) => write!(f, "command:{command}"),
            Self::Join => f.write_str("join"),
            Self::Leave => f.write_str("leave"),
            Self::Nick => f.write_str("nick"),
            Self::Every(every) => match every.as_secs() {
                seconds if seconds % 3_600 == 0 => write!(f, "every:{}h", seconds / 3_600),
                seconds if seconds % 60 == 0 => write!(f, "every:{}m", seconds / 60),
                seconds => write!(f, "every:{seconds}s"),
            },
        }
    }
}

impl Serialize for Interest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads stored interests; what is unknown, since another version wrote it, is passed over.
pub(crate) fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Interest>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    Ok(words.iter().filter_map(|word| word.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interests_read_back_as_they_were_written() {
        for word in [
            "message",
            "command:!time",
            "command:a:b",
            "join",
            "leave",
            "nick",
            "every:5s",
            "every:90s",
            "every:5m",
            "every:1h",
        ] {
            let interest: Interest = word.parse().expect(word);
            assert_eq!(interest.to_string(), word);
        }
        assert_eq!(" every:120s ".parse::<Interest>().map(|interest| interest.to_string()), Ok("every:2m".to_owned()));
        assert_eq!("every:60m".parse::<Interest>(), "every:1h".parse());
    }

    #[test]
    fn what_cannot_be_had_is_named_with_what_there_is() {
        for (word, says) in [
            ("kick", "message, command:!word, join, leave, nick"),
            ("", "is no event"),
            ("webhook:x", "is no event"),
            ("command:", "one word"),
            ("command:!a b", "one word"),
            ("every:", "whole number"),
            ("every:10", "whole number"),
            ("every:+10s", "whole number"),
            ("every:1.5h", "whole number"),
            ("every:99999999999999999999h", "whole number"),
            ("every:18446744073709551615h", "whole number"),
            ("every:é", "whole number"),
            ("every:4s", "every:5s"),
            ("every:0m", "every:5s"),
            ("every:745h", "31 days"),
        ] {
            let error = word.parse::<Interest>().expect_err(word).to_string();
            assert!(error.contains(says) && error.contains(word), "{word}: {error}");
        }
        let many: Vec<String> = (0..=INTERESTS_MAX).map(|n| format!("command:!{n}")).collect();
        assert_eq!(Interest::list(&many), Err(InterestError::Many));
        let twice = ["join", "every:60s", "join", "every:1m"].map(str::to_owned);
        assert_eq!(Interest::list(&twice).map(|list| list.len()), Ok(2));
    }

    #[test]
    fn a_command_is_the_first_word_whatever_its_case() {
        let arguments = |text| Interest::arguments("!Time", text);
        assert_eq!(arguments("!time"), Some(""));
        assert_eq!(arguments("  !TIME  in  Rome \n"), Some("in  Rome"));
        assert_eq!(arguments("!time\nnow"), Some("now"));
        assert_eq!(arguments("!timer"), None);
        assert_eq!(arguments("what !time"), None);
        assert_eq!(arguments(""), None);
    }

    #[test]
    fn what_another_version_stored_is_passed_over() {
        #[derive(Deserialize)]
        struct Stored(#[serde(deserialize_with = "known")] Vec<Interest>);
        let Stored(interests) = serde_json::from_str(r#"["join", "moon", "every:1s"]"#).expect("strings");
        assert_eq!(interests, [Interest::Join]);
    }
}
