//! `/login/oidc` leads to a provider that says who somebody is, and `/login/oidc/callback` is where they come back.

use std::time::Duration;

use axum::{extract::State, response::Response};
use http::{Extensions, HeaderMap, StatusCode, header};
use minijinja::{Value, context};
use parlor_accounts::{Client, Error as AccountError, Identity};
use parlor_oidc::{Error, Known, Pending, Provider, Returned};
use parlor_rooms::Timestamp;
use serde::{Deserialize, Serialize};

use super::{begin, go, login, me, next, status, wrong};
use crate::{
    Web,
    caller::{self, Caller, From},
    cookie,
    origins::Source,
    pages,
    params::Params,
};

/// The page's address; `/callback` behind it is where the provider sends people back to.
pub(crate) const ADDRESS: &str = "/login/oidc";
/// How long somebody may take at the provider.
const LIFE: Duration = Duration::from_secs(20 * 60);
/// The longest address to go on to that fits into a cookie with the rest.
const NEXT_MAX: usize = 1_500;

/// What the sealed values are for.
const LOGIN: &str = "login";
const LINK: &str = "link";

const NONE: &str = "This server has no login by another one. Log in with your name and password.";

/// A provider whose logins count here.
#[derive(Clone)]
pub struct Oidc {
    /// It.
    pub provider: Provider,
    /// What it is called on the button.
    pub label: String,
    /// Whether somebody who has no account here gets one.
    pub sign_up: bool,
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oidc").field("issuer", &self.provider.issuer()).finish_non_exhaustive()
    }
}

impl Oidc {
    /// As the page of the login shows it.
    pub(crate) fn shown(&self) -> Value {
        let away = self.provider.trouble().is_some();
        context! { url => ADDRESS, label => format!("Log in with {}", self.label), name => &self.label, away }
    }
}

/// What this server remembers, in the browser, of a login that has begun there.
#[derive(Serialize, Deserialize)]
struct Begun {
    pending: Pending,
    /// Where to go then.
    next: String,
    /// The account that the identity is to be joined to, by its number; without one it is a login.
    link: Option<u64>,
    until: i64,
}

/// What the page of one's own account needs to offer the login: proof that the page is ours.
pub(crate) fn link_proof(web: &Web, session: u64) -> String {
    web.seals().seal(LINK, &session)
}

pub(crate) async fn enter(
    State(web): State<Web>,
    caller: Caller,
    headers: HeaderMap,
    extensions: Extensions,
    params: Params,
) -> Response {
    let Some(oidc) = web.oidc() else { return pages::error(&web, StatusCode::NOT_FOUND, NONE) };
    let next = next::safe(params.text("next").unwrap_or_default());
    let next = if next.len() > NEXT_MAX { "/" } else { next };
    let link = match params.text("link").map(|proof| linking(&web, &caller, proof)) {
        Some(None) => return go(&web, "/me"),
        Some(account) => account,
        // Another site may lead to the page of the login, and no further.
        None if is_unasked(&web, &headers) => return go(&web, "/login"),
        None if caller.person().is_some() => return go(&web, next),
        None => None,
    };
    let secure = caller::is_secure(&web, &extensions);
    let redirect = redirect(&web, &headers, secure);
    let begun = match oidc.provider.begin(&redirect).await {
        Ok(begun) => begun,
        Err(error) if link.is_some() => return failed_link(&web, &caller, oidc, &error).await,
        Err(error) => return failed(&web, oidc, next, &error),
    };
    let until = web.runtime().clock().now().plus(LIFE).0;
    let kept = web.seals().seal(LOGIN, &Begun { pending: begun.pending, next: next.to_owned(), link, until });
    let mut response = super::away(&begun.url);
    response.headers_mut().append(header::SET_COOKIE, cookie::set(cookie::oidc_name(secure), &kept, LIFE, secure));
    response
}

pub(crate) async fn callback(
    State(web): State<Web>,
    caller: Caller,
    From(from): From,
    headers: HeaderMap,
    extensions: Extensions,
    params: Params,
) -> Response {
    let Some(oidc) = web.oidc() else { return pages::error(&web, StatusCode::NOT_FOUND, NONE) };
    let secure = caller::is_secure(&web, &extensions);
    let name = cookie::oidc_name(secure);
    let now = web.runtime().clock().now();
    let begun = cookie::read(&headers, name).and_then(|kept| web.seals().open::<Begun>(LOGIN, kept));
    let Some(begun) = begun.filter(|begun| begun.until > now.0) else {
        // The same address once more, by “back” or “reload”: what it was for is done.
        return if caller.person().is_some() { go(&web, "/") } else { failed(&web, oidc, "/", &Error::State) };
    };
    let done = oidc.provider.finish(&begun.pending, &returned(&params), seconds(now)).await;
    // Whoever leads a browser here from elsewhere ends no login with that.
    if matches!(done, Err(Error::State)) {
        return if caller.person().is_some() && begun.link.is_none() {
            go(&web, "/")
        } else {
            failed(&web, oidc, &begun.next, &Error::State)
        };
    }
    let mut response = match (done, begun.link) {
        (Ok(known), None) => known_here(&web, &extensions, oidc, &known, &begun.next, &from).await,
        (Ok(known), Some(account)) => link(&web, &caller, account, &known, &from).await,
        (Err(error), None) => {
            note(&web, &error, &from).await;
            failed(&web, oidc, &begun.next, &error)
        }
        (Err(error), Some(_)) => failed_link(&web, &caller, oidc, &error).await,
    };
    response.headers_mut().append(header::SET_COOKIE, cookie::set(name, "", Duration::ZERO, secure));
    response
}

/// Where the provider sends people back to: the public address; without one, that of this machine alone.
fn redirect(web: &Web, headers: &HeaderMap, secure: bool) -> String {
    let here = web.origins().here(headers);
    let here = if secure && web.origins().own.is_none() { here.replacen("http://", "https://", 1) } else { here };
    format!("{here}{}", web.base().at(&format!("{ADDRESS}/callback")))
}

fn returned(params: &Params) -> Returned<'_> {
    Returned {
        state: params.text("state"),
        code: params.text("code"),
        error: params.text("error"),
        issuer: params.text("iss"),
    }
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.seconds()).unwrap_or_default()
}

/// Whether nobody has pressed a button of ours: a page of another site leads here, or the browser looks ahead.
fn is_unasked(web: &Web, headers: &HeaderMap) -> bool {
    let ahead = headers.get("sec-purpose").is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch"));
    ahead || matches!(web.origins().source(headers), Source::Near | Source::Foreign)
}

/// Whose account is to be joined: the one on whose page the link was.
fn linking(web: &Web, caller: &Caller, proof: &str) -> Option<u64> {
    let session = caller.seen().and_then(parlor_accounts::Seen::session_id)?;
    (web.seals().open::<u64>(LINK, proof) == Some(session)).then(|| caller.person().map(|person| person.id))?
}

async fn known_here(
    web: &Web,
    extensions: &Extensions,
    oidc: &Oidc,
    known: &Known,
    next: &str,
    from: &Client,
) -> Response {
    match web.accounts().external(&identity(known), &known.name, oidc.sign_up, from).await {
        Ok(entered) => begin(web, extensions, &entered, next),
        Err(AccountError::Off) => pages::no_accounts(web),
        Err(error) => {
            let sentence = match error {
                AccountError::NoSignUp => format!(
                    "{} knows you, but you have no account here yet. Ask an admin for an invitation; with an account you can add this \
                     login on your own page.",
                    oidc.label
                ),
                _ => wrong(&error),
            };
            login::draw(web, status(&error), context! { next, wrong => sentence })
        }
    }
}

fn identity(known: &Known) -> Identity {
    Identity { issuer: known.issuer.clone(), subject: known.subject.clone() }
}

/// Joins the identity to the account of whoever is logged in, if it is still the one who began.
async fn link(web: &Web, caller: &Caller, account: u64, known: &Known, from: &Client) -> Response {
    let Some(person) = caller.person().filter(|person| person.id == account) else { return go(web, "/login?next=/me") };
    match web.accounts().link(person, &identity(known), from).await {
        Ok(()) => go(web, "/me?said=linked"),
        Err(error) => me::failed(web, caller, "elsewhere", &error, &wrong(&error)).await,
    }
}

/// The page of the login, with what went wrong.
fn failed(web: &Web, oidc: &Oidc, next: &str, error: &Error) -> Response {
    let (status, sentence) = said(oidc, error);
    login::draw(web, status, context! { next, wrong => sentence })
}

/// The same on the page of one's own account.
async fn failed_link(web: &Web, caller: &Caller, oidc: &Oidc, error: &Error) -> Response {
    let (status, sentence) = said(oidc, error);
    me::draw(web, caller, status, context! { wrong => sentence, wrong_at => "elsewhere" }).await
}

/// What happened as a page says it, and what to do. What an admin has to know is logged.
fn said(oidc: &Oidc, error: &Error) -> (StatusCode, String) {
    let name = &oidc.label;
    let issuer = oidc.provider.issuer();
    match error {
        Error::Denied | Error::State | Error::Code | Error::Domain => {
            tracing::info!(issuer, %error, "nobody was logged in by the provider");
        }
        _ => tracing::warn!(issuer, %error, "nobody was logged in by the provider"),
    }
    match error {
        Error::Unreachable { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("{name} can’t be reached just now. Try again in a moment."))
        }
        Error::Denied => (
            StatusCode::FORBIDDEN,
            format!("You were not logged in: at {name} you broke off, or it does not let you in here."),
        ),
        Error::State => (
            StatusCode::BAD_REQUEST,
            "This login was not begun in this browser, or too long ago. Log in again.".to_owned(),
        ),
        Error::Code => {
            (StatusCode::BAD_REQUEST, "This login was used already, or took too long. Log in again.".to_owned())
        }
        Error::Domain => (
            StatusCode::FORBIDDEN,
            "With this email address, or one that is not verified, you can’t come in here.".to_owned(),
        ),
        Error::Client(_) => (
            StatusCode::BAD_GATEWAY,
            format!("{name} does not accept this server. Tell whoever runs it: its log says what to compare."),
        ),
        Error::Broken(_) => (StatusCode::BAD_GATEWAY, format!("{name} could not log you in. Try again.")),
        Error::Token(_) => (
            StatusCode::BAD_GATEWAY,
            format!(
                "What {name} says of you can’t be trusted, so you were not logged in. Try again; if that does not help, tell whoever runs this server: its log says what is wrong."
            ),
        ),
        Error::Answer { .. } => (
            StatusCode::BAD_GATEWAY,
            format!(
                "{name} gave an answer that can’t be used. Tell whoever runs this server: its log says what is wrong."
            ),
        ),
    }
}

/// Notes what may be somebody who tries to get in; not what anybody can cause who opens an address.
async fn note(web: &Web, error: &Error, from: &Client) {
    if matches!(error, Error::Token(_) | Error::Code | Error::Domain) {
        web.accounts().external_failed(&error.to_string(), from).await;
    }
}
