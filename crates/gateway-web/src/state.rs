//! What every handler of this gateway can reach.

use std::{fmt, sync::Arc};

use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, StatusCode};
use parlor_accounts::Accounts;
use parlor_rooms::{Bot, Endpoint, RoomName};
use parlor_runtime::{
    BotControl, Caller, EncoderId, Runtime, Unready,
    limits::{Limited, Open, What},
    metrics::Page,
};
use parlor_sockets::Sweeper;
use parlor_wire::rooms_api;

use crate::{
    Mode,
    account::oidc::Oidc,
    assets::Coded,
    content_origin::ContentOrigin,
    file_key::FileKeys,
    front::Base,
    guide::Shelf,
    origins::Origins,
    pages::Policies,
    proxies::Proxies,
    requests::Requests,
    sealed::Seals,
    skin::{Skin, Worn},
    templates::Templates,
};

/// The web gateway's state. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Parts>);

/// What whoever runs the server says of the pages.
#[derive(Debug, Default)]
pub struct Look {
    /// The folder that overrides the look.
    pub skin: Option<Skin>,
    /// The host for bots' content.
    pub content: Option<ContentOrigin>,
    /// Which pages' scripts are trusted.
    pub origins: Origins,
    /// Whose word counts for where a request comes from.
    pub proxies: Proxies,
    /// The path below which the server is shown.
    pub base: Base,
    /// What `/metrics` tells of the process, where it is answered among the pages.
    pub metrics: Option<fn(&mut Page)>,
    /// The header in which a trusted proxy says who somebody is, if one does.
    pub login_header: Option<HeaderName>,
    /// The provider whose logins count here, if there is one.
    pub oidc: Option<Oidc>,
    /// The title of a flow that the assistant offers, for its page; nothing for a name that none has.
    pub flows: Option<Box<dyn Titles>>,
}

/// Tells the title of what has a name.
pub trait Titles: fmt::Debug + Send + Sync {
    /// The title; nothing for a name that nothing has.
    fn title(&self, name: &str) -> Option<String>;
}

struct Parts {
    runtime: Runtime,
    accounts: Accounts,
    file_keys: FileKeys,
    seals: Seals,
    control: Arc<dyn BotControl>,
    encoder: EncoderId,
    sweeper: Sweeper,
    mode: Mode,
    templates: Arc<Templates>,
    look: Look,
    policies: Policies,
    coded: Coded,
    shelf: Shelf,
    requests: Requests,
}

impl Web {
    /// A gateway to these rooms. `encoder` is the number under which [`crate::RoomsEncoder`] was registered.
    pub fn new(
        runtime: Runtime,
        accounts: Accounts,
        control: Arc<dyn BotControl>,
        encoder: EncoderId,
        sweeper: Sweeper,
        mode: Mode,
        look: Look,
    ) -> Self {
        let (templates, coded, shelf) = (Arc::new(Templates::embedded()), Coded::default(), Shelf::default());
        let policies = Policies::new(look.content.as_ref());
        let requests = Requests::default();
        Self(Arc::new(Parts {
            runtime,
            accounts,
            file_keys: FileKeys::new(),
            seals: Seals::new(),
            control,
            encoder,
            sweeper,
            mode,
            templates,
            look,
            policies,
            coded,
            shelf,
            requests,
        }))
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.0.runtime
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn file_keys(&self) -> &FileKeys {
        &self.0.file_keys
    }

    /// The header in which a trusted proxy says who somebody is.
    pub(crate) fn login_header(&self) -> Option<&HeaderName> {
        self.0.look.login_header.as_ref()
    }

    /// Logins elsewhere that count here, for the page of the login.
    pub(crate) fn providers(&self) -> Vec<minijinja::Value> {
        self.oidc().map(Oidc::shown).into_iter().collect()
    }

    /// The provider whose logins count here.
    pub(crate) fn oidc(&self) -> Option<&Oidc> {
        self.0.look.oidc.as_ref()
    }

    /// The title of a flow that the assistant offers.
    pub(crate) fn flow(&self, name: &str) -> Option<String> {
        self.0.look.flows.as_ref()?.title(name)
    }

    /// With what values are sealed that browsers keep.
    pub(crate) fn seals(&self) -> &Seals {
        &self.0.seals
    }

    pub(crate) fn control(&self) -> &Arc<dyn BotControl> {
        &self.0.control
    }

    /// A bot as the API shows it.
    pub(crate) fn shown(&self, room: &RoomName, bot: &Bot) -> rooms_api::Bot {
        let connects = bot.endpoint() == Endpoint::Socket;
        rooms_api::Bot {
            connected: connects.then(|| self.control().is_connected(bot.id)),
            ..rooms_api::Bot::new(room, bot)
        }
    }

    /// Counts a websocket of the caller's address, if it may open another. To be kept while it is open.
    pub(crate) fn open_socket(&self, caller: &Caller) -> Result<Option<Open>, Limited> {
        let limits = self.runtime().limits();
        caller.address.map_or(Ok(None), |address| limits.open(What::Sockets, address))
    }

    pub(crate) fn encoder(&self) -> EncoderId {
        self.0.encoder
    }

    pub(crate) fn sweeper(&self) -> &Sweeper {
        &self.0.sweeper
    }

    pub(crate) fn mode(&self) -> &Mode {
        &self.0.mode
    }

    /// The pages' templates, in the skin's version where there is one.
    pub(crate) fn templates(&self) -> TemplatesNow {
        match self.skin() {
            Some(skin) => TemplatesNow::Skin(skin.worn()),
            None => TemplatesNow::Own(Arc::clone(&self.0.templates)),
        }
    }

    pub(crate) fn skin(&self) -> Option<&Skin> {
        self.0.look.skin.as_ref()
    }

    pub(crate) fn content(&self) -> Option<&ContentOrigin> {
        self.0.look.content.as_ref()
    }

    pub(crate) fn origins(&self) -> &Origins {
        &self.0.look.origins
    }

    pub(crate) fn proxies(&self) -> &Proxies {
        &self.0.look.proxies
    }

    pub(crate) fn process(&self) -> Option<fn(&mut Page)> {
        self.0.look.metrics
    }

    pub(crate) fn base(&self) -> &Base {
        &self.0.look.base
    }

    pub(crate) fn policies(&self) -> &Policies {
        &self.0.policies
    }

    pub(crate) fn coded(&self) -> &Coded {
        &self.0.coded
    }

    pub(crate) fn requests(&self) -> &Requests {
        &self.0.requests
    }

    /// The server's numbers, in Prometheus' format; `process` adds those of the process.
    pub fn metrics(&self, process: fn(&mut Page)) -> String {
        let mut page = Page::default();
        let runtime = self.runtime();
        runtime.metrics().write(&mut page);
        page.gauge(
            "parlor_rooms_in_memory",
            "Rooms that somebody is in, or was in lately",
            &[("", runtime.rooms_in_memory())],
        );
        page.gauge("parlor_ready", "Whether the server can be used", &[("", u8::from(runtime.unready().is_none()))]);
        self.requests().write(&mut page);
        process(&mut page);
        page.into_text()
    }

    /// What `/readyz` says.
    pub fn readiness(&self) -> Response {
        match self.runtime().unready() {
            None => "ready\n".into_response(),
            Some(Unready::Stopping) => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response(),
            Some(Unready::Full) => {
                (StatusCode::SERVICE_UNAVAILABLE, "the disk is full: nothing can be stored\n").into_response()
            }
        }
    }

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }
}

/// The templates as they are at this moment.
pub(crate) enum TemplatesNow {
    Own(Arc<Templates>),
    Skin(Arc<Worn>),
}

impl std::ops::Deref for TemplatesNow {
    type Target = Templates;

    fn deref(&self) -> &Templates {
        match self {
            Self::Own(templates) => templates,
            Self::Skin(worn) => &worn.templates,
        }
    }
}
