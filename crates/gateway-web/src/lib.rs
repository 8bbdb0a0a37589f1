//! The web's door: the rooms API, the room stream, the pages, and the API's own documentation.

mod account;
mod admin;
mod api;
mod assets;
mod body;
mod bot_assets;
mod caller;
mod compress;
mod content_origin;
mod cookie;
mod encoder;
mod error;
mod fitted;
mod form;
mod front;
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod guard;
mod guide;
mod headers;
mod openapi;
mod origins;
mod pages;
mod params;
mod proxies;
mod requests;
mod router;
mod skin;
mod state;
mod stream;
mod table;
mod templates;
mod when;

pub use content_origin::ContentOrigin;
pub use encoder::RoomsEncoder;
pub use error::limited;
pub use front::Base;
pub use guard::Mode;
pub use openapi::document;
pub use origins::Origins;
pub use proxies::{NotAProxy, Proxies, Trusted};
pub use router::{router, routes};
pub use skin::{Skin, SkinError};
pub use state::{Look, Web};
pub use table::{Gate, Route};
