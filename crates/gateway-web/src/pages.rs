//! The pages: lobby, room, frame, documentation, and what is shown when something is not there.

use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use minijinja::context;
use parlor_rooms::{
    RoomName,
    policy::{Action, Refusal, manage_flows, operate},
};
use parlor_runtime::metrics;

use parlor_runtime::CommandError;

use crate::{Web, caller::Caller, content_origin::ContentOrigin, error::ApiError, gate, params::Rest};

/// Without inline script, and with Trusted Types; `lit-html` is the name of Lit's own policy.
const PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types lit-html";

/// The frame's origin is opaque even when it is opened as a page of its own, where the iframe's attribute does not hold.
const FRAME_CSP: &str = "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox; \
     form-action 'none'; frame-ancestors 'self'";

/// The policies of the pages and of the frame.
pub(crate) struct Policies {
    page: HeaderValue,
    frame: HeaderValue,
}

impl Policies {
    /// With a host for bots' content, rooms may show a frame from there.
    pub(crate) fn new(content: Option<&ContentOrigin>) -> Self {
        let frames = content.map_or_else(String::new, |content| format!(" {}", content.origin()));
        let page = PAGE_CSP.replace("frame-src 'self'", &format!("frame-src 'self'{frames}"));
        let page = HeaderValue::from_str(&page).unwrap_or(HeaderValue::from_static(PAGE_CSP));
        Self { page, frame: HeaderValue::from_static(FRAME_CSP) }
    }
}

/// What a page is drawn from: the template, the module that it begins with, its policy.
struct Page {
    template: &'static str,
    entry: Option<&'static str>,
}

const LOBBY: Page = Page { template: "lobby.html", entry: Some("js/lobby.js") };
const ROOM: Page = Page { template: "room.html", entry: Some("js/room.js") };
const FRAME: Page = Page { template: "frame.html", entry: Some("js/frame/main.js") };
const DOCS: Page = Page { template: "docs.html", entry: Some("js/docs.js") };
const HUB: Page = Page { template: "hub.html", entry: Some("js/hub.js") };
const OPERATOR: Page = Page { template: "operator.html", entry: Some("js/operator.js") };
const COUNTS: Page = Page { template: "counts.html", entry: Some("js/counts.js") };
const ASSISTANT: Page = Page { template: "assistant.html", entry: Some("js/assistant-page.js") };
const GUIDE: Page = Page { template: "guide.html", entry: Some("js/guide.js") };
const LOGIN: Page = Page { template: "login.html", entry: None };
const ENTER: Page = Page { template: "enter.html", entry: Some("js/enter.js") };
const ME: Page = Page { template: "me.html", entry: Some("js/account.js") };
const FLOW: Page = Page { template: "admin-flow.html", entry: Some("js/flow.js") };
const ADMIN: [(&str, Page); 5] = [
    ("people", Page { template: "admin-people.html", entry: Some("js/account.js") }),
    ("rooms", Page { template: "admin-rooms.html", entry: Some("js/account.js") }),
    ("bots", Page { template: "admin-bots.html", entry: None }),
    ("flows", Page { template: "admin-flows.html", entry: Some("js/flows.js") }),
    ("audit", Page { template: "admin-audit.html", entry: Some("js/account.js") }),
];
const ERROR: Page = Page { template: "error.html", entry: None };

fn html(web: &Web, status: StatusCode, page: &Page, values: minijinja::Value) -> Response {
    let base = minijinja::Value::from_safe_string(web.base().as_str().to_owned());
    let values = context! { base, ..values };
    let html = match web.templates().render(page.template, page.entry, values) {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, template = page.template, "a page can't be drawn");
            return (StatusCode::INTERNAL_SERVER_ERROR, "This page can't be drawn; the server's log says why.")
                .into_response();
        }
    };
    let policies = web.policies();
    let policy = if page.template == FRAME.template { &policies.frame } else { &policies.page };
    let headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy.clone()),
    ]);
    (status, headers, html).into_response()
}

/// A page that says what is wrong and what to do.
pub(crate) fn error(web: &Web, status: StatusCode, message: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    html(web, status, &ERROR, context! { title, status => status.as_u16(), message })
}

/// A page with something of somebody's on it: no cache keeps it.
fn own(web: &Web, status: StatusCode, page: &Page, values: minijinja::Value) -> Response {
    let mut response = html(web, status, page, values);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Under the pages' policy browsers would send a form with `Origin: null`, and over plain http nothing else tells whose it is.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

pub(crate) fn login(web: &Web, status: StatusCode, values: minijinja::Value) -> Response {
    own(web, status, &LOGIN, values)
}

/// A way to an account of one's own.
pub(crate) fn enter(web: &Web, status: StatusCode, values: minijinja::Value) -> Response {
    own(web, status, &ENTER, values)
}

pub(crate) fn me(web: &Web, status: StatusCode, values: minijinja::Value) -> Response {
    own(web, status, &ME, values)
}

/// One of the pages for those who run the server.
pub(crate) fn admin(web: &Web, status: StatusCode, tab: &str, values: minijinja::Value) -> Response {
    let [(_, people), ..] = &ADMIN;
    let page = ADMIN.iter().find(|(name, _)| *name == tab).map_or(people, |(_, page)| page);
    own(web, status, page, values)
}

/// A flow to write on.
pub(crate) fn flow(web: &Web, flow: &str) -> Response {
    let title = format!("{flow} · {}", web.templates().name());
    html(web, StatusCode::OK, &FLOW, context! { title, flow })
}

pub(crate) fn no_accounts(web: &Web) -> Response {
    error(web, StatusCode::NOT_FOUND, crate::gate::NO_ACCOUNTS)
}

/// The address of a room's page.
pub(crate) fn room_path(room: &RoomName) -> String {
    let segments = room.as_str().split('/');
    segments.fold(String::new(), |path, segment| {
        path + "/" + &percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC).to_string()
    })
}

/// Who looks at a page, and whether people have accounts, for its scripts.
fn who(web: &Web, caller: &Caller) -> minijinja::Value {
    use parlor_rooms::policy::{Accounts, ServerAction, check_server};
    let accounts = match web.accounts().mode() {
        Accounts::Off => None,
        Accounts::Optional => Some("optional"),
        Accounts::Required => Some("required"),
    };
    let account = caller.person().map(|person| person.name.as_str());
    context! { accounts, account, oversees => account.is_some() && check_server(&caller.actor, ServerAction::Oversee).is_ok() }
}

pub(crate) async fn lobby(State(web): State<Web>, caller: Caller) -> Response {
    html(&web, StatusCode::OK, &LOBBY, context! { title => web.templates().name(), ..who(&web, &caller) })
}

pub(crate) async fn room(State(web): State<Web>, caller: Caller, uri: Uri, Rest(name): Rest) -> Response {
    let Some(name) = name else { return not_found(State(web)).await };
    let room = match RoomName::parse(&name) {
        Ok(room) => room,
        Err(why) => {
            let message = format!("“{name}” can't be a room's name: it {why}.");
            return error(&web, StatusCode::NOT_FOUND, &message);
        }
    };
    match web.runtime().check(&caller, Action::Read, &room).await {
        Ok(()) => {}
        Err(CommandError::Refused(why)) => return gate::refused(&web, &uri, why),
        Err(broken) => return ApiError::from(broken).into_response(),
    }
    if room.is_own() {
        let exists = web.runtime().snapshot(&room).await.is_ok_and(|state| state.exists());
        if !exists {
            return error(
                &web,
                StatusCode::NOT_FOUND,
                "There is no such room; those that begin with “~” are made by the server.",
            );
        }
    }
    let values = {
        let title = format!("{room} · {}", web.templates().name());
        let files_key = web.file_keys().wanted(web.runtime(), &room).await;
        let content_origin = web.content().map(ContentOrigin::origin);
        context! { title, room => room.as_str(), content_origin, files_key, ..who(&web, &caller) }
    };
    html(&web, StatusCode::OK, &ROOM, values)
}

pub(crate) async fn frame(State(web): State<Web>) -> Response {
    html(&web, StatusCode::OK, &FRAME, context! {})
}

pub(crate) async fn docs(State(web): State<Web>) -> Response {
    html(&web, StatusCode::OK, &DOCS, context! { title => format!("{}’s API", web.templates().name()) })
}

/// For those who write clients and services of the hub.
pub(crate) async fn hub(State(web): State<Web>, caller: Caller) -> Response {
    html(
        &web,
        StatusCode::OK,
        &HUB,
        context! { title => format!("Hub · {}", web.templates().name()), ..who(&web, &caller) },
    )
}

/// For those who answer visitors.
pub(crate) async fn operator(State(web): State<Web>, caller: Caller, uri: Uri) -> Response {
    for_operators(&web, &caller, &uri, &OPERATOR, "Inbox")
}

/// For the same people: how far visitors come in the flows.
pub(crate) async fn counts(State(web): State<Web>, caller: Caller, uri: Uri) -> Response {
    for_operators(&web, &caller, &uri, &COUNTS, "How far visitors come")
}

/// Where nobody can be an operator without accounts, the page says so itself.
fn for_operators(web: &Web, caller: &Caller, uri: &Uri, page: &Page, title: &str) -> Response {
    let runtime = web.runtime();
    match operate(&caller.actor, runtime.is_local(), runtime.accounts()) {
        Ok(()) | Err(Refusal::NeedsAccounts) => {}
        Err(why) => return gate::refused(web, uri, why),
    }
    let title = format!("{title} · {}", web.templates().name());
    let writes = manage_flows(&caller.actor, runtime.is_local(), runtime.accounts()).is_ok();
    html(web, StatusCode::OK, page, context! { title, writes, ..who(web, caller) })
}

/// A flow of the assistant's, to try it and to link to.
pub(crate) async fn assistant(State(web): State<Web>, Rest(flow): Rest) -> Response {
    let flow = flow.unwrap_or_default();
    let Some(name) = web.flow(&flow) else {
        return error(&web, StatusCode::NOT_FOUND, "There is no such flow here.");
    };
    let title = format!("{name} · {}", web.templates().name());
    html(&web, StatusCode::OK, &ASSISTANT, context! { title, flow, name })
}

/// A page of the guide, or what a search in it has found.
pub(crate) fn guide(web: &Web, values: minijinja::Value) -> Response {
    html(web, StatusCode::OK, &GUIDE, values)
}

pub(crate) async fn docs_redirect(State(web): State<Web>) -> Redirect {
    Redirect::permanent(&web.base().at("/docs/"))
}

/// The process lives.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// The process takes requests.
pub(crate) async fn ready(State(web): State<Web>) -> Response {
    web.readiness()
}

/// The server's numbers, where they are for everybody.
pub(crate) async fn metrics(State(web): State<Web>) -> Response {
    match web.process() {
        Some(process) => ([(header::CONTENT_TYPE, metrics::Page::KIND)], web.metrics(process)).into_response(),
        None => error(
            &web,
            StatusCode::NOT_FOUND,
            "The numbers are at an address of their own: see the setting metrics.listen.",
        ),
    }
}

pub(crate) async fn not_found(State(web): State<Web>) -> Response {
    error(&web, StatusCode::NOT_FOUND, "There is nothing at this address.")
}

pub(crate) async fn wrong_method(State(web): State<Web>) -> Response {
    error(&web, StatusCode::METHOD_NOT_ALLOWED, "This address is for looking at: use GET.")
}
