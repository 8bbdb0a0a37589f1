//! What travels: the types of each surface, read from and written as JSON, and their conversion from the domain.

pub mod accounts_api;
pub mod bots_api;
pub mod fields;
pub mod hub;
pub mod rooms_api;
pub mod signals;
mod value;

pub use fields::{FieldError, Fields};
