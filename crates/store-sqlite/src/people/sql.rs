//! The statements about people, each in a file of its own.

macro_rules! statements {
    ($($name:ident = $file:literal;)*) => {
        $(pub(super) const $name: &str = include_str!(concat!("../../queries/", $file, ".sql"));)*

        /// All of them, so that a test can prepare each one.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$(($file, $name)),*];
    };
}

statements! {
    ACCOUNT = "people/account";
    ACCOUNT_NAMED = "people/account_named";
    ACCOUNTS = "people/accounts";
    ANY_ADMIN = "people/any_admin";
    END_SESSION = "people/end_session";
    END_SESSIONS = "people/end_sessions";
    EXPIRE_INVITATIONS = "people/expire_invitations";
    EXPIRE_SESSIONS = "people/expire_sessions";
    IDENTITIES = "people/identities";
    IDENTITY = "people/identity";
    INSERT_ACCOUNT = "people/insert_account";
    INSERT_IDENTITY = "people/insert_identity";
    INSERT_INVITATION = "people/insert_invitation";
    INSERT_NOTE = "people/insert_note";
    INSERT_SESSION = "people/insert_session";
    INSERT_TOKEN = "people/insert_token";
    INVITATION = "people/invitation";
    INVITATIONS = "people/invitations";
    NOTES = "people/notes";
    PASSWORD = "people/password";
    REVOKE_INVITATION = "people/revoke_invitation";
    REVOKE_TOKEN = "people/revoke_token";
    SESSION = "people/session";
    SESSIONS = "people/sessions";
    SET_DISABLED = "people/set_disabled";
    SET_PASSWORD = "people/set_password";
    SET_ROLE = "people/set_role";
    TOKEN = "people/token";
    TOKENS = "people/tokens";
    TOUCH_SESSION = "people/touch_session";
    TOUCH_TOKEN = "people/touch_token";
    TRIM_NOTES = "people/trim_notes";
    TRIM_SESSIONS = "people/trim_sessions";
    USE_INVITATION = "people/use_invitation";
}
