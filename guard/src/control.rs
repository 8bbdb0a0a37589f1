//! A server without bots: what the gateway asks of them has the shortest answers there are.

use async_trait::async_trait;
use parlor_rooms::{BotId, EventId, RoomName};
use parlor_runtime::{
    Admitted, BotControl, BotFile, Boxed, Caller, CommandError, FormSubmission, NoFile, NotAdmitted,
    inspect::{Heard, Probe, Probed, Resent, Trial, Tried},
    log::{ActivationId, Trigger},
};
use parlor_sockets::Connection;

/// No bots.
pub(crate) struct NoBots;

#[async_trait]
impl BotControl for NoBots {
    fn answered(&self, _: &RoomName, _: &Trigger) -> Boxed<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    async fn submit_form(&self, _: FormSubmission) -> Result<Trigger, CommandError> {
        Err(CommandError::Stopping)
    }

    async fn check_pattern(&self, _: String) -> Result<(), String> {
        Ok(())
    }

    async fn new_token(&self, bot: BotId) -> Result<String, CommandError> {
        Err(CommandError::NoBot(bot))
    }

    async fn probe(&self, _: Probe) -> Probed {
        Probed { error: None, found: Vec::new() }
    }

    async fn heard(&self, _: &RoomName, _: EventId) -> Result<Vec<Heard>, CommandError> {
        Ok(Vec::new())
    }

    async fn try_bot(&self, _: Trial) -> Result<Tried, CommandError> {
        Err(CommandError::Stopping)
    }

    async fn send_again(&self, _: &Caller, _: ActivationId) -> Result<Resent, CommandError> {
        Err(CommandError::Stopping)
    }

    async fn admit(&self, _: &str) -> Result<Admitted, NotAdmitted> {
        Err(NotAdmitted::Token)
    }

    async fn serve_bot(&self, _: Admitted, _: Connection) {}

    fn is_connected(&self, _: BotId) -> bool {
        false
    }

    async fn bot_file(&self, _: BotId, _: &str) -> Result<BotFile, NoFile> {
        Err(NoFile::NotConnected)
    }
}
