//! Messages as a room's content setting shows them, whatever it was when they were stored.

use parlor_rooms::{Content, RoomName};
use parlor_runtime::log::{ReadError, StoredMessage, record};

use crate::Web;

/// A message as a room with this setting shows it.
pub(crate) fn fitted(room: &RoomName, stored: &StoredMessage, content: Content) -> StoredMessage {
    if content == Content::Open {
        return stored.clone();
    }
    // A record that can't be read is nobody's: it stays what it is only where anything goes.
    let record = match record::read_message(&stored.record) {
        Ok(message) if parlor_content::fits(&message, content) => stored.record.clone(),
        Ok(mut message) => {
            parlor_content::fit(&mut message, content);
            record::message(room, &message)
        }
        Err(error) => {
            tracing::error!(%room, id = %stored.id, %error, "a message can't be read");
            record::message(room, &parlor_rooms::Message::system("This message can’t be read."))
        }
    };
    StoredMessage { record, ..stored.clone() }
}

impl Web {
    /// Messages of a room as it shows them now; what has to be cleaned is cleaned where it holds up nobody.
    pub(crate) async fn fitted(
        &self,
        room: &RoomName,
        messages: Vec<StoredMessage>,
    ) -> Result<Vec<StoredMessage>, ReadError> {
        let content = self.runtime().snapshot(room).await?.settings.content(self.runtime().accounts());
        if content == Content::Open {
            return Ok(messages);
        }
        let room = room.clone();
        tokio::task::spawn_blocking(move || messages.iter().map(|message| fitted(&room, message, content)).collect())
            .await
            .map_err(|error| ReadError(error.to_string()))
    }
}
