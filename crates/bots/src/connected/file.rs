//! Files of bots without an address: what their messages refer to is fetched over their connections.

use std::{sync::Arc, time::Duration};

use parlor_rooms::BotId;
use parlor_runtime::{BotFile, NoFile};
use tokio::time::timeout;

use super::{
    Connected,
    ask::Unheard,
    frames::{self, Http, Said},
};

/// How long the fetching of a file may take.
const FILE_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest file.
const FILE_MAX: usize = 4 << 20;

impl Connected {
    /// Fetches what the bot has at this path, which is relative to where it lives.
    pub(crate) async fn file(self: &Arc<Self>, bot: BotId, path: &str) -> Result<BotFile, NoFile> {
        let turns = Arc::clone(&self.lock().entry(bot).or_default().files);
        let fetched = timeout(FILE_TIMEOUT, async {
            let _turn = turns.acquire().await;
            let id = format!("get_{}", self.serial());
            self.ask(bot, &id, frames::get(&id, path, FILE_TIMEOUT), FILE_TIMEOUT).await
        });
        let said = fetched.await.unwrap_or(Err(Unheard::TimedOut));
        drop(turns);
        self.tidy(bot);
        let Http { status, headers, body, .. } = match said {
            Ok(Said::Http(http)) => http,
            Ok(Said::Failed { why, .. }) => return Err(NoFile::Failed(why)),
            Ok(Said::Nonsense(why)) => return Err(NoFile::Failed(format!("what it sent is no answer: {why}"))),
            Ok(Said::Answer(_)) => {
                return Err(NoFile::Failed("it answered as to a message, and was asked for a file".to_owned()));
            }
            Err(Unheard::NotConnected) => return Err(NoFile::NotConnected),
            Err(Unheard::TimedOut) => return Err(NoFile::TimedOut(FILE_TIMEOUT)),
        };
        match status {
            200..=299 if body.len() > FILE_MAX => Err(NoFile::TooLarge(FILE_MAX)),
            200..=299 => {
                let kind = headers.into_iter().find(|(name, _)| name == "content-type").map(|(_, value)| value);
                Ok(BotFile { content_type: kind, body })
            }
            404 | 410 => Err(NoFile::NotThere),
            other => Err(NoFile::Failed(format!("its server answered with the status code {other}"))),
        }
    }
}
