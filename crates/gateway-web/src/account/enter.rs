//! Ways to an account of one's own: `/join` by invitation, `/sign-up`, and `/setup` for the first admin.
//!
//! The code of an invitation or of the first start stands behind the `#` of its link, where no log sees it. The page's
//! script sends it as a form, or whoever has no scripts types it; only then come the fields for a name and a password.

use axum::{
    extract::{FromRequest, FromRequestParts as _, Request, State},
    response::Response,
};
use http::{Extensions, StatusCode};
use minijinja::{Value, context};
use parlor_accounts::{Client, Error, LoggedIn};
use parlor_rooms::policy::{Accounts, Role};

use super::{begin, status, with_wait, wrong};
use crate::{
    Web,
    caller::{Caller, From},
    form::Form,
    pages,
};

/// Which of the ways.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Join,
    SignUp,
    SetUp,
}

/// Somebody at the door: who they are in this browser already, from where they come, and what they have filled in.
pub(crate) struct Newcomer {
    caller: Caller,
    from: Client,
    extensions: Extensions,
    form: Form,
}

impl FromRequest<Web> for Newcomer {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(caller) = Caller::from_request_parts(&mut parts, web).await;
        let Ok(From(from)) = From::from_request_parts(&mut parts, web).await;
        let extensions = parts.extensions.clone();
        let form = Form::from_request(Request::from_parts(parts, body), web).await?;
        Ok(Self { caller, from, extensions, form })
    }
}

pub(crate) async fn show_join(State(web): State<Web>, caller: Caller) -> Response {
    draw(&web, Way::Join, &caller, StatusCode::OK, context! { asks => true })
}

pub(crate) async fn join(State(web): State<Web>, newcomer: Newcomer) -> Response {
    newcomer.enter(&web, Way::Join).await
}

pub(crate) async fn show_sign_up(State(web): State<Web>, caller: Caller) -> Response {
    if !web.accounts().options().sign_up {
        return pages::error(&web, status(&Error::NoSignUp), &wrong(&Error::NoSignUp));
    }
    draw(&web, Way::SignUp, &caller, StatusCode::OK, context! {})
}

pub(crate) async fn sign_up(State(web): State<Web>, newcomer: Newcomer) -> Response {
    newcomer.enter(&web, Way::SignUp).await
}

pub(crate) async fn show_set_up(State(web): State<Web>, caller: Caller) -> Response {
    draw(&web, Way::SetUp, &caller, StatusCode::OK, context! { asks => true })
}

pub(crate) async fn set_up(State(web): State<Web>, newcomer: Newcomer) -> Response {
    newcomer.enter(&web, Way::SetUp).await
}

impl Newcomer {
    /// Shows the fields to whom the way is open, and lets in who has filled them in.
    async fn enter(self, web: &Web, way: Way) -> Response {
        let Self { caller, from, extensions, form } = self;
        let code = code(form.text("code"));
        let role = match open(web, way, code).await {
            Ok(role) => role,
            Err(error) => return closed(web, way, &caller, &error),
        };
        let fields = |status: StatusCode, more: Value| {
            let role = (role != Role::Member).then(|| role.name());
            draw(web, way, &caller, status, context! { code, role, ..more })
        };
        if way != Way::SignUp && !form.has("name") {
            return fields(StatusCode::OK, context! {});
        }
        match make(web, way, code, &form, &from).await {
            Ok(entered) => begin(web, &extensions, &entered, if way == Way::SetUp { "/admin" } else { "/" }),
            // Somebody else was faster.
            Err(error @ (Error::InvitationOver | Error::SetUpOver)) => closed(web, way, &caller, &error),
            Err(error) => {
                let values = context! { name => form.text("name"), wrong => wrong(&error) };
                with_wait(fields(status(&error), values), &error)
            }
        }
    }
}

/// The code in what somebody has typed: it alone, or the whole link.
fn code(typed: &str) -> &str {
    typed.trim().rsplit(['#', '/']).next().unwrap_or_default()
}

/// Whether this way is open, and what who takes it becomes.
async fn open(web: &Web, way: Way, code: &str) -> Result<Role, Error> {
    let accounts = web.accounts();
    match way {
        Way::Join => Ok(accounts.invitation(code).await?.role),
        Way::SignUp if accounts.options().sign_up => Ok(Role::Member),
        Way::SignUp => Err(Error::NoSignUp),
        Way::SetUp if accounts.is_setup_token(code) => Ok(Role::Admin),
        Way::SetUp => Err(Error::SetUpOver),
    }
}

async fn make(web: &Web, way: Way, code: &str, form: &Form, from: &Client) -> Result<LoggedIn, Error> {
    let (accounts, name, password) = (web.accounts(), form.text("name"), form.text("password"));
    // A password that is typed for the first time is typed twice.
    if password != form.text("again") {
        return Err(Error::Invalid("password", "the two are not the same; type it again"));
    }
    match way {
        Way::Join => accounts.accept_invitation(code, name, password, from).await,
        Way::SignUp => accounts.sign_up(name, password, from).await,
        Way::SetUp => accounts.set_up(code, name, password, from).await,
    }
}

/// There is no way in here, or none any more; another code may lead in.
fn closed(web: &Web, way: Way, caller: &Caller, error: &Error) -> Response {
    if way == Way::SignUp {
        return pages::error(web, status(error), &wrong(error));
    }
    draw(web, way, caller, status(error), context! { asks => true, wrong => wrong(error) })
}

fn draw(web: &Web, way: Way, caller: &Caller, status: StatusCode, values: Value) -> Response {
    let (kind, title) = match way {
        Way::Join => ("join", "Join"),
        Way::SignUp => ("sign-up", "Sign up"),
        Way::SetUp => ("setup", "The first admin"),
    };
    let server = web.templates().name();
    let required = web.accounts().mode() == Accounts::Required;
    let already = caller.person().map(|person| &person.name);
    let common = context! { kind, title => format!("{title} · {server}"), already, required };
    pages::enter(web, status, context! { ..values, ..common })
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_code_is_found_alone_and_in_its_link() {
        for typed in [
            "parlor_invite_x",
            "  parlor_invite_x\n",
            "https://chat.example.org/join#parlor_invite_x",
            "chat.example.org/parlor/join#parlor_invite_x ",
            "#parlor_invite_x",
        ] {
            assert_eq!(code(typed), "parlor_invite_x", "{typed}");
        }
        for nothing in ["", "  ", "https://chat.example.org/join#", "/"] {
            assert_eq!(code(nothing), "", "{nothing}");
        }
    }
}
