//! `[bots]`.

use std::time::Duration;

use super::setting::{About, SETTING, section};

section! {
    /// Bots.
    struct Bots as bots in "bots" {
        /// How long a bot may take to answer
        timeout: Duration = Duration::from_secs(120),
            About { flag: "bot-timeout", env: "PARLOR_BOT_TIMEOUT", reload: true, ..SETTING },
            check at_most_an_hour;

        /// Let bots live at private and loopback addresses, as in a classroom's network (always so when only this machine
        /// can reach the server)
        allow_local: bool = false,
            About { flag: "allow-local-bots", env: "PARLOR_ALLOW_LOCAL_BOTS", switch: true, common: true, reload: true, ..SETTING };
    }
}

fn at_most_an_hour(timeout: &Duration) -> Result<(), String> {
    if timeout.is_zero() || *timeout > Duration::from_secs(3_600) {
        return Err("give a duration above nothing and of at most an hour, such as 30s".to_owned());
    }
    Ok(())
}
