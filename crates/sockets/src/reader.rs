//! From bytes to messages.
