//! Visitors of the assistant: each comes without a cookie, answers six times, each time after the flow has reacted to the answer
//! before, and goes. So many are there at once.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use hdrhistogram::Histogram;

use crate::clock;
use crate::crowd::{BUSY, histogram, nanoseconds};
use crate::frames;
use crate::script::{FLOW, Script};
use crate::swarm::{Event, Id, Swarm};
use crate::usage::{self, Cpu, Process};

/// Without anything for so long it is stuck.
const STUCK: Duration = Duration::from_secs(20);
/// What a server says last when a visitor has closed in order.
const CLOSED: &str = "the server closed with 1000";

/// What came of a load. Everything that was said was right.
pub(crate) struct Visited {
    pub(crate) sessions: usize,
    /// Until the last was over.
    pub(crate) seconds: f64,
    /// The server's.
    pub(crate) cpu: Cpu,
    /// Nanoseconds from an answer until all that the flow says to it has come.
    pub(crate) reactions: Histogram<u64>,
    /// Why the figure would be the load generator's and not the server's.
    pub(crate) invalid: Option<String>,
}

impl Visited {
    /// Sessions in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.sessions as f64 / self.seconds
    }

    /// Of so much of the server's time, what each session took, in µs.
    pub(crate) fn each(&self, seconds: f64) -> f64 {
        seconds * 1e6 / self.sessions as f64
    }
}

/// One visitor.
#[derive(Debug)]
struct Visit {
    number: u64,
    answers: usize,
    /// How much the flow has said since the last answer.
    heard: usize,
    asked: Instant,
    leaves: bool,
}

/// A server and those who visit it.
pub(crate) struct Visitors {
    process: Process,
    swarm: Swarm,
    script: Script,
    visits: Vec<Option<Visit>>,
    /// How many have come so far.
    pub(crate) came: u64,
}

impl Visitors {
    pub(crate) fn of(process: Process) -> Result<Self> {
        Ok(Self { process, swarm: Swarm::new()?, script: Script::read()?, visits: Vec::new(), came: 0 })
    }

    fn come(&mut self) -> Result<()> {
        let id: Id = self.swarm.websocket(self.process.address, &format!("/assistant/{FLOW}/ws"))?;
        if self.visits.len() <= id {
            self.visits.resize_with(id + 1, || None);
        }
        self.came += 1;
        self.visits[id] = Some(Visit { number: self.came, answers: 0, heard: 0, asked: clock::now(), leaves: false });
        Ok(())
    }

    /// Has so many there at once, for so long, and waits until the last has gone. What the server does so long after that is counted,
    /// too.
    pub(crate) fn run(&mut self, at_once: usize, time: Duration, after: Duration) -> Result<Visited> {
        let (before, own, start) = (self.process.cpu()?, usage::own_cpu()?, clock::now());
        let mut reactions = histogram()?;
        for _ in 0..at_once {
            self.come()?;
        }
        let (mut there, mut sessions, mut quiet) = (at_once, 0, clock::now());
        while there > 0 {
            let gone = self.turn(&mut reactions, &mut quiet)?;
            sessions += gone;
            there -= gone;
            while there < at_once && start.elapsed() < time {
                self.come()?;
                there += 1;
            }
            ensure!(quiet.elapsed() < STUCK, "stuck: {there} visitors wait");
        }
        let seconds = start.elapsed().as_secs_f64();
        let [own, theirs] =
            [usage::own_cpu()?.since(own), self.process.cpu()?.since(before)].map(|cpu| cpu.total() / seconds);
        // Short runs say nothing: CPU time is counted in ticks of 10 ms.
        let held_up = seconds > 0.5 && own >= BUSY && theirs < BUSY - 0.05;
        let invalid = held_up.then(|| {
            format!("the load generator used {:.0} % of its core, the server {:.0} %", own * 100.0, theirs * 100.0)
        });
        std::thread::sleep(after);
        let cpu = self.process.cpu()?.since(before);
        Ok(Visited { sessions, seconds, cpu, reactions, invalid })
    }

    /// Takes what has come; how many have gone.
    fn turn(&mut self, reactions: &mut Histogram<u64>, quiet: &mut Instant) -> Result<usize> {
        let Self { swarm, script, visits, .. } = self;
        let (mut gone, mut failure) = (0, None);
        let happened = swarm.turn(Duration::from_millis(500), |id, event, reply| {
            let heard = match visits[id].as_mut() {
                Some(visit) => visit.hear(script, &event, reactions, reply),
                None => Err(anyhow::anyhow!("{event:?} on a connection that is over")),
            };
            match heard {
                Ok(false) => {}
                Ok(true) => {
                    visits[id] = None;
                    gone += 1;
                }
                Err(error) => failure = Some(error),
            }
        })?;
        if let Some(failure) = failure {
            return Err(failure);
        }
        if happened {
            *quiet = clock::now();
        }
        Ok(gone)
    }

    /// That the log, a record a line, has all their sessions, whole, and nothing else.
    pub(crate) fn check(&self, log: impl std::io::BufRead) -> Result<()> {
        self.script.check(log, self.came)
    }
}

impl Visit {
    /// Takes an event and puts the answer to it into the last argument; whether the visit is over.
    fn hear(
        &mut self,
        script: &Script,
        event: &Event<'_>,
        reactions: &mut Histogram<u64>,
        reply: &mut Vec<u8>,
    ) -> Result<bool> {
        match event {
            Event::Opened => {}
            Event::Text(message) => {
                ensure!(!self.leaves, "visitor {} heard more after the end", self.number);
                if script.hear(self.answers, self.heard, message)? {
                    let now = clock::now();
                    if self.answers > 0 {
                        reactions.saturating_record(nanoseconds(self.asked, now));
                    }
                    if self.answers == Script::answers() {
                        self.leaves = true;
                        reply.extend(frames::CLOSE);
                    } else {
                        reply.extend(frames::masked(frames::TEXT, &Script::answer(self.answers, self.number)));
                        (self.answers, self.heard, self.asked) = (self.answers + 1, 0, now);
                    }
                } else {
                    self.heard += 1;
                }
            }
            Event::Gone(why) if self.leaves && why.starts_with(CLOSED) => return Ok(true),
            other => bail!("visitor {} after {} answers: {other:?}", self.number, self.answers),
        }
        Ok(false)
    }
}
