//! Every acknowledged message reaches every socket of its room exactly once, in order, and nothing else does: also those that come
//! and go all the time.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::natural::Random;
use crate::process::Target;
use crate::swarm::{Event, Id, Swarm};
use crate::truth::{Truth, Viewer, room_name};
use crate::{clock, frames, http};

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Integrity {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Sockets that stay
    #[arg(long, default_value_t = 1000)]
    pub(crate) sockets: usize,
    /// Clients that come and go, with `?since=` and the last id that they have
    #[arg(long, default_value_t = 100)]
    pub(crate) churn: usize,
    /// Rooms
    #[arg(long, default_value_t = 100)]
    pub(crate) rooms: usize,
    /// Senders; each posts to some room when its last post was answered
    #[arg(long, default_value_t = 64)]
    pub(crate) senders: usize,
    /// How long they post
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// What the random choices come from
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// A few seconds, for CI
    #[arg(long)]
    pub(crate) quick: bool,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
enum Role {
    /// The socket of a viewer, by its number.
    Viewer(usize),
    Sender(usize),
    /// Nobody's any more.
    None,
}

struct Sender {
    room: usize,
    text: String,
    waiting: bool,
}

/// A viewer's connection.
struct Line {
    id: Option<Id>,
    /// When it is left; none if it stays.
    until: Option<Instant>,
    /// Whether the close frame is sent: the server ends the connection.
    leaving: bool,
}

struct Run {
    options: Integrity,
    swarm: Swarm,
    truth: Truth,
    viewers: Vec<Viewer>,
    lines: Vec<Line>,
    senders: Vec<Sender>,
    roles: Vec<Role>,
    random: Random,
    posts: usize,
    visits: usize,
    posting: bool,
}

pub(crate) fn run(mut options: Integrity) -> Result<()> {
    if options.quick {
        (options.sockets, options.churn, options.rooms, options.senders, options.seconds) = (200, 40, 20, 16, 3);
    }
    let server = options.target.start()?;
    check(options, server.address)
}

/// Runs the check against a server, whose rooms have to be empty.
pub(crate) fn check(options: Integrity, server: std::net::SocketAddr) -> Result<()> {
    let mut run = Run {
        swarm: Swarm::new()?,
        truth: Truth::new(options.rooms),
        viewers: Vec::new(),
        lines: Vec::new(),
        senders: Vec::new(),
        roles: Vec::new(),
        random: Random(options.seed.max(1)),
        posts: 0,
        visits: 0,
        posting: true,
        options,
    };
    run.open(server)?;
    let end = clock::now() + Duration::from_secs(run.options.seconds);
    while clock::now() < end {
        run.turn(Duration::from_millis(2))?;
        run.come_and_go(server)?;
    }
    run.posting = false;
    run.finish(server)?;
    let Run { mut truth, viewers, options, visits, .. } = run;
    truth.compare(&viewers);
    println!(
        "integrity: {} messages acknowledged in {} rooms, {} frames delivered to {} sockets and to {} clients that came {visits} times",
        truth.acknowledged(),
        options.rooms,
        truth.deliveries,
        options.sockets,
        options.churn,
    );
    if !truth.violations.is_empty() {
        bail!("{} violations:\n{}", truth.violations.len(), truth.report());
    }
    if truth.acknowledged() == 0 {
        bail!("no message was acknowledged, so nothing was checked");
    }
    println!("every one exactly once, in order, and nothing else");
    Ok(())
}

impl Run {
    fn open(&mut self, server: std::net::SocketAddr) -> Result<()> {
        let (sockets, churn) = (self.options.sockets, self.options.churn);
        for number in 0..sockets + churn {
            let name =
                if number < sockets { format!("socket {number}") } else { format!("visitor {}", number - sockets) };
            self.viewers.push(Viewer::new(name, number % self.options.rooms));
            self.lines.push(Line { id: None, until: None, leaving: false });
            if number < sockets {
                self.connect(number, server)?;
            }
        }
        self.swarm.wait_until_open(sockets)?;
        for number in 0..self.options.senders {
            let id = self.swarm.http(server)?;
            self.assign(id, Role::Sender(number));
            self.senders.push(Sender { room: 0, text: String::new(), waiting: true });
            let bytes = order(&mut self.senders[number], number, &mut self.posts, &mut self.random, self.options.rooms);
            self.swarm.send(id, &bytes)?;
        }
        Ok(())
    }

    fn assign(&mut self, id: Id, role: Role) {
        if self.roles.len() <= id {
            self.roles.resize(id + 1, Role::None);
        }
        self.roles[id] = role;
    }

    /// A viewer opens a connection and goes on where it was.
    fn connect(&mut self, number: usize, server: std::net::SocketAddr) -> Result<()> {
        let viewer = &self.viewers[number];
        let path = format!("/ws/{}?since={}", room_name(viewer.room), viewer.last());
        let id = self.swarm.websocket(server, &path)?;
        self.assign(id, Role::Viewer(number));
        let stays = number < self.options.sockets || !self.posting;
        let visit = Duration::from_millis(self.random.below(150));
        self.lines[number] = Line { id: Some(id), until: (!stays).then(|| clock::now() + visit), leaving: false };
        self.visits += usize::from(number >= self.options.sockets);
        Ok(())
    }

    /// Visitors whose time is over leave, by a close frame or without a word, and come back.
    fn come_and_go(&mut self, server: std::net::SocketAddr) -> Result<()> {
        let now = clock::now();
        for number in self.options.sockets..self.lines.len() {
            let line = &mut self.lines[number];
            match line.id {
                None => self.connect(number, server)?,
                Some(id) if !line.leaving && line.until.is_some_and(|until| until <= now) => {
                    if self.random.below(2) == 0 {
                        line.leaving = true;
                        self.swarm.send(id, &frames::CLOSE)?;
                    } else {
                        line.id = None;
                        self.roles[id] = Role::None;
                        self.swarm.drop(id);
                    }
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn turn(&mut self, wait: Duration) -> Result<bool> {
        let Self { swarm, truth, viewers, lines, senders, roles, random, posts, posting, options, .. } = self;
        swarm.turn(wait, |id, event, reply| match (roles[id], event) {
            (Role::Viewer(number), Event::Text(payload)) => truth.deliver(&mut viewers[number], payload),
            (Role::Viewer(number), Event::Gone(why)) => {
                let line = &mut lines[number];
                line.id = None;
                roles[id] = Role::None;
                if !line.leaving {
                    truth.violation(format!("{} lost its connection: {why}", viewers[number].name));
                }
            }
            (Role::Sender(number), Event::Response { status, body }) => {
                let sender = &mut senders[number];
                truth.answer(sender.room, &sender.text, status, body);
                sender.waiting = *posting;
                if *posting {
                    *reply = order(sender, number, posts, random, options.rooms);
                }
            }
            (Role::Sender(number), Event::Gone(why)) => {
                senders[number].waiting = false;
                truth.violation(format!("a sender lost its connection: {why}"));
            }
            _ => {}
        })
    }

    /// Nobody posts any more: waits for the last answers, then until all have all, or nothing comes.
    fn finish(&mut self, server: std::net::SocketAddr) -> Result<()> {
        let mut quiet = clock::now();
        while quiet.elapsed() < Duration::from_secs(5) {
            if self.turn(Duration::from_millis(20))? {
                quiet = clock::now();
            }
            // Those that stay do not come back if they were thrown out: that is a violation already.
            self.come_and_go(server)?;
            let complete = |(viewer, line): (&Viewer, &Line)| line.until.is_none() && self.truth.is_complete(viewer);
            if !self.senders.iter().any(|sender| sender.waiting) && self.viewers.iter().zip(&self.lines).all(complete) {
                // Something that nobody expects may still come.
                while self.turn(Duration::from_millis(300))? {}
                break;
            }
        }
        let unanswered = self.senders.iter().filter(|sender| sender.waiting).count();
        if unanswered > 0 {
            self.truth.violation(format!("{unanswered} posts were never answered"));
        }
        Ok(())
    }
}

/// The next post of a sender.
fn order(sender: &mut Sender, number: usize, posts: &mut usize, random: &mut Random, rooms: usize) -> Vec<u8> {
    *posts += 1;
    sender.room = random.below(rooms as u64) as usize;
    let length = random.below(200) as usize;
    sender.text = format!("{number}/{posts} {}", "…".repeat(length));
    let mut bytes = Vec::new();
    http::post(&mut bytes, &room_name(sender.room), &sender.text);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stand_in::{self, Fault};

    /// Checks a stand-in with a fault for a second.
    fn check_stand_in(fault: Fault) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        runtime.handle().block_on(async {
            let tasks = tokio_util::task::TaskTracker::new();
            tasks.spawn(stand_in::serve(listener, fault));
        });
        let options = Integrity {
            target: Target::default(),
            sockets: 20,
            churn: 10,
            rooms: 2,
            senders: 8,
            seconds: 1,
            seed: 7,
            quick: false,
        };
        check(options, address)
    }

    #[test]
    fn a_server_that_does_its_work_passes() {
        check_stand_in(Fault::None).unwrap();
    }

    #[test]
    fn a_server_that_loses_repeats_or_forgets_is_found_out() {
        for (fault, sentence) in [
            (Fault::Loses, " never got "),
            (Fault::Repeats, " again, after "),
            (Fault::Forgets, " were both acknowledged with the id "),
        ] {
            let report = check_stand_in(fault).unwrap_err().to_string();
            assert!(report.contains(sentence), "{fault:?}: {report}");
        }
    }
}
