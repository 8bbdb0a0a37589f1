//! One client: it introduces itself in time, or goes; then each of its payloads is heard.

use std::{pin::pin, sync::Arc};

use parlor_accounts::Held;
use parlor_runtime::limits::Pace;
use parlor_sockets::{CloseCode, Connection, Incoming};
use parlor_wire::hub::First;

use crate::{
    Door, Refused, Uuid,
    door::{Known, random_key, random_uuid},
    running::Seat,
};

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

/// Serves a client until it is gone. `known` is whoever asked for the websocket.
pub(crate) async fn run(door: Arc<Door>, mut connection: Connection, known: Known) {
    let (uuid, held) = match identified(&door, &mut connection, known).await {
        Ok(Some(entered)) => entered,
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
    let socket = connection.socket().clone();
    let mut closing = pin!(socket.closing());
    let (mut pace, limits) = (Pace::default(), door.runtime().limits());
    loop {
        let incoming = tokio::select! {
            incoming = connection.next() => incoming,
            () = &mut closing => break,
            () = over(held.as_ref()) => {
                socket.close(codes::SECRET, "the login is over, or the token was revoked: identify again");
                break;
            }
        };
        let waited = match incoming {
            Incoming::Text(text) => door.running.hear(|hub, out| hub.hear(uuid, &text, out)).await,
            Incoming::Binary(_) => {
                let desc = "payloads are text frames; this was a binary one";
                door.running.hear(|hub, out| hub.hear_nonsense(uuid, desc, out)).await
            }
            Incoming::Woken => false,
            Incoming::Closed { .. } => break,
        };
        // Nobody is cut off for speaking fast: what it says waits in its own connection, and its pongs with it.
        if waited {
            socket.excuse();
        }
        loop {
            let wait = limits.pace(&mut pace);
            if wait.is_zero() {
                break;
            }
            socket.excuse();
            tokio::time::sleep(wait).await;
        }
    }
    // Its name is free from now on, also if it takes its time to answer the close frame.
    drop(present);
    while !matches!(connection.next().await, Incoming::Closed { .. }) {}
}

/// Until the login or token that somebody came with is.
async fn over(held: Option<&Held>) {
    match held {
        Some(held) => held.ended().cancelled().await,
        None => std::future::pending().await,
    }
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
    known: Known,
) -> Result<Option<(Uuid, Option<Held>)>, (CloseCode, String)> {
    let no = |code, reason: &str| Err((code, reason.to_owned()));
    let first = tokio::time::timeout(door.settings().identify_within, async {
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
    let Some(known) = door.admit(identify.secret.as_deref(), known).await else {
        return no(codes::SECRET, "the secret is wrong; an account's token will do, too");
    };
    let held = match &known.seen {
        // Before HELLO: what ends from now on closes the connection.
        Some(seen) => match door.accounts().hold(seen).await {
            Ok(held) => Some(held),
            Err(error) => {
                tracing::error!(%error, "whether a login holds can't be read");
                return no(codes::UNKNOWN, "something went wrong inside the server; its log says what");
            }
        },
        None => None,
    };
    let (uuid, key) = (random_uuid(), random_key());
    let seat = Seat { socket: connection.socket().clone(), caller: Arc::new(known.caller) };
    let entered = door.running.with(|hub, out| hub.enter(identify, uuid, seat, &key, out));
    match entered {
        Ok(()) => Ok(Some((uuid, held))),
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
