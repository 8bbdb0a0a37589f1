//! The dispatcher as a whole, over a store in memory, with bots that answer when the test says so.

mod conversation;
mod crash;
mod events;
mod forms;
mod house;
mod http;
mod limits;
mod order;
mod welcome;
