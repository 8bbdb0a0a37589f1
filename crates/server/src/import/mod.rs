//! `parlor import`: what `parlor export` wrote, or the database of a NeCSuS server, into the rooms of this one. All of it is
//! read once before anything is written: what is wrong is said with its line, and then nothing is imported.

mod lines;
mod load;
mod necsus;
mod place;
mod sent;

use std::{collections::HashSet, fs::File, io::Read as _, path::Path, sync::Arc};

use anyhow::{Context as _, Result, bail};
use parlor_rooms::RoomName;
use parlor_store::Store;
use parlor_store_sqlite::{Options, SqliteStore};

use self::{
    lines::{Item, Line, Lines},
    load::Counts,
    necsus::Old,
};
pub(crate) use self::{
    load::Loader,
    place::Place,
    sent::{Begin, Done, LINE_MAX, take},
};
use crate::{cli, clock::SystemClock, config::Loaded, export::parse, meter::Meter, ownership};

/// How many bad lines are named.
const NAMED: usize = 20;

/// Where things to import come from.
enum Source {
    Lines(Lines),
    Necsus(Box<Old>),
}

impl Source {
    fn open(path: &Path) -> Result<Self> {
        let mut begin = Vec::new();
        let file = File::open(path).with_context(|| format!("can't read {}", path.display()))?;
        file.take(16).read_to_end(&mut begin).with_context(|| format!("can't read {}", path.display()))?;
        if begin.starts_with(b"SQLite format 3\0") {
            return Ok(Self::Necsus(Box::new(Old::open(path)?)));
        }
        if begin.is_empty() {
            bail!("{} is empty; name a file that `parlor export` wrote, or a necsus.db", path.display());
        }
        Ok(Self::Lines(Lines::open(path)?))
    }

    fn next(&mut self) -> Result<Option<Line>> {
        match self {
            Self::Lines(lines) => lines.next(),
            Self::Necsus(old) => old.next(),
        }
    }
}

/// What is to be imported of a file.
#[derive(Clone)]
struct Wanted {
    only: Option<RoomName>,
    rename: Option<RoomName>,
    skip_bad: bool,
}

impl Wanted {
    fn takes(&self, item: &Item) -> bool {
        match item {
            Item::Header { .. } | Item::End => true,
            Item::Room { room, .. } | Item::Bot { room, .. } | Item::Message { room, .. } => {
                self.only.as_ref().is_none_or(|only| only == room)
            }
        }
    }
}

pub(crate) fn run(options: &cli::Import) -> Result<()> {
    let data = Loaded::place(&options.place)?.server.data;
    let wanted = Wanted {
        only: options.room.as_deref().map(parse).transpose()?,
        rename: options.r#as.as_deref().map(parse).transpose()?,
        skip_bad: options.skip_bad,
    };
    let meter = Meter::new();
    meter.begin("reading");
    let looked = look(&options.file, &wanted, &meter);
    meter.clear();
    let looked = looked?;
    if options.dry_run {
        println!("{} holds {}. Nothing was imported.", options.file.display(), words(&looked));
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("can't start")?;
    runtime.block_on(async {
        let imported = import(&data, &options.file, &wanted, looked.messages, &meter).await;
        meter.clear();
        let Done { counts, notes } =
            imported.context("not everything was imported; run it again within a day, and nothing comes twice")?;
        say(&counts, &notes);
        Ok(())
    })
}

/// Into the server that runs in the folder, or into the folder itself if none does.
async fn import(data: &Path, file: &Path, wanted: &Wanted, all: u64, meter: &Meter) -> Result<Done> {
    meter.count("importing messages");
    if let Some(done) = sent::send(data, file, wanted, all, meter).await? {
        return Ok(done);
    }
    let store = Arc::new(SqliteStore::open(data, Arc::new(SystemClock), &Options::default())?);
    let place = Place::Alone(Arc::clone(&store) as Arc<dyn Store>);
    let imported = load(place, file, wanted, all, meter).await;
    store.close().await;
    ownership::hand_over(data);
    imported
}

/// Reads everything once. Bad lines are named; with them nothing is imported, unless they are to be skipped.
fn look(path: &Path, wanted: &Wanted, meter: &Meter) -> Result<Counts> {
    let (mut source, mut counts, mut bad) = (Source::open(path)?, Counts::default(), Vec::new());
    let (mut total, mut ended, mut rooms) = (0_u64, matches!(source, Source::Necsus(_)), HashSet::new());
    while let Some(line) = source.next()? {
        match line.item {
            Err(why) => {
                total += 1;
                if bad.len() < NAMED {
                    bad.push(format!("{}: {why}", line.place));
                }
                if line.place == "line 1" {
                    // What is no export has nothing but bad lines.
                    bail!("{} can't be imported: {}", path.display(), bad.join(""));
                }
            }
            Ok(item) if !wanted.takes(&item) => {}
            Ok(Item::End) => ended = true,
            Ok(Item::Header { .. }) => {}
            Ok(item) => {
                counts.bots += u64::from(matches!(item, Item::Bot { .. }));
                counts.messages += u64::from(matches!(item, Item::Message { .. }));
                if let Item::Room { room, .. } | Item::Bot { room, .. } | Item::Message { room, .. } = item {
                    rooms.insert(room);
                }
            }
        }
        meter.at(0, 0);
    }
    meter.clear();
    bad.iter().for_each(|line| eprintln!("{line}"));
    if total > bad.len() as u64 {
        eprintln!("… and {} more", total - bad.len() as u64);
    }
    if total > 0 && !wanted.skip_bad {
        bail!("{total} of it can't be imported, so nothing was; mend the lines, or leave them out with --skip-bad");
    }
    if !ended && !wanted.skip_bad {
        bail!(
            "the last line of {} is missing: it was cut short; add --skip-bad to import what is there",
            path.display()
        );
    }
    counts.rooms = rooms.len() as u64;
    if let Some(only) = wanted.only.as_ref().filter(|only| !rooms.contains(*only)) {
        bail!("there is no room `{only}` in {}", path.display());
    }
    if wanted.rename.is_some() && rooms.len() > 1 {
        bail!(
            "there are {} rooms in {}; say with --room which one is to come under another name",
            rooms.len(),
            path.display()
        );
    }
    Ok(counts)
}

async fn load(place: Place, path: &Path, wanted: &Wanted, all: u64, meter: &Meter) -> Result<Done> {
    let mut source = Source::open(path)?;
    let mut loader = Loader::new(place, wanted.rename.clone());
    let mut done = 0;
    while let Some(line) = source.next()? {
        let Some(item) = line.item.ok().filter(|item| wanted.takes(item)) else { continue };
        done += u64::from(matches!(item, Item::Message { .. }));
        loader.take(&line.place, item).await?;
        meter.at(done, all);
    }
    let counts = loader.finish().await?;
    Ok(Done { counts, notes: loader.notes })
}

fn words(counts: &Counts) -> String {
    let count = |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    format!(
        "{}, {} and {}",
        count(counts.rooms, "room", "rooms"),
        count(counts.bots, "bot", "bots"),
        count(counts.messages, "message", "messages")
    )
}

fn say(counts: &Counts, notes: &[String]) {
    println!("Imported {}.", words(counts));
    if counts.there > 0 {
        println!("{} messages were there already, from an earlier import.", counts.there);
    }
    if counts.moved > 0 {
        println!("{} messages have a later time than they had: a room's times never go backwards.", counts.moved);
    }
    if counts.alone > 0 {
        println!("{} messages no longer say which one they reply to: it is not there.", counts.alone);
    }
    notes.iter().for_each(|note| println!("Note: {note}."));
}
