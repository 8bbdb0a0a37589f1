//! Parlor itself, and the rooms without a store that stand in for it.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::{About, Contestant, Heard, Who, plainly};
use crate::process::{Process, Server, Target};
use crate::swarm::{Event, Id, Swarm};

pub(crate) struct Parlor {
    pub(crate) server: Server,
    version: String,
    does: &'static str,
}

impl Parlor {
    pub(crate) fn start(target: &Target) -> Result<Self> {
        Self::start_with(target, &[])
    }

    /// With further settings on its command line.
    pub(crate) fn start_with(target: &Target, settings: &[&str]) -> Result<Self> {
        Self::of(target, target.start_with(settings)?)
    }

    /// On a copy of data that is there.
    pub(crate) fn start_on_copy(target: &Target, data: &Path) -> Result<Self> {
        Self::of(target, target.start_on_copy(data)?)
    }

    fn of(target: &Target, server: Server) -> Result<Self> {
        let (version, does) = if target.is_stand_in() {
            (env!("CARGO_PKG_VERSION").to_owned(), "Parlor's sockets with rooms in memory; stores nothing")
        } else {
            let asked = Command::new(target.program()?).arg("--version").output()?;
            let said = String::from_utf8_lossy(&asked.stdout);
            let version = said.trim().trim_start_matches("parlor ").to_owned();
            (version, "every post is stored and synced to disk before it is delivered and answered")
        };
        Ok(Self { server, version, does })
    }
}

impl Contestant for Parlor {
    fn about(&self) -> About {
        About { name: "parlor".into(), version: self.version.clone(), does: self.does.into() }
    }

    fn process(&self) -> Process {
        self.server.process()
    }

    fn join(&self, swarm: &mut Swarm, room: &str) -> Result<Id> {
        swarm.websocket(self.server.address, &format!("/ws/{room}"))
    }

    fn hear<'a>(&self, _: Who<'_>, event: &Event<'a>, heard: &mut dyn FnMut(Heard<'a>), _: &mut Vec<u8>) {
        plainly(event, heard);
    }
}

/// A Parlor that somebody else has started, for a crowd in another thread.
pub(crate) struct Running(pub(crate) Process);

impl Contestant for Running {
    fn about(&self) -> About {
        About { name: "parlor".into(), version: String::new(), does: String::new() }
    }

    fn process(&self) -> Process {
        self.0
    }

    fn join(&self, swarm: &mut Swarm, room: &str) -> Result<Id> {
        swarm.websocket(self.0.address, &format!("/ws/{room}"))
    }

    fn hear<'a>(&self, _: Who<'_>, event: &Event<'a>, heard: &mut dyn FnMut(Heard<'a>), _: &mut Vec<u8>) {
        plainly(event, heard);
    }
}
