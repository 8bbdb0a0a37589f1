//! A room with very many messages of natural text, made once and kept: beside the server's data the same messages in a database for
//! `LIKE`, and what is looked for in them.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::natural::{Random, Said, Talk};
use crate::process::Target;
use crate::swarm::{Event, Swarm};
use crate::{clock, http, machine};

/// The room with all messages, and one with a tenth.
pub(crate) const LARGE: &str = "history-large";
pub(crate) const TENTH: &str = "history-tenth";

/// Changes when what is made changes, so that an older one is not taken.
const VERSION: u32 = 2;
const SENDERS: usize = 64;

/// Something that is looked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Query {
    pub(crate) kind: String,
    /// Words that all have to be there, or one phrase.
    pub(crate) words: Vec<String>,
    pub(crate) phrase: bool,
    pub(crate) author: Option<String>,
    /// Only messages before so great a part of all.
    pub(crate) before: Option<f64>,
}

/// What is on the disk.
pub(crate) struct LongRoom {
    pub(crate) messages: usize,
    folder: PathBuf,
}

impl LongRoom {
    /// Finds it, or makes it, which takes a minute or two.
    pub(crate) fn with(target: &Target, messages: usize) -> Result<Self> {
        let room = Self { messages, folder: target.folder().join(format!("long-room-{messages}-{VERSION}")) };
        if !room.done().exists() {
            eprintln!("  making a room with {messages} messages, which is kept in {}", room.folder.display());
            let _ = fs::remove_dir_all(&room.folder);
            fs::create_dir_all(&room.folder)?;
            room.make(target)?;
            fs::write(room.done(), "")?;
        }
        Ok(room)
    }

    fn done(&self) -> PathBuf {
        self.folder.join("done")
    }

    /// The folder of the server's data.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The database for `LIKE`.
    pub(crate) fn scanned(&self) -> PathBuf {
        self.folder.join("scan.sqlite")
    }

    pub(crate) fn queries_file(&self) -> PathBuf {
        self.folder.join("queries.json")
    }

    pub(crate) fn queries(&self) -> Result<Vec<Query>> {
        Ok(serde_json::from_str(&fs::read_to_string(self.queries_file())?)?)
    }

    fn make(&self, target: &Target) -> Result<()> {
        let mut server = target.start_on(self.data(), false, &[])?;
        let mut talk = Talk::learn(&machine::project(), 20_260_101)?;
        let mut scanned = Connection::open(self.scanned())?;
        scanned.execute_batch(include_str!("long_room/schema.sql"))?;
        let transaction = scanned.transaction()?;
        let mut samples = Vec::new();
        {
            let mut insert = transaction.prepare(include_str!("long_room/insert.sql"))?;
            let mut number = 0_usize;
            let every = (self.messages / 50_000).max(1);
            let mut next = || -> Result<Option<Said>> {
                if number == self.messages {
                    return Ok(None);
                }
                let said = talk.next();
                insert.execute(params![number as i64, said.author, 1_700_000_000_000 + number as i64, said.text])?;
                if number.is_multiple_of(every) {
                    samples.push(Said { author: said.author.clone(), text: said.text.clone() });
                }
                number += 1;
                Ok(Some(said))
            };
            fill(server.address, LARGE, &mut next)?;
        }
        transaction.commit()?;
        let mut left: usize = self.messages / 10;
        let mut next = || {
            let more = left > 0;
            left = left.saturating_sub(1);
            Ok(more.then(|| talk.next()))
        };
        fill(server.address, TENTH, &mut next)?;
        fs::write(self.queries_file(), serde_json::to_string_pretty(&queries(&samples))?)?;
        server.end()
    }
}

/// Posts all to a room, from many senders.
pub(crate) fn fill(
    server: std::net::SocketAddr,
    room: &str,
    next: &mut dyn FnMut() -> Result<Option<Said>>,
) -> Result<()> {
    let mut swarm = Swarm::new()?;
    let mut free: VecDeque<_> = (0..SENDERS).map(|_| swarm.http(server)).collect::<Result<_>>()?;
    let (mut waiting, mut failure, mut told) = (0_usize, None, clock::now());
    let mut bytes = Vec::new();
    loop {
        while let Some(sender) = free.pop_front() {
            let Some(said) = next()? else { break };
            bytes.clear();
            http::post_as(&mut bytes, room, &said.author, &said.text);
            swarm.send(sender, &bytes)?;
            waiting += 1;
        }
        if waiting == 0 {
            return Ok(());
        }
        let happened = swarm.turn(Duration::from_secs(30), |id, event, _| match event {
            Event::Response { status: 200..=202, .. } => {
                waiting -= 1;
                free.push_back(id);
            }
            Event::Response { status, .. } => failure = Some(format!("a post was answered with {status}")),
            Event::Gone(why) => failure = Some(why),
            Event::Opened | Event::Text(_) | Event::Bytes(_) => {}
        })?;
        if let Some(failure) = failure {
            bail!("{failure}");
        }
        ensure!(happened, "no answer for 30 s");
        if told.elapsed() > Duration::from_secs(30) {
            eprintln!("  still posting to {room}");
            told = clock::now();
        }
    }
}

/// 200 things to look for, of every kind, out of what was said.
fn queries(samples: &[Said]) -> Vec<Query> {
    let clean = |word: &str| word.trim_end_matches(['.', ',', '?']).to_lowercase();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for word in samples.iter().flat_map(|said| said.text.split(' ')) {
        let word = clean(word);
        if word.chars().count() >= 3 && word.chars().all(char::is_alphabetic) {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut ranked: Vec<(String, usize)> = counts.into_iter().collect();
    ranked.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let word = |rank: usize| ranked[rank.min(ranked.len() - 1)].0.clone();
    let mut random = Random(7);
    let said = |random: &mut Random| &samples[random.below(samples.len() as u64) as usize];
    let query = |kind: &str, words: Vec<String>| Query {
        kind: kind.to_owned(),
        words,
        phrase: false,
        author: None,
        before: None,
    };
    let mut queries = Vec::new();
    for number in 0..50 {
        queries.push(query("common word", vec![word(number * 2)]));
        queries.push(query("rare word", vec![word(ranked.len() / 2 + number * ranked.len() / 101)]));
    }
    for number in 0..40 {
        let words: Vec<String> = said(&mut random).text.split(' ').map(clean).collect();
        let from = random.below(words.len().saturating_sub(2) as u64) as usize;
        let length = 2 + number % 2;
        let words: Vec<String> = words.into_iter().skip(from).take(length).collect();
        queries.push(Query { phrase: true, ..query("phrase", words) });
    }
    for number in 0..30 {
        let author = Some(said(&mut random).author.clone());
        queries.push(Query { author, ..query("nick", vec![word(number * 30)]) });
    }
    for number in 0..30 {
        let before = Some(0.1 + 0.03 * number as f64);
        queries.push(Query { before, ..query("date", vec![word(number * number)]) });
    }
    queries
}

impl Query {
    /// As the API's parameter `q`.
    pub(crate) fn text(&self) -> String {
        let words = self.words.join(" ");
        let words = if self.phrase { format!("\"{words}\"") } else { words };
        self.author.as_ref().map_or_else(|| words.clone(), |author| format!("from:{author} {words}"))
    }
}

/// The floor's side of a search: asks each query of the database and prints how many ms it took, whether to the end of the table or
/// only until there are enough.
pub(crate) fn scan(database: &std::path::Path, queries: &std::path::Path, step: usize, whole: bool) -> Result<()> {
    let database = Connection::open(database)?;
    let queries: Vec<Query> = serde_json::from_str(&fs::read_to_string(queries)?)?;
    let last: i64 = database.query_row(include_str!("long_room/last.sql"), [], |row| row.get(0))?;
    let sql = if whole { include_str!("long_room/scan_all.sql") } else { include_str!("long_room/scan.sql") };
    let mut statement = database.prepare(sql)?;
    // Into the page cache, and the statement compiled.
    database.query_row(include_str!("long_room/warm.sql"), [], |row| row.get::<_, i64>(0))?;
    // The whole table takes the same time for every query: a few of them tell.
    for query in queries.iter().step_by(if whole { 5 * step } else { step }) {
        let like = |text: &str| format!("%{text}%");
        let words = like(&query.words.join(" "));
        let author = query.author.as_ref().map(|author| like(author));
        let before = query.before.map_or(i64::MAX, |part| (last as f64 * part) as i64);
        let start = clock::now();
        let rows = statement.query_map(params![words, author, before], |row| row.get::<_, String>(0))?;
        let found = rows.collect::<Result<Vec<_>, _>>().context("the scan")?;
        println!("{} {}", start.elapsed().as_secs_f64() * 1e3, found.len());
    }
    Ok(())
}
