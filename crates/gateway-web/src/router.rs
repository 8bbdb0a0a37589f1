//! Which address leads where, and for whom: the table of contents of this gateway.

use axum::{Router, middleware};

use crate::{
    Web,
    account::{enter, login, me, oidc},
    admin, api, assets, bot_assets, front, guide, pages, stream,
    table::{
        Gate::{Account, Admin, Bot, Entrance, Known, Open, Operator, Person, Public, Visitor},
        Part, Route, Table,
    },
};

fn calls(table: &mut Table) {
    table.get("/api/messages", Visitor, api::messages::handle);
    table.get("/api/search", Visitor, api::search::handle);
    table.get("/api/bots", Visitor, api::bots::handle);
    table.get("/api/bots/socket", Bot, api::bot_socket::handle);
    table.get("/api/activations", Visitor, api::activations::handle);
    table.get("/api/matches", Visitor, api::matches::handle);
    table.get("/api/files-key", Visitor, api::files_key::handle);
    table.get("/api/spec", Open, api::spec::handle);
    table.post("/api/actions/message", Visitor, api::post_message::handle);
    table.post("/api/actions/message-form", Visitor, api::post_form::handle);
    table.post("/api/actions/bot", Visitor, api::put_bot::handle);
    table.delete("/api/actions/bot", Visitor, api::delete_bot::handle);
    table.post("/api/actions/bot-token", Visitor, api::bot_token::handle);
    table.post("/api/actions/bot-test", Visitor, api::bot_test::handle);
    table.post("/api/actions/match", Visitor, api::match_pattern::handle);
    table.post("/api/actions/activation-again", Visitor, api::send_again::handle);
    table.post("/api/actions/clear-room-messages", Visitor, api::clear_messages::handle);
    table.post("/api/actions/clear-room-state", Visitor, api::clear_state::handle);
    table.get("/api/actions/room", Visitor, api::settings::read);
    table.post("/api/actions/room", Visitor, api::settings::change);
    table.get("/api/account", Known, api::account::handle);
    table.post("/api/account/password", Account, api::account::password::change);
    table.get("/api/account/sessions", Account, api::account::sessions::list);
    table.delete("/api/account/sessions", Account, api::account::sessions::end);
    table.get("/api/account/tokens", Account, api::account::tokens::list);
    table.post("/api/account/tokens", Account, api::account::tokens::make);
    table.delete("/api/account/tokens", Account, api::account::tokens::revoke);
    table.get("/api/admin/people", Admin, api::admin::people::list);
    table.post("/api/admin/people", Admin, api::admin::people::add);
    table.post("/api/admin/people/role", Admin, api::admin::people::change_role);
    table.post("/api/admin/people/disabled", Admin, api::admin::people::disable);
    table.post("/api/admin/people/password", Admin, api::admin::people::set_password);
    table.post("/api/admin/people/log-out", Admin, api::admin::people::log_out);
    table.get("/api/admin/invitations", Admin, api::admin::invitations::list);
    table.post("/api/admin/invitations", Admin, api::admin::invitations::make);
    table.delete("/api/admin/invitations", Admin, api::admin::invitations::revoke);
    table.get("/api/admin/rooms", Operator, api::admin::rooms::list);
    table.get("/api/admin/audit", Admin, api::admin::audit::list);
    // A fallback would not do: the rooms' pages below would take the address first.
    table.any("/api", Open, api::unknown);
    table.any("/api/", Open, api::unknown);
    table.any("/api/{*call}", Open, api::unknown);
    table.wrong_method(api::wrong_method);
}

fn streams(table: &mut Table) {
    table.get("/ws/{*room}", Visitor, stream::handle);
    table.get("/bot-assets/{*path}", Public, bot_assets::handle);
    table.wrong_method(api::wrong_method);
}

fn pages(table: &mut Table) {
    table.get("/web/{*path}", Open, assets::handle);
    table.get("/assistant.js", Open, assets::assistant);
    table.get("/assistant/{flow}", Open, pages::assistant);
    table.get("/favicon.ico", Open, assets::favicon);
    table.get("/robots.txt", Open, assets::robots);
    table.get("/frame", Open, pages::frame);
    table.get("/docs", Open, pages::docs_redirect);
    table.get("/docs/", Open, pages::docs);
    table.get("/hub", Visitor, pages::hub);
    table.get("/operator", Visitor, pages::operator);
    table.get("/operator/flows", Visitor, pages::counts);
    table.get("/guide", Open, guide::redirect);
    table.get("/guide/", Open, guide::index);
    table.get("/guide/{*page}", Open, guide::page);
    table.get("/healthz", Open, pages::health);
    table.get("/readyz", Open, pages::ready);
    table.get("/metrics", Open, pages::metrics);
    table.get("/login", Entrance, login::show);
    table.post("/login", Entrance, login::enter);
    table.get(oidc::ADDRESS, Entrance, oidc::enter);
    table.get("/login/oidc/callback", Entrance, oidc::callback);
    table.post("/logout", Entrance, login::leave);
    table.get("/join", Entrance, enter::show_join);
    table.post("/join", Entrance, enter::join);
    table.get("/sign-up", Entrance, enter::show_sign_up);
    table.post("/sign-up", Entrance, enter::sign_up);
    table.get("/setup", Entrance, enter::show_set_up);
    table.post("/setup", Entrance, enter::set_up);
    table.get("/me", Person, me::show);
    table.post("/me/password", Person, me::password);
    table.post("/me/sessions/end", Person, me::end_session);
    table.post("/me/tokens", Person, me::make_token);
    table.post("/me/tokens/revoke", Person, me::revoke_token);
    table.get("/admin", Operator, admin::people::first);
    table.get("/admin/people", Admin, admin::people::show);
    table.post("/admin/people", Admin, admin::people::add);
    table.post("/admin/people/role", Admin, admin::people::role);
    table.post("/admin/people/disabled", Admin, admin::people::disable);
    table.post("/admin/people/password", Admin, admin::people::password);
    table.post("/admin/invitations", Admin, admin::people::invite);
    table.post("/admin/invitations/revoke", Admin, admin::people::revoke);
    table.get("/admin/rooms", Operator, admin::rooms::show);
    table.get("/admin/bots", Operator, admin::bots::show);
    table.get("/admin/audit", Admin, admin::audit::show);
    // Where nobody has an account they are for whoever is at the server's own machine, so that the policy is asked.
    table.get("/admin/flows", Visitor, admin::flows::list);
    table.get("/admin/flows/{flow}", Visitor, admin::flows::one);
    table.get("/", Visitor, pages::lobby);
    table.get("/{*room}", Visitor, pages::room);
    table.not_found(pages::not_found);
    table.wrong_method(pages::wrong_method);
}

/// The table in its parts.
fn parts() -> [Table; 3] {
    [Table::of(Part::Calls, calls), Table::of(Part::Streams, streams), Table::of(Part::Pages, pages)]
}

/// Every address, for tests that must not forget one.
pub fn routes() -> Vec<Route> {
    parts().into_iter().flat_map(|part| part.routes).collect()
}

/// Everything that is answered over HTTP, with what other gateways answer there ([`guests`](crate::guests)).
pub fn router(web: Web, guests: Router) -> Router {
    let all = parts().into_iter().fold(Router::new(), |all, part| all.merge(part.router)).with_state(web.clone());
    let all = all.merge(guests);
    if web.base().is_empty() {
        return all;
    }
    // Around it, since what happens there decides which address it is.
    Router::new().fallback_service(all).layer(middleware::from_fn_with_state(web, front::take_path_away))
}
