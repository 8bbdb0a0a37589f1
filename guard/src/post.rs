//! One post as a script makes it: HTTP read, policy, append, apply, the answer written.

use std::{net::Ipv4Addr, sync::Arc};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use parlor_accounts::Accounts;
use parlor_gateway_web::{Look, Mode, Web};
use parlor_sockets::{Peer, Sweep, Sweeper};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

use crate::{
    control::NoBots,
    house::{House, Search, TEXT},
};

pub(crate) fn go(rounds: usize) {
    let prepare = async |house: &House| {
        let (accounts, sweeper) = (Accounts::off(), Sweeper::new(Sweep::default()));
        let bots = Arc::new(NoBots);
        let web =
            Web::new(house.runtime.clone(), accounts, bots, house.encoder, sweeper, Mode::Served, Look::default());
        let router = TowerToHyperService::new(parlor_gateway_web::router(web, axum::Router::new()));
        let peer = Peer { address: (Ipv4Addr::new(192, 0, 2, 1), 40_000).into(), tls: false };
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            hyper::service::Service::call(&router, request)
        });
        let (client, server) = duplex(64 << 10);
        house.runtime.tracker().spawn(async move {
            let connection =
                http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(server), service);
            connection.with_upgrades().await.expect("it ends in order");
        });
        client
    };
    House::with(Search::Blocked, prepare, async |_, mut client| {
        let body = format!(r#"{{"room":"guard","author":"Ann","text":"{TEXT}"}}"#);
        let request = format!(
            "POST /api/actions/message HTTP/1.1\r\nhost: chat.example.org\r\nuser-agent: guard/1\r\naccept: */*\r\n\
             content-type: application/json\r\nprefer: respond-async\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut answer = vec![0; 16 << 10];
        for _ in 0..rounds {
            client.write_all(request.as_bytes()).await.expect("it reads");
            // One answer is one write, and fits.
            let count = client.read(&mut answer).await.expect("it answers");
            assert!(answer.starts_with(b"HTTP/1.1 202"), "{}", String::from_utf8_lossy(&answer[..count]));
        }
    });
}
