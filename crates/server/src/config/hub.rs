//! `[hub]`.

use std::{fmt, path::Path, str::FromStr};

use parlor_gateway_hub::{FileLimits, Limits, Tie};
use parlor_rooms::{RoomName, policy::Accounts};

use super::{
    Listen,
    quantities::Size,
    setting::{About, SETTING, section, text_setting},
    values::Secret,
};

section! {
    /// The hub: programs that find each other by name and by service, over the concierge protocol, at `/hub/ws`.
    struct HubSettings as hub in "hub" {
        /// Have a hub
        enabled: bool = true, About { flag: "hub", ..SETTING };

        /// An address of its own for the hub, with the path `/ws`; its clients have known 64209 as its port
        listen: Option<Listen> = None,
            About { example: "\"127.0.0.1:64209\"", ..SETTING };

        /// What clients have to know to be let in; the token of an account will do, too
        secret: Option<Secret> = None, About { secret: true, example: "\"long and random\"", ..SETTING };

        /// Leave the name `chat_service` to a client, instead of having the chat service built in
        no_chat_service: bool = false,
            About { flag: "no-chat-service", switch: true, ..SETTING };

        /// Services that are rooms, besides the chat service: SERVICE=ROOM, where the room may be any, or one of the hub's own (`~hub/…`)
        rooms: Vec<TiedRoom> = Vec::new(), About { example: "[\"general=general\", \"tables=~hub/tables\"]", ..SETTING };

        /// Have files written by nobody but who knows the client's `fs_key` (always so where accounts are required)
        ///
        /// Otherwise its uuid will do, which the old clients send, and which every client knows.
        fs_key_only: bool = false, About { switch: true, ..SETTING };

        /// The largest payload
        payload: Size = Size(1 << 20), SETTING, check payload;
        /// How many clients there may be
        clients: u32 = 10_000, SETTING, check some;
        /// How many services there may be
        services: u32 = 10_000, SETTING, check some;
        /// The largest file of a client
        file: Size = Size(64 << 20), SETTING;
        /// How much all files of a client may have together
        files_of_client: Size = Size(256 << 20), SETTING;
        /// How much all files of all clients may have together
        files: Size = Size(4 << 30), SETTING;
    }
}

/// A service that is a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TiedRoom {
    service: String,
    room: RoomName,
}

impl FromStr for TiedRoom {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (service, room) = text.split_once('=').ok_or("give SERVICE=ROOM, such as tables=~hub/tables")?;
        let room = RoomName::parse(room.trim()).map_err(|error| format!("the room {error}"))?;
        if room.is_own() && !room.as_str().starts_with("~hub/") {
            return Err(format!(
                "`{room}` is for something else of the server's: of the rooms that begin with `~` the hub has `~hub/…`"
            ));
        }
        match service.trim() {
            "" => Err("give the name of a service before the `=`".to_owned()),
            service => Ok(Self { service: service.to_owned(), room }),
        }
    }
}

impl fmt::Display for TiedRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.service, self.room)
    }
}

text_setting!(TiedRoom, "SERVICE=ROOM");

fn some(number: &u32) -> Result<(), String> {
    if *number == 0 { Err("give a number above nothing".to_owned()) } else { Ok(()) }
}

/// What is held in memory whole.
fn payload(size: &Size) -> Result<(), String> {
    if (1 << 10..=64 << 20).contains(&size.0) { Ok(()) } else { Err("give a size from 1KiB to 64MiB".to_owned()) }
}

impl HubSettings {
    /// As the gateway takes them; none if there is to be no hub. `data` is the server's folder.
    pub(crate) fn settings(&self, accounts: Accounts, data: &Path) -> Option<parlor_gateway_hub::Settings> {
        let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let chat = (!self.no_chat_service).then(Tie::chat_service).flatten();
        let tied = |tied: &TiedRoom| Tie { service: tied.service.clone(), nickname: None, room: tied.room.clone() };
        self.enabled.then(|| parlor_gateway_hub::Settings {
            secret: self.secret.as_ref().map(|secret| secret.reveal().to_owned()),
            limits: Limits { clients: number(self.clients), services: number(self.services), ..Limits::default() },
            payload: usize::try_from(self.payload.0).unwrap_or(usize::MAX),
            files: Some(data.join("hub-files")),
            file_limits: FileLimits {
                file: self.file.0,
                client: self.files_of_client.0,
                hub: self.files.0,
                ..FileLimits::default()
            },
            fs_key_only: self.fs_key_only || accounts == Accounts::Required,
            ties: chat.into_iter().chain(self.rooms.iter().map(tied)).collect(),
            ..parlor_gateway_hub::Settings::default()
        })
    }
}
