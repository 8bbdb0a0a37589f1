//! `[accounts]`.

use std::time::Duration;

use parlor_rooms::policy::Accounts;

use super::setting::{About, SETTING, choice, section};

section! {
    /// Who people are.
    struct AccountSettings as accounts in "accounts" {
        /// Whether people have accounts: nobody (any name, as in a classroom), who wants, or everybody
        ///
        /// `off`: a name is just a name. `optional`: a name that belongs to an account needs its login. `required`: without a
        /// login nothing can be seen or done.
        mode: Mode = Mode::Off,
            About { flag: "accounts", env: "PARLOR_ACCOUNTS", common: true, ..SETTING };

        /// Let people make accounts of their own, without an invitation
        sign_up: bool = false,
            About { flag: "sign-up", env: "PARLOR_SIGN_UP", switch: true, ..SETTING };

        /// How long a login lasts that is not used
        session: Duration = Duration::from_secs(30 * 24 * 60 * 60),
            About { ..SETTING },
            check a_minute_to_a_year;
    }
}

/// Whether people have accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Off,
    Optional,
    Required,
}

choice!(Mode { Off => "off", Optional => "optional", Required => "required" });

impl AccountSettings {
    /// As the accounts take them.
    pub(crate) fn options(&self) -> parlor_accounts::Options {
        let mode = match self.mode {
            Mode::Off => Accounts::Off,
            Mode::Optional => Accounts::Optional,
            Mode::Required => Accounts::Required,
        };
        parlor_accounts::Options { mode, sign_up: self.sign_up, session: self.session }
    }
}

fn a_minute_to_a_year(session: &Duration) -> Result<(), String> {
    if (Duration::from_secs(60)..=Duration::from_secs(366 * 24 * 60 * 60)).contains(session) {
        return Ok(());
    }
    Err("give a duration from a minute to a year, such as 30d".to_owned())
}
