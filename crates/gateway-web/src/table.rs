//! The table of addresses: for each what it takes and whom it is for. The router is made of it, and tests walk over it.

use axum::{
    Router,
    handler::Handler,
    routing::{MethodFilter, MethodRouter, on},
};

use crate::{Web, around::Around};

/// What an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The API: JSON, open to scripts of any page.
    Calls,
    /// What is no call of the API and still for programs: errors are JSON.
    Streams,
    /// What browsers show.
    Pages,
}

/// Whom an address is for, before anything is known of what is asked for there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// Everybody, and nothing depends on who asks: files, the guide, the frame.
    Open,
    /// Bots without an address, each with its token; the handler looks at it.
    Bot,
    /// Everybody, but who asks matters.
    Public,
    /// Everybody, where there are accounts: the pages that lead to one.
    Entrance,
    /// Whoever may be here at all: with a login where one is required. What they may do there, the policy says.
    Visitor,
    /// Whoever has an account, and has logged in: their own page.
    Person,
    /// Whoever has an account, by a login or any token.
    Known,
    /// The same, with a token only if it is for one's own account.
    Account,
    /// Operators and admins.
    Operator,
    /// Admins.
    Admin,
}

/// One address and what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The address, as the router writes it: `/ws/{*room}`.
    pub path: &'static str,
    /// `GET` (with which goes `HEAD`), `POST`, `DELETE`, or `*` for all.
    pub method: &'static str,
    /// Whom it is for.
    pub gate: Gate,
}

/// A part of the table, with its router.
pub(crate) struct Table {
    part: Part,
    pub(crate) routes: Vec<Route>,
    pub(crate) router: Router<Web>,
}

impl Table {
    /// The part that `fill` writes.
    pub(crate) fn of(part: Part, fill: fn(&mut Self)) -> Self {
        let mut table = Self { part, routes: Vec::new(), router: Router::new() };
        fill(&mut table);
        table
    }

    pub(crate) fn get<T: 'static>(&mut self, path: &'static str, gate: Gate, handler: impl Handler<T, Web>) {
        self.add(path, "GET", gate, on(MethodFilter::GET, self.around(gate, handler)));
    }

    pub(crate) fn post<T: 'static>(&mut self, path: &'static str, gate: Gate, handler: impl Handler<T, Web>) {
        self.add(path, "POST", gate, on(MethodFilter::POST, self.around(gate, handler)));
    }

    pub(crate) fn delete<T: 'static>(&mut self, path: &'static str, gate: Gate, handler: impl Handler<T, Web>) {
        self.add(path, "DELETE", gate, on(MethodFilter::DELETE, self.around(gate, handler)));
    }

    /// Every method: a call that is not there is not there, however it is asked for.
    pub(crate) fn any<T: 'static>(&mut self, path: &'static str, gate: Gate, handler: impl Handler<T, Web>) {
        self.add(path, "*", gate, axum::routing::any(self.around(gate, handler)));
    }

    /// Answers a known address that is asked for with another method.
    pub(crate) fn wrong_method<T: 'static>(&mut self, handler: impl Handler<T, Web>) {
        let handler = self.around(Gate::Open, handler);
        self.router = std::mem::take(&mut self.router).method_not_allowed_fallback(handler);
    }

    /// Answers what has no address.
    pub(crate) fn not_found<T: 'static>(&mut self, handler: impl Handler<T, Web>) {
        let handler = self.around(Gate::Open, handler);
        self.router = std::mem::take(&mut self.router).fallback(handler);
    }

    fn around<H>(&self, gate: Gate, handler: H) -> Around<H> {
        Around { part: self.part, gate, handler }
    }

    fn add(&mut self, path: &'static str, method: &'static str, gate: Gate, route: MethodRouter<Web>) {
        self.routes.push(Route { path, method, gate });
        self.router = std::mem::take(&mut self.router).route(path, route);
    }
}
