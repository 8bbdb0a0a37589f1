//! Logins by OpenID Connect, where the provider or the browser does what a real one would not: settings that can't be, answers to
//! no question, tokens that lie. Whole logins at a real provider are in `web/test/oidc.test.mjs`.

use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use parlor_testkit::{
    bot::{Answer, BotServer},
    folder::TestFolder,
    http::{Reply, Request, encode},
    server::{Server, run},
};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::{
    accounts::{admin, cookie, with_accounts},
    kit::PARLOR,
};

const SECRET: &str = "tomato-4711";
const PUBLIC: &str = "https://chat.example/school";

/// A provider that gives this token for every code.
struct Provider {
    server: BotServer,
    key: Ed25519KeyPair,
    token: Arc<Mutex<String>>,
}

impl Provider {
    async fn start() -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).expect("32 bytes");
        let x = URL_SAFE_NO_PAD.encode(key.public_key());
        let token: Arc<Mutex<String>> = Arc::default();
        let (issuer, given) = (Arc::new(Mutex::new(String::new())), Arc::clone(&token));
        let here = Arc::clone(&issuer);
        let server = BotServer::start(move |path, _| {
            let issuer = here.lock().expect("nobody panics with it").clone();
            let token = given.lock().expect("nobody panics with it").clone();
            match path {
                "/.well-known/openid-configuration" => Answer::Json(json!({
                    "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
                    "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
                })),
                "/keys" => Answer::Json(json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "1", "x": x}]})),
                _ => Answer::Json(json!({ "id_token": token })),
            }
        })
        .await;
        *issuer.lock().expect("nobody panics with it") = server.url("");
        Self { server, key, token }
    }

    fn issuer(&self) -> String {
        self.server.url("")
    }

    /// Gives a token that says this besides what it has to.
    fn gives(&self, nonce: &str, more: &Value) {
        let mut claims = json!({
            "iss": self.issuer(), "aud": "parlor", "sub": "7", "nonce": nonce, "iat": 0, "exp": 100_000_000_000_u64,
            "preferred_username": "ann",
        });
        claims.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","kid":"1"}"#);
        let message = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(message.as_bytes()));
        *self.token.lock().expect("nobody panics with it") = format!("{message}.{signature}");
    }

    /// A server with this provider, where nobody gets an account by themselves.
    async fn joined(&self, args: &[&str]) -> Server {
        let issuer = self.issuer();
        let settings =
            ["--accounts-oidc-issuer", &issuer, "--accounts-oidc-client-id", "parlor", "--log-level", "trace"];
        with_accounts("required")
            .args(&settings)
            .args(args)
            .env("PARLOR_ACCOUNTS_OIDC_CLIENT_SECRET", SECRET)
            .start()
            .await
    }
}

/// A parameter of the address to which an answer leads.
fn asked(reply: &Reply, name: &str) -> String {
    let to = reply.header("location").unwrap_or_else(|| panic!("{} {}", reply.status, reply.text()));
    let (_, query) = to.split_once('?').expect("a query");
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(one, _)| one == name).unwrap_or_else(|| panic!("no {name} in {to}")).1.into_owned()
}

/// Begins a login and comes back with a code; the token says what `more` says.
async fn log_in(server: &Server, provider: &Provider, more: &Value) -> Reply {
    let begun = server.get("/login/oidc?next=/talk").await;
    provider.gives(&asked(&begun, "nonce"), more);
    let back = format!("/login/oidc/callback?code=c0de-4711&state={}", asked(&begun, "state"));
    server.send(Request::get(&back).header("cookie", &cookie(&begun))).await
}

#[tokio::test]
async fn settings_that_can_not_be_are_refused_at_the_start_with_a_word_on_what_to_do() {
    let issuer = ["--accounts-oidc-issuer", "https://auth.example"];
    let client = ["--accounts-oidc-client-id", "parlor"];
    let plain = ["--accounts-oidc-issuer", "http://auth.example", "--public-url", "https://chat.example"];
    for (args, words) in [
        (&issuer[..], "`client_id` is not"),
        (&client[..], "no `issuer`"),
        (&[&issuer[..], &client, &["--listen", "0.0.0.0:0"]].concat(), "`server.public_url`"),
        (&[&plain[..], &client].concat(), "begins with http://"),
    ] {
        let args = [&["--listen", "127.0.0.1:0", "--data", ":memory:", "--accounts", "required"], args].concat();
        let output = run(PARLOR, &args).await;
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(error.contains(words) && error.lines().count() == 1, "{words}: {error}");
    }
    let folder = TestFolder::new();
    let file = folder.path().join("parlor.toml");
    for (line, words) in [
        ("issuer = \"auth.example\"", "no whole address"),
        ("issuer = \"ftp://auth.example\"", "begins with https://"),
        ("issuer = \"https://a.example/.well-known/openid-configuration\"", "leave out /.well-known"),
        ("issuer = \"https://a.example/?x\"", "no `?`"),
        ("issuer = \"https://a.example/ x\"", "a space"),
        ("issuer = 7", "quotation marks"),
        ("allowed_domains = [\"@school.example\"]", "behind the @"),
        ("scopes = [\"a b\"]", "a scope is a word"),
        ("name = \"\"", "at most 40"),
        ("name_claim = \" \"", "the name of a claim"),
        ("client_secret_file = \"/no/such/file\"", "no such file"),
        ("client_secret = \"\"", "it is empty"),
        ("isuer = \"x\"", "perhaps you mean `issuer`"),
    ] {
        std::fs::write(&file, format!("[accounts.oidc]\n{line}\n")).expect("it can be written");
        let output = run(PARLOR, &["config", "--check", file.to_str().expect("UTF-8")]).await;
        let error = String::from_utf8_lossy(&output.stderr);
        let place = format!("{}:2:", file.display());
        assert!(error.contains(&place) && error.contains(words) && error.lines().count() == 1, "{words}: {error}");
    }
}

#[tokio::test]
async fn a_login_begins_at_the_public_address_and_only_for_who_presses_the_button() {
    let provider = Provider::start().await;
    let server = provider.joined(&["--public-url", PUBLIC]).await;
    let begun = server.get("/school/login/oidc?next=//evil.example").await;
    assert_eq!(begun.status, 303);
    assert_eq!(asked(&begun, "redirect_uri"), format!("{PUBLIC}/login/oidc/callback"));
    let set = begun.header("set-cookie").expect("a cookie");
    assert!(set.starts_with("__Host-parlor-oidc=") && set.len() < 4_096, "{set}");
    for part in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=1200"] {
        assert!(set.contains(part), "{set}");
    }
    assert_eq!(begun.header("cache-control"), Some("no-store"));
    provider.gives(&asked(&begun, "nonce"), &json!({}));
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-purpose", "prefetch;prerender"),
        ("origin", "https://evil.example"),
    ] {
        let reply = server.send(Request::get("/school/login/oidc").header(name, value)).await;
        assert_eq!(reply.header("location"), Some("/school/login"), "{name}: {value}");
        assert_eq!(reply.header("set-cookie"), None);
    }
    let long = format!("/school/login/oidc?next=/{}", "x".repeat(1_900));
    assert!(server.get(&long).await.header("set-cookie").is_some_and(|set| set.len() < 4_096));
}

#[tokio::test]
async fn an_answer_to_no_question_of_this_browser_logs_nobody_in() {
    let provider = Provider::start().await;
    let server = provider.joined(&["--accounts-oidc-sign-up", "on"]).await;
    let begun = server.get("/login/oidc?next=/talk").await;
    let (mine, state) = (cookie(&begun), asked(&begun, "state"));
    let other = server.get("/login/oidc").await;
    provider.gives(&asked(&begun, "nonce"), &json!({}));
    let (name, sealed) = mine.split_once('=').expect("a value");
    let (value, proof) = sealed.split_once('.').expect("a proof");
    let changed =
        String::from_utf8(URL_SAFE_NO_PAD.decode(value).expect("base64")).expect("JSON").replace("/talk", "/task");
    for (cookie, query) in [
        ("parlor-oidc=".to_owned(), format!("code=c&state={state}")),
        (mine.clone(), String::new()),
        (mine.clone(), "code=c".to_owned()),
        (mine.clone(), "code=c&state=".to_owned()),
        (mine.clone(), format!("code=c&state={}", asked(&other, "state"))),
        (mine.clone(), format!("state={state}")),
        (mine.clone(), format!("code=c&state={state}&iss={}", encode("https://evil.example"))),
        (cookie(&other), format!("code=c&state={state}")),
        (format!("{name}={}.{proof}", URL_SAFE_NO_PAD.encode(changed)), format!("code=c&state={state}")),
        (format!("{name}={value}."), format!("code=c&state={state}")),
    ] {
        let target = format!("/login/oidc/callback?{query}");
        let reply = server.send(Request::get(&target).header("cookie", &cookie)).await;
        assert_eq!(reply.status, 400, "{target} with {cookie}");
        assert!(reply.text().contains("not begun in this browser") && reply.header("set-cookie").is_none(), "{target}");
    }
    let target = format!("/login/oidc/callback?code=c&state={state}");
    let reply = server.send(Request::get(&target).header("cookie", &mine)).await;
    assert_eq!((reply.status, reply.header("location")), (303, Some("/talk")), "{}", reply.text());
}

#[tokio::test]
async fn who_has_no_account_or_a_token_that_lies_stays_outside_and_it_is_noted_without_secrets() {
    let provider = Provider::start().await;
    let mut server = provider.joined(&[]).await;
    let ada = admin(&server).await;
    for (more, status, words) in [
        (json!({}), 403, "Ask an admin for an invitation"),
        (json!({"exp": 1}), 502, "can’t be trusted"),
        (json!({"aud": "another"}), 502, "can’t be trusted"),
        (json!({"nonce": "another"}), 502, "can’t be trusted"),
    ] {
        let reply = log_in(&server, &provider, &more).await;
        assert_eq!(reply.status, status, "{more}: {}", reply.text());
        assert!(reply.text().contains(words) && reply.text().contains("Log in with OpenID"), "{more}");
        let sets: Vec<_> = reply.headers.iter().filter(|(name, _)| name == "set-cookie").collect();
        assert!(matches!(&sets[..], [(_, gone)] if gone.starts_with("parlor-oidc=; ")), "{sets:?}");
    }
    let noted = server.send(Request::get("/admin/audit").header("cookie", &ada)).await;
    assert!(noted.text().contains("no account, and none is made"), "{}", noted.text());
    server.terminate().await;
    let log = server.log();
    assert!(log.contains("meant for another client"), "{log}");
    let token = provider.token.lock().expect("nobody panics with it").clone();
    for secret in [SECRET, "c0de-4711", &token, token.rsplit('.').next().expect("a signature")] {
        assert!(!log.contains(secret), "{secret}");
    }
}
