//! Which bots a message concerns: patterns, searched on threads that serve nobody else, within one budget for all bots.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use parlor_rooms::{
    Bot, Bots,
    pattern::{Budget, Near, Pattern, PatternError},
};
use parlor_runtime::inspect::{Probe, Probed};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::{
    fault::Fault,
    occasion::{Occasion, hears},
    plan::{How, Target},
    request::Params,
};

/// How many messages are matched at once.
const THREADS: usize = 2;
/// How many texts are only tried at once, beside them.
const TRYING: usize = 1;
/// How many patterns are kept read, in each of the cache's two generations.
const GENERATION: usize = 512;

type Read = Arc<Result<Pattern, PatternError>>;

/// Finds the bots that a message concerns.
pub(crate) struct Matcher {
    tracker: TaskTracker,
    turns: Arc<Semaphore>,
    /// For what activates nobody: it never holds up a message.
    trying: Arc<Semaphore>,
    read: Arc<Cache>,
}

impl Matcher {
    pub(crate) fn new(tracker: TaskTracker) -> Self {
        let turns = |count| Arc::new(Semaphore::new(count));
        Self { tracker, turns: turns(THREADS), trying: turns(TRYING), read: Arc::default() }
    }

    /// The bots that hear `text`, in order of id.
    pub(crate) async fn concerned(&self, bots: &Bots, text: &str) -> Vec<Target> {
        let bots: Vec<Arc<Bot>> = bots.values().filter(|bot| hears(bot)).cloned().collect();
        if bots.is_empty() {
            return Vec::new();
        }
        let (read, text) = (Arc::clone(&self.read), text.to_owned());
        self.aside(&self.turns, move || {
            let mut budget = Budget::for_text(text.len());
            bots.iter().filter_map(|bot| ask(&read, bot, &text, &mut budget)).collect()
        })
        .await
        .unwrap_or_default()
    }

    /// Tries a pattern, or a name, on texts. What is being typed does not push what is in use out of the cache.
    pub(crate) async fn probe(&self, probe: Probe) -> Probed {
        let broken = Probed {
            error: Some(("the pattern could not be tried; try again in a moment".to_owned(), None)),
            found: vec![None; probe.texts.len()],
        };
        self.aside(&self.trying, move || crate::probe::search(&probe)).await.unwrap_or(broken)
    }

    /// What a text is to a bot; one that is being edited is not kept in the cache.
    pub(crate) async fn verdict(&self, bot: &Bot, text: &str) -> Verdict {
        let (bot, text) = (bot.clone(), text.to_owned());
        let judge = move || {
            let mut budget = Budget::for_text(text.len());
            judge_well(&bot.pattern(), &text, &mut budget)
        };
        self.aside(&self.trying, judge).await.unwrap_or(Verdict::Slow)
    }

    /// What a text is to each of some bots, in their order, whether or not they rest.
    pub(crate) async fn verdicts(&self, bots: Vec<Arc<Bot>>, text: &str) -> Vec<Verdict> {
        let (read, text, count) = (Arc::clone(&self.read), text.to_owned(), bots.len());
        self.aside(&self.trying, move || {
            let mut budget = Budget::for_text(text.len());
            bots.iter().map(|bot| judge_well(&read.get(bot), &text, &mut budget)).collect()
        })
        .await
        .unwrap_or_else(|| vec![Verdict::Slow; count])
    }

    /// Reads a pattern. The error names what is wrong.
    pub(crate) async fn check(&self, pattern: String) -> Result<(), String> {
        let parse = move || Pattern::parse(&pattern).map(drop).map_err(|error| error.to_string());
        let checked = self.aside(&self.turns, parse).await;
        checked.unwrap_or_else(|| Err("the pattern could not be checked; try again in a moment".to_owned()))
    }

    /// Works on a thread where nobody waits; `None` if the work panicked.
    async fn aside<T: Send + 'static>(
        &self,
        turns: &Arc<Semaphore>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let turn = Arc::clone(turns).acquire_owned().await.ok()?;
        let task = self.tracker.spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        match task.await {
            Ok(done) => Some(done),
            Err(error) => {
                tracing::error!(%error, "matching broke off");
                None
            }
        }
    }
}

/// What a text is to a bot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// Its name or pattern is in the text.
    Found(Params),
    /// It is not; if that can be told, how far the text fits.
    Missing(Option<Near>),
    /// Its pattern takes too long.
    Slow,
    /// Its pattern can't be read: a sentence.
    Bad(String),
}

fn ask(read: &Cache, bot: &Bot, text: &str, budget: &mut Budget) -> Option<Target> {
    let event = Occasion::of_message(bot, text);
    let how = match judge(&read.get(bot), text, budget) {
        Verdict::Found(params) => How::Matched(params),
        Verdict::Missing(_) if event.as_ref().is_some_and(|event| event.is_wanted(bot)) => How::Event,
        Verdict::Missing(_) => return None,
        Verdict::Slow => How::Fault(Fault::SlowPattern(source(bot).to_owned())),
        Verdict::Bad(why) => How::Fault(Fault::BadPattern(why)),
    };
    Some(Target { bot: bot.id, how, event })
}

/// The same, and how far the text fits where it does not match.
fn judge_well(pattern: &Result<Pattern, PatternError>, text: &str, budget: &mut Budget) -> Verdict {
    match (judge(pattern, text, budget), pattern) {
        (Verdict::Missing(_), Ok(pattern)) => Verdict::Missing(pattern.near(text, budget)),
        (verdict, _) => verdict,
    }
}

fn judge(pattern: &Result<Pattern, PatternError>, text: &str, budget: &mut Budget) -> Verdict {
    match pattern {
        Err(error) => Verdict::Bad(error.to_string()),
        Ok(pattern) => match pattern.search(text, budget) {
            Ok(None) => Verdict::Missing(None),
            Ok(Some(found)) => {
                let groups = found.iter().map(|(name, value)| (name.to_owned(), value.map(str::to_owned)));
                Verdict::Found(groups.collect())
            }
            Err(_) => Verdict::Slow,
        },
    }
}

/// What is looked for: the pattern, or without one the name.
pub(crate) fn source(bot: &Bot) -> &str {
    bot.responds_to.as_deref().filter(|pattern| !pattern.is_empty()).unwrap_or(&bot.name)
}

/// Patterns that were read, by what they were read from. What is not used for two generations is forgotten.
#[derive(Default)]
struct Cache(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<(bool, String), Read>,
    old: HashMap<(bool, String), Read>,
}

impl Cache {
    fn get(&self, bot: &Bot) -> Read {
        let is_name = bot.responds_to.as_deref().is_none_or(str::is_empty);
        let key = (is_name, source(bot).to_owned());
        if let Some(read) = self.find(&key) {
            return read;
        }
        // Outside the lock: reading one may take a while.
        let read = Arc::new(bot.pattern());
        self.keep(key, &read);
        read
    }

    fn find(&self, key: &(bool, String)) -> Option<Read> {
        let mut generations = self.0.lock().expect("nobody panics while holding the cache");
        if let Some(read) = generations.young.get(key) {
            return Some(Arc::clone(read));
        }
        let read = generations.old.remove(key)?;
        drop(generations);
        self.keep(key.clone(), &read);
        Some(read)
    }

    fn keep(&self, key: (bool, String), read: &Read) {
        let mut generations = self.0.lock().expect("as above");
        if generations.young.len() >= GENERATION {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(key, Arc::clone(read));
    }
}

#[cfg(test)]
mod tests {
    use parlor_rooms::BotId;

    use super::*;

    fn bot(id: u64, name: &str, responds_to: Option<&str>) -> Bot {
        Bot { responds_to: responds_to.map(Into::into), ..Bot::new(BotId(id), name, "") }
    }

    async fn concerned(bots: Vec<Bot>, text: &str) -> Vec<Target> {
        let bots: Bots = Arc::new(bots.into_iter().map(|bot| (bot.id, Arc::new(bot))).collect());
        Matcher::new(TaskTracker::new()).concerned(&bots, text).await
    }

    fn ids(targets: &[Target]) -> Vec<u64> {
        targets.iter().map(|target| target.bot.0).collect()
    }

    #[tokio::test]
    async fn names_are_literal_text_and_patterns_have_groups() {
        let bots = vec![
            bot(3, "C++ (bot", None),
            bot(1, "Repeat", Some(r"repeat (?P<word>\w+)(?: (?P<count>\d+) times)?")),
            bot(2, "Empty", Some("")),
        ];
        let targets = concerned(bots, "c++ (BOT, Repeat this, empty").await;
        assert_eq!(ids(&targets), [1, 2, 3]);
        let params = Params::from([("word".into(), Some("this".into())), ("count".into(), None)]);
        assert_eq!(targets[0].how, How::Matched(params));
        assert_eq!(targets[2].how, How::Matched(Params::new()));
    }

    #[tokio::test]
    async fn who_asked_for_events_is_asked_once_whether_or_not_it_matches() {
        let events = |id, name, words: &[&str]| Bot {
            events: words.iter().map(|word| word.parse().unwrap()).collect(),
            ..bot(id, name, None)
        };
        let bots = vec![
            events(1, "time", &["command:!time", "message"]),
            events(2, "other", &["command:!time"]),
            events(3, "other", &["command:!date", "join"]),
            events(4, "time", &["join"]),
            Bot { responds_to: Some("(".into()), ..events(5, "broken", &["message"]) },
        ];
        let targets = concerned(bots, "!time now").await;
        assert_eq!(ids(&targets), [1, 2, 4, 5]);
        let command = Some(Occasion::Command { command: "!time".into(), args: "now".into() });
        assert_eq!((&targets[0].how, &targets[0].event), (&How::Matched(Params::new()), &command));
        assert_eq!((&targets[1].how, &targets[1].event), (&How::Event, &command));
        assert_eq!((&targets[2].how, &targets[2].event), (&How::Matched(Params::new()), &Some(Occasion::Message)));
        assert!(matches!(targets[3].how, How::Fault(_)));
    }

    #[tokio::test]
    async fn paused_and_automatic_bots_hear_nothing() {
        let bots =
            vec![Bot { paused: true, ..bot(1, "a", None) }, Bot { auto: true, ..bot(2, "a", None) }, bot(3, "a", None)];
        assert_eq!(ids(&concerned(bots, "a").await), [3]);
    }

    #[tokio::test]
    async fn a_bad_pattern_is_named_and_stops_no_other_bot() {
        let targets = concerned(vec![bot(1, "a", Some("(")), bot(2, "b", Some("hi"))], "hi").await;
        assert_eq!(ids(&targets), [1, 2]);
        assert!(matches!(&targets[0].how, How::Fault(Fault::BadPattern(why)) if why.contains("“(”")));
    }

    #[tokio::test]
    async fn a_slow_pattern_is_named() {
        let text = "a".repeat(5_000);
        let targets = concerned(vec![bot(1, "a", Some(r"(?=(a+)+$)(a|aa)+\1b$"))], &text).await;
        assert!(matches!(&targets[..], [Target { how: How::Fault(Fault::SlowPattern(_)), .. }]), "{targets:?}");
    }

    #[test]
    fn the_cache_forgets_what_is_not_used() {
        let cache = Cache::default();
        for n in 0..3 * GENERATION {
            cache.get(&bot(1, &n.to_string(), None));
            cache.get(&bot(1, "often", None));
        }
        assert!(cache.find(&(true, "often".into())).is_some());
        assert!(cache.find(&(true, "0".into())).is_none());
        let generations = cache.0.lock().unwrap();
        assert!(generations.young.len() <= GENERATION && generations.old.len() <= GENERATION);
    }
}
