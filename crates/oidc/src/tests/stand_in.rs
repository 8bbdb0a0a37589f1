//! A provider that says whatever a test wants it to say.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use parlor_outbound::{Client, Rules};
use parlor_testkit::bot::{Answer, BotServer, Received};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use url::Url;

use super::settings;
use crate::{Begun, Error, Known, Provider, Returned, Settings};

/// In seconds since 1970.
pub(crate) const NOW: u64 = 1_700_000_000;
pub(crate) const REDIRECT: &str = "https://chat.example/login/oidc/callback";

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Who signs.
pub(crate) struct Signer {
    id: &'static str,
    key: Ed25519KeyPair,
}

impl Signer {
    pub(crate) fn new(id: &'static str, seed: u8) -> Self {
        Self { id, key: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap() }
    }

    /// The public key.
    pub(crate) fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.key.public_key());
        json!({"kty": "OKP", "crv": "Ed25519", "kid": self.id, "use": "sig", "alg": "EdDSA", "x": x})
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({"alg": "EdDSA", "kid": self.id}), claims)
    }

    pub(crate) fn sign_as(&self, head: &Value, claims: &Value) -> String {
        self.signed(&head.to_string(), &claims.to_string())
    }

    pub(crate) fn sign_text(&self, payload: &str) -> String {
        self.signed(&json!({"alg": "EdDSA", "kid": self.id}).to_string(), payload)
    }

    fn signed(&self, head: &str, payload: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(payload));
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(self.key.sign(message.as_bytes())))
    }
}

/// The provider, and the server's side of it.
pub(crate) struct StandIn {
    server: BotServer,
    answers: Arc<Mutex<HashMap<&'static str, Answer>>>,
    pub(crate) issuer: String,
    pub(crate) signer: Signer,
    pub(crate) provider: Provider,
}

impl StandIn {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let answers: Arc<Mutex<HashMap<&'static str, Answer>>> = Arc::default();
        let said = Arc::clone(&answers);
        let server = BotServer::start(move |path, _| {
            let said = said.lock().unwrap();
            said.get(path).cloned().unwrap_or_else(|| Answer::status(404))
        })
        .await;
        let issuer = server.url("");
        let mut settings = settings(&issuer);
        change(&mut settings);
        let client = Client::new(Rules { allow_local: true, ..Rules::default() });
        let provider = Provider::new(settings, client);
        let this = Self { server, answers, issuer, signer: Signer::new("one", 1), provider };
        this.says(DISCOVERY, Answer::Json(this.document()));
        this.says("/keys", Answer::Json(json!({ "keys": [this.signer.jwk()] })));
        this
    }

    /// What it says of itself.
    pub(crate) fn document(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer, "authorization_endpoint": at("/auth"), "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
            "userinfo_endpoint": at("/me"),
        })
    }

    pub(crate) fn says(&self, path: &'static str, answer: Answer) {
        self.answers.lock().unwrap().insert(path, answer);
    }

    pub(crate) fn discovery(&self, answer: Answer) {
        self.says(DISCOVERY, answer);
    }

    /// What a right token says.
    pub(crate) fn claims(&self, nonce: &str) -> Value {
        json!({
            "iss": self.issuer, "aud": "parlor", "sub": "7", "nonce": nonce, "iat": NOW, "exp": NOW + 300,
            "preferred_username": "ann",
        })
    }

    /// Gives this for a code.
    pub(crate) fn gives(&self, token: &str) {
        self.says("/token", Answer::Json(json!({"id_token": token, "access_token": "a.b", "token_type": "Bearer"})));
    }

    pub(crate) async fn begin(&self) -> (Begun, HashMap<String, String>) {
        let begun = self.provider.begin(REDIRECT).await.unwrap();
        let asked = Url::parse(&begun.url).unwrap().query_pairs().into_owned().collect();
        (begun, asked)
    }

    /// A whole login; `change` changes what the token says.
    pub(crate) async fn log_in(&self, change: impl FnOnce(&mut Value)) -> Result<Known, Error> {
        let (begun, asked) = self.begin().await;
        let mut claims = self.claims(&asked["nonce"]);
        change(&mut claims);
        self.gives(&self.signer.sign(&claims));
        self.finish(&begun, &asked).await
    }

    /// Comes back with a code.
    pub(crate) async fn finish(&self, begun: &Begun, asked: &HashMap<String, String>) -> Result<Known, Error> {
        let returned = Returned { state: Some(&asked["state"]), code: Some("c/7"), ..Returned::default() };
        self.provider.finish(&begun.pending, &returned, NOW).await
    }

    /// The next request to this path that no test has looked at; those to others are passed over.
    pub(crate) async fn asked(&mut self, path: &str) -> Received {
        loop {
            let received = self.server.next().await;
            if received.path == path {
                return received;
            }
        }
    }

    /// How often a path was asked for since it was looked at last.
    pub(crate) fn count(&mut self, path: &str) -> usize {
        std::iter::from_fn(|| self.server.waiting()).filter(|received| received.path == path).count()
    }
}
