//! A chat in the terminal, with whoever is subscribed to a chat service of the hub.
//!
//!     cargo run -- --nickname Ann
//!     cargo run -- --nickname Ann --service chat ws://localhost:6277/hub/ws
//!
//! Write a line, press Enter. Ctrl+C ends it, and so does Ctrl+D. Every payload of the protocol is explained at
//! /guide/reference/hub of any Parlor.

use std::{
    env,
    error::Error,
    io::{self, BufRead as _},
    process::ExitCode,
    thread,
    time::Duration,
};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::mpsc::{self, UnboundedReceiver},
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{self, Message, client::IntoClientRequest as _, protocol::WebSocketConfig},
};

const SERVER: &str = "ws://localhost:6277/hub/ws";
/// What we take at most: a service with many subscribers has a long list of them.
const LARGEST: usize = 8 << 20;
/// The hub pings every 5 seconds. Whoever hears nothing for so long has lost it.
const SILENCE: Duration = Duration::from_secs(20);
/// The first wait before we come back, and the longest.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Failed = Box<dyn Error>;

struct Options {
    server: String,
    service: String,
    nickname: String,
    secret: Option<String>,
}

/// How a connection ended.
enum End {
    /// There is nothing more to say.
    Done,
    /// Trying again makes sense.
    Lost(String),
    /// It does not.
    Refused(String),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(error) => {
            eprintln!(
                "{error}\nusage: hub-client [--nickname NAME] [--service NAME] [ADDRESS]; the secret is in HUB_SECRET"
            );
            return ExitCode::from(2);
        }
    };
    tokio::select! {
        code = stay(&options) => code,
        _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS,
    }
}

fn options() -> Result<Options, Failed> {
    let mut options = Options {
        server: SERVER.to_owned(),
        service: "chat_service".to_owned(),
        nickname: env::var("USER").unwrap_or_else(|_| "Rust".to_owned()),
        secret: env::var("HUB_SECRET").ok(),
    };
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--nickname" => options.nickname = args.next().ok_or("--nickname wants a name")?,
            "--service" => options.service = args.next().ok_or("--service wants a name")?,
            address if !address.starts_with('-') => options.server = address.to_owned(),
            unknown => return Err(format!("there is no option {unknown}").into()),
        }
    }
    Ok(options)
}

/// Connects, and comes back when the connection is lost: with another uuid, and subscribed to nothing.
async fn stay(options: &Options) -> ExitCode {
    let mut typed = typed();
    let mut wait = BACK_OFF.0;
    loop {
        let began = Instant::now();
        let end = match connect(options).await {
            Ok(mut socket) => {
                talk(&mut socket, options, &mut typed).await.unwrap_or_else(|error| End::Lost(format!("{error}.")))
            }
            Err(end) => end,
        };
        let why = match end {
            End::Done => return ExitCode::SUCCESS,
            End::Refused(why) => {
                eprintln!("{why}");
                return ExitCode::FAILURE;
            }
            End::Lost(why) => why,
        };
        note(&format!("{why} Trying again."));
        if began.elapsed() > SILENCE {
            wait = BACK_OFF.0;
        }
        sleep(wait.mul_f64(0.5 + chance() / 2.0)).await; // not everybody at once
        wait = (wait * 2).min(BACK_OFF.1);
    }
}

/// Opens the websocket, with the subprotocol of the hub.
async fn connect(options: &Options) -> Result<Socket, End> {
    let mut request = options.server.as_str().into_client_request().map_err(|error| End::Refused(error.to_string()))?;
    let protocol = tungstenite::http::HeaderValue::from_static("ert-concierge");
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    match timeout(SILENCE, connect_async_with_config(request, Some(config), true)).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(tungstenite::Error::Http(response)))
            if response.status().is_client_error() && response.status() != 429 =>
        {
            let said = response.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            Err(End::Refused(format!("The server refuses (status {}). {said}", response.status().as_u16())))
        }
        Ok(Err(error @ tungstenite::Error::Url(_))) => Err(End::Refused(error.to_string())),
        Ok(Err(error)) => Err(End::Lost(format!("The server can't be reached: {error}."))),
        Err(_) => Err(End::Lost("The server does not answer.".to_owned())),
    }
}

/// Says who we are, joins the chat, and then does what comes next, from either side.
async fn talk(socket: &mut Socket, options: &Options, typed: &mut UnboundedReceiver<String>) -> Result<End, Failed> {
    let identify = json!({
        "type": "IDENTIFY",
        // Nobody else may have it; people see the nickname.
        "name": format!("rust_{:08x}", (chance() * f64::from(u32::MAX)) as u32),
        "nickname": options.nickname,
        "version": "0.2.0",
        "secret": options.secret,
        "tags": ["chat"],
    });
    send(socket, &identify).await?;
    // Its answer, HELLO, is the first payload that comes; the hub hears what we say meanwhile, too.
    send(socket, &json!({"type": "SELF_SUBSCRIBE", "service": options.service})).await?;
    let mut joined = false;
    loop {
        tokio::select! {
            // Lines that are typed early wait until we are in.
            line = typed.recv(), if joined => match line {
                None => {
                    socket.close(None).await?;
                    return Ok(End::Done);
                }
                Some(text) if text.trim().is_empty() => {}
                Some(text) => {
                    let target = json!({"type": "SERVICE", "service": options.service});
                    send(socket, &json!({"type": "MESSAGE", "target": target, "data": {"text": text}})).await?;
                }
            },
            came = timeout(SILENCE, socket.next()) => match came {
                Err(_) => return Ok(End::Lost("The hub has gone silent.".to_owned())),
                Ok(None) => return Ok(End::Lost("The connection was lost.".to_owned())),
                // Pings are answered by the library, as long as we read.
                Ok(Some(message)) => match message? {
                    Message::Text(text) => hear(socket, &serde_json::from_str(&text)?, options, &mut joined).await?,
                    Message::Close(frame) => {
                        let frame = frame.map(|frame| (u16::from(frame.code), frame.reason.to_string()));
                        return Ok(closed(frame));
                    }
                    _ => {}
                },
            },
        }
    }
}

/// One payload of the hub.
async fn hear(socket: &mut Socket, payload: &Value, options: &Options, joined: &mut bool) -> Result<(), Failed> {
    // Some payloads have a service's name, others its shape.
    let service = payload["service"].as_str().or(payload["service"]["name"].as_str());
    let ours = service == Some(&options.service);
    match payload["type"].as_str().unwrap_or_default() {
        "MESSAGE" if payload["origin"]["service"]["name"] == options.service.as_str() => show(&payload["data"]),
        "SELF_SUBSCRIBE_RESULT" if ours => {
            *joined = true;
            let others = payload["service"]["subscribers"].as_array().map_or(0, Vec::len).saturating_sub(1);
            note(&format!("You are in. Others here: {others}."));
        }
        "INVALID_SERVICE" if ours => {
            *joined = false;
            note(&format!("There is no service {} yet; waiting for it.", options.service));
        }
        // Everybody is told of a new service.
        "SERVICE_CREATE_RESULT" if ours && !*joined => {
            send(socket, &json!({"type": "SELF_SUBSCRIBE", "service": options.service})).await?;
        }
        "SERVICE_DELETE_RESULT" if ours => {
            *joined = false;
            note(&format!("The service {} has gone; waiting until it comes back.", options.service));
        }
        "BAD" => note("That was not sent: you are not subscribed."),
        error if error.starts_with("ERROR_") => {
            note(&format!("{error}: {}", payload["desc"].as_str().unwrap_or_default()))
        }
        _ => {}
    }
    Ok(())
}

/// The lines that are typed, until there are no more. A thread reads them: no system can wait for a keyboard in any other way,
/// and a thread does not keep the program from ending.
fn typed() -> UnboundedReceiver<String> {
    let (tell, typed) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in io::stdin().lock().split(b'\n').map_while(Result::ok) {
            let text = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if tell.send(text).is_err() {
                return;
            }
        }
    });
    typed
}

async fn send(socket: &mut Socket, payload: &Value) -> Result<(), tungstenite::Error> {
    socket.send(Message::text(payload.to_string())).await
}

/// What a close code means, and whether it makes sense to come back.
fn closed(frame: Option<(u16, String)>) -> End {
    let Some((code, reason)) = frame else { return End::Lost("The connection was lost.".to_owned()) };
    let why = match code {
        4000 => "The hub does not let us in",
        4002 => "The hub can't read our IDENTIFY",
        4003 => "The hub wants IDENTIFY first",
        4004 => "We were too slow to say who we are",
        4005 => "Somebody has this name", // the next try has another one
        4006 => "The secret is wrong, or there is one and HUB_SECRET is not set",
        4007 => "The hub speaks another version of the protocol",
        4008 => "The hub does not take this name",
        4009 => "The hub has not heard from us for too long",
        1009 => "We have sent a payload that is too large",
        1012 => "The server restarts",
        1013 => "We read too slowly, so the hub dropped us",
        _ => "The connection was closed",
    };
    let why = format!("{why} ({code}: {reason}).");
    if matches!(code, 4000 | 4002 | 4003 | 4006 | 4007 | 4008 | 1009) { End::Refused(why) } else { End::Lost(why) }
}

/// What the chat service has said. It is a program of a stranger: data may have any shape.
fn show(data: &Value) {
    match (data["type"].as_str(), data["author"].as_str(), data["text"].as_str()) {
        (Some("STATUS"), _, Some(text)) => note(text),
        (Some("TEXT"), Some(author), Some(text)) => write(&format!("{author}: {text}")),
        _ => {}
    }
}

/// Writes what strangers have said: without what would command the terminal, and further lines indented.
fn write(text: &str) {
    let kept: String =
        text.chars().map(|c| if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c }).collect();
    println!("{}", kept.replace('\n', "\n    "));
}

fn note(text: &str) {
    write(&format!("* {text}"));
}

/// From 0 to 1; good enough for names and pauses, and for nothing that has to be secret.
fn chance() -> f64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0) as f64 / u64::MAX as f64
}
