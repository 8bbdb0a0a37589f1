//! What every handler of this gateway can reach.

use std::sync::Arc;

use parlor_rooms::{Bot, Endpoint, RoomName};
use parlor_runtime::{BotControl, EncoderId, Runtime};
use parlor_sockets::Sweeper;
use parlor_wire::rooms_api;

use crate::{Mode, assets::Coded, guide::Shelf, templates::Templates};

/// The longest text of a person, in bytes of UTF-8.
pub(crate) const TEXT_MAX: usize = 16 * 1024;
/// The largest body of a request.
pub(crate) const BODY_MAX: usize = 1024 * 1024;

/// The web gateway's state. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Parts>);

struct Parts {
    runtime: Runtime,
    control: Arc<dyn BotControl>,
    encoder: EncoderId,
    sweeper: Sweeper,
    mode: Mode,
    templates: Templates,
    coded: Coded,
    shelf: Shelf,
}

impl Web {
    /// A gateway to these rooms. `encoder` is the number under which [`crate::RoomsEncoder`] was registered.
    pub fn new(
        runtime: Runtime,
        control: Arc<dyn BotControl>,
        encoder: EncoderId,
        sweeper: Sweeper,
        mode: Mode,
    ) -> Self {
        let (templates, coded, shelf) = (Templates::embedded(), Coded::default(), Shelf::default());
        Self(Arc::new(Parts { runtime, control, encoder, sweeper, mode, templates, coded, shelf }))
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.0.runtime
    }

    pub(crate) fn control(&self) -> &Arc<dyn BotControl> {
        &self.0.control
    }

    /// A bot as the API shows it.
    pub(crate) fn shown(&self, room: &RoomName, bot: &Bot) -> rooms_api::Bot {
        let connects = bot.endpoint() == Endpoint::Socket;
        rooms_api::Bot {
            connected: connects.then(|| self.control().is_connected(bot.id)),
            ..rooms_api::Bot::new(room, bot)
        }
    }

    pub(crate) fn encoder(&self) -> EncoderId {
        self.0.encoder
    }

    pub(crate) fn sweeper(&self) -> &Sweeper {
        &self.0.sweeper
    }

    pub(crate) fn mode(&self) -> &Mode {
        &self.0.mode
    }

    pub(crate) fn templates(&self) -> &Templates {
        &self.0.templates
    }

    pub(crate) fn coded(&self) -> &Coded {
        &self.0.coded
    }

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }
}
