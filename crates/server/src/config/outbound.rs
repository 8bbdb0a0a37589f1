//! `[outbound]`.

use parlor_outbound::HostOrCidr;

use super::setting::{About, SETTING, section, text_setting};

section! {
    /// What the server itself may call: bots, and all else that has an address.
    struct Outbound as outbound in "outbound" {
        /// Hosts and networks that may be called although they are private, or Parlor's own
        allow: Vec<HostOrCidr> = Vec::new(),
            About { example: "[\"bots.school.example\", \"10.20.0.0/16\"]", reload: true, ..SETTING };
    }
}

text_setting!(HostOrCidr, "HOST|NETWORK,…");
