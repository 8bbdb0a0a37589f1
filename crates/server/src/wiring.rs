//! What a server is made of, wired together: its store, who people are, its rooms, the bots and the client that calls them.

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::{Context as _, Result};
use parlor_accounts::Accounts;
use parlor_bots::Bots;
use parlor_gateway_web::{Proxies, RoomsEncoder};
use parlor_outbound::{Client, Rules};
use parlor_runtime::{Builder, Dispatch, EncoderId, Runtime, metrics::Metrics};
use parlor_store::Store;
use parlor_store_sqlite::{OnCommit, Options, SqliteStore};

use crate::{
    clock::SystemClock,
    config::{Config, DataLimit, Settings},
    logs::Logs,
    random::SystemRandom,
    register::Register,
};

/// All of it. Nobody can reach it yet.
pub(crate) struct Wired {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) accounts: Accounts,
    pub(crate) runtime: Runtime,
    pub(crate) bots: Arc<Bots>,
    pub(crate) encoder: EncoderId,
    pub(crate) outbound: Client,
    /// Where it listens, which bots are not to be called at.
    own: Vec<SocketAddr>,
    local: bool,
}

impl Wired {
    /// With these settings; `local` if only this machine reaches the server.
    pub(crate) async fn new(config: &Config, local: bool, own: Vec<SocketAddr>) -> Result<Self> {
        let metrics = Arc::default();
        let store = Arc::new(open_store(config, &metrics)?);
        let shared: Arc<dyn Store> = Arc::clone(&store) as Arc<dyn Store>;
        let options = config.accounts.options();
        let accounts = Accounts::open(Arc::clone(&shared), Arc::new(SystemClock), Arc::new(SystemRandom), options);
        let accounts = accounts.await.context("can't read who has an account")?;
        let mut builder = Builder::new(shared, Arc::new(SystemClock))
            .local(local)
            .accounts(accounts.mode())
            .register(Arc::new(Register(accounts.clone())))
            .limits(config.limits.limits(local))
            .keep(config.rooms.keeps())
            .metrics(metrics);
        let encoder = builder.encoder(Arc::new(RoomsEncoder));
        let runtime = builder.start();
        let outbound = Client::new(rules(config, local, &own));
        let random = Arc::new(SystemRandom);
        let options = parlor_bots::Options { timeout: config.bots.timeout, ..parlor_bots::Options::new(random) };
        let bots = Bots::new(runtime.clone(), outbound.clone(), options);
        runtime.set_dispatch(Arc::clone(&bots) as Arc<dyn Dispatch>);
        Ok(Self { store, accounts, runtime, bots, encoder, outbound, own, local })
    }

    /// What changes with the settings while the server runs.
    pub(crate) fn follow(&self, settings: &Settings, logs: Logs, proxies: &Proxies) {
        let (runtime, bots, outbound) = (self.runtime.clone(), Arc::clone(&self.bots), self.outbound.clone());
        let (proxies, own, local) = (proxies.clone(), self.own.clone(), self.local);
        settings.follow(move |config| {
            logs.change(&config.log);
            bots.set_timeout(config.bots.timeout);
            runtime.limits().set(config.limits.limits(local));
            outbound.set_rules(rules(config, local, &own));
            proxies.set(config.server.trusted_proxies.clone());
        });
    }

    /// Begins the work: what was left undone, and the room that shows what there is.
    pub(crate) async fn begin(&self) -> Result<()> {
        self.bots.recover().await.context("can't find out what was left undone")?;
        parlor_bots::furnish(&self.runtime).await.context("can't furnish the room `welcome`")
    }
}

/// What may be called.
fn rules(config: &Config, local: bool, own: &[SocketAddr]) -> Rules {
    Rules {
        allow_local: local || config.bots.allow_local,
        allow: config.outbound.allow.clone(),
        own: own.to_vec(),
        public_url: config.server.public_url.clone(),
    }
}

fn open_store(config: &Config, metrics: &Arc<Metrics>) -> Result<SqliteStore> {
    let (clock, metrics) = (Arc::new(SystemClock), Arc::clone(metrics));
    let on_commit = OnCommit::new(move |commands, took| {
        metrics.syncs.add(took);
        if commands > 0 {
            metrics.batches.add(commands as u64);
        }
    });
    let size_limit = config.server.data_limit.map(DataLimit::bytes);
    let options = Options { size_limit, on_commit, ..Options::default() };
    if config.server.data == Path::new(":memory:") {
        return Ok(SqliteStore::temporary(clock, &options)?);
    }
    Ok(SqliteStore::open(&config.server.data, clock, &options)?)
}
