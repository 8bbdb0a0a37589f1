//! The table of addresses: for each what it takes and whom it is for. The router is made of it, and tests walk over it.

use axum::{
    Router,
    handler::Handler,
    middleware,
    routing::{MethodFilter, MethodRouter, on},
};

use crate::{Web, gate};

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
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) routes: Vec<Route>,
    pub(crate) router: Router<Web>,
}

impl Table {
    /// The part that `fill` writes.
    pub(crate) fn of(fill: fn(&mut Self)) -> Self {
        let mut table = Self::default();
        fill(&mut table);
        table
    }

    pub(crate) fn get<T: 'static>(&mut self, path: &'static str, gate: Gate, handler: impl Handler<T, Web>) {
        self.add(path, "GET", gate, on(MethodFilter::GET, handler));
    }

    pub(crate) fn post<T: 'static>(&mut self, path: &'static str, gate: Gate, handler: impl Handler<T, Web>) {
        self.add(path, "POST", gate, on(MethodFilter::POST, handler));
    }

    pub(crate) fn delete<T: 'static>(&mut self, path: &'static str, gate: Gate, handler: impl Handler<T, Web>) {
        self.add(path, "DELETE", gate, on(MethodFilter::DELETE, handler));
    }

    /// Every method: a call that is not there is not there, however it is asked for.
    pub(crate) fn any<T: 'static>(&mut self, path: &'static str, gate: Gate, handler: impl Handler<T, Web>) {
        self.add(path, "*", gate, axum::routing::any(handler));
    }

    fn add(&mut self, path: &'static str, method: &'static str, gate: Gate, mut route: MethodRouter<Web>) {
        if gate != Gate::Open && gate != Gate::Bot {
            route = route.route_layer(middleware::from_fn(move |request, next| gate::enter(gate, request, next)));
        }
        self.routes.push(Route { path, method, gate });
        self.router = std::mem::take(&mut self.router).route(path, route);
    }
}
