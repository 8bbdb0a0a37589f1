//! A contestant with its sockets and those who post: the same load for each.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use hdrhistogram::Histogram;

use crate::clock;
use crate::contestants::{Contestant, Heard, Who};
use crate::ledger::Ledger;
use crate::swarm::{Event, Id, Swarm};
use crate::usage::{self, Cpu};

/// Without anything for so long it is stuck.
const STUCK: Duration = Duration::from_secs(20);
/// How long the client looks away between two reads, where the server's CPU time is what is measured.
const NAP: Duration = Duration::from_millis(1);
/// How short the pauses of a client are that looks often.
const BLINK: Duration = Duration::from_micros(50);
/// A share of a core at which a process is what holds the others up.
pub(crate) const BUSY: f64 = 0.95;

/// How posts are made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Each posts the next when its last was answered.
    pub(crate) senders: usize,
    pub(crate) until: Until,
    /// The next post also waits for all deliveries of the last.
    pub(crate) alone: bool,
    /// The client reads only every millisecond. One that waits in epoll is woken by the kernel at the sender's cost, the more often
    /// the faster it is: that would be measured too, by chance.
    pub(crate) naps: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    Posts(usize),
    Time(Duration),
}

/// How a client looks for what has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Without a pause, so that no wake-up is part of what is measured.
    Always,
    /// With short pauses, so that others on the same core get on.
    Often,
}

/// What came of a load. Every delivery has arrived and was right.
pub(crate) struct Outcome {
    pub(crate) posts: usize,
    pub(crate) deliveries: usize,
    /// Until the last answer.
    pub(crate) seconds: f64,
    /// The contestant's, until all is delivered.
    pub(crate) cpu: Cpu,
    /// Nanoseconds until the answer, from when it was sent or due.
    pub(crate) answers: Histogram<u64>,
    /// Nanoseconds until each delivery, from when the post was sent or due.
    pub(crate) arrivals: Histogram<u64>,
    /// Why the figure would be the load generator's and not the contestant's.
    pub(crate) invalid: Option<String>,
}

impl Outcome {
    fn new() -> Result<Self> {
        Ok(Self {
            posts: 0,
            deliveries: 0,
            seconds: 0.0,
            cpu: Cpu { user: 0.0, system: 0.0 },
            answers: histogram()?,
            arrivals: histogram()?,
            invalid: None,
        })
    }

    /// Posts answered in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.posts as f64 / self.seconds
    }

    /// The contestant's CPU time for one of so many things, in µs.
    pub(crate) fn cpu_for(&self, things: usize) -> f64 {
        self.cpu.total() * 1e6 / things as f64
    }
}

/// A value of a histogram in ms.
pub(crate) fn milliseconds(histogram: &Histogram<u64>, quantile: f64) -> f64 {
    histogram.value_at_quantile(quantile) as f64 / 1e6
}

/// For times from a µs to two minutes.
pub(crate) fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1_000, 120_000_000_000, 3)?)
}

pub(crate) fn nanoseconds(since: Instant, now: Instant) -> u64 {
    u64::try_from(now.saturating_duration_since(since).as_nanos()).unwrap_or(u64::MAX).max(1_000)
}

#[derive(Debug, Clone, Copy)]
enum Role {
    Member(usize),
    Sender,
    None,
}

pub(crate) struct Crowd {
    pub(crate) contestant: Rc<dyn Contestant>,
    swarm: Swarm,
    rooms: Vec<String>,
    roles: Vec<Role>,
    sockets: Vec<Id>,
    /// The one sender, where it stays.
    stays: Option<Id>,
    ledger: Ledger,
    /// When each sender's post was sent or due; none while it is free.
    asked: Vec<Option<Instant>>,
}

impl Crowd {
    /// Brings so many sockets into these rooms, one after the other, and posts of so many bytes of text.
    pub(crate) fn gather(
        contestant: Rc<dyn Contestant>,
        rooms: Vec<String>,
        sockets: usize,
        text: usize,
    ) -> Result<Self> {
        let members = (0..rooms.len()).map(|room| (sockets + rooms.len() - 1 - room) / rooms.len()).collect();
        let ledger = Ledger::new(text, members);
        let mut crowd = Self {
            contestant,
            swarm: Swarm::new()?,
            rooms,
            roles: Vec::new(),
            sockets: Vec::new(),
            stays: None,
            ledger,
            asked: Vec::new(),
        };
        if crowd.contestant.sender_stays() {
            crowd.stays = crowd.senders(1)?.pop();
        }
        // In waves, as people come; each handshake has buffers for a moment. A hub tells all who are there of each who comes:
        // to a thousand it sends 40 MB for that.
        let most = if crowd.stays.is_some() { 10 } else { 50 };
        while crowd.sockets.len() < sockets {
            let wave = (sockets - crowd.sockets.len()).min(most);
            for _ in 0..wave {
                let room = crowd.sockets.len() % crowd.rooms.len();
                let id = crowd.contestant.join(&mut crowd.swarm, &crowd.rooms[room])?;
                crowd.sockets.push(id);
                crowd.assign(id, Role::Member(room));
            }
            crowd.wait_until_ready(wave)?;
        }
        Ok(crowd)
    }

    fn assign(&mut self, id: Id, role: Role) {
        if self.roles.len() <= id {
            self.roles.resize(id + 1, Role::None);
            self.asked.resize(id + 1, None);
        }
        self.roles[id] = role;
    }

    fn wait_until_ready(&mut self, count: usize) -> Result<()> {
        let Self { contestant, swarm, rooms, roles, .. } = self;
        let (deadline, mut ready, mut failure) = (clock::now() + Duration::from_secs(60), 0, None);
        while ready < count {
            swarm.turn(Duration::from_secs(1), |id, event, reply| {
                let Some(who) = who(roles[id], rooms) else { return };
                contestant.hear(
                    who,
                    &event,
                    &mut |heard| match heard {
                        Heard::Ready => ready += 1,
                        Heard::Wrong(why) => failure = Some(why),
                        Heard::Message(_) | Heard::Taken => {}
                    },
                    reply,
                );
            })?;
            if let Some(failure) = failure {
                bail!("{failure}");
            }
            ensure!(clock::now() < deadline, "only {ready} of {count} connections are there after a minute");
        }
        Ok(())
    }

    /// Answers pings and whatever else came meanwhile; messages must not. True if nothing happened.
    pub(crate) fn attend(&mut self, wait: Duration) -> Result<bool> {
        let mut outcome = Outcome::new()?;
        let happened = self.turn(wait, &mut outcome, &mut |_| None)?;
        Ok(!happened)
    }

    /// Lets what is under way come to its end.
    pub(crate) fn settle(&mut self, quiet: Duration) -> Result<()> {
        while !self.attend(quiet)? {}
        Ok(())
    }

    /// How long a message is.
    pub(crate) fn message_length(&mut self) -> Result<usize> {
        let load = Load { senders: 1, until: Until::Posts(1), alone: true, naps: false };
        self.drive(load, |ledger| ledger.message_length()).map(|(_, length)| length)
    }

    /// Posts as fast as answers come, and waits until all is delivered.
    pub(crate) fn run(&mut self, load: Load) -> Result<Outcome> {
        self.drive(load, |_| 0).map(|(outcome, _)| outcome)
    }

    fn drive(&mut self, load: Load, look: fn(&Ledger) -> usize) -> Result<(Outcome, usize)> {
        self.attend(Duration::ZERO)?;
        let senders = self.senders(load.senders)?;
        let mut outcome = Outcome::new()?;
        let (process, before, own) = (self.contestant.process(), self.contestant.process().cpu()?, usage::own_cpu()?);
        let start = clock::now();
        let more = |ordered: usize| match load.until {
            Until::Posts(posts) => ordered < posts,
            Until::Time(time) => start.elapsed() < time,
        };
        let mut ordered = 0;
        for &sender in &senders {
            if more(ordered) {
                self.post(sender, ordered % self.rooms.len(), clock::now())?;
                ordered += 1;
            }
        }
        let (mut quiet, mut busy) = (clock::now(), None);
        while outcome.posts < ordered || !self.ledger.is_complete() {
            let rooms = self.rooms.len();
            let happened = self.turn(Duration::from_millis(500), &mut outcome, &mut |_| {
                let next = (!load.alone && more(ordered)).then_some(ordered % rooms);
                ordered += usize::from(next.is_some());
                next
            })?;
            if load.alone && outcome.posts == ordered && self.ledger.is_complete() && more(ordered) {
                self.post(senders[0], ordered % self.rooms.len(), clock::now())?;
                ordered += 1;
            }
            if outcome.posts == ordered && busy.is_none() && !more(ordered) {
                outcome.seconds = start.elapsed().as_secs_f64();
                busy = Some((usage::own_cpu()?.since(own).total(), process.cpu()?.since(before).total()));
            }
            if happened {
                quiet = clock::now();
            }
            let (came, all) = (self.ledger.delivered, self.ledger.expected);
            ensure!(
                quiet.elapsed() < STUCK,
                "stuck: {} of {ordered} posts answered, {came} of {all} delivered",
                outcome.posts
            );
            if load.naps {
                std::thread::sleep(NAP);
            }
        }
        outcome.cpu = process.cpu()?.since(before);
        let (own, theirs) = busy.unwrap_or((0.0, 0.0));
        let (own, theirs) = (own / outcome.seconds, theirs / outcome.seconds);
        // Short runs say nothing: CPU time is counted in ticks of 10 ms.
        if !load.alone && outcome.seconds > 0.5 && own >= BUSY && theirs < BUSY - 0.05 {
            outcome.invalid = Some(format!(
                "the load generator used {:.0} % of its core, the server {:.0} %",
                own * 100.0,
                theirs * 100.0
            ));
        }
        let length = self.leave(&senders, look)?;
        Ok((outcome, length))
    }

    /// Posts so many a second to the rooms in turn, at their times whatever has become of those before, and waits until all is
    /// delivered. Latencies count from when a post was due.
    pub(crate) fn by_schedule(&mut self, rate: f64, time: Duration, look: Look) -> Result<Outcome> {
        self.attend(Duration::ZERO)?;
        let senders = self.senders(64)?;
        let mut free: VecDeque<Id> = senders.iter().copied().collect();
        let mut outcome = Outcome::new()?;
        // By how much posts went out late though a sender was free.
        let mut late = histogram()?;
        let before = self.contestant.process().cpu()?;
        let (start, posts) = (clock::now(), (rate * time.as_secs_f64()).round().max(1.0) as usize);
        let due = |number: usize| start + Duration::from_secs_f64(number as f64 / rate);
        let (mut ordered, mut quiet, mut waited) = (0, clock::now(), false);
        while outcome.posts < posts || !self.ledger.is_complete() {
            while ordered < posts && due(ordered) <= clock::now() {
                let Some(sender) = free.pop_front() else {
                    // All wait for the server: what is late now is so because of it, and counts.
                    waited = true;
                    break;
                };
                let at = due(ordered);
                if !std::mem::take(&mut waited) {
                    late.saturating_record(nanoseconds(at, clock::now()));
                }
                self.post(sender, ordered % self.rooms.len(), at)?;
                ordered += 1;
                quiet = clock::now();
            }
            let happened = self.turn(Duration::ZERO, &mut outcome, &mut |sender| {
                free.push_back(sender);
                None
            })?;
            if happened {
                quiet = clock::now();
            } else if look == Look::Often {
                std::thread::sleep(BLINK);
            }
            let (came, all) = (self.ledger.delivered, self.ledger.expected);
            ensure!(
                quiet.elapsed() < STUCK,
                "stuck: {} of {posts} posts answered, {came} of {all} delivered",
                outcome.posts
            );
        }
        outcome.seconds = start.elapsed().as_secs_f64();
        outcome.cpu = self.contestant.process().cpu()?.since(before);
        let (late, arrival) = (milliseconds(&late, 0.99), milliseconds(&outcome.arrivals, 0.99));
        if late > 0.25 && late > 0.25 * arrival {
            outcome.invalid = Some(format!("posts went out {late:.2} ms late at p99, deliveries took {arrival:.2} ms"));
        }
        self.leave(&senders, |_| 0)?;
        Ok(outcome)
    }

    fn senders(&mut self, count: usize) -> Result<Vec<Id>> {
        if let Some(stays) = self.stays {
            ensure!(count == 1, "{} has one sender, not {count}", self.contestant.about().name);
            return Ok(vec![stays]);
        }
        let (mut senders, mut waiting) = (Vec::with_capacity(count), 0);
        for _ in 0..count {
            let (id, ready) = self.contestant.sender(&mut self.swarm)?;
            waiting += usize::from(!ready);
            self.assign(id, Role::Sender);
            senders.push(id);
        }
        self.wait_until_ready(waiting)?;
        Ok(senders)
    }

    fn leave(&mut self, senders: &[Id], look: fn(&Ledger) -> usize) -> Result<usize> {
        for &sender in senders.iter().filter(|sender| self.stays != Some(**sender)) {
            self.roles[sender] = Role::None;
            self.swarm.drop(sender);
        }
        let seen = look(&self.ledger);
        self.ledger.close()?;
        Ok(seen)
    }

    fn post(&mut self, sender: Id, room: usize, due: Instant) -> Result<()> {
        let text = self.ledger.post(room, due);
        let mut bytes = Vec::with_capacity(512 + text.len());
        self.contestant.post(&mut bytes, &self.rooms[room], &text);
        self.asked[sender] = Some(due);
        self.swarm.send(sender, &bytes)
    }

    /// One look at all connections. Whoever was answered is told, and posts to the room that it is given, if any.
    fn turn(
        &mut self,
        wait: Duration,
        outcome: &mut Outcome,
        taken: &mut dyn FnMut(Id) -> Option<usize>,
    ) -> Result<bool> {
        let Self { contestant, swarm, rooms, roles, ledger, asked, .. } = self;
        let mut failure = None;
        let happened = swarm.turn(wait, |id, event: Event<'_>, reply| {
            let role = roles[id];
            let Some(who) = who(role, rooms) else { return };
            let mut answered = false;
            let mut heard = |heard: Heard<'_>| match (heard, role) {
                (Heard::Message(message), Role::Member(room)) => match ledger.deliver(room, message) {
                    Ok(Some(due)) => {
                        outcome.deliveries += 1;
                        outcome.arrivals.saturating_record(nanoseconds(due, clock::now()));
                    }
                    Ok(None) => {}
                    Err(error) => failure = Some(format!("{error:#}")),
                },
                (Heard::Taken, Role::Sender) => answered = true,
                (Heard::Wrong(why), _) => failure = Some(why),
                _ => {}
            };
            contestant.hear(who, &event, &mut heard, reply);
            if answered {
                let now = clock::now();
                outcome.posts += 1;
                if let Some(at) = asked[id].take() {
                    outcome.answers.saturating_record(nanoseconds(at, now));
                }
                if let Some(room) = taken(id) {
                    contestant.post(reply, &rooms[room], &ledger.post(room, now));
                    asked[id] = Some(now);
                }
            }
        })?;
        if let Some(failure) = failure {
            bail!("{}: {failure}", contestant.about().name);
        }
        Ok(happened)
    }
}

fn who(role: Role, rooms: &[String]) -> Option<Who<'_>> {
    match role {
        Role::Member(room) => Some(Who::Member(&rooms[room])),
        Role::Sender => Some(Who::Sender),
        Role::None => None,
    }
}
