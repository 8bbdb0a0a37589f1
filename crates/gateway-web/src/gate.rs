//! The gate before each address: who asks, from which page, and whether the address is for them at all.

use axum::{
    extract::Request,
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use parlor_rooms::policy::{self, Accounts, Refusal, ServerAction};

use crate::{
    Mode, Web,
    caller::{self, Caller, Doubt},
    error::ApiError,
    origins::Source,
    pages,
    table::Gate,
};

pub(crate) const FOREIGN: &str = "This server is for its own machine, and a page of another site has called it; that is refused. \
     If the page is yours, name its address in the setting `server.allowed_origins`.";
const FORGED: &str =
    "A page of another site has asked for this in your name; that is refused. Do it from this server's own pages.";
pub(crate) const NO_ACCOUNTS: &str =
    "This server has no accounts. Whoever runs it can turn them on: --accounts optional, or required.";
const TOKEN: &str = "This token is not known here, or is over; make another on the page /me.";
const NO_TOKENS: &str = "This is for people who have logged in, not for programs with a token.";

/// Lets a request through to its address, which then knows who makes it; or answers why not.
pub(crate) async fn enter(gate: Gate, web: &Web, request: Request) -> Result<Request, Box<Response>> {
    if gate == Gate::Open || gate == Gate::Bot {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    let caller = admit(gate, web, &parts).await.map_err(Box::new)?;
    parts.extensions.insert(caller);
    Ok(Request::from_parts(parts, body))
}

async fn admit(gate: Gate, web: &Web, request: &Parts) -> Result<Caller, Response> {
    let path = request.uri.path();
    if let Some(message) = from_elsewhere(web, request) {
        return Err(refuse(web, path, StatusCode::FORBIDDEN, message));
    }
    let caller = caller::find(web, request).await.map_err(|doubt| doubted(web, path, doubt))?;
    match admits(gate, web, &caller) {
        Ok(()) => Ok(caller),
        Err(No::Accounts) => Err(refuse(web, path, StatusCode::NOT_FOUND, NO_ACCOUNTS)),
        Err(No::Token) => Err(refuse(web, path, StatusCode::FORBIDDEN, NO_TOKENS)),
        Err(No::Refused(why)) => Err(refused(web, &request.uri, why)),
    }
}

/// Why not to change anything for the page that asks.
fn from_elsewhere(web: &Web, request: &Parts) -> Option<&'static str> {
    if !changes(&request.method) {
        return None;
    }
    let source = web.origins().source(&request.headers);
    if *web.mode() == Mode::Local && source == Source::Foreign {
        return Some(FOREIGN);
    }
    // Our pages' forms are for our pages alone: nobody is to be logged in as somebody else, either.
    let ours = is_for_programs(request.uri.path()) || matches!(source, Source::Own | Source::Program);
    (!ours).then_some(FORGED)
}

/// Why a gate stays closed.
enum No {
    Accounts,
    Token,
    Refused(Refusal),
}

fn admits(gate: Gate, web: &Web, caller: &Caller) -> Result<(), No> {
    let mode = web.accounts().mode();
    let needs = match gate {
        Gate::Open | Gate::Bot | Gate::Public => return Ok(()),
        Gate::Visitor if mode == Accounts::Required && caller::is_anyone(caller) => {
            return Err(No::Refused(Refusal::NeedsLogin));
        }
        Gate::Visitor => return Ok(()),
        _ if mode == Accounts::Off => return Err(No::Accounts),
        Gate::Entrance => return Ok(()),
        Gate::Person | Gate::Known if caller.person().is_none() => return Err(No::Refused(Refusal::NeedsLogin)),
        Gate::Person if caller.is_token() => return Err(No::Token),
        Gate::Person | Gate::Known => return Ok(()),
        Gate::Account => ServerAction::OwnAccount,
        Gate::Operator => ServerAction::Oversee,
        Gate::Admin => ServerAction::ManagePeople,
    };
    policy::check_server(&caller.actor, needs).map_err(No::Refused)
}

pub(crate) fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether errors at this address are for programs.
pub(crate) fn is_for_programs(path: &str) -> bool {
    ["/api/", "/ws/", "/bot-assets/", "/hub/", "/fs/"].iter().any(|folder| path.starts_with(folder))
        || path == "/api"
        || path == "/ws"
}

/// Says no in the way that fits the address.
pub(crate) fn refuse(web: &Web, path: &str, status: StatusCode, message: &str) -> Response {
    if is_for_programs(path) {
        return ApiError::new(status, message).into_response();
    }
    pages::error(web, status, message)
}

/// The policy's no. Whom a login would help is led to it.
pub(crate) fn refused(web: &Web, uri: &Uri, why: Refusal) -> Response {
    let programs = is_for_programs(uri.path());
    if why == Refusal::NeedsLogin && !programs {
        return to_login(web, uri);
    }
    let status = if why == Refusal::NeedsLogin { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
    let why = why.to_string();
    refuse(web, uri.path(), status, &if programs { why } else { sentence(&why) })
}

/// Leads to the login, and from there back here.
fn to_login(web: &Web, from: &Uri) -> Response {
    let here = from.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let next: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    let to = if here == "/" { "/login".to_owned() } else { format!("/login?next={next}") };
    let mut response = Redirect::to(&web.base().at(&to)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(crate) fn doubted(web: &Web, path: &str, doubt: Doubt) -> Response {
    match doubt {
        Doubt::Token => ApiError::new(StatusCode::UNAUTHORIZED, TOKEN).into_response(),
        Doubt::Forged => refuse(web, path, StatusCode::FORBIDDEN, FORGED),
        Doubt::Proxy(why) => {
            let message = format!("The login of the proxy before this server does not count here: {why}.");
            refuse(web, path, StatusCode::FORBIDDEN, &message)
        }
        Doubt::Read(error) => {
            tracing::error!(%error, "who asks can't be read");
            let message = "Something went wrong inside the server; its log says what.";
            refuse(web, path, StatusCode::INTERNAL_SERVER_ERROR, message)
        }
    }
}

/// A text of the policy or the accounts as a sentence that stands alone.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
