//! The web's door: the rooms API, the room stream, the pages, and the API's own documentation.

mod api;
mod assets;
mod body;
mod bot_assets;
mod caller;
mod compress;
mod content_origin;
mod encoder;
mod error;
mod fitted;
mod guard;
mod guide;
mod openapi;
mod pages;
mod params;
mod router;
mod skin;
mod state;
mod stream;
mod templates;

pub use content_origin::ContentOrigin;
pub use encoder::RoomsEncoder;
pub use guard::Mode;
pub use openapi::document;
pub use router::router;
pub use skin::{Skin, SkinError};
pub use state::{Look, Web};
