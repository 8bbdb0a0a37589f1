//! Forms: where a submission goes. An `action` is relative to the url of the bot whose message held the form.

use std::sync::Arc;

use parlor_rooms::{Bot, BotId, Bots, Endpoint, Json};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::fault::Fault;

/// A submission, as it is stored with its pending dispatch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Form {
    /// Who submitted it.
    pub(crate) author: String,
    /// The bot whose message held it.
    pub(crate) bot: BotId,
    /// The form's `action`.
    pub(crate) action: Option<String>,
    /// Its fields.
    pub(crate) data: Json,
}

/// Who gets a submission.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Goes {
    /// This bot of the room.
    To(Arc<Bot>),
    /// This bot, which connects to us, at another of its places: `socket:` and the path.
    At(Arc<Bot>, String),
    /// This address, which is no bot of the room.
    Out(Url),
    /// Nobody.
    Nowhere(Fault),
}

/// Where a form goes, in a room with these bots.
pub(crate) fn resolve(bots: &Bots, form: &Form) -> Goes {
    let Some(bot) = bots.get(&form.bot) else { return Goes::Nowhere(Fault::FormGone) };
    let action = form.action.as_deref().map(str::trim).unwrap_or_default();
    let to = |bot: &Arc<Bot>| if bot.paused { Goes::Nowhere(Fault::FormPaused) } else { Goes::To(Arc::clone(bot)) };
    if action.is_empty() {
        return to(bot);
    }
    if bot.endpoint() == Endpoint::Socket
        && let Some(path) = own_path(action)
    {
        return match to(bot) {
            Goes::To(bot) if !path.is_empty() => Goes::At(bot, format!("socket:{path}")),
            other => other,
        };
    }
    match resolved(bot, action) {
        Err(why) => Goes::Nowhere(Fault::FormAction { action: action.to_owned(), why: why.to_owned() }),
        Ok(url) => {
            let others = std::iter::once(bot).chain(bots.values());
            match others.into_iter().find(|bot| comparable(&bot.url) == url.as_str()) {
                Some(bot) => to(bot),
                None if matches!(url.scheme(), "http" | "https") => Goes::Out(url),
                None => Goes::Nowhere(Fault::FormAction {
                    action: action.to_owned(),
                    why: "it is no web address, nor a bot of this room".to_owned(),
                }),
            }
        }
    }
}

/// An action that is relative to where a bot lives of which we don't know where it lives.
fn own_path(action: &str) -> Option<&str> {
    let nowhere = Url::parse("http://bot.invalid/").expect("an address");
    let url = nowhere.join(action).ok().filter(|url| url.origin() == nowhere.origin())?;
    // An absolute address of that host would be nobody's.
    (Url::parse(action).is_err() && url.path().starts_with('/')).then(|| action.split('#').next().unwrap_or_default())
}

fn resolved(bot: &Bot, action: &str) -> Result<Url, &'static str> {
    let wrong = "that is no address";
    let mut url = match bot.endpoint() {
        Endpoint::Http(base) => match Url::parse(base) {
            Ok(base) => base.join(action).map_err(|_| wrong)?,
            Err(_) => {
                Url::parse(action).map_err(|_| "the bot’s own URL is not complete, so nothing can be relative to it")?
            }
        },
        Endpoint::Empty | Endpoint::Builtin(_) | Endpoint::Socket => {
            Url::parse(action).map_err(|_| "the bot has no web address, so nothing can be relative to it")?
        }
    };
    url.set_fragment(None);
    Ok(url)
}

/// A bot's url in the spelling in which two of them can be compared.
pub(crate) fn comparable(url: &str) -> String {
    match Url::parse(url.trim()) {
        Ok(mut url) => {
            url.set_fragment(None);
            url.into()
        }
        Err(_) => url.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bot(id: u64, url: &str) -> Bot {
        Bot { paused: id == 9, ..Bot::new(BotId(id), format!("B{id}"), url) }
    }

    /// What a form of `from` with this action reaches.
    fn goes(from: u64, action: Option<&str>) -> Goes {
        let bots: Bots = Arc::new(
            [
                (1, "https://example.com/bots/desserts"),
                (2, "https://EXAMPLE.com:443/bots/foo"),
                (3, "https://example.com/bots/foo#x"),
                (4, "builtin:form"),
                (5, ""),
                (6, "localhost/x"),
                (7, "socket:"),
                (8, "socket:"),
                (9, "https://example.com/rests"),
            ]
            .map(|(id, url)| (BotId(id), Arc::new(bot(id, url))))
            .into(),
        );
        let data = Json::parse("{}").unwrap();
        resolve(&bots, &Form { author: "A".into(), bot: BotId(from), action: action.map(Into::into), data })
    }

    #[track_caller]
    fn to(from: u64, action: Option<&str>, expected: u64) {
        match goes(from, action) {
            Goes::To(bot) => assert_eq!(bot.id, BotId(expected)),
            other => panic!("{action:?} went {other:?}"),
        }
    }

    #[track_caller]
    fn out(from: u64, action: &str, expected: &str) {
        assert_eq!(goes(from, Some(action)), Goes::Out(Url::parse(expected).unwrap()));
    }

    #[test]
    fn without_an_action_it_is_the_bot_itself() {
        for from in [1, 4, 5, 6, 8] {
            to(from, None, from);
            to(from, Some(""), from);
            to(from, Some("  "), from);
        }
        to(1, Some("#top"), 1);
    }

    #[test]
    fn an_action_is_relative_to_the_bots_url() {
        out(1, "bar", "https://example.com/bots/bar");
        out(1, "/foo", "https://example.com/foo");
        out(1, "https://some.other.domain/baz", "https://some.other.domain/baz");
        out(1, "?a=1", "https://example.com/bots/desserts?a=1");
        out(4, "http://x/y", "http://x/y");
        out(6, "http://x/y", "http://x/y");
    }

    #[test]
    fn an_action_of_a_bot_that_connects_to_us_is_one_of_its_own_places() {
        for action in ["order", "/order", "?a=1", "../x", "./a/b?c"] {
            match goes(8, Some(action)) {
                Goes::At(bot, url) => assert_eq!((bot.id, url), (BotId(8), format!("socket:{action}"))),
                other => panic!("{action} went {other:?}"),
            }
        }
        to(8, Some("#top"), 8);
        assert!(matches!(goes(8, Some("/a#b")), Goes::At(_, url) if url == "socket:/a"));
        to(8, Some("https://example.com/bots/desserts"), 1);
        out(8, "http://x/y", "http://x/y");
        for action in ["//evil.example/x", "\\\\evil.example/x", "javascript:x"] {
            assert!(!matches!(goes(8, Some(action)), Goes::At(..)), "{action}");
        }
    }

    #[test]
    fn a_bot_with_that_url_answers_the_same_one_before_others_and_the_oldest_first() {
        to(1, Some("foo"), 2);
        to(3, Some("foo"), 3);
        to(1, Some("/bots/desserts"), 1);
        to(1, Some("builtin:form"), 4);
    }

    #[test]
    fn what_leads_nowhere_is_explained() {
        assert_eq!(goes(10, None), Goes::Nowhere(Fault::FormGone));
        assert_eq!(goes(9, None), Goes::Nowhere(Fault::FormPaused));
        assert_eq!(goes(1, Some("/rests")), Goes::Nowhere(Fault::FormPaused));
        for (from, action) in
            [(1, "javascript:x"), (1, "builtin:other"), (1, "http://["), (4, "/foo"), (5, "foo"), (6, "foo")]
        {
            assert!(matches!(goes(from, Some(action)), Goes::Nowhere(Fault::FormAction { .. })), "{action}");
        }
    }
}
