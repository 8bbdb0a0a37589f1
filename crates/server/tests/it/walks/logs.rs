//! Every address, asked with secrets in every place where one can stand: none of them comes into the log.

use parlor_testkit::http::Request;
use serde_json::json;

use super::{routes, target};
use crate::kit::{say, starter};

const SECRET: &str = "Xyzzy-4711-plugh";

#[tokio::test]
async fn no_secret_comes_into_the_log_however_much_it_says() {
    let level = "trace";
    for format in ["pretty", "json"] {
        let mut server = starter().args(&["--log-level", level, "--log-format", format]).start().await;
        // A bot with a secret in its address and one for signatures, which nobody can reach.
        let url = format!("http://user:{SECRET}@127.0.0.1:1/{SECRET}?key={SECRET}");
        let bot = json!({"room": "a", "name": "Bot", "url": url, "secret": SECRET, "responds_to": "x"});
        server.post("/api/actions/bot", &bot).await;
        say(&server, "a", &format!("x {SECRET}")).await;
        let body = json!({
            "room": SECRET, "author": SECRET, "name": SECRET, "text": SECRET, "url": url, "secret": SECRET, "token": SECRET,
            "password": SECRET, "responds_to": SECRET, "id": SECRET, "form_data": {"password": SECRET},
        })
        .to_string();
        let mut http = server.http();
        for route in routes() {
            for method in ["GET", "POST", "PUT", "DELETE"] {
                for body in [body.clone(), body.replace(':', "=")] {
                    let address =
                        format!("{}?token={SECRET}&state={SECRET}&code={SECRET}&room={SECRET}", target(route.path));
                    let request = Request::new(method, &address)
                        .header("authorization", &format!("Bearer {SECRET}"))
                        .header("cookie", &format!("__Host-parlor={SECRET}; parlor={SECRET}"))
                        .header("x-remote-user", SECRET)
                        .header("origin", &format!("http://{SECRET}"));
                    http.send(if method == "GET" { request } else { request.body(body) }).await;
                }
            }
        }
        server.terminate().await;
        let log = server.log();
        assert!(log.contains("ending"), "{log}");
        let told: Vec<&str> = log.lines().filter(|line| line.to_lowercase().contains(&SECRET.to_lowercase())).collect();
        assert!(told.is_empty(), "{told:#?}");
    }
}
