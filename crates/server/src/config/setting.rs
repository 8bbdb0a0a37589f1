//! One setting: how a value of its type is read and written, and all that is known about it.

use std::ffi::OsStr;

use toml::{Spanned, de::DeValue};

use super::{Config, problem::Fault};

/// A type of values. Those that are written as text have [`text_setting!`].
pub(crate) trait Setting: Clone {
    /// What stands for a value in the help.
    const VALUE: &'static str;

    /// From the command line or a variable.
    fn from_word(word: &OsStr) -> Result<Self, String>;

    /// From the file. A list or table says in which of its parts the faults are.
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Vec<Fault>>;

    /// As TOML; nothing if it is not set.
    fn show(&self) -> Option<String>;
}

/// A value as somebody gave it.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    Word(&'a OsStr),
    Toml(&'a Spanned<DeValue<'a>>),
}

impl Given<'_> {
    pub(crate) fn read<T: Setting>(self, check: impl Fn(&T) -> Result<(), String>) -> Result<T, Vec<Fault>> {
        let value = match self {
            Self::Word(word) => T::from_word(word).map_err(|message| vec![Fault::of(message)])?,
            Self::Toml(value) => T::from_toml(value)?,
        };
        check(&value).map_err(|message| vec![Fault::of(message)])?;
        Ok(value)
    }
}

/// What a section says of a setting besides its name, type, default and description.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    /// The flag, without dashes; empty: `SECTION-KEY`.
    pub(crate) flag: &'static str,
    /// The flag's letter.
    pub(crate) short: Option<char>,
    /// A variable's name besides `PARLOR_SECTION_KEY`.
    pub(crate) env: &'static str,
    /// What stands for a value in the help, where the type's word for it says too little.
    pub(crate) value: &'static str,
    /// A value as TOML, to show where the default is that there is none.
    pub(crate) example: &'static str,
    /// The flag may be given more than once, though the default does not look like a list.
    pub(crate) many: bool,
    /// The flag alone means “on”.
    pub(crate) switch: bool,
    /// It is among the first that the help shows.
    pub(crate) common: bool,
    /// It is never shown, has no flag, and may come from a file of its own (`KEY_file`, `PARLOR_…_FILE`).
    pub(crate) secret: bool,
    /// SIGHUP changes it; otherwise only a restart does.
    pub(crate) reload: bool,
}

/// What holds where a section says nothing.
pub(crate) const SETTING: About = About {
    flag: "",
    short: None,
    env: "",
    value: "",
    example: "",
    many: false,
    switch: false,
    common: false,
    secret: false,
    reload: false,
};

/// Sets a setting to what was given.
pub(crate) type Set = fn(&mut Config, Given<'_>) -> Result<(), Vec<Fault>>;

/// Everything about a setting.
pub(crate) struct Entry {
    /// The section's name in the file.
    pub(crate) section: &'static str,
    /// The name in it.
    pub(crate) key: &'static str,
    /// `section.key`.
    pub(crate) name: &'static str,
    /// The flag, without dashes. A secret's names a file: a command line can be read by everybody.
    pub(crate) flag: String,
    /// The description as it stands in the source.
    pub(crate) lines: &'static [&'static str],
    pub(crate) about: About,
    /// The type's word for a value.
    pub(crate) value: &'static str,
    pub(crate) set: Set,
    /// As TOML; nothing if it is not set.
    pub(crate) show: fn(&Config) -> Option<String>,
    pub(crate) copy: fn(&Config, &mut Config),
}

impl Entry {
    /// The variables, the one to show first.
    pub(crate) fn variables(&self) -> Vec<String> {
        let long = format!("PARLOR_{}_{}", self.section, self.key).replace('.', "_").to_uppercase();
        let short = Some(self.about.env).filter(|name| !name.is_empty()).map(str::to_owned);
        short.into_iter().chain([long]).collect()
    }

    /// What stands for a value in the help.
    pub(crate) fn value(&self) -> &'static str {
        match self.about.value {
            _ if self.about.secret => "FILE",
            "" => self.value,
            value => value,
        }
    }

    /// The description in paragraphs.
    pub(crate) fn paragraphs(&self) -> Vec<String> {
        paragraphs(self.lines)
    }
}

/// A setting's flag.
pub(crate) fn flag(name: &str, about: About) -> String {
    let flag = if about.flag.is_empty() { name.replace(['.', '_'], "-") } else { about.flag.to_owned() };
    if about.secret { flag + "-file" } else { flag }
}

/// Lines of a doc comment, put together where no empty line is between them.
pub(crate) fn paragraphs(lines: &[&str]) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in lines.iter().map(|line| line.trim()) {
        match all.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
            _ => all.push(String::new()),
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    all
}

/// A section: its name in the file, what it is for, its settings.
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) lines: &'static [&'static str],
    pub(crate) entries: Vec<Entry>,
}

/// Makes a section: a struct with its fields and defaults, and the table of its settings.
///
/// `struct Bots as bots in "bots"`: the type, the field of `Config`, the name in the file. Then for each setting its
/// description, its name and type, its default, what else is to be said (`About`), and perhaps a function that checks a
/// value which could be read (`fn(&T) -> Result<(), String>`).
macro_rules! section {
    (
        $(#[doc = $about_section:literal])+
        struct $section:ident as $field:ident in $name:literal {
            $(
                $(#[doc = $line:literal])+
                $key:ident: $type:ty = $default:expr, $about:expr $(, check $check:expr)?;
            )*
        }
    ) => {
        $(#[doc = $about_section])+
        // They are read in a terminal and in the example file, not as Rust's documentation.
        #[allow(rustdoc::bare_urls, rustdoc::broken_intra_doc_links, reason = "descriptions are plain text")]
        #[derive(Debug, Clone)]
        pub(crate) struct $section {
            $($(#[doc = $line])+ pub(crate) $key: $type,)*
        }

        impl Default for $section {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }

        impl $section {
            /// All about its settings.
            pub(in crate::config) fn section() -> $crate::config::setting::Section {
                use $crate::config::setting::{Entry, Section, Setting};
                let entries = vec![$(
                    Entry {
                        section: $name,
                        key: stringify!($key),
                        name: concat!($name, ".", stringify!($key)),
                        flag: $crate::config::setting::flag(concat!($name, ".", stringify!($key)), $about),
                        lines: &[$($line),+],
                        about: $about,
                        value: <$type as Setting>::VALUE,
                        set: |config, given| {
                            #[allow(unused_variables, reason = "the last check is the one that counts")]
                            let check: fn(&$type) -> Result<(), String> = |_| Ok(());
                            $(let check: fn(&$type) -> Result<(), String> = $check;)?
                            config.$field.$key = given.read(check)?;
                            Ok(())
                        },
                        show: |config| Setting::show(&config.$field.$key),
                        copy: |from, to| to.$field.$key = from.$field.$key.clone(),
                    },
                )*];
                Section { name: $name, lines: &[$($about_section),+], entries }
            }
        }
    };
}
pub(crate) use section;

/// A type that is written as text: `FromStr` with a sentence as its error, and `Display`.
macro_rules! text_setting {
    ($type:ty, $value:literal) => {
        impl $crate::config::setting::Setting for $type {
            const VALUE: &'static str = $value;

            fn from_word(word: &std::ffi::OsStr) -> Result<Self, String> {
                $crate::config::values::text(word)?.parse::<$type>().map_err(|error| error.to_string())
            }

            fn from_toml(
                value: &toml::Spanned<toml::de::DeValue<'_>>,
            ) -> Result<Self, Vec<$crate::config::problem::Fault>> {
                let text = $crate::config::values::string(value)?;
                text.parse::<$type>().map_err(|error| vec![error.to_string().into()])
            }

            fn show(&self) -> Option<String> {
                Some($crate::config::values::quote(&self.to_string()))
            }
        }
    };
}
pub(crate) use text_setting;

/// A type whose values are words: `choice!(Format { Pretty => "pretty", Json => "json" })`.
macro_rules! choice {
    ($type:ident { $first:ident => $first_word:literal $(, $value:ident => $word:literal)* $(,)? }) => {
        impl $crate::config::setting::Setting for $type {
            const VALUE: &'static str = concat!($first_word $(, "|", $word)*);

            fn from_word(word: &std::ffi::OsStr) -> Result<Self, String> {
                $crate::config::setting::chosen(
                    &[($first_word, $type::$first) $(, ($word, $type::$value))*],
                    $crate::config::values::text(word)?,
                )
            }

            fn from_toml(
                value: &toml::Spanned<toml::de::DeValue<'_>>,
            ) -> Result<Self, Vec<$crate::config::problem::Fault>> {
                let word = match value.get_ref() {
                    // Without quotation marks `off` would be no TOML; so `false` is what somebody may write for it.
                    toml::de::DeValue::Boolean(true) => "on",
                    toml::de::DeValue::Boolean(false) => "off",
                    _ => $crate::config::values::string(value)?,
                };
                Self::from_word(std::ffi::OsStr::new(word)).map_err(|message| vec![message.into()])
            }

            fn show(&self) -> Option<String> {
                Some($crate::config::values::quote(match self {
                    $type::$first => $first_word,
                    $($type::$value => $word,)*
                }))
            }
        }
    };
}
pub(crate) use choice;

/// The value that a word stands for.
pub(crate) fn chosen<T: Clone>(all: &[(&str, T)], word: &str) -> Result<T, String> {
    let found = all.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        let names: Vec<String> = all.iter().map(|(name, _)| format!("`{name}`")).collect();
        let meant = super::suggest::nearest(word, all.iter().map(|(name, _)| *name));
        let meant = meant.map(|name| format!("; perhaps you mean `{name}`")).unwrap_or_default();
        format!("say {}{meant}", names.join(" or "))
    })
}
