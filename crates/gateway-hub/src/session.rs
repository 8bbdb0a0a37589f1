//! One client: it introduces itself in time, or goes; then each of its payloads is heard.

use std::{sync::Arc, time::Duration};

use parlor_sockets::{CloseCode, Connection, Incoming};
use parlor_wire::hub::First;

use crate::{Door, Refused, Uuid};

/// The close codes of the protocol.
pub(crate) mod codes {
    use parlor_sockets::CloseCode;

    pub(crate) const UNKNOWN: CloseCode = CloseCode(4000);
    pub(crate) const UNDECODABLE: CloseCode = CloseCode(4002);
    pub(crate) const NO_IDENTIFY: CloseCode = CloseCode(4003);
    pub(crate) const TOO_LATE: CloseCode = CloseCode(4004);
    pub(crate) const NAME_TAKEN: CloseCode = CloseCode(4005);
    pub(crate) const SECRET: CloseCode = CloseCode(4006);
    pub(crate) const VERSION: CloseCode = CloseCode(4007);
    pub(crate) const NAME: CloseCode = CloseCode(4008);
    pub(crate) const HEARTBEAT: CloseCode = CloseCode(4009);
}

/// Serves a client until it is gone.
pub(crate) async fn run(door: Arc<Door>, mut connection: Connection, identify_within: Duration) {
    let uuid = match identified(&door, &mut connection, identify_within).await {
        Ok(Some(uuid)) => uuid,
        // It went away by itself.
        Ok(None) => return,
        Err((code, reason)) => {
            connection.socket().close(code, &reason);
            // Until it has answered, or its time is over.
            while !matches!(connection.next().await, Incoming::Closed { .. }) {}
            return;
        }
    };
    let present = Present { door: &door, uuid };
    loop {
        match connection.next().await {
            Incoming::Text(text) => door.running.with(|hub, out| hub.hear(uuid, &text, out)),
            Incoming::Binary(_) => door.running.with(|hub, out| {
                hub.hear_nonsense(uuid, "payloads are text frames; this was a binary one", out);
            }),
            Incoming::Woken => {}
            Incoming::Closed { .. } => break,
        }
        door.running.calm().await;
    }
    drop(present);
}

/// Takes a client out of the hub however its task ends.
struct Present<'a> {
    door: &'a Door,
    uuid: Uuid,
}

impl Drop for Present<'_> {
    fn drop(&mut self) {
        self.door.see_off(self.uuid);
    }
}

/// Waits for the client's IDENTIFY, and lets it in; none if it went away before.
async fn identified(
    door: &Door,
    connection: &mut Connection,
    within: Duration,
) -> Result<Option<Uuid>, (CloseCode, String)> {
    let no = |code, reason: &str| Err((code, reason.to_owned()));
    let first = tokio::time::timeout(within, async {
        loop {
            match connection.next().await {
                Incoming::Woken => {}
                other => return other,
            }
        }
    });
    let text = match first.await {
        Err(_) => return no(codes::TOO_LATE, "IDENTIFY did not come in time"),
        Ok(Incoming::Closed { .. }) => return Ok(None),
        Ok(Incoming::Text(text)) => text,
        Ok(Incoming::Binary(_) | Incoming::Woken) => {
            return no(codes::UNDECODABLE, "payloads are text frames with JSON");
        }
    };
    let identify = match First::read(&text) {
        Ok(First::Identify(identify)) => identify,
        Ok(First::Other) => return no(codes::NO_IDENTIFY, "IDENTIFY comes first"),
        Err(error) => return Err((codes::UNDECODABLE, format!("the payload can't be decoded: {error}"))),
    };
    if !door.admits(identify.secret.as_deref()).await {
        return no(codes::SECRET, "the secret is wrong");
    }
    let (uuid, key, socket) = (door.uuid(), door.key(), connection.socket().clone());
    let entered = door.running.with(|hub, out| hub.enter(identify, uuid, socket, &key, out));
    match entered {
        Ok(()) => Ok(Some(uuid)),
        Err(refused) => {
            let code = match refused {
                Refused::Version => codes::VERSION,
                Refused::Name => codes::NAME,
                Refused::Taken => codes::NAME_TAKEN,
                Refused::TooLong | Refused::Full => codes::UNKNOWN,
            };
            Err((code, refused.to_string()))
        }
    }
}
