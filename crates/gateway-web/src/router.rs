//! Which address leads where: the table of contents of this gateway.

use axum::{
    Router, middleware,
    routing::{any, delete, get, post},
};

use crate::{Web, api, assets, bot_assets, compress, guard, guide, pages, stream};

/// Everything that is answered over HTTP.
pub fn router(web: Web) -> Router {
    let api = Router::new()
        .route("/messages", get(api::messages::handle))
        .route("/search", get(api::search::handle))
        .route("/bots", get(api::bots::handle))
        .route("/bots/socket", get(api::bot_socket::handle))
        .route("/activations", get(api::activations::handle))
        .route("/matches", get(api::matches::handle))
        .route("/spec", get(api::spec::handle))
        .route("/actions/message", post(api::post_message::handle))
        .route("/actions/message-form", post(api::post_form::handle))
        .route("/actions/bot", post(api::put_bot::handle).merge(delete(api::delete_bot::handle)))
        .route("/actions/bot-token", post(api::bot_token::handle))
        .route("/actions/bot-test", post(api::bot_test::handle))
        .route("/actions/match", post(api::match_pattern::handle))
        .route("/actions/activation-again", post(api::send_again::handle))
        .route("/actions/clear-room-messages", post(api::clear_messages::handle))
        .route("/actions/clear-room-state", post(api::clear_state::handle))
        .route("/actions/room", get(api::settings::read).merge(post(api::settings::change)))
        // A fallback would not do: the rooms' pages below would take the address first.
        .route("/", any(api::unknown))
        .route("/{*call}", any(api::unknown))
        .method_not_allowed_fallback(api::wrong_method)
        .layer(middleware::from_fn_with_state(web.clone(), guard::api));
    Router::new()
        .nest("/api", api)
        .route("/api/", any(api::unknown))
        .route("/ws/{*room}", get(stream::handle))
        .route("/web/{*path}", get(assets::handle))
        .route("/favicon.ico", get(assets::favicon))
        .route("/robots.txt", get(assets::robots))
        .route("/bot-assets/{*path}", get(bot_assets::handle))
        .route("/frame", get(pages::frame))
        .route("/docs", get(pages::docs_redirect))
        .route("/docs/", get(pages::docs))
        .route("/guide", get(guide::redirect))
        .route("/guide/", get(guide::index))
        .route("/guide/{*page}", get(guide::page))
        .route("/healthz", get(pages::health))
        .route("/readyz", get(pages::ready))
        .route("/", get(pages::lobby))
        .route("/{*room}", get(pages::room))
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::wrong_method)
        .layer(middleware::from_fn(compress::answers))
        .layer(middleware::from_fn_with_state(web.clone(), guard::host))
        .with_state(web)
}
