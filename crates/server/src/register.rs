//! The register of accounts, as the runtime asks it.

use async_trait::async_trait;
use parlor_accounts::{Accounts, By};
use parlor_rooms::RoomName;
use parlor_runtime::Caller;

/// The accounts.
pub(crate) struct Register(pub(crate) Accounts);

#[async_trait]
impl parlor_runtime::Register for Register {
    fn account(&self, name: &str) -> Option<String> {
        self.0.canonical(name)
    }

    async fn configured(&self, caller: &Caller, room: &RoomName, what: &str) {
        let by = By::new(caller.actor.clone(), caller.address);
        if let Err(error) = self.0.room_configured(&by, room, what).await {
            // It holds; what is missing is that it is noted.
            tracing::warn!(%room, %error, "a change of settings is not noted");
        }
    }
}
