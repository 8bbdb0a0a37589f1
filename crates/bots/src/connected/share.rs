//! Which of a bot's connections works on what. Pure: it is told what happened, and says who gets what.

use std::collections::{BTreeMap, HashMap, VecDeque};

/// One connection of a bot; later ones have higher numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Line(pub(crate) u64);

/// A bot's connections, and its jobs: each is at one of them, or waits for one.
#[derive(Debug, Default)]
pub(crate) struct Share {
    /// How many jobs are at each.
    lines: BTreeMap<Line, usize>,
    jobs: HashMap<String, Option<Line>>,
    /// Jobs that wait, the oldest first; some of them may be over by now.
    waiting: VecDeque<String>,
    next: u64,
}

impl Share {
    /// A connection comes, and gets what has waited for one.
    pub(crate) fn connect(&mut self) -> (Line, Vec<String>) {
        let line = Line(self.next);
        self.next += 1;
        let mut given: Vec<String> = Vec::new();
        for job in std::mem::take(&mut self.waiting) {
            if let Some(place @ None) = self.jobs.get_mut(&job) {
                *place = Some(line);
                given.push(job);
            }
        }
        self.lines.insert(line, given.len());
        (line, given)
    }

    /// A connection is gone: where what it worked on goes, or that it has to wait.
    pub(crate) fn disconnect(&mut self, line: Line) -> Vec<(String, Option<Line>)> {
        if self.lines.remove(&line).is_none() {
            return Vec::new();
        }
        let mut left: Vec<String> =
            self.jobs.iter().filter(|(_, place)| **place == Some(line)).map(|(job, _)| job.clone()).collect();
        left.sort_unstable();
        left.into_iter().map(|job| (job.clone(), self.place(job))).collect()
    }

    /// A job begins: the connection that gets it, if there is one.
    pub(crate) fn open(&mut self, job: &str) -> Option<Line> {
        self.close(job);
        self.place(job.to_owned())
    }

    /// A job is over, answered or given up; `false` if it was over before.
    pub(crate) fn close(&mut self, job: &str) -> bool {
        match self.jobs.remove(job) {
            None => false,
            Some(place) => {
                if let Some(busy) = place.and_then(|line| self.lines.get_mut(&line)) {
                    *busy -= 1;
                }
                if self.jobs.is_empty() {
                    self.waiting.clear();
                }
                true
            }
        }
    }

    /// How many connections there are.
    pub(crate) fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Whether nothing is there to remember.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.jobs.is_empty()
    }

    /// Gives a job to the least busy connection, the newest of several: an older one may be dead without our knowing.
    fn place(&mut self, job: String) -> Option<Line> {
        let least = self.lines.iter_mut().rev().min_by_key(|(_, busy)| **busy);
        let place = least.map(|(line, busy)| {
            *busy += 1;
            *line
        });
        if place.is_none() {
            self.waiting.push_back(job.clone());
        }
        self.jobs.insert(job, place);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A share with so many connections.
    fn with(lines: u64) -> Share {
        let mut share = Share::default();
        for line in 0..lines {
            assert_eq!(share.connect(), (Line(line), vec![]));
        }
        share
    }

    #[test]
    fn work_goes_to_the_least_busy_and_to_the_newest_of_several() {
        let mut share = with(3);
        let places: Vec<_> = ["a", "b", "c", "d"].iter().map(|job| share.open(job).unwrap().0).collect();
        assert_eq!(places, [2, 1, 0, 2]);
        assert!(share.close("c"));
        assert_eq!(share.open("e"), Some(Line(0)), "which has nothing to do now");
        assert!(!share.close("c"), "it was over before");
    }

    #[test]
    fn what_a_lost_connection_worked_on_goes_to_the_others() {
        let mut share = with(2);
        for job in ["a", "b", "c"] {
            share.open(job);
        }
        // `a` and `c` at 1, `b` at 0.
        assert_eq!(share.disconnect(Line(1)), [("a".to_owned(), Some(Line(0))), ("c".to_owned(), Some(Line(0)))]);
        assert_eq!(share.disconnect(Line(1)), [], "it is gone already");
        assert_eq!(share.lines(), 1);
    }

    #[test]
    fn without_a_connection_work_waits_in_order_for_the_next_one() {
        let mut share = with(1);
        share.open("b");
        assert_eq!(share.disconnect(Line(0)), [("b".to_owned(), None)]);
        assert_eq!(share.open("a"), None);
        assert_eq!(share.open("given up"), None);
        share.close("given up");
        assert_eq!(share.connect(), (Line(1), vec!["b".to_owned(), "a".to_owned()]));
        assert_eq!(share.connect(), (Line(2), vec![]));
        assert_eq!(share.open("c"), Some(Line(2)));
    }

    #[test]
    fn a_job_that_was_given_up_goes_to_nobody_else() {
        let mut share = with(1);
        share.open("a");
        share.close("a");
        assert_eq!(share.disconnect(Line(0)), []);
        assert!(share.is_empty());
    }

    #[test]
    fn a_job_of_the_same_name_takes_the_place_of_the_one_before() {
        let mut share = with(1);
        share.open("a");
        share.open("a");
        share.close("a");
        share.open("b");
        assert_eq!(share.disconnect(Line(0)), [("b".to_owned(), None)]);
    }

    #[test]
    fn however_connections_come_and_go_every_job_is_at_one_of_them_or_waits() {
        let mut share = Share::default();
        // A simple row of numbers is random enough here.
        let mut seed = 7_u64;
        let mut below = |bound: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % bound
        };
        let (mut lines, mut jobs): (Vec<Line>, Vec<String>) = (vec![], vec![]);
        for n in 0..20_000 {
            match below(4) {
                0 => lines.push(share.connect().0),
                1 if !lines.is_empty() => {
                    let line = lines.swap_remove(below(lines.len() as u64) as usize);
                    assert!(share.disconnect(line).iter().all(|(_, place)| place.is_some() != lines.is_empty()));
                }
                2 if !jobs.is_empty() => {
                    assert!(share.close(&jobs.swap_remove(below(jobs.len() as u64) as usize)));
                }
                _ => {
                    let job = n.to_string();
                    assert_eq!(share.open(&job).is_some(), !lines.is_empty());
                    jobs.push(job);
                }
            }
            assert_eq!((share.lines.len(), share.jobs.len()), (lines.len(), jobs.len()));
            assert_eq!(share.lines.values().sum::<usize>(), if lines.is_empty() { 0 } else { jobs.len() });
        }
    }
}
