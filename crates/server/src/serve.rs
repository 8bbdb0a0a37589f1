//! `parlor serve`: opens everything, wires it together, runs until it is told to end, and ends in order.

use std::{path::Path, process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use parlor_accounts::Accounts;
use parlor_bots::Bots;
use parlor_gateway_web::{Mode, Proxies, RoomsEncoder, Web};
use parlor_outbound::{Client, Rules};
use parlor_rooms::Clock as _;
use parlor_runtime::{BotControl, Builder, Dispatch, Runtime};
use parlor_sockets::{CloseCode, Sweep, Sweeper};
use parlor_store::Store;
use parlor_store_sqlite::{Options, SqliteStore};
use tokio_util::sync::CancellationToken;

use crate::{
    backup::Backups,
    cli::Serve,
    clock::SystemClock,
    config::{DataLimit, Environment, Loaded, Settings},
    control::{self, Control},
    doors::{self, Doors},
    hup::{self, Hangup},
    listen::{self, Handed},
    logs::Logs,
    look, metrics,
    random::SystemRandom,
    register::Register,
    run::{
        self, Told,
        background::{self, LogFile},
        manager,
        pid_file::{self, PidFile},
    },
    status::{Facts, Minute},
    tls::Tls,
};

/// How long the second phase of ending may take: what was begun is finished, clients close their sockets.
const DEADLINE: Duration = Duration::from_secs(10);
/// What websockets are told at the end.
const RESTARTING: &str = "the server is restarting: come back with ?since=";

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

fn open_store(data: &Path, limit: Option<u64>) -> Result<SqliteStore> {
    let clock = Arc::new(SystemClock);
    let options = Options { size_limit: limit, ..Options::default() };
    if data == Path::new(":memory:") {
        return Ok(SqliteStore::temporary(clock, &options)?);
    }
    Ok(SqliteStore::open(data, clock, &options)?)
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
    let local = listening.loopback && config.server.public_url.is_none();
    let port = listening.first().and_then(listen::Socket::address).map_or(0, |address| address.port());
    // Before the database: what is wrong here is said before anything is made.
    let numbers = config.metrics.listen.as_ref().map(listen::open_plain).transpose()?;
    let look = look::look(config, local, port)?;
    let proxies = look.proxies.clone();
    let store = Arc::new(open_store(&config.server.data, config.server.data_limit.map(DataLimit::bytes))?);
    let own = listening.sockets.iter().filter_map(listen::Socket::address).collect();
    let outbound = Client::new(Rules {
        allow_local: local || config.bots.allow_local,
        allow: config.outbound.allow.clone(),
        own,
        public_url: config.server.public_url.clone(),
    });
    let shared: Arc<dyn Store> = Arc::clone(&store) as Arc<dyn Store>;
    let options = config.accounts.options();
    let accounts = Accounts::open(Arc::clone(&shared), Arc::new(SystemClock), Arc::new(SystemRandom), options);
    let accounts = accounts.await.context("can't read who has an account")?;
    let mut builder = Builder::new(Arc::clone(&shared), Arc::new(SystemClock))
        .local(local)
        .accounts(accounts.mode())
        .register(Arc::new(Register(accounts.clone())))
        .limits(config.limits.limits(local))
        .keep(config.rooms.keeps());
    let encoder = builder.encoder(Arc::new(RoomsEncoder));
    let runtime = builder.start();
    let bots = Bots::new(
        runtime.clone(),
        outbound,
        parlor_bots::Options { timeout: config.bots.timeout, ..parlor_bots::Options::new(Arc::new(SystemRandom)) },
    );
    runtime.set_dispatch(Arc::clone(&bots) as Arc<dyn Dispatch>);
    follow(settings, &runtime, logs, &bots, local);
    bots.recover().await.context("can't find out what was left undone")?;
    parlor_bots::furnish(&runtime).await.context("can't furnish the room `welcome`")?;

    let sweeper = Sweeper::new(Sweep::default());
    let sweeping = CancellationToken::new();
    runtime.tracker().spawn(sweeper.clone().run(sweeping.clone()));
    let mode = if local { Mode::Local } else { Mode::Served };
    let web =
        Web::new(runtime.clone(), accounts.clone(), bots as Arc<dyn BotControl>, encoder, sweeper.clone(), mode, look);
    let numbers_at = numbers.as_ref().map(|numbers| numbers.shown().join(", "));
    let router = parlor_gateway_web::router(web.clone());
    let hello = doors::hello(&listening, config.server.public_url.as_ref(), local);
    let shown = listening.shown();
    let doors = Doors::new(&runtime, tls.as_ref());
    doors.open(listening, &router, &proxies, config.server.public_url.as_ref());
    if let Some(numbers) = numbers {
        doors.open(numbers, &metrics::router(web), &Proxies::default(), None);
    }
    // Before anybody knows that it is open: who ends it right then ends it in order too.
    let mut told = Told::listen()?;
    let url = format!("{}/", hello.url.trim_end_matches('/'));
    let backups = Backups::new(config, Arc::new(SystemClock));
    let posts = Minute::default();
    runtime.tracker().spawn(posts.clone().watch_posts(Arc::clone(runtime.metrics()), runtime.stopping().clone()));
    let facts = Facts {
        runtime: runtime.clone(),
        began,
        url: url.clone(),
        listening: shown,
        numbers: numbers_at.clone(),
        local,
        folder: store.folder().to_owned(),
        backups: backups.clone(),
        posts,
    };
    let control = control::open(store.folder(), Control { accounts: accounts.clone(), store: shared, url, facts });
    if let Err(error) = &control {
        tracing::warn!(%error, "the command line can't reach this server: its folder takes no socket");
    }
    let more = run::More { numbers_at, set_up: accounts.setup_token() };
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
    end(&runtime, doors, &sweeper, &sweeping, &mut told).await;
    // While the folder is still ours: the next server's is not to be taken away.
    if let Ok(control) = control {
        control.close().await;
    }
    settings.let_followers_go();
    store.close().await;
    if broken {
        bail!(
            "an essential part of the server broke; its log says how. Nothing that was acknowledged is lost: start it again"
        );
    }
    Ok(())
}

/// What changes while the server runs.
fn follow(settings: &Settings, runtime: &Runtime, logs: Logs, bots: &Arc<Bots>, local: bool) {
    let (runtime, bots) = (runtime.clone(), Arc::clone(bots));
    settings.follow(move |config| {
        logs.change(&config.log);
        bots.set_timeout(config.bots.timeout);
        runtime.limits().set(config.limits.limits(local));
    });
}

/// Two phases: nothing new is begun and clients are told to come back; then what was begun gets until the deadline.
async fn end(runtime: &Runtime, doors: Doors, sweeper: &Sweeper, sweeping: &CancellationToken, told: &mut Told) {
    tracing::info!("ending");
    manager::stopping();
    runtime.stop();
    // Before clients are told to come back: who is quick would be thrown out of a socket that is being closed.
    doors.close().await;
    sweeper.close_all(CloseCode::RESTART, RESTARTING).await;
    sweeping.cancel();
    tokio::select! {
        () = runtime.stopped() => {}
        () = tokio::time::sleep(DEADLINE) => tracing::warn!("something did not end in time; what is durable stays"),
        () = told.wait() => tracing::warn!("told to end again, at once"),
    }
}
