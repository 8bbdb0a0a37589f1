//! What pages may get, to try a skin's templates with when they are read: what is wrong with one is said then, and not
//! to the first who opens the page.

use minijinja::{Value, context};

/// Nothing in any list, and one in each.
pub(super) fn all() -> [Value; 2] {
    [lists(&[]), context! { ..words(), ..lists(&[one()]) }]
}

/// The lists of all pages, each with these in it.
fn lists(these: &[Value]) -> Value {
    context! {
        title => "", room => "", me => context! { name => "Ann", role => "member" }, roles => ["member", "admin"],
        providers => these, sessions => these, tokens => these, people => these, invitations => these, rooms => these,
        bots => these, notes => these,
    }
}

/// Something that has what any of those in the lists have.
fn one() -> Value {
    let at = || context! { iso => "2026-01-02T03:04:05Z", text => "2026-01-02 03:04 UTC" };
    context! {
        id => 1, name => "Ann", label => "School", own => true, role => "member", room => "welcome", path => "/welcome",
        url => "http://localhost:5000/echo", agent => "Firefox on Linux", address => "192.0.2.1", scopes => ["read"],
        disabled => true, password => true, uses => 2, by => "Ann", access => "private", members => 2, bots => 1,
        paused => true, signed => true, connected => true, who => "Ann", what => "logged in", about => "Bo",
        seen => at(), made => at(), used => at(), expires => at(), last => at(), at => at(),
    }
}

fn words() -> Value {
    context! {
        kind => "join", name => "Ann", typed => "Ann", role => "operator", already => "Bo", wrong => "It did not work.",
        wrong_at => "tokens", said => "Done.", status => 404, message => "There is nothing here.", accounts => "required",
        account => "Ann", next => "/", after => 1, later => true, ended => true, sign_up => true, required => true,
        q => "wel", flow => "welcome", writes => true, tab => "people", manages => true, oversees => true, by_proxy => true, has_password => true,
        link => "https://chat.example.org/join/x", made => "a secret", made_name => "Nightly report",
    }
}
