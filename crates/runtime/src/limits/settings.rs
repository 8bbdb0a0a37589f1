//! The settings: every rate and every size, with defaults that a class of 60 behind one address does not hit.

use super::Rate;

/// How much may be asked of the server, and how large things may be. Sizes hold even where the rates are off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Whether rates and numbers of connections are limited at all.
    pub on: bool,
    /// Messages, forms and changes from one address.
    pub posts_per_address: Rate,
    /// The same of one account.
    pub posts_per_account: Rate,
    /// The same in one room.
    pub posts_per_room: Rate,
    /// Deliveries to one bot; what is more waits.
    pub activations_per_bot: Rate,
    /// Searches from one address.
    pub searches_per_address: Rate,
    /// Searches of one account.
    pub searches_per_account: Rate,
    /// Patterns tried on texts from one address.
    pub patterns_per_address: Rate,
    /// Patterns tried by one account.
    pub patterns_per_account: Rate,
    /// Bots tried, and deliveries made again, from one address.
    pub trials_per_address: Rate,
    /// Bots tried, and deliveries made again, by one account.
    pub trials_per_account: Rate,
    /// Rooms made from one address.
    pub rooms_per_address: Rate,
    /// Rooms made by one account.
    pub rooms_per_account: Rate,
    /// Bots made from one address.
    pub bots_per_address: Rate,
    /// Bots made by one account.
    pub bots_per_account: Rate,
    /// Connections that one address opens.
    pub connections_per_address: Rate,
    /// Websockets that one address opens.
    pub sockets_per_address: Rate,
    /// Connections that one address has open.
    pub open_connections: u32,
    /// Websockets that one address has open.
    pub open_sockets: u32,
    /// What one websocket says; what is more is passed over, and ten times that closes it.
    pub signals: Rate,
    /// What one client of the hub says; what is more waits.
    pub payloads: Rate,
    /// The longest text of a person, in bytes of UTF-8.
    pub text: usize,
    /// The largest body of a request, in bytes.
    pub body: usize,
    /// The largest message of a person's websocket, in bytes.
    pub frame: usize,
    /// The longest text of a bot's answer, in bytes of UTF-8; a state may be as long.
    pub answer: usize,
    /// The longest name, and the longest address of a bot, in bytes.
    pub name: usize,
    /// How many bots a room may have.
    pub bots: usize,
    /// How many names may be on a private room's list.
    pub members: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            on: true,
            posts_per_address: Rate::new(300, 5),
            posts_per_account: Rate::new(60, 10),
            posts_per_room: Rate::new(600, 10),
            activations_per_bot: Rate::new(600, 10),
            searches_per_address: Rate::new(300, 10),
            searches_per_account: Rate::new(30, 10),
            patterns_per_address: Rate::new(600, 10),
            patterns_per_account: Rate::new(60, 10),
            trials_per_address: Rate::new(120, 10),
            trials_per_account: Rate::new(30, 60),
            rooms_per_address: Rate::new(300, 3_600),
            rooms_per_account: Rate::new(60, 3_600),
            bots_per_address: Rate::new(600, 3_600),
            bots_per_account: Rate::new(120, 3_600),
            connections_per_address: Rate::new(3_000, 60),
            sockets_per_address: Rate::new(1_200, 60),
            open_connections: 2_000,
            open_sockets: 1_000,
            signals: Rate::new(60, 10),
            payloads: Rate::new(1_000, 5),
            text: 16 << 10,
            body: 1 << 20,
            frame: 64 << 10,
            answer: 1 << 20,
            name: 4 << 10,
            bots: 500,
            members: 1_000,
        }
    }
}
