//! `[limits]`.

use parlor_runtime::limits::{self, Rate};

use super::{
    quantities::Size,
    setting::{About, SETTING, section, text_setting},
};

/// They all change by SIGHUP.
const LIMIT: About = About { reload: true, ..SETTING };

fn usual() -> limits::Limits {
    limits::Limits::default()
}

fn size(bytes: usize) -> Size {
    Size(bytes as u64)
}

section! {
    /// How much may be asked of the server, and how large things may be.
    ///
    /// A rate is a bucket: `300/5s` is 300 at once, and as many in every five seconds; `off` is no limit.
    struct Limits as limits in "limits" {
        /// Limit how much is asked of the server, and how often (on, unless only this machine can reach it)
        ///
        /// Sizes hold all the same.
        enabled: Option<bool> = None,
            About { flag: "limits", env: "PARLOR_LIMITS", example: "true", common: true, ..LIMIT };

        /// Messages, forms and changes from one address
        posts_per_address: Rate = usual().posts_per_address, LIMIT;
        /// Messages, forms and changes of one account
        posts_per_account: Rate = usual().posts_per_account, LIMIT;
        /// Messages, forms and changes in one room
        posts_per_room: Rate = usual().posts_per_room, LIMIT;
        /// Deliveries to one bot; what is more waits
        activations_per_bot: Rate = usual().activations_per_bot, LIMIT;
        /// Searches from one address
        searches_per_address: Rate = usual().searches_per_address, LIMIT;
        /// Searches of one account
        searches_per_account: Rate = usual().searches_per_account, LIMIT;
        /// Patterns tried from one address
        patterns_per_address: Rate = usual().patterns_per_address, LIMIT;
        /// Patterns tried by one account
        patterns_per_account: Rate = usual().patterns_per_account, LIMIT;
        /// Bots tried, and deliveries made again, from one address
        trials_per_address: Rate = usual().trials_per_address, LIMIT;
        /// Bots tried, and deliveries made again, by one account
        trials_per_account: Rate = usual().trials_per_account, LIMIT;
        /// Rooms made from one address
        rooms_per_address: Rate = usual().rooms_per_address, LIMIT;
        /// Rooms made by one account
        rooms_per_account: Rate = usual().rooms_per_account, LIMIT;
        /// Bots made from one address
        bots_per_address: Rate = usual().bots_per_address, LIMIT;
        /// Bots made by one account
        bots_per_account: Rate = usual().bots_per_account, LIMIT;
        /// Connections that one address opens
        connections_per_address: Rate = usual().connections_per_address, LIMIT;
        /// Websockets that one address opens
        sockets_per_address: Rate = usual().sockets_per_address, LIMIT;
        /// Connections that one address may have open
        open_connections: u32 = usual().open_connections, LIMIT, check some;
        /// Websockets that one address may have open
        open_sockets: u32 = usual().open_sockets, LIMIT, check some;
        /// What one websocket may say; what is more is passed over, and ten times that closes it
        signals: Rate = usual().signals, LIMIT;
        /// What one client of the hub may say; what is more waits
        payloads: Rate = usual().payloads, LIMIT;

        /// The longest text of a person's message
        text: Size = size(usual().text), LIMIT, check memory;
        /// The largest body of a request
        body: Size = size(usual().body), LIMIT, check memory;
        /// The longest name, and the longest address of a bot
        name: Size = size(usual().name), LIMIT, check memory;
        /// The largest message on a person's websocket
        frame: Size = size(usual().frame), LIMIT, check memory;
        /// The longest text of a bot's answer, and the longest state
        answer: Size = size(usual().answer), LIMIT, check memory;
        /// How many bots a room may have
        bots: u32 = 500, LIMIT, check some;
        /// How many names may be on a private room's list
        members: u32 = 1_000, LIMIT, check some;
    }
}

text_setting!(Rate, "RATE");

fn some(number: &u32) -> Result<(), String> {
    if *number == 0 { Err("give a number above nothing".to_owned()) } else { Ok(()) }
}

/// What is held in memory whole.
fn memory(size: &Size) -> Result<(), String> {
    if (16..=64 << 20).contains(&size.0) { Ok(()) } else { Err("give a size from 16B to 64MiB".to_owned()) }
}

impl Limits {
    /// As the runtime takes them. `local`: only this machine can reach the server.
    pub(crate) fn limits(&self, local: bool) -> limits::Limits {
        let size = |size: Size| usize::try_from(size.0).unwrap_or(usize::MAX);
        let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        limits::Limits {
            on: self.enabled.unwrap_or(!local),
            posts_per_address: self.posts_per_address,
            posts_per_account: self.posts_per_account,
            posts_per_room: self.posts_per_room,
            activations_per_bot: self.activations_per_bot,
            searches_per_address: self.searches_per_address,
            searches_per_account: self.searches_per_account,
            patterns_per_address: self.patterns_per_address,
            patterns_per_account: self.patterns_per_account,
            trials_per_address: self.trials_per_address,
            trials_per_account: self.trials_per_account,
            rooms_per_address: self.rooms_per_address,
            rooms_per_account: self.rooms_per_account,
            bots_per_address: self.bots_per_address,
            bots_per_account: self.bots_per_account,
            connections_per_address: self.connections_per_address,
            sockets_per_address: self.sockets_per_address,
            open_connections: self.open_connections,
            open_sockets: self.open_sockets,
            signals: self.signals,
            payloads: self.payloads,
            text: size(self.text),
            body: size(self.body),
            frame: size(self.frame),
            answer: size(self.answer),
            name: size(self.name),
            bots: number(self.bots),
            members: number(self.members),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_runtimes_and_off_where_only_this_machine_reaches_the_server() {
        assert_eq!(Limits::default().limits(false), usual());
        assert_eq!(Limits::default().limits(true), limits::Limits { on: false, ..usual() });
        let on = Limits { enabled: Some(true), ..Limits::default() };
        assert_eq!(on.limits(true), usual());
    }
}
