//! Through TLS and an ordinary proxy, as from a school's network.

use parlor_testkit::{
    bot::{Answer, BotServer},
    folder::TestFolder,
    server::Server,
};
use tokio::process::Command;

use super::{
    Relay, command, example, quiet,
    tunnel::{Proxy, Secure},
};
use crate::{
    bots::talk,
    kit::{python, starter},
};

const NAME: &str = "chat.example";

/// A server that the world knows under [`NAME`], with TLS before it, and a proxy on the way.
struct World {
    server: Server,
    secure: Secure,
    proxy: Proxy,
}

impl World {
    async fn new() -> Self {
        let server = starter().args(&["--public-url", "https://chat.example"]).start().await;
        let secure = Secure::before(server.address(), NAME).await;
        let proxy = Proxy::to(secure.address).await;
        Self { server, secure, proxy }
    }

    fn through(&self, command: &mut Command) {
        command
            .env("HTTPS_PROXY", format!("http://ann:secret@{}", self.proxy.address))
            .env("SSL_CERT_FILE", &self.secure.authority);
    }

    async fn works(&self, mut relay: Relay) {
        relay.until("is in the room").await;
        let post = crate::kit::message("a", "echo hello");
        self.server.post("/api/actions/message", &post).await.expect(200);
        assert_eq!(talk(&self.server, "a").await, ["Ann: echo hello", "Echo: through"]);
        let heads = self.proxy.heads();
        assert!(!heads.is_empty());
        for head in heads {
            assert!(head.starts_with("CONNECT chat.example:443 HTTP/1."), "{head}");
            assert!(head.to_lowercase().contains("proxy-authorization: basic yw5uonnly3jlda=="), "{head}");
        }
    }
}

#[tokio::test]
async fn the_relay_goes_through_a_proxy_and_tls() {
    let (world, state) = (World::new().await, TestFolder::new());
    let program = BotServer::always(Answer::text("through")).await;
    let mut relay = command(&state, &["--server", NAME, "--room", "a", &program.url("/echo")]);
    world.through(&mut relay);
    world.works(Relay::run(relay)).await;
}

#[tokio::test]
async fn the_relay_in_python_goes_through_a_proxy_and_tls() {
    let (world, state) = (World::new().await, TestFolder::new());
    let program = BotServer::always(Answer::text("through")).await;
    let mut relay = Command::new(python());
    relay.arg(example("parlor_bot.py")).args(["--server", NAME, "--room", "a", &program.url("/echo")]);
    quiet(&mut relay, &state);
    world.through(&mut relay);
    world.works(Relay::run(relay)).await;
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_in_words() {
    let (world, state) = (World::new().await, TestFolder::new());
    let mut relay = command(&state, &["--server", NAME, "--room", "a", "localhost:1/echo"]);
    world.through(&mut relay);
    let other = Secure::before(world.server.address(), "other.example").await;
    relay.env("SSL_CERT_FILE", &other.authority);
    let ended = Relay::run(relay).ended().await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.error.contains("not from an authority that"), "{}", ended.error);
}
