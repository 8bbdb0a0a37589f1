//! Who may do what: the one place that every gateway asks.
//!
//! As long as there are no accounts, everybody in a room may do everything in it; what is left are the rooms of the
//! server itself, which nobody can make, and settings, which outside of local mode only an admin may change.

use crate::RoomName;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody with a name that proves nothing.
    Anyone,
    /// Who runs the server.
    Admin,
}

/// What they want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See the room and its messages.
    Read,
    /// Post a message, submit a form, leave a conversation.
    Post,
    /// Make, change, delete bots; read their activations.
    ManageBots,
    /// Clear the room.
    Clear,
    /// Change the room's settings.
    Configure,
}

/// What a room is to the policy.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its name.
    pub room: &'a RoomName,
    /// Whether it has an event yet.
    pub exists: bool,
    /// Whether the server is for this machine only.
    pub local: bool,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Rooms with `~` are the server's own.
    #[error("rooms whose names begin with `~` are made by the server itself; choose a name without it")]
    ServersOwn,
    /// Needs the admin.
    #[error("only an admin may change a room's settings on a server that others reach")]
    NeedsAdmin,
}

/// Whether `actor` may do `action` in `place`.
pub fn check(actor: &Actor, action: Action, place: Place<'_>) -> Result<(), Refusal> {
    if action != Action::Read && place.room.is_own() && !place.exists {
        return Err(Refusal::ServersOwn);
    }
    if action == Action::Configure && !place.local && *actor != Actor::Admin {
        return Err(Refusal::NeedsAdmin);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_who_may_do_what() {
        let (plain, own) = (RoomName::parse("a").expect("a name"), RoomName::parse("~hub/x").expect("a name"));
        let place = |room, exists, local| Place { room, exists, local };
        for action in [Action::Read, Action::Post, Action::ManageBots, Action::Clear] {
            assert_eq!(check(&Actor::Anyone, action, place(&plain, false, false)), Ok(()));
            assert_eq!(check(&Actor::Anyone, action, place(&own, true, false)), Ok(()));
        }
        assert_eq!(check(&Actor::Anyone, Action::Read, place(&own, false, true)), Ok(()));
        assert_eq!(check(&Actor::Admin, Action::Post, place(&own, false, true)), Err(Refusal::ServersOwn));
        assert_eq!(check(&Actor::Anyone, Action::Configure, place(&plain, true, true)), Ok(()));
        assert_eq!(check(&Actor::Anyone, Action::Configure, place(&plain, true, false)), Err(Refusal::NeedsAdmin));
        assert_eq!(check(&Actor::Admin, Action::Configure, place(&plain, true, false)), Ok(()));
    }
}
