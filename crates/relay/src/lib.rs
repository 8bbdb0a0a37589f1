//! `parlor relay`: joins a program on this computer to a room, as a bot that needs no address of its own.
//!
//! `settings` finds out what is wanted, `join` which bot that is on the server (`server`) and its token (`kept`);
//! `link` keeps a websocket open for ever, and brings what comes over it (`frames`) to the program (`local`), many at
//! once (`jobs`); `show` prints it.

mod frames;
#[doc(hidden)]
pub mod fuzzing;
mod jobs;
mod join;
mod kept;
mod link;
mod local;
mod outgoing;
mod server;
mod settings;
mod show;
mod terminal;
mod websocket;

use std::{fmt, sync::Arc};

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    jobs::Jobs,
    kept::Kept,
    link::End,
    local::Local,
    server::{Server, Trouble},
    show::Show,
    terminal::Terminal,
};

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The program that answers.
    pub url: Option<String>,
    /// The server.
    pub server: Option<String>,
    /// The room.
    pub room: Option<String>,
    /// The bot's name.
    pub name: Option<String>,
    /// The bot's pattern.
    pub responds_to: Option<String>,
    /// The token of a bot that is there already.
    pub token: Option<String>,
    /// Whether another's bot of that name may be taken over.
    pub take_over: bool,
    /// Whether the bot is deleted at the end.
    pub remove: bool,
}

/// Why it can't go on: a sentence that says what to do.
#[derive(Debug)]
pub struct Failure(pub(crate) String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// Relays until Ctrl-C.
pub async fn run(options: Options) -> Result<(), Failure> {
    let terminal = Terminal::new();
    let wanted = settings::complete(&options, &terminal)?;
    let server = Server::new(wanted.server.clone())?;
    let mut kept = Kept::open();
    let mut joined = join::join(&server, &wanted, &options, &terminal, &mut kept).await?;
    let is_replaced = |trouble: &Trouble| trouble.is_unknown_token() && options.token.is_none();
    let first = match server.connect(&joined.token).await {
        Err(trouble) if is_replaced(&trouble) => {
            joined = join::again(&server, &wanted, &options, &terminal, &mut kept, joined).await?;
            server.connect(&joined.token).await
        }
        other => other,
    };
    let connection = first.map_err(|trouble| match trouble {
        trouble if is_replaced(&trouble) => join::beaten(&wanted),
        trouble => Failure(trouble.to_string()),
    })?;
    if let Some(bot) = joined.unchanged.take() {
        // Now that the token was accepted it is known to be ours.
        joined.changed(join::adapt(&server, &bot, &wanted).await.map_err(|trouble| Failure(trouble.to_string()))?);
    }
    let bot = joined.bot.or(connection.bot);
    // From here on Ctrl-C ends it in order.
    let failed = |_| Failure("this system does not tell programs when they should end".to_owned());
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let show = Arc::new(Show::new(&terminal));
    show.joined(&server, &wanted, &joined);
    let mut jobs = Jobs::new(Local::new(wanted.url.clone()), Arc::clone(&show));
    let told = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    match link::keep(&server, &joined.token, connection, &mut jobs, &show, told).await {
        End::Told if options.remove => {
            let bot =
                bot.ok_or_else(|| Failure("which bot to remove is not known; remove it in the room".to_owned()))?;
            server.delete(bot).await.map_err(|trouble| Failure(format!("the bot could not be removed: {trouble}")))?;
            kept.forget(&server, &wanted.room, &wanted.name);
            show.removed(&joined.name);
            Ok(())
        }
        End::Told => {
            show.stays(&joined.name);
            Ok(())
        }
        End::Gone(why) => Err(Failure(why)),
    }
}
