//! The statements, each in a file of its own.

macro_rules! statements {
    ($($name:ident = $file:literal;)*) => {
        $(pub(crate) const $name: &str = include_str!(concat!("../queries/", $file, ".sql"));)*

        /// All of them, so that a test can prepare each one.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$(($file, $name)),*];
    };
}

statements! {
    ACTIVATION = "activation";
    ACTIVATIONS_OF_ALL = "activations_of_all";
    ACTIVATIONS_OF_BOT = "activations_of_bot";
    ACTIVATIONS_OF_MESSAGE = "activations_of_message";
    ACTIVATIONS_OF_PENDING = "activations_of_pending";
    ACTIVATIONS_OF_ROOM = "activations_of_room";
    AFTER = "after";
    ALL_BOTS = "all_bots";
    ATTACH = "attach";
    ATTACHMENT = "attachment";
    BEFORE = "before";
    BEGIN = "begin";
    BOT = "bot";
    BOTS_OF_ROOM = "bots_of_room";
    BOT_WITH_TOKEN = "bot_with_token";
    CHUNK_TO_ERASE = "chunk_to_erase";
    COMMIT = "commit";
    CONTROLS = "controls";
    CONTROLS_TO_STRIP = "controls_to_strip";
    COUNT_BOTS = "count_bots";
    COUNT_MESSAGES = "count_messages";
    COUNT_SESSIONS = "count_sessions";
    COUNT_STEP = "count_step";
    COUNTED_FLOWS = "counted_flows";
    DELETED_BOTS = "deleted_bots";
    DELETE_BOT = "delete_bot";
    DELETE_DRAFT = "delete_draft";
    DELETE_KEYS = "delete_keys";
    DELETE_PENDING = "delete_pending";
    DRAFT = "draft";
    DRAFTS = "drafts";
    ERASED = "erased";
    ERASE_ATTACHMENTS = "erase_attachments";
    ERASE_EVENTS = "erase_events";
    EVENTS = "events";
    EVENT_OF_MESSAGE = "event_of_message";
    FLOW = "flow";
    FLOWS_OF_SESSIONS = "flows_of_sessions";
    FLOW_VERSIONS = "flow_versions";
    HOLES = "holes";
    IDS = "ids";
    INSERT_DRAFT = "insert_draft";
    INSERT_EVENT = "insert_event";
    INSERT_HOLE = "insert_hole";
    INSERT_KEY = "insert_key";
    INSERT_PENDING = "insert_pending";
    INSERT_ROOM = "insert_room";
    INSERT_SPOKEN = "insert_spoken";
    IS_CONTINUED = "is_continued";
    KEEP_FLOW = "keep_flow";
    KEY = "key";
    LAST_BOT = "last_bot";
    LAST_IDS = "last_ids";
    META = "meta";
    NEXT_MESSAGE = "next_message";
    NTH_MESSAGE = "nth_message";
    OLD_KEYS = "old_keys";
    PENDING = "pending";
    PLAN_PENDING = "plan_pending";
    PROBE = "probe";
    PRUNE_ACTIVATIONS = "prune_activations";
    PUBLISHED_FLOWS = "published_flows";
    PUBLISH_FLOW = "publish_flow";
    PUT_ACTIVATION = "put_activation";
    PUT_BOT = "put_bot";
    QUEUES = "queues";
    ROLLBACK = "rollback";
    ROOM = "room";
    ROOMS = "rooms";
    ROOMS_TO_ERASE = "rooms_to_erase";
    ROOMS_TO_RETAIN = "rooms_to_retain";
    ROOM_TO_ERASE = "room_to_erase";
    ROOM_TO_WRITE = "room_to_write";
    SECRET = "secret";
    SESSION = "session";
    SESSIONS = "sessions";
    SESSIONS_BY_STATUS = "sessions_by_status";
    SESSIONS_OF_FLOW = "sessions_of_flow";
    SET_CONVERSATION = "set_conversation";
    SET_ERASED = "set_erased";
    SET_IDS = "set_ids";
    SET_META = "set_meta";
    SET_SECRET = "set_secret";
    SET_SESSION = "set_session";
    SET_SETTINGS = "set_settings";
    SET_TOKEN = "set_token";
    SPOKEN = "spoken";
    SPOKEN_BEFORE = "spoken_before";
    STEP_COUNTS = "step_counts";
    STRIP_EVENT = "strip_event";
    UNSET_META = "unset_meta";
    UPDATE_DRAFT = "update_draft";
    UPDATE_ROOM = "update_room";
    UPDATE_SESSION = "update_session";
    UPDATE_WHOLE_ROOM = "update_whole_room";
    VACUUM_INTO = "vacuum_into";
    WITHDRAW_FLOW = "withdraw_flow";
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    fn database() -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        crate::open::MIGRATIONS.iter().for_each(|migration| conn.execute_batch(migration).unwrap());
        conn
    }

    fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        ALL.iter().chain(crate::people::STATEMENTS)
    }

    #[test]
    fn every_statement_fits_the_schema() {
        let conn = database();
        for (name, sql) in all() {
            assert!(conn.prepare(sql).is_ok(), "{name}: {:?}", conn.prepare(sql).err());
        }
    }

    #[test]
    fn reading_and_writing_messages_searches_by_key_and_never_sorts() {
        let conn = database();
        for (name, sql) in all() {
            let whole = matches!(
                *name,
                "activations_of_all"
                    | "all_bots"
                    | "counted_flows"
                    | "drafts"
                    | "flows_of_sessions"
                    | "holes"
                    | "old_keys"
                    | "pending"
                    | "probe"
                    | "published_flows"
                    | "rooms"
                    | "rooms_to_erase"
                    | "last_bot"
                    | "last_ids"
            );
            // The planner's steps, in words.
            let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let nothing = vec![rusqlite::types::Null; plan.parameter_count()];
            let steps = plan.query_map(rusqlite::params_from_iter(nothing), |row| row.get::<_, String>(3)).unwrap();
            for step in steps.map(Result::unwrap) {
                // What a function makes of one row is no table.
                let made = ["(subquery", "CONSTANT", "VIRTUAL TABLE"].iter().any(|word| step.contains(word));
                let scans = step.starts_with("SCAN") && !made;
                assert!(whole || !scans, "{name}: {step}");
                let sorts = step.contains("TEMP B-TREE") && *name != "deleted_bots";
                assert!(!sorts, "{name}: {step}");
            }
        }
    }
}
