//! TLS in the process: http and websockets over it, renewed certificates, several listeners.

use parlor_testkit::{
    folder::TestFolder,
    http::{Http, Request, within},
    server::{Server, Signal, run},
    ws::{Came, Ws},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
};

use super::secure::{Door, Papers};
use crate::kit::{PARLOR, id, message, starter};

async fn server(papers: &Papers, more: &[&str]) -> Server {
    let args = papers.args();
    let args: Vec<&str> = args.iter().map(String::as_str).chain(more.iter().copied()).collect();
    starter().args(&args).start().await
}

async fn ws(door: &Door, target: &str) -> Ws {
    within("a websocket", Ws::open(door.address, target, "")).await.expect("it is there").expect("a websocket")
}

#[tokio::test]
async fn with_a_certificate_it_speaks_https_1_1_with_tls_1_2_and_1_3() {
    let papers = Papers::new();
    let server = server(&papers, &[]).await;
    assert!(server.said().starts_with("Parlor is open at https://127.0.0.1:"), "{}", server.said());
    for old in [false, true] {
        let mut stream = papers.client().connect(server.address(), old).await.expect("a handshake");
        let chosen = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        assert_eq!(chosen.as_deref(), Some(&b"http/1.1"[..]));
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.expect("sent");
        let mut said = String::new();
        stream.read_to_string(&mut said).await.expect("its end is said");
        assert!(said.starts_with("HTTP/1.1 200 OK\r\n") && said.ends_with("ok\n"), "{said}");
    }
    // Without TLS there is no answer that could be taken for one.
    let mut plain = TcpStream::connect(server.address()).await.expect("open");
    plain.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("sent");
    let mut said = Vec::new();
    let _ = within("the end", plain.read_to_end(&mut said)).await;
    assert!(!said.starts_with(b"HTTP"));
}

#[tokio::test]
async fn websockets_over_tls_replay_much_at_a_slow_readers_pace_and_end_in_order() {
    let papers = Papers::new();
    let mut server = server(&papers, &[]).await;
    let door = Door::to(server.address(), papers.client()).await;
    // More than all buffers on the way take.
    let long = "x".repeat(15_000);
    let mut posts = tokio::task::JoinSet::new();
    for poster in 0..8 {
        let (address, long) = (door.address, long.clone());
        posts.spawn(async move {
            let mut http = Http::new(address);
            for n in 0..50 {
                http.post("/api/actions/message", &message("a", &format!("{poster} {n} {long}"))).await.expect(200);
            }
        });
    }
    posts.join_all().await;
    let mut slow = ws(&door, "/ws/a?since=0").await;
    let mut quick = ws(&door, "/ws/a?since=0").await;
    // Live ones come while it has not read the old ones.
    let last = Http::new(door.address).post("/api/actions/message", &message("a", "last")).await.expect(200);
    for stream in [&mut quick, &mut slow] {
        stream.ping(b"are you there").await;
        let (mut ids, mut ponged) = (Vec::new(), false);
        while ids.last() != Some(&id(&last)) || !ponged {
            match stream.came().await {
                Came::Text(text) => {
                    let frame: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                    if frame["kind"] == "message" {
                        ids.push(id(&frame["data"]));
                    }
                }
                Came::Pong(payload) => ponged = payload == b"are you there",
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(ids.len(), 401);
        assert!(ids.is_sorted_by(|a, b| a < b), "in order, each once");
    }
    // The client closes, then the server.
    quick.close(1000).await;
    assert_eq!(quick.came().await, Came::Close(1000, String::new()));
    assert_eq!(quick.came().await, Came::End);
    server.ask_to_end();
    let Came::Close(1012, reason) = slow.came().await else { panic!("no 1012") };
    assert!(reason.contains("?since="), "{reason}");
    slow.close(1012).await;
    assert_eq!(slow.came().await, Came::End);
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_after_sighup_and_a_broken_one_never() {
    let mut papers = Papers::new();
    let server = server(&papers, &[]).await;
    let first = papers.client();
    let mut kept = first.connect(server.address(), false).await.expect("the first certificate");
    papers.renew();
    server.signal(Signal::HUP);
    let second = papers.client();
    let renewed = async { while second.connect(server.address(), false).await.is_err() {} };
    within("the renewed certificate", renewed).await;
    assert!(first.connect(server.address(), false).await.is_err());
    // Who is connected stays so.
    kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.expect("sent");
    let mut said = String::new();
    kept.read_to_string(&mut said).await.expect("its end is said");
    assert!(said.starts_with("HTTP/1.1 200"));
    std::fs::write(papers.path("cert.pem"), "nonsense").expect("written");
    server.signal(Signal::HUP);
    for _ in 0..20 {
        second.connect(server.address(), false).await.expect("the old one goes on");
    }
}

#[tokio::test]
async fn silent_clients_keep_nobody_from_their_handshake() {
    let papers = Papers::new();
    let mut server = server(&papers, &[]).await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(server.address()).await.expect("open"));
    }
    papers.client().connect(server.address(), false).await.expect("a handshake");
    let begun = tokio::time::Instant::now();
    assert!(server.terminate().await.success());
    assert!(begun.elapsed().as_secs() < 9, "it waited for its deadline");
}

#[tokio::test]
async fn several_listeners_are_one_server() {
    let (papers, folder) = (Papers::new(), TestFolder::new());
    let path = folder.path().join("http.sock");
    let unix = format!("unix:{}", path.display());
    let args = ["--listen", "http://127.0.0.1:0,redirect:127.0.0.1:0", "--listen", &unix];
    let mut server = server(&papers, &args).await;
    let listening = server.said().lines().nth(1).expect("a second line").to_owned();
    let rest = listening.strip_prefix("Listening on ").unwrap_or_else(|| panic!("{listening}"));
    let places: Vec<&str> = rest.split(". ").next().expect("a sentence").split(", ").collect();
    let [secure, plain, redirect, socket] = places[..] else { panic!("{listening}") };
    assert!(secure.starts_with("https://") && socket == unix, "{listening}");
    let plain = plain.parse().expect("an address");
    let redirect = redirect.strip_prefix("redirect:").expect("a redirect").parse().expect("an address");

    let said = Http::new(plain).post("/api/actions/message", &message("a", "one")).await.expect(200);
    let reply = Http::new(redirect).send(Request::post("/a?x=1", &said)).await;
    let location = format!("https://127.0.0.1:{}/a?x=1", server.address().port());
    assert_eq!((reply.status, reply.header("location")), (308, Some(location.as_str())));

    let mut stream = UnixStream::connect(&path).await.expect("open");
    let asked = b"GET /api/messages?room=a HTTP/1.1\r\nhost: chat.example.org\r\nconnection: close\r\n\r\n";
    stream.write_all(asked).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"one\""), "{answer}");
    // A killed server leaves its file behind, and the next one takes it; in the end it is gone.
    server.crash().await;
    UnixStream::connect(&path).await.expect("open again");
    assert!(server.terminate().await.success());
    assert!(!path.exists());
}

#[tokio::test]
async fn what_can_not_be_listened_at_is_told() {
    let (papers, folder) = (Papers::new(), TestFolder::new());
    let data = folder.path().join("data").display().to_string();
    let file = folder.path().join("file");
    std::fs::write(&file, "no socket").expect("written");
    let file = format!("unix:{}", file.display());
    let [_, cert, _, key] = papers.args();
    let other = Papers::new().args();
    for (args, words) in [
        (&["--listen", "https://127.0.0.1:0"][..], "--tls-cert"),
        (&["--listen", "redirect:127.0.0.1:0"], "nothing would answer"),
        (&["--listen", "redirect:127.0.0.1:0,127.0.0.1:0"], "nothing here speaks it"),
        (&["--listen", &file], "there is a file of that name"),
        (&["--listen", "unix:/nowhere/at/all"], "can't listen on unix:/nowhere/at/all"),
        (&["--tls-cert", &cert], "--tls-key"),
        (&["--tls-key", &key], "--tls-cert"),
        (&["--tls-cert", &cert, "--tls-key", &cert], "no private key in"),
        (&["--tls-cert", &key, "--tls-key", &key], "no certificate in"),
        (&["--tls-cert", &cert, "--tls-key", &other[3]], "can't read"),
        (&["--tls-cert", "/", "--tls-key", &key], "can't read /"),
    ] {
        let output = run(PARLOR, &[&["--data", &data], args].concat()).await;
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {errors}");
        assert!(errors.contains(words) && errors.trim_end().lines().count() == 1, "{args:?}: {errors}");
    }
    assert!(!std::path::Path::new(&data).exists());
}
