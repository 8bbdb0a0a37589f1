//! `parlor serve`: opens everything, wires it together, runs until it is told to end, and ends in order.

use std::{fmt, process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use axum::Router;
use parlor_gateway_assistant::{Door as Assistant, Offer, schema};
use parlor_gateway_hub::Door as Hub;
use parlor_gateway_web::{Mode, Proxies, Titles, Web};
use parlor_rooms::{Clock as _, policy};
use parlor_runtime::{BotControl, Runtime};
use parlor_sockets::{CloseCode, Sweep, Sweeper};
use parlor_store::Store;
use tokio_util::sync::CancellationToken;

use crate::{
    backup::Backups,
    cli::Serve,
    clock::SystemClock,
    config::{Config, Environment, Loaded, Settings},
    control::{self, Control},
    doors::{self, Doors},
    hup::{self, Hangup},
    listen::{self, Handed},
    login,
    logs::Logs,
    look, metrics,
    run::{
        self, Told,
        background::{self, LogFile},
        manager,
        pid_file::{self, PidFile},
    },
    status::{Facts, Minute, Shown},
    tls::Tls,
    wiring::Wired,
};

/// How long the second phase of ending may take: what was begun is finished, clients close their sockets.
const DEADLINE: Duration = Duration::from_secs(10);
/// What websockets are told at the end.
const RESTARTING: &str = "the server is restarting: come back with ?since=";
/// And the hub's clients.
const RESTARTING_HUB: &str = "the server is restarting: come back and identify again";
/// And visitors.
const RESTARTING_ASSISTANT: &str = "the server is restarting: come back";

pub(crate) fn run(mut options: Serve) -> Result<ExitCode> {
    options.settings.listen_at(options.http_host.take(), options.http_port);
    let environment = Environment::of_process();
    let loaded = Loaded::read(&options.settings, &environment)?;
    let server = &loaded.config.server;
    let pid_file = server.pid_file.clone().unwrap_or_else(|| pid_file::default_path(&server.listen.0));
    if options.kill {
        return run::kill(&pid_file);
    }
    if server.daemon && !background::is_here() {
        // What is wrong is found out before one that runs is ended for this.
        loaded.config.tls.files()?.as_ref().map(Tls::open).transpose()?;
        return run::in_background(&pid_file);
    }
    if background::is_here() {
        background::leave_session();
    }
    let handed = Handed::find();
    let held = (server.daemon || server.pid_file.is_some()).then(|| PidFile::take(&pid_file)).transpose()?;
    let settings = Settings::new(&loaded, options.settings, environment);
    let logs = Logs::begin(&loaded.config.log);
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("can't start")?;
    let ended = runtime.block_on(serve(&settings, &loaded, logs, handed, held.as_ref()));
    // Threads that wait for something that no longer matters are not waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    // Only now may the next one begin.
    drop(held);
    ended.map(|()| ExitCode::SUCCESS)
}

/// Each socket is a file to the system, which by default allows few of them.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "can't raise the limit of open files");
    }
}

async fn serve(
    settings: &Settings,
    loaded: &Loaded,
    logs: Logs,
    handed: Handed,
    pid_file: Option<&PidFile>,
) -> Result<()> {
    let hangups = hup::hear()?;
    let began = SystemClock.now();
    let config = &loaded.config;
    let log_file = config.log.file.as_deref().map(LogFile::at).transpose()?;
    let tls = config.tls.files()?.as_ref().map(Tls::open).transpose()?;
    let listening = listen::open(&config.server.listen.0, handed, tls.is_some())?;
    let hub_at = config.hub.listen.as_ref().filter(|_| config.hub.enabled);
    let hub_at = hub_at.map(|listen| listen::open_beside(listen, tls.is_some())).transpose()?;
    let loopback = listening.loopback && hub_at.as_ref().is_none_or(|at| at.loopback);
    let local = loopback && config.server.public_url.is_none();
    let first = listening.first();
    let port = first.and_then(listen::Socket::address).map_or(0, |address| address.port());
    let scheme = if first.is_some_and(|socket| socket.speaks == listen::Spoken::Https) { "https" } else { "http" };
    // Before the database: what is wrong here is said before anything is made.
    let numbers = config.metrics.listen.as_ref().map(listen::open_plain).transpose()?;
    let mut look = look::look(config, &look::Here { local, scheme, port })?;
    look.oidc = login::oidc(config, local)?;
    let oidc = look.oidc.as_ref().map(|oidc| oidc.provider.clone());
    let proxies = look.proxies.clone();
    let own = listening.sockets.iter().filter_map(listen::Socket::address).collect();
    let wired = Wired::new(config, local, own).await?;
    wired.follow(settings, logs, &proxies);
    wired.begin().await?;

    let hello = doors::hello(&listening, config.server.public_url.as_ref(), local);
    let shown = Shown {
        began,
        url: format!("{}/", hello.url.trim_end_matches('/')),
        listening: listening.shown(),
        numbers: numbers.as_ref().map(|numbers| numbers.shown().join(", ")),
        local,
    };
    let runtime = wired.runtime.clone();
    let (sweeper, sweeping) = (Sweeper::new(Sweep::default()), CancellationToken::new());
    runtime.tracker().spawn(sweeper.clone().run(sweeping.clone()));
    let offer = Offer::new(Arc::clone(runtime.store()), Arc::clone(runtime.clock()));
    let assistant = open_assistant(config, &wired, offer.clone()).await?;
    look.flows = Some(Box::new(Flows(offer)));
    let mode = if local { Mode::Local } else { Mode::Served };
    let control = Arc::clone(&wired.bots) as Arc<dyn BotControl>;
    let accounts = wired.accounts.clone();
    let web = Web::new(runtime.clone(), accounts.clone(), control, wired.encoder, sweeper.clone(), mode, look);
    if let Some(oidc) = oidc {
        runtime.tracker().spawn(oidc.watch(runtime.stopping().clone().cancelled_owned()));
    }
    let hub = open_hub(config, &wired, local).await?;
    if let Some(hub) = &hub {
        runtime.tracker().spawn(hub.sweeper().clone().run(sweeping.clone()));
    }
    let doors = Doors::new(&runtime, tls.as_ref());
    let (public_url, guests) = (config.server.public_url.as_ref(), |routes| parlor_gateway_web::guests(&web, routes));
    let below = hub.as_ref().map(|hub| guests(Router::new().nest("/hub", hub.router()))).unwrap_or_default();
    runtime.tracker().spawn(Arc::clone(&assistant).run());
    let below = below.merge(guests(Router::new().nest("/api/operator", assistant.operators())));
    let below = below.merge(guests(Router::new().nest("/api/admin/flows", assistant.desk())));
    runtime.tracker().spawn(assistant.sweeper().clone().run(sweeping.clone()));
    let below = below
        .merge(parlor_gateway_web::guests_from_anywhere(&web, Router::new().nest("/assistant", assistant.router())))
        .merge(parlor_gateway_web::guests_from_anywhere(&web, Router::new().nest("/schemas", schema())));
    doors.open(listening, &parlor_gateway_web::router(web.clone(), below), &proxies, public_url);
    if let (Some(at), Some(hub)) = (hub_at, &hub) {
        tracing::info!("the hub has an address of its own: {}/ws", at.shown().join(", "));
        doors.open(at, &guests(hub.router()), &proxies, None);
    }
    if let Some(numbers) = numbers {
        doors.open(numbers, &metrics::router(web), &Proxies::default(), None);
    }
    // Before anybody knows that it is open: who ends it right then ends it in order too.
    let mut told = Told::listen()?;
    let more = run::More { numbers_at: shown.numbers.clone(), set_up: accounts.setup_token() };
    let backups = Backups::new(config, Arc::new(SystemClock));
    let control = open_control(&wired, shown, backups.clone());
    run::say_hello(&hello, &more, loaded, pid_file);
    run::let_go(log_file.as_ref())?;
    if let Some(backups) = backups {
        runtime.tracker().spawn(backups.run(runtime.stopping().clone(), Arc::clone(runtime.metrics())));
    }
    let status = format!("open at {}", hello.url);
    manager::ready(&status);
    let hangup = Hangup { settings: settings.clone(), log_file, tls, status: status.clone() };
    runtime.tracker().spawn(hangup.listen(hangups, runtime.stopping().clone()));
    runtime.tracker().spawn(manager::watch(runtime.clone(), status, runtime.stopping().clone()));

    let broken = tokio::select! {
        () = told.wait() => false,
        () = runtime.ended().cancelled() => true,
    };
    let hub = hub.iter().map(|hub| (hub.sweeper().clone(), RESTARTING_HUB));
    let ours = [(sweeper, RESTARTING), (assistant.sweeper().clone(), RESTARTING_ASSISTANT)];
    let sweepers: Vec<(Sweeper, &str)> = hub.chain(ours).collect();
    end(&runtime, doors, &sweepers, &sweeping, &mut told).await;
    // While the folder is still ours: the next server's is not to be taken away.
    if let Some(control) = control {
        control.close().await;
    }
    settings.let_followers_go();
    wired.store.close().await;
    if broken {
        bail!(
            "an essential part of the server broke; its log says how. Nothing that was acknowledged is lost: start it again"
        );
    }
    Ok(())
}

/// Opens the hub, if there is to be one. Nobody reaches it yet.
async fn open_hub(config: &Config, wired: &Wired, local: bool) -> Result<Option<Arc<Hub>>> {
    let Some(settings) = config.hub.settings(wired.accounts.mode(), wired.store.folder()) else { return Ok(None) };
    let hub = Hub::open(wired.runtime.clone(), wired.accounts.clone(), settings).await.context("can't open the hub")?;
    if !local && config.hub.secret.is_none() && wired.accounts.mode() != policy::Accounts::Required {
        tracing::debug!("the hub is open to everybody who reaches it; [hub] `secret` closes it");
    }
    Ok(Some(hub))
}

/// The flows, as the pages know them.
struct Flows(Offer);

impl fmt::Debug for Flows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flows(…)")
    }
}

impl Titles for Flows {
    fn title(&self, name: &str) -> Option<String> {
        self.0.title(name)
    }
}

async fn open_assistant(config: &Config, wired: &Wired, offer: Offer) -> Result<Arc<Assistant>> {
    let runtime = &wired.runtime;
    if let Some(source) = config.assistant.source() {
        let path = config.assistant.flows.clone().unwrap_or_default();
        let watch = source.begin(offer.clone(), runtime.stopping().clone()).await;
        runtime.tracker().spawn(watch.with_context(|| format!("can't read the flows in {}", path.display()))?);
    }
    offer.renew().await.context("can't read the flows that were published")?;
    let (accounts, outbound) = (wired.accounts.clone(), wired.outbound.clone());
    Ok(Assistant::new(runtime.clone(), accounts, offer, outbound, config.assistant.settings()))
}

/// Opens the socket over which the command line reaches this server; it serves without one, too.
fn open_control(wired: &Wired, shown: Shown, backups: Option<Backups>) -> Option<control::Open> {
    let runtime = &wired.runtime;
    let posts = Minute::default();
    runtime.tracker().spawn(posts.clone().watch_posts(Arc::clone(runtime.metrics()), runtime.stopping().clone()));
    let folder = wired.store.folder().to_owned();
    let facts = Facts { runtime: runtime.clone(), shown, folder: folder.clone(), backups, posts };
    let store = Arc::clone(&wired.store) as Arc<dyn Store>;
    let control = Control { accounts: wired.accounts.clone(), store, facts };
    let opened = control::open(&folder, control);
    opened
        .inspect_err(|error| {
            tracing::warn!(%error, "the command line can't reach this server: its folder takes no socket");
        })
        .ok()
}

/// Two phases: nothing new is begun and clients are told to come back; then what was begun gets until the deadline.
async fn end(
    runtime: &Runtime,
    doors: Doors,
    sweepers: &[(Sweeper, &str)],
    sweeping: &CancellationToken,
    told: &mut Told,
) {
    tracing::info!("ending");
    manager::stopping();
    runtime.stop();
    // Before clients are told to come back: who is quick would be thrown out of a socket that is being closed.
    doors.close().await;
    for (sweeper, reason) in sweepers {
        sweeper.close_all(CloseCode::RESTART, reason).await;
    }
    sweeping.cancel();
    tokio::select! {
        () = runtime.stopped() => {}
        () = tokio::time::sleep(DEADLINE) => tracing::warn!("something did not end in time; what is durable stays"),
        () = told.wait() => tracing::warn!("told to end again, at once"),
    }
}
