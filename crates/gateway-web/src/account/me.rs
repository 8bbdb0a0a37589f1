//! `/me`: one's own password, sessions and tokens.

use std::time::Duration;

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{Extensions, StatusCode};
use minijinja::{Value, context};
use parlor_accounts::{By, Error};
use parlor_rooms::policy::{Accounts, Person, Scopes, ServerAction, check_server};

use super::{end, go, oidc, status, with_wait, wrong};
use crate::{
    Web,
    caller::{Caller, From},
    form::Form,
    pages,
    params::Params,
    when,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What was done on the page before, by the word in its address.
const SAID: &[(&str, &str)] = &[
    ("password", "Your password is changed. You are logged out everywhere else."),
    ("ended", "That session is over."),
    ("others", "You are logged out everywhere else."),
    ("linked", "From now on you can come in by that login, too."),
    ("revoked", "That token is taken back; nothing can use it any more."),
];

pub(crate) async fn show(State(web): State<Web>, caller: Caller, params: Params) -> Response {
    let said = params.text("said").unwrap_or_default();
    let said = SAID.iter().find(|(word, _)| *word == said).map(|(_, said)| *said);
    draw(&web, &caller, StatusCode::OK, context! { said }).await
}

pub(crate) async fn password(State(web): State<Web>, caller: Caller, From(from): From, form: Form) -> Response {
    let Some(person) = caller.person() else { return nobody() };
    let keep = caller.seen().and_then(parlor_accounts::Seen::session_id);
    let done = if form.text("new") == form.text("again") {
        web.accounts().change_password(person, Some(form.text("old")), form.text("new"), keep, &from).await
    } else {
        Err(Error::Invalid("password", "the two new ones are not the same; type them again"))
    };
    match done {
        Ok(()) => go(&web, "/me?said=password"),
        Err(Error::Wrong) => {
            failed(&web, &caller, "password", &Error::Wrong, "Your old password is not this one.").await
        }
        Err(error) => failed(&web, &caller, "password", &error, &wrong(&error)).await,
    }
}

/// Ends one session, or all others.
pub(crate) async fn end_session(
    State(web): State<Web>,
    caller: Caller,
    From(from): From,
    extensions: Extensions,
    form: Form,
) -> Response {
    let Some(person) = caller.person() else { return nobody() };
    let own = caller.seen().and_then(parlor_accounts::Seen::session_id);
    let done = match form.number("id") {
        Some(id) => web.accounts().end_session(person, id, &from).await.map(|()| Some(id)),
        None => web.accounts().log_out_everywhere(person, own, &from).await.map(|()| None),
    };
    match done {
        Ok(Some(id)) if Some(id) == own => {
            end(&web, &extensions, if web.accounts().mode() == Accounts::Required { "/login" } else { "/" })
        }
        Ok(Some(_)) => go(&web, "/me?said=ended"),
        Ok(None) => go(&web, "/me?said=others"),
        Err(error) => failed(&web, &caller, "sessions", &error, &wrong(&error)).await,
    }
}

/// Makes a token, and shows it this once.
pub(crate) async fn make_token(State(web): State<Web>, caller: Caller, From(from): From, form: Form) -> Response {
    let Some(seen) = caller.seen() else { return nobody() };
    let scopes =
        Scopes::named(form.all("scope")).map_err(|_| Error::Invalid("scopes", "choose among those on the page"));
    let life = form.number("days").filter(|days| (1..=3_660).contains(days));
    let life = life.and_then(|days| u32::try_from(days).ok()).map(|days| DAY * days);
    let made = match scopes {
        Ok(scopes) => web.accounts().make_token(seen, form.text("name"), scopes, life, &from).await,
        Err(error) => Err(error),
    };
    match made {
        Ok((secret, token)) => {
            draw(&web, &caller, StatusCode::OK, context! { made => secret, made_name => token.name }).await
        }
        Err(error) => failed(&web, &caller, "tokens", &error, &wrong(&error)).await,
    }
}

pub(crate) async fn revoke_token(State(web): State<Web>, caller: Caller, From(from): From, form: Form) -> Response {
    let Some(person) = caller.person() else { return nobody() };
    match web.accounts().revoke_token(person, form.number("id").unwrap_or(0), &from).await {
        Ok(()) => go(&web, "/me?said=revoked"),
        Err(error) => failed(&web, &caller, "tokens", &error, &wrong(&error)).await,
    }
}

/// The gate lets nobody through who is nobody.
fn nobody() -> Response {
    StatusCode::UNAUTHORIZED.into_response()
}

pub(crate) async fn failed(web: &Web, caller: &Caller, at: &str, error: &Error, sentence: &str) -> Response {
    let response = draw(web, caller, status(error), context! { wrong => sentence, wrong_at => at }).await;
    with_wait(response, error)
}

pub(crate) async fn draw(web: &Web, caller: &Caller, status: StatusCode, values: Value) -> Response {
    let Some(person) = caller.person() else { return nobody() };
    let common = match page(web, caller, person).await {
        Ok(common) => common,
        Err(error) => return pages::error(web, super::status(&error), &wrong(&error)),
    };
    pages::me(web, status, context! { ..values, ..common })
}

/// What the page shows whatever was done.
async fn page(web: &Web, caller: &Caller, person: &Person) -> Result<Value, Error> {
    let own = caller.seen().and_then(parlor_accounts::Seen::session_id);
    let sessions = web.accounts().sessions(person).await?.into_iter().map(|session| {
        context! {
            id => session.id, own => Some(session.id) == own, agent => session.agent.as_deref().map(browser),
            address => session.address, seen => when::value(session.seen), made => when::value(session.made),
        }
    });
    let tokens = web.accounts().tokens(person).await?.into_iter().map(|token| {
        context! {
            id => token.id, name => token.name, scopes => token.scopes.names().collect::<Vec<_>>(),
            used => token.used.map(when::value), expires => token.expires.map(when::value), made => when::value(token.made),
        }
    });
    let elsewhere = match (web.oidc(), own) {
        (Some(oidc), Some(session)) => {
            let identities = web.accounts().identities(person).await?;
            let joined = identities.iter().any(|identity| identity.issuer == oidc.provider.issuer());
            let (url, proof) = (oidc::ADDRESS, oidc::link_proof(web, session));
            Some(context! { name => &oidc.label, joined, url, proof })
        }
        _ => None,
    };
    Ok(context! {
        elsewhere,
        title => format!("{} · {}", person.name, web.templates().name()),
        me => context! { name => &person.name, role => person.role.name() },
        oversees => check_server(&caller.actor, ServerAction::Oversee).is_ok(),
        by_proxy => own.is_none(),
        has_password => web.accounts().account(&By::server(), &person.name)?.password,
        sessions => sessions.collect::<Vec<_>>(),
        tokens => tokens.collect::<Vec<_>>(),
    })
}

/// What a browser calls itself, short enough for people: `Firefox on Linux`.
fn browser(agent: &str) -> String {
    let has = |word: &str| agent.contains(word);
    let first = |all: &[(&str, &'static str)]| all.iter().find(|(word, _)| has(word)).map(|(_, name)| *name);
    let name = first(&[
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        _ => agent.chars().take(60).collect(),
    }
}
