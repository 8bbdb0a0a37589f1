//! Searching a room of very many messages, against `LIKE` over the same messages.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use super::Plan;
use crate::contestants::{Contestant as _, Parlor};
use crate::long_room::{LARGE, Query};
use crate::process;
use crate::report::{Report, Table, Target};
use crate::swarm::{Event, Id, Swarm};
use crate::table::{Series, short};
use crate::{clock, http};

/// How many times each query is asked; the median counts.
const REPEAT: usize = 5;
/// In a quick run, one query of so many.
const QUICK: usize = 10;
/// How long the index may take to have read the log.
const INDEXED: Duration = Duration::from_secs(300);

pub(super) fn run(plan: &Plan) -> Result<Report> {
    let room = plan.long_room()?;
    let queries: Vec<Query> = room.queries()?.into_iter().step_by(plan.pick(1, QUICK)).collect();
    let repeat = plan.pick(REPEAT, 1);
    let mut report = Report::new(format!(
        "{} fixed queries in a room of {} messages of natural text (words as they follow one another in this project's \
         documentation, with rare names): each {repeat} times over the API, of which the median counts. Against it SQLite's `LIKE` \
         over the same messages in a table of their own, in memory by then, and without HTTP: over the whole table (every fifth query, \
         for it takes the same time for all), and newest first until it has 20.",
        queries.len(),
        room.messages
    ));
    let parlor = Parlor::start_on_copy(&plan.target, &room.data())?;
    report.contestants.push(parlor.about());
    let mut client = Client::new(parlor.server.address)?;
    let last = client.wait_for_the_index()?;
    let mut took: BTreeMap<&str, Series> = BTreeMap::new();
    let (mut ours, mut found) = (Vec::new(), Vec::new());
    for query in &queries {
        let mut times = Series::default();
        let mut count = 0;
        for _ in 0..repeat {
            let (time, hits) = client.ask(query, last)?;
            times.push(time);
            count = hits;
        }
        took.entry(&query.kind).or_default().push(times.median());
        ours.push(times.median());
        found.push(count);
    }
    let scan = |whole: bool| -> Result<(Vec<f64>, Vec<f64>)> {
        let file = |path: std::path::PathBuf| path.display().to_string();
        let mut arguments = vec!["scan".to_owned(), file(room.scanned()), file(room.queries_file())];
        arguments.push(plan.pick(1, QUICK).to_string());
        arguments.extend(whole.then(|| "--whole".to_owned()));
        let numbers = process::numbers(&arguments)?;
        Ok((numbers.iter().step_by(2).copied().collect(), numbers.iter().skip(1).step_by(2).copied().collect()))
    };
    let ((whole, _), (early, hits)) = (scan(true)?, scan(false)?);
    ensure!(early.len() == queries.len() && !whole.is_empty(), "the scan did not answer all");
    check(&queries, &found, &hits, &mut report)?;

    let all: Series = ours.iter().copied().collect();
    let (whole, early_all): (Series, Series) = (whole.into_iter().collect(), early.iter().copied().collect());
    let mut table = Table::new(&["ms for a query", "median", "p99", "slowest"]);
    let three = |series: &Series| [50, 99, 100].map(|percent| Series::from(series.percentile(percent))).to_vec();
    table.row("parlor, all", three(&all));
    for (kind, times) in &took {
        table.row(format!("parlor, {kind}"), three(times));
    }
    table.row("LIKE, the whole table", three(&whole));
    table.row("LIKE, newest first until 20", three(&early_all));
    report.tables.push(table);
    let ratio = Series::from(all.percentile(99) / whole.percentile(99));
    let what = format!("search in {} messages, p99", room.messages);
    report.targets.push(Target::at_most(&what, "≤ 1/50 of a LIKE scan's", &ratio, 0.02));
    let slowest = Series::from(all.percentile(100) / whole.percentile(0));
    report.targets.push(Target::at_most("the slowest search by the quickest scan", "none slower", &slowest, 1.0));
    let slower = ours.iter().zip(&early).filter(|(ours, scan)| ours > scan).count();
    report.notes.push(format!(
        "Newest first until 20, `LIKE` ends early for common words: {slower} of {} queries took longer over HTTP than it, the longest \
         of those {} ms.",
        ours.len(),
        short(ours.iter().zip(&early).filter(|(o, s)| o > s).map(|(o, _)| *o).fold(0.0, f64::max))
    ));
    Ok(report)
}

/// Both have to find something, or nothing. Parlor looks for words by their beginnings and `LIKE` for any letters, so the numbers differ.
fn check(queries: &[Query], ours: &[usize], theirs: &[f64], report: &mut Report) -> Result<()> {
    let nothing = ours.iter().zip(theirs).filter(|(ours, theirs)| **ours == 0 && **theirs > 0.0).count();
    let hits: usize = ours.iter().sum();
    ensure!(hits > queries.len(), "the searches found next to nothing: {hits} messages for {} queries", queries.len());
    ensure!(nothing * 10 <= queries.len(), "{nothing} searches found nothing where LIKE did");
    report.notes.push(format!(
        "{hits} messages found; {nothing} queries that found nothing where `LIKE` found a part of a word."
    ));
    Ok(())
}

struct Client {
    swarm: Swarm,
    connection: Id,
}

impl Client {
    fn new(server: SocketAddr) -> Result<Self> {
        let mut swarm = Swarm::new()?;
        let connection = swarm.http(server)?;
        Ok(Self { swarm, connection })
    }

    /// One request; the answer's status and body, and how many ms it took.
    fn request(&mut self, path: &str) -> Result<(u16, Vec<u8>, f64)> {
        let mut bytes = Vec::new();
        http::get(&mut bytes, path);
        let start = clock::now();
        self.swarm.send(self.connection, &bytes)?;
        let (mut answer, mut failure) = (None, None);
        while answer.is_none() {
            let happened = self.swarm.turn(Duration::from_secs(30), |_, event, _| match event {
                Event::Response { status, body } => answer = Some((status, body.to_vec())),
                Event::Gone(why) => failure = Some(why),
                Event::Opened | Event::Text(_) | Event::Bytes(_) => {}
            })?;
            if let Some(failure) = failure {
                bail!("{failure}");
            }
            ensure!(happened, "no answer for 30 s to {path}");
        }
        let took = start.elapsed().as_secs_f64() * 1e3;
        let (status, body) = answer.context("no answer")?;
        Ok((status, body, took))
    }

    /// Asks until the index is as far as the log; the id of the last message.
    fn wait_for_the_index(&mut self) -> Result<u64> {
        let start = clock::now();
        loop {
            let (status, body, _) = self.request(&format!("/api/search?room={LARGE}&q=the&limit=1"))?;
            if status == 200 {
                let found: serde_json::Value = serde_json::from_slice(&body)?;
                return found[0]["id"].as_u64().context("nobody has ever said “the”");
            }
            ensure!(
                status == 503 && start.elapsed() < INDEXED,
                "the search answers {status} after {:?}",
                start.elapsed()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// One search: how many ms, and how many messages.
    fn ask(&mut self, query: &Query, last: u64) -> Result<(f64, usize)> {
        let q: String = url::form_urlencoded::byte_serialize(query.text().as_bytes()).collect();
        let before = query.before.map(|part| format!("&before={}", (last as f64 * part) as u64)).unwrap_or_default();
        let (status, body, took) = self.request(&format!("/api/search?room={LARGE}&limit=20&q={q}{before}"))?;
        ensure!(status == 200, "{:?} was answered with {status}: {}", query.text(), String::from_utf8_lossy(&body));
        let found: Vec<serde_json::Value> = serde_json::from_slice(&body)?;
        Ok((took, found.len()))
    }
}
