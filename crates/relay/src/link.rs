//! The connection to the server, kept for ever: lost, it is made again.

use std::time::Duration;

use tokio::time::{Instant, interval, sleep};

use crate::{
    jobs::Jobs,
    outgoing::{Outgoing, Wrote},
    server::{Connected, Server},
    show::Show,
    websocket::{Came, WebSocket},
};

/// How long until the first new attempt, and between two at most. The server keeps work for a bot for five seconds.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(4));
/// How often the server is pinged, and how long it may give no sign of life.
const PING: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_secs(50);
/// How long the end may take.
const CLOSING: Duration = Duration::from_secs(2);

/// Why it is over.
pub(crate) enum End {
    /// Somebody ended this program.
    Told,
    /// The server does not want this bot any more: why.
    Gone(String),
}

/// Why a connection is over.
enum Over {
    Told,
    Closed(u16, String),
    Lost(String),
}

/// Keeps the connection, until `told`.
pub(crate) async fn keep(
    server: &Server,
    token: &str,
    first: Connected,
    jobs: &mut Jobs,
    show: &Show,
    told: impl Future<Output = ()>,
) -> End {
    let mut told = std::pin::pin!(told);
    let mut connection = first.socket;
    loop {
        let why = match serve(connection, jobs, told.as_mut()).await {
            Over::Told => return End::Told,
            Over::Closed(4401, _) => {
                return End::Gone(
                    "somebody made a new token for this bot (perhaps another relay took it over), so this one is no \
                     longer it. Start the relay again with --take-over if it should be"
                        .to_owned(),
                );
            }
            Over::Closed(4404, _) => {
                return End::Gone(
                    "the bot was deleted in the room, or given an address. Start the relay again to add it anew"
                        .to_owned(),
                );
            }
            Over::Closed(1012, _) => "the server restarts".to_owned(),
            Over::Closed(code, reason) if reason.is_empty() => format!("the server closed the connection ({code})"),
            Over::Closed(_, reason) => format!("the server closed the connection: {reason}"),
            Over::Lost(why) => why,
        };
        show.lost(&why);
        let again = tokio::select! {
            again = reconnect(server, token, show) => again,
            () = told.as_mut() => return End::Told,
        };
        connection = match again {
            Ok(connected) => connected.socket,
            Err(why) => return End::Gone(why),
        };
        show.back();
    }
}

/// Tries until it works, or never can.
async fn reconnect(server: &Server, token: &str, show: &Show) -> Result<Connected, String> {
    let mut wait = BACK_OFF.0;
    let mut said = String::new();
    loop {
        sleep(jittered(wait)).await;
        wait = (wait * 2).min(BACK_OFF.1);
        match server.connect(token).await {
            Ok(connected) => return Ok(connected),
            Err(trouble) if trouble.is_final() => return Err(trouble.to_string()),
            Err(trouble) => {
                let trouble = trouble.to_string();
                // Not the same again and again.
                if trouble != said {
                    show.still_lost(&trouble);
                    said = trouble;
                }
            }
        }
    }
}

/// Between half of it and all of it, so that a class's relays do not come all at once.
fn jittered(wait: Duration) -> Duration {
    let mut byte = [0];
    // Without random numbers it is just not spread.
    let _ = getrandom::fill(&mut byte);
    wait / 2 + wait.mul_f64(f64::from(byte[0]) / 512.0)
}

/// Nothing in here waits for the network alone: whatever it does, being told to end is heard.
async fn serve(connection: WebSocket, jobs: &mut Jobs, mut told: impl Future<Output = ()> + Unpin) -> Over {
    let WebSocket { mut reader, writer } = connection;
    let mut outgoing = Outgoing::new(writer);
    let mut pings = interval(PING);
    let mut heard = Instant::now();
    let lost = |error: std::io::Error| Over::Lost(format!("the connection to the server was lost ({error})"));
    loop {
        tokio::select! {
            came = reader.next() => {
                heard = Instant::now();
                match came {
                    Ok(Came::Text(text)) => jobs.take(&text),
                    Ok(Came::Ping(payload)) => outgoing.pong(payload),
                    Ok(Came::Pong) => {}
                    Ok(Came::Close(code, reason)) => {
                        // It is over, whether the server hears this or not.
                        outgoing.close(CLOSING).await;
                        return Over::Closed(code, reason);
                    }
                    Err(error) => return lost(error),
                }
            }
            written = outgoing.written() => match written {
                Ok(Wrote::Answer) => jobs.sent(),
                Ok(Wrote::Control) => {}
                Err(error) => return lost(error),
            },
            answer = jobs.answer(), if outgoing.is_idle() => outgoing.answer(answer),
            _ = pings.tick() => {
                if heard.elapsed() > SILENCE || outgoing.stuck() > SILENCE {
                    return Over::Lost("the server gives no sign of life".to_owned());
                }
                outgoing.ping();
            }
            () = &mut told => {
                outgoing.close(CLOSING).await;
                return Over::Told;
            }
        }
    }
}
