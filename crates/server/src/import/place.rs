//! Where imported things go: into a store that nobody else uses, or into the rooms of a running server.

use std::sync::Arc;

use anyhow::Result;
use parlor_rooms::{BotId, RoomName, RoomState};
use parlor_runtime::{Bring, Runtime};
use parlor_store::{Append, Appended, Store};

/// All rooms of a server. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Place {
    /// Of one that does not run.
    Alone(Arc<dyn Store>),
    /// Of this one: whoever follows a room sees what comes.
    Running(Runtime),
}

/// One room. Cheap to clone.
#[derive(Clone)]
pub(super) enum Entrance {
    Alone(Arc<dyn Store>, RoomName),
    Running(Bring),
}

impl Place {
    /// The room of this name, which need not exist.
    pub(super) async fn enter(&self, room: &RoomName) -> Result<Entrance> {
        Ok(match self {
            Self::Alone(store) => Entrance::Alone(Arc::clone(store), room.clone()),
            Self::Running(runtime) => Entrance::Running(runtime.bring_into(room).await?),
        })
    }

    pub(super) async fn next_bot_id(&self) -> Result<BotId> {
        let store = match self {
            Self::Alone(store) => store,
            Self::Running(runtime) => runtime.store(),
        };
        Ok(store.next_bot_id().await?)
    }
}

impl Entrance {
    pub(super) async fn state(&self) -> Result<RoomState> {
        Ok(match self {
            Self::Alone(store, room) => store.open(room).await?.state,
            Self::Running(bring) => bring.state(),
        })
    }

    /// Once polled, it is on its way behind those that were polled before.
    pub(super) async fn append(&self, append: Append) -> Result<Appended> {
        Ok(match self {
            Self::Alone(store, _) => store.append(append).await?,
            Self::Running(bring) => bring.append(append).await?,
        })
    }
}
