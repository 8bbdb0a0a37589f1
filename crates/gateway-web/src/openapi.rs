//! The OpenAPI document, made from the handlers themselves.

use utoipa::OpenApi;

use crate::api;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Parlor: rooms API",
        description = "Rooms in which people and bots talk. Bodies are read as JSON whatever their content type says; errors are `{\"message\": …}`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        api::messages::handle,
        api::search::handle,
        api::post_message::handle,
        api::post_form::handle,
        api::clear_messages::handle,
        api::clear_state::handle,
        api::settings::read,
        api::settings::change,
        api::files_key::handle,
        api::bots::handle,
        api::put_bot::handle,
        api::delete_bot::handle,
        api::bot_token::handle,
        api::match_pattern::handle,
        api::bot_test::handle,
        api::bot_socket::handle,
        api::activations::handle,
        api::matches::handle,
        api::send_again::handle,
        api::account::handle,
        api::account::password::change,
        api::account::sessions::list,
        api::account::sessions::end,
        api::account::tokens::list,
        api::account::tokens::make,
        api::account::tokens::revoke,
        api::admin::people::list,
        api::admin::people::add,
        api::admin::people::change_role,
        api::admin::people::disable,
        api::admin::people::set_password,
        api::admin::people::log_out,
        api::admin::invitations::list,
        api::admin::invitations::make,
        api::admin::invitations::revoke,
        api::admin::rooms::list,
        api::admin::audit::list,
    ),
    tags(
        (name = "rooms", description = "Messages and rooms"),
        (name = "bots", description = "Bots and what is delivered to them"),
        (name = "account", description = "One's own account, where people have them"),
        (name = "admin", description = "People, invitations, rooms and what happened, for those who run the server"),
    )
)]
struct Document;

/// All of it. The names that handlers have in the code say nothing to programs, and several have the same.
fn whole() -> utoipa::openapi::OpenApi {
    let mut all = Document::openapi();
    for item in all.paths.paths.values_mut() {
        for call in [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten() {
            call.operation_id = None;
        }
    }
    all
}

/// The document of a server that is shown below a path.
pub(crate) fn document_at(base: &str) -> String {
    if base.is_empty() {
        return document();
    }
    let mut all = whole();
    all.servers = Some(vec![utoipa::openapi::Server::new(base)]);
    all.to_pretty_json().unwrap_or_default()
}

/// The document as JSON, the same for the same code.
///
/// # Panics
/// Never: it is made of what the compiler has seen.
pub fn document() -> String {
    let mut text = whole().to_pretty_json().expect("the document is plain data");
    text.push('\n');
    text
}
