//! What can go wrong with a request, each in words that a beginner can act on.

use std::fmt;
use std::time::Duration;

/// Why there is no [`Answer`](crate::Answer). `Display` gives the cause in words, without the url and without any
/// credentials, fit for the end of a sentence in a room: “could not connect: {error}”.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The computer is there; no program listens on the port.
    #[error("nothing is listening there (connection refused)")]
    Refused,
    /// The name has no address.
    #[error("no computer of that name was found (the host name does not resolve)")]
    NoSuchHost,
    /// No secure connection: the text says what is wrong with the certificate or the protocol.
    #[error("no secure connection could be made: {0}")]
    Tls(String),
    /// The whole request took longer than this, which was its limit.
    #[error("there was no complete answer within {}", seconds(*.0))]
    TimedOut(Duration),
    /// The rules forbid the address; nothing was sent.
    #[error("this server may not connect to {rule}; the setting {setting} would allow it")]
    Forbidden {
        /// What the address is.
        rule: Rule,
        /// What the person who runs the server would have to set.
        setting: Setting,
    },
    /// The text is no url that can be fetched: what is wrong with it.
    #[error("the URL can't be used: {0}")]
    BadUrl(String),
    /// The answer's headers were larger than [`MAX_HEADER_BYTES`](crate::MAX_HEADER_BYTES) or too many. (A body that is
    /// too large is no error: it is cut, and [`Answer::truncated`](crate::Answer::truncated) says so.)
    #[error("the headers of its answer were too large")]
    TooLarge,
    /// The connection or the answer broke off or was not HTTP: what happened.
    #[error("{0}")]
    Broken(String),
}

impl Error {
    /// Whether no connection came about, so that the request was certainly not seen by the other side.
    pub fn is_connect(&self) -> bool {
        matches!(self, Self::Refused | Self::NoSuchHost | Self::Tls(_) | Self::Forbidden { .. } | Self::BadUrl(_))
    }

    pub(crate) fn forbidden(rule: Rule) -> Self {
        Self::Forbidden { rule, setting: rule.setting() }
    }
}

/// The kinds of address that a server should not be sent to by strangers. `Display`: “a private network address”.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// This machine itself: 127.0.0.0/8, `::1`.
    Loopback,
    /// “Any address”, which the system takes for this machine: 0.0.0.0/8, `::`.
    Unspecified,
    /// 10/8, 172.16/12, 192.168/16, fc00::/7, fec0::/10, 64:ff9b:1::/48.
    Private,
    /// 169.254/16, fe80::/10.
    LinkLocal,
    /// What a provider shares among its customers (CGNAT): 100.64/10.
    Shared,
    /// Where clouds keep a machine's credentials: 169.254.169.254, fd00:ec2::254 and others.
    Metadata,
    /// 224/4, ff00::/8.
    Multicast,
    /// 255.255.255.255.
    Broadcast,
    /// Addresses for examples in documents.
    Documentation,
    /// Addresses for measuring networks: 198.18/15, 2001:2::/48.
    Benchmark,
    /// Everything else that is nobody's address on the internet.
    Reserved,
    /// An address on which this Parlor listens, or its public URL: a bot there would talk to itself without end.
    Own,
}

impl Rule {
    /// What would allow such an address.
    pub fn setting(self) -> Setting {
        match self {
            Self::Loopback | Self::Unspecified | Self::Private | Self::LinkLocal | Self::Shared | Self::Own => {
                Setting::LocalOrAllow
            }
            Self::Metadata
            | Self::Multicast
            | Self::Broadcast
            | Self::Documentation
            | Self::Benchmark
            | Self::Reserved => Setting::Allow,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loopback => "the machine it runs on (a loopback address)",
            Self::Unspecified => "the machine it runs on (an unspecified address)",
            Self::Private => "an address in a private network",
            Self::LinkLocal => "an address in its local network (link-local)",
            Self::Shared => "an address that a provider shares among its customers (100.64.0.0/10)",
            Self::Metadata => "a cloud's metadata address",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "a broadcast address",
            Self::Documentation => "an address that is meant for documentation only",
            Self::Benchmark => "an address that is meant for benchmarks only",
            Self::Reserved => "a reserved address",
            Self::Own => "itself (its own address)",
        })
    }
}

/// The setting that would allow a forbidden address. `Display`: its name, for “the setting {} would allow it”.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// `--allow-local-bots`, or an entry in `outbound.allow`.
    LocalOrAllow,
    /// An entry in `outbound.allow` only.
    Allow,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LocalOrAllow => "--allow-local-bots or outbound.allow",
            Self::Allow => "outbound.allow",
        })
    }
}

/// “1 second”, “120 seconds”, “0.2 seconds”.
fn seconds(limit: Duration) -> String {
    match limit.as_secs_f64() {
        1.0 => "1 second".to_owned(),
        n => format!("{n} seconds"),
    }
}
