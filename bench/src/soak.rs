//! An hour of a hard life: posts and sockets all the time, bots that fail in every way, backups, and a `kill -9` every few
//! minutes. Nothing that was acknowledged may be lost, and neither memory nor files may grow.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::bad_bots::BadBots;
use crate::process::{Server, Target};
use crate::samples::Samples;
use crate::swarm::{Event, Id, Swarm};
use crate::truth::{Truth, Viewer, room_name};
use crate::{clock, http};

/// How often a sample is taken of what the process holds.
const SAMPLE_EVERY: Duration = Duration::from_secs(5);
/// How often something is said to one of the bots.
const BOT_EVERY: Duration = Duration::from_millis(250);
/// How long the last messages may take to reach everybody.
const SETTLE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Soak {
    #[command(flatten)]
    target: Target,
    /// How long
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// Seconds between two kills
    #[arg(long, default_value_t = 150)]
    kill_every: u64,
    /// Seconds between two backups
    #[arg(long, default_value_t = 60)]
    backup_every: u64,
    /// Sockets
    #[arg(long, default_value_t = 1000)]
    sockets: usize,
    /// Rooms
    #[arg(long, default_value_t = 100)]
    rooms: usize,
    /// Senders
    #[arg(long, default_value_t = 32)]
    senders: usize,
    /// Milliseconds between an answer and the sender's next post
    #[arg(long, default_value_t = 100)]
    pause: u64,
}

#[derive(Debug, Clone, Copy)]
enum Role {
    Viewer(usize),
    Sender(usize),
    Bots,
    None,
}

/// Somebody who posts, and repeats a post under the same key until it is acknowledged.
struct Sender {
    id: Option<Id>,
    room: usize,
    text: String,
    /// When the next post is due; none while one is not acknowledged.
    due: Option<Instant>,
}

struct Run {
    options: Soak,
    server: Server,
    swarm: Swarm,
    truth: Truth,
    viewers: Vec<Viewer>,
    lines: Vec<Option<Id>>,
    senders: Vec<Sender>,
    /// The connection over which bots are spoken to, and how often they were.
    bots: (Option<Id>, usize),
    roles: Vec<Role>,
    posts: usize,
    posting: bool,
}

pub(crate) fn run(options: Soak) -> Result<()> {
    let server = options.target.start()?;
    let bad_bots = BadBots::start()?;
    for (number, path) in BadBots::PATHS.iter().enumerate() {
        let bot = serde_json::json!({"room": format!("soak-bots/{number}"), "name": "Bot", "responds_to": ".", "url": bad_bots.url(path)});
        http::call(server.address, "/api/actions/bot", &bot)?;
    }
    let viewer = |number| Viewer::new(format!("socket {number}"), number % options.rooms);
    let sender = |_| Sender { id: None, room: 0, text: String::new(), due: Some(clock::now()) };
    let mut run = Run {
        swarm: Swarm::new()?,
        truth: Truth::new(options.rooms),
        viewers: (0..options.sockets).map(viewer).collect(),
        lines: vec![None; options.sockets],
        senders: (0..options.senders).map(sender).collect(),
        bots: (None, 0),
        roles: Vec::new(),
        posts: 0,
        posting: true,
        server,
        options,
    };
    let (backups, samples, kills) = run.live()?;
    run.posting = false;
    run.settle()?;
    run.report(&backups, &samples, kills, &bad_bots)
}

impl Run {
    /// The hour itself.
    fn live(&mut self) -> Result<(Backups, Samples, usize)> {
        let seconds = Duration::from_secs;
        let end = clock::now() + seconds(self.options.minutes * 60);
        let mut backups = Backups::new(&self.server, self.options.target.program()?);
        let mut samples = Samples::default();
        let mut kills = 0;
        let (mut kill, mut backup) = (clock::now() + seconds(self.options.kill_every), clock::now());
        let (mut sample, mut bot) = (clock::now() + SAMPLE_EVERY, clock::now());
        while clock::now() < end {
            self.connect()?;
            self.turn(Duration::from_millis(2))?;
            self.post()?;
            let now = clock::now();
            if now >= bot {
                bot = now + BOT_EVERY;
                self.speak_to_bots()?;
            }
            if now >= sample {
                sample = now + SAMPLE_EVERY;
                samples.take(&self.server)?;
            }
            if now >= backup {
                backup = now + seconds(self.options.backup_every);
                backups.begin()?;
            }
            backups.look(&mut self.truth);
            if now >= kill {
                kill = now + seconds(self.options.kill_every);
                kills += 1;
                self.server.kill_and_start()?;
                samples.restarted();
            }
        }
        Ok((backups, samples, kills))
    }

    fn assign(&mut self, id: Id, role: Role) {
        if self.roles.len() <= id {
            self.roles.resize(id + 1, Role::None);
        }
        self.roles[id] = role;
    }

    /// Opens what is not open: viewers go on where they were, senders repeat what was not acknowledged.
    fn connect(&mut self) -> Result<()> {
        let server = self.server.address;
        for number in 0..self.viewers.len() {
            if self.lines[number].is_none() {
                let viewer = &self.viewers[number];
                let id =
                    self.swarm.websocket(server, &format!("/ws/{}?since={}", room_name(viewer.room), viewer.last()))?;
                self.lines[number] = Some(id);
                self.assign(id, Role::Viewer(number));
            }
        }
        for number in 0..self.senders.len() {
            if self.senders[number].id.is_none() {
                let id = self.swarm.http(server)?;
                self.senders[number].id = Some(id);
                self.assign(id, Role::Sender(number));
                if self.senders[number].due.is_none() {
                    self.send(number)?;
                }
            }
        }
        if self.bots.0.is_none() {
            let id = self.swarm.http(server)?;
            self.bots.0 = Some(id);
            self.assign(id, Role::Bots);
        }
        Ok(())
    }

    /// Sends a sender's post, whether for the first time or again.
    fn send(&mut self, number: usize) -> Result<()> {
        let Sender { id: Some(id), room, text, .. } = &self.senders[number] else { return Ok(()) };
        let mut bytes = Vec::new();
        http::keyed_post(&mut bytes, &room_name(*room), text, text);
        self.swarm.send(*id, &bytes)
    }

    fn post(&mut self) -> Result<()> {
        let now = clock::now();
        for number in 0..self.senders.len() {
            if self.senders[number].due.is_some_and(|due| due <= now) {
                self.posts += 1;
                let (posts, rooms) = (self.posts, self.options.rooms);
                let sender = &mut self.senders[number];
                (sender.room, sender.text, sender.due) = (posts % rooms, format!("{number}/{posts}"), None);
                self.send(number)?;
            }
        }
        Ok(())
    }

    fn speak_to_bots(&mut self) -> Result<()> {
        let (Some(id), spoken) = self.bots else { return Ok(()) };
        let mut bytes = Vec::new();
        http::post(&mut bytes, &format!("soak-bots/{}", spoken % BadBots::PATHS.len()), "do something");
        self.bots.1 += 1;
        self.swarm.send(id, &bytes)
    }

    fn turn(&mut self, wait: Duration) -> Result<bool> {
        let Self { swarm, truth, viewers, lines, senders, bots, roles, posting, options, .. } = self;
        let pause = Duration::from_millis(options.pause);
        swarm.turn(wait, |id, event, _| match (roles[id], event) {
            (Role::Viewer(number), Event::Text(payload)) => truth.deliver(&mut viewers[number], payload),
            (Role::Viewer(number), Event::Gone(_)) => (lines[number], roles[id]) = (None, Role::None),
            (Role::Sender(number), Event::Response { status, body }) => {
                let sender = &mut senders[number];
                truth.answer(sender.room, &sender.text, status, body);
                sender.due = Some(clock::now() + if *posting { pause } else { SETTLE * 10 });
            }
            (Role::Sender(number), Event::Gone(_)) => (senders[number].id, roles[id]) = (None, Role::None),
            (Role::Bots, Event::Gone(_)) => (bots.0, roles[id]) = (None, Role::None),
            _ => {}
        })
    }

    /// Waits until all posts are acknowledged and everybody has them.
    fn settle(&mut self) -> Result<()> {
        let until = clock::now() + SETTLE;
        while clock::now() < until {
            self.connect()?;
            let moved = self.turn(Duration::from_millis(200))?;
            let unanswered = self.senders.iter().any(|sender| sender.due.is_none());
            if !moved && !unanswered && self.viewers.iter().all(|viewer| self.truth.is_complete(viewer)) {
                return Ok(());
            }
        }
        self.truth.violation("a minute after the last post not everybody has all".to_owned());
        Ok(())
    }

    fn report(mut self, backups: &Backups, samples: &Samples, kills: usize, bots: &BadBots) -> Result<()> {
        self.truth.compare(&self.viewers);
        println!(
            "soak: {} minutes, {kills} kills, {} messages acknowledged, {} frames delivered to {} sockets, {} backups \
             checked, bots asked {} times",
            self.options.minutes,
            self.truth.acknowledged(),
            self.truth.deliveries,
            self.options.sockets,
            backups.good,
            bots.asked(),
        );
        print!("{}", samples.table());
        self.truth.violations.extend(samples.grown());
        if !self.truth.violations.is_empty() {
            bail!("{} violations:\n{}", self.truth.violations.len(), self.truth.report());
        }
        println!("nothing that was acknowledged is lost, nothing came twice, nothing has grown");
        Ok(())
    }
}

/// Backups of the running server, each checked when it is there.
struct Backups {
    program: PathBuf,
    data: PathBuf,
    to: PathBuf,
    running: Option<(Child, &'static str)>,
    good: usize,
}

impl Backups {
    fn new(server: &Server, program: PathBuf) -> Self {
        let to = server.data.join("soak-backups");
        Self { program, data: server.data.clone(), to, running: None, good: 0 }
    }

    fn begin(&mut self) -> Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let mut command = Command::new(&self.program);
        command.args(["backup", "--keep", "2", "--data"]).arg(&self.data).arg("--to").arg(&self.to);
        self.running = Some((spawn(&mut command)?, "backup"));
        Ok(())
    }

    /// Looks whether what runs is over, and checks the newest backup after it was made.
    fn look(&mut self, truth: &mut Truth) {
        let Some((child, what)) = &mut self.running else { return };
        let Ok(Some(status)) = child.try_wait() else { return };
        let what = *what;
        self.running = None;
        if !status.success() {
            return truth.violation(format!("parlor {what} ended with {status}"));
        }
        if what == "check" {
            self.good += 1;
            return;
        }
        let files = std::fs::read_dir(&self.to).into_iter().flatten().flatten().map(|entry| entry.path());
        let Some(newest) = files.max() else { return truth.violation("a backup left no file".to_owned()) };
        match spawn(Command::new(&self.program).arg("check").arg(newest)) {
            Ok(child) => self.running = Some((child, "check")),
            Err(error) => truth.violation(format!("{error:#}")),
        }
    }
}

impl Drop for Backups {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn spawn(command: &mut Command) -> Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().context("can't run parlor")
}
