//! `--daemon`, `--pid-file` and `--kill`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use parlor_testkit::{
    folder::TestFolder,
    http::Http,
    server::{Pid, Signal, run},
};
use rustix::process::kill_process;

use crate::kit::{PARLOR, starter};

/// A folder with what a server in the background needs; the server is ended at the end, whatever happened.
struct Place {
    folder: TestFolder,
}

impl Place {
    fn new() -> Self {
        Self { folder: TestFolder::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn words<'a>(&self, more: &[&'a str], all: &'a mut Vec<String>) -> Vec<&'a str> {
        all.extend(["--listen".to_owned(), "127.0.0.1:0".to_owned()]);
        all.extend(["--data".to_owned(), self.path("data").display().to_string()]);
        all.extend(["--pid-file".to_owned(), self.path("pid").display().to_string()]);
        all.extend(more.iter().map(|&word| word.to_owned()));
        all.iter().map(String::as_str).collect()
    }

    async fn run(&self, more: &[&str]) -> Output {
        let mut all = Vec::new();
        let words = self.words(more, &mut all);
        run(PARLOR, &words).await
    }

    fn pid(&self) -> Pid {
        let text = fs::read_to_string(self.path("pid")).expect("a pid file");
        Pid::from_raw(text.trim().parse().expect("a number")).expect("not 0")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Ok(text) = fs::read_to_string(self.path("pid"))
            && let Some(pid) = text.trim().parse().ok().and_then(Pid::from_raw)
        {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A client of the server that said this.
fn client(said: &str) -> Http {
    let (_, rest) = said.split_once("http://").unwrap_or_else(|| panic!("no address in {said}"));
    Http::new(rest.split('/').next().expect("an address").parse().expect("an address"))
}

#[tokio::test]
async fn it_serves_in_the_background_until_it_is_killed() {
    let place = Place::new();
    let (code, out, errors) = said(&place.run(&["--daemon"]).await);
    assert_eq!(code, Some(0), "{out} {errors}");
    assert!(out.starts_with("Parlor is open at http://127.0.0.1:"), "{out}");
    assert!(out.contains(&format!("--kill --pid-file {}", place.path("pid").display())), "{out}");
    assert!(!out.contains('\u{4}') && !out.contains("Ctrl-C"), "{out}");
    assert_eq!(client(&out).get("/healthz").await.status, 200);
    assert!(out.contains(&format!("process {}", place.pid())), "{out}");

    let (code, out, errors) = said(&place.run(&["--kill"]).await);
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("has ended"), "{out}");
    assert!(!place.path("pid").exists());

    let (code, out, errors) = said(&place.run(&["-k"]).await);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(errors.starts_with("parlor: no Parlor runs with the pid file") && errors.lines().count() == 1, "{errors}");
}

#[tokio::test]
async fn a_second_one_takes_the_place_of_the_first_and_has_its_rooms() {
    let place = Place::new();
    let (_, out, _) = said(&place.run(&["-D"]).await);
    let first = place.pid();
    let message = crate::kit::message("a", "one");
    client(&out).post("/api/actions/message", &message).await.expect(200);
    let (code, out, errors) = said(&place.run(&["-D"]).await);
    assert_eq!(code, Some(0), "{errors}");
    assert!(out.starts_with(&format!("The Parlor that ran before (process {first}) has ended.\n")), "{out}");
    assert_ne!(place.pid(), first);
    let messages = client(&out).get("/api/messages?room=a").await.expect(200);
    assert_eq!(messages[0]["text"], "one");
}

#[tokio::test]
async fn what_a_killed_one_left_behind_is_in_nobodys_way() {
    let place = Place::new();
    said(&place.run(&["-D"]).await);
    let first = place.pid();
    kill_process(first, Signal::KILL).expect("it runs");
    // `--kill` finds nobody as soon as it is gone, and does not hit another process with that number.
    let gone = async { while said(&place.run(&["--kill"]).await).0 == Some(0) {} };
    parlor_testkit::http::within("the end of it", gone).await;
    let (code, out, errors) = said(&place.run(&["-D"]).await);
    assert_eq!(code, Some(0), "{errors}");
    assert!(!out.contains("ran before"), "{out}");
}

#[tokio::test]
async fn what_keeps_it_from_serving_is_told_with_its_code_and_the_one_that_runs_goes_on() {
    let place = Place::new();
    let (_, out, _) = said(&place.run(&["-D"]).await);
    let first = place.pid();
    // Its settings are wrong: the one that runs is not ended for this.
    let missing = place.path("missing.pem").display().to_string();
    let (code, _, errors) = said(&place.run(&["-D", "--tls-cert", &missing, "--tls-key", &missing]).await);
    assert_eq!(code, Some(1));
    assert!(errors.contains("missing.pem"), "{errors}");
    assert_eq!((place.pid(), client(&out).get("/healthz").await.status), (first, 200));
    // It can't have the folder: another one, with another pid file, holds it.
    let other = place.path("other.pid").display().to_string();
    let (code, out, errors) = said(&place.run(&["-D", "--pid-file", &other]).await);
    assert_eq!(code, Some(2), "given twice: {out} {errors}");
    let data = place.path("data").display().to_string();
    let words = ["-D", "--listen", "127.0.0.1:0", "--data", &data, "--pid-file", &other];
    let (code, out, errors) = said(&run(PARLOR, &words).await);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(errors.contains("parlor: another Parlor server"), "{errors}");
    assert!(!Path::new(&other).exists());
}

#[tokio::test]
async fn in_the_foreground_a_pid_file_keeps_a_second_one_away() {
    let place = Place::new();
    let pid_file = place.path("pid").display().to_string();
    let mut server = starter().args(&["--pid-file", &pid_file]).start().await;
    assert_eq!(place.pid(), server.pid());
    let (code, _, errors) = said(&place.run(&[]).await);
    assert_eq!(code, Some(1));
    assert!(errors.contains("--kill") && errors.contains("pid file"), "{errors}");
    let (killed, status) = tokio::join!(place.run(&["--kill"]), server.ended());
    assert_eq!((killed.status.code(), status.code()), (Some(0), Some(0)));
}

#[tokio::test]
async fn the_log_file_gets_what_is_logged_and_is_opened_anew_at_sighup() {
    let place = Place::new();
    let log = place.path("log");
    let (_, out, errors) = said(&place.run(&["-D", "--log-file", &log.display().to_string()]).await);
    assert_eq!(errors, "");
    fs::rename(&log, place.path("log.1")).expect("it is there");
    kill_process(place.pid(), Signal::HUP).expect("it runs");
    let back = async {
        while !log.exists() {
            client(&out).get("/healthz").await;
        }
    };
    parlor_testkit::http::within("a new log file", back).await;
    assert_eq!(place.run(&["-k"]).await.status.code(), Some(0));
    let logged = fs::read_to_string(&log).expect("text");
    assert!(logged.contains("ending") && !logged.contains('\u{1b}'), "{logged}");
    assert!(!fs::read_to_string(place.path("log.1")).expect("text").contains("ending"));

    let folder = place.folder.path().display().to_string();
    let (code, _, errors) = said(&place.run(&["-D", "--log-file", &folder]).await);
    assert_eq!(code, Some(1));
    assert!(errors.contains("--log-file"), "{errors}");
}
