//! The statements of the search, each in a file of its own: on the log, and on the index.

macro_rules! statements {
    ($all:ident: $($name:ident = $file:literal;)*) => {
        $(pub(super) const $name: &str = include_str!(concat!("../../queries/search/", $file, ".sql"));)*

        /// All of these, so that a test can prepare each one.
        #[cfg(test)]
        pub(super) const $all: &[&str] = &[$($name),*];
    };
}

statements! { LOG:
    LOG_MESSAGE = "log_message";
    LOG_MESSAGES = "log_messages";
    LOG_ROOM = "log_room";
    LOG_ROOMS = "log_rooms";
}

statements! { INDEX:
    CURSOR = "cursor";
    CURSORS = "cursors";
    DELETE = "delete";
    DELETE_CURSOR = "delete_cursor";
    FIND = "find";
    INSERT = "insert";
    NEWEST = "newest";
    NEWEST_MATCHING = "newest_matching";
    SET_CURSOR = "set_cursor";
    TO_DELETE = "to_delete";
}

statements! { SAMPLES:
    SAMPLE = "sample";
    SAMPLE_FIND = "sample_find";
    SAMPLE_INSERT = "sample_insert";
}
