//! Bringing in what happened elsewhere: events with times of their own that activate nobody, in order, seen by everybody who
//! follows the room.

use parlor_rooms::{Part, RoomName, RoomState};
use parlor_store::{Append, Appended, ReadError};

use crate::{CommandError, Runtime, map::RoomHandle};

/// A room into which something is brought; it stays in memory as long as this is there. Cheap to clone.
#[derive(Clone)]
pub struct Bring {
    runtime: Runtime,
    room: RoomHandle,
}

impl Runtime {
    /// The room, loaded, for things that are brought into it.
    pub async fn bring_into(&self, room: &RoomName) -> Result<Bring, ReadError> {
        Ok(Bring { runtime: self.clone(), room: self.room(room).await? })
    }
}

impl Bring {
    /// The room as everybody who follows it sees it now.
    pub fn state(&self) -> RoomState {
        self.room.lock().state.clone()
    }

    /// Appends, for the server itself: no policy is asked, and no limit. Unlike a command this runs where it is awaited, so that
    /// the order is the caller's: once polled, the event is on its way behind those that were polled before, even if this
    /// is dropped then.
    pub async fn append(&self, append: Append) -> Result<Appended, CommandError> {
        if self.runtime.stopping().is_cancelled() {
            return Err(CommandError::Stopping);
        }
        let configures = append.parts.iter().any(|part| matches!(part, Part::SettingsPut(_)));
        let appended = self.runtime.append_in(&self.room, append).await?;
        if configures {
            self.runtime.configured();
        }
        Ok(appended)
    }
}
