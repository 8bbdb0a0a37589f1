//! `[server]`.

use std::path::PathBuf;

use parlor_gateway_web::Trusted;
use url::Url;

use super::{
    listen::Places,
    problem::Fault,
    quantities::Size,
    setting::{About, SETTING, Setting, section, text_setting},
    values,
};

section! {
    /// Where the server is, and where it keeps what it has.
    struct Server as server in "server" {
        /// Where to listen; port 0 takes a free one. More than one is a list
        ///
        /// Where there is a certificate ([tls]) an address speaks https: say http://ADDR:PORT for one that does not.
        /// redirect:ADDR:PORT leads from http to https. unix:PATH is for a proxy on the same machine.
        listen: Places = Places::default(),
            About { flag: "listen", env: "PARLOR_LISTEN", common: true, many: true, ..SETTING };

        /// The folder that holds the database; `:memory:` keeps nothing
        data: PathBuf = "parlor-data".into(),
            About { flag: "data", env: "PARLOR_DATA", value: "DIR", common: true, ..SETTING };

        /// Refuse to store more when the database has reached this size
        ///
        /// A number alone means MiB.
        data_limit: Option<DataLimit> = None,
            About { flag: "data-limit", env: "PARLOR_DATA_LIMIT", example: "\"20GiB\"", ..SETTING };

        /// The address under which others reach this server, for example behind a proxy
        ///
        /// With a path, such as https://example.org/chat/, all addresses of the server begin with it.
        public_url: Option<Url> = None,
            About {
                flag: "public-url",
                env: "PARLOR_PUBLIC_URL",
                example: "\"https://chat.example.org\"",
                common: true,
                ..SETTING
            },
            check address;

        /// Proxies before this server: addresses and networks, `loopback` or `unix`, whose `Forwarded` and `X-Forwarded-…` headers are believed
        trusted_proxies: Vec<Trusted> = Vec::new(),
            About { flag: "trusted-proxies", env: "PARLOR_TRUSTED_PROXIES", example: "[\"127.0.0.1\", \"10.20.0.0/16\"]", reload: true, ..SETTING };

        /// Other sites whose pages may follow rooms with a person's login; and on a server for its own machine, change things
        allowed_origins: Vec<Origin> = Vec::new(),
            About { example: "[\"https://www.example.org\"]", ..SETTING };

        /// A second address of this server, for what bots send: players and storage work in it, and it can't reach the pages.
        /// On one machine http://127.0.0.1:PORT beside http://localhost:PORT; port 0 means the server's own
        content_origin: Option<Url> = None,
            About {
                flag: "content-origin",
                env: "PARLOR_CONTENT_ORIGIN",
                example: "\"https://content.example.org\"",
                ..SETTING
            },
            check bare;

        /// Serve in the background. A server that runs with the same pid file is ended first; `--kill` ends it
        daemon: bool = false, About { flag: "daemon", short: Some('D'), switch: true, common: true, ..SETTING };

        /// The file that says which process serves
        ///
        /// In the background there is always one: by itself in the system's temporary folder, named after the address
        /// that is listened at.
        pid_file: Option<PathBuf> = None,
            About { flag: "pid-file", short: Some('F'), value: "FILE", example: "\"/run/parlor/parlor.pid\"", ..SETTING };

        /// A folder that overrides colours, logo, words and pages
        skin: Option<PathBuf> = None,
            About { flag: "skin", env: "PARLOR_SKIN", value: "DIR", example: "\"skins/school\"", ..SETTING };
    }
}

text_setting!(Trusted, "NETWORK|loopback|unix,…");

fn address(url: &Option<Url>) -> Result<(), String> {
    let Some(url) = url else { return Ok(()) };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%".contains(c);
    if matches!(url.scheme(), "http" | "https")
        && url.path().chars().all(plain)
        && !url.path().contains("//")
        && url.query().is_none()
        && url.fragment().is_none()
    {
        return Ok(());
    }
    Err("give http:// or https://, a host and perhaps a path, such as https://chat.example.org or https://example.org/chat/".to_owned())
}

fn bare(url: &Option<Url>) -> Result<(), String> {
    let Some(url) = url else { return Ok(()) };
    if matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
    {
        return Ok(());
    }
    Err("give http:// or https:// and a host, without a path, such as https://chat.example.org".to_owned())
}

/// A size whose number alone means MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DataLimit(Size);

impl DataLimit {
    pub(crate) fn bytes(self) -> u64 {
        self.0.0
    }

    fn read(text: &str) -> Result<Self, String> {
        match Size::read(text, "MiB")? {
            Size(0) => Err("give a size above nothing, such as 500MiB".to_owned()),
            size => Ok(Self(size)),
        }
    }
}

impl Setting for DataLimit {
    const VALUE: &'static str = "SIZE";

    fn from_word(word: &std::ffi::OsStr) -> Result<Self, String> {
        Self::read(values::text(word)?)
    }

    fn from_toml(value: &toml::Spanned<toml::de::DeValue<'_>>) -> Result<Self, Vec<Fault>> {
        let read = match value.get_ref().as_integer() {
            Some(number) => Self::read(&number.to_string()),
            None => Self::read(values::string(value)?),
        };
        read.map_err(|message| vec![message.into()])
    }

    fn show(&self) -> Option<String> {
        self.0.show()
    }
}

/// A site: a scheme, a host, and perhaps a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(pub(crate) String);

impl std::str::FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.path() == "/");
        match url {
            Some(url) if url.query().is_none() && url.fragment().is_none() => {
                Ok(Self(url.origin().ascii_serialization()))
            }
            _ => Err("give http:// or https:// and a host, without a path, such as https://www.example.org".to_owned()),
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

text_setting!(Origin, "ORIGIN,…");
