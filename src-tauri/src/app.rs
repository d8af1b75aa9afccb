//! Putting the program together: the windows first, and the desk beside them.

use std::{
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use desk::{
    Clock, Desk, DeskOptions, Surroundings, SystemChance, SystemClock,
    contract::{Notice, NoticeKind, Stage},
};
use link::wire::join::SecretText;
use own::OwnOffice;
use store::{Opened, Options, Store, SystemRandom};
use tauri::{AppHandle, Manager, RunEvent, async_runtime::JoinHandle};

use crate::{
    command_line::{CommandLine, is_invitation},
    commands,
    demo::Demo,
    instance::Owner,
    kept_files::KeptFiles,
    notifications::Notifications,
    offices::{FIRST_LOOK, Invitations, LOOK_EVERY, Offices},
    paint_log::PaintLog,
    platform,
    profile::Profile,
    recordings,
    secrets::SystemKeyring,
    smoke,
    starting_desk::StartingDesk,
    tray,
    ui_port::Screens,
    wake, windows,
};

/// Threads that never wait: a desk has little to compute.
const WORKERS: usize = 2;
/// Threads that wait for files, the keyring and names of hosts.
const BLOCKING_THREADS: usize = 16;

/// Runs until the program is ended.
pub(crate) fn run(args: CommandLine, profile: Profile, owner: Owner) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        platform::has_display(),
        "there is no display to open windows on: start Trubka in a desktop session, where DISPLAY or WAYLAND_DISPLAY is set"
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_name("desk")
        .enable_all()
        .build()
        .context("the threads of the program cannot be started")?;
    tauri::async_runtime::set(runtime.handle().clone());
    // From here on: a demo that is ended before its windows open removes its folder, too.
    let asked_to_end = tauri::async_runtime::spawn(platform::asked_to_end());
    let _demo_folder = args.demo.then(|| profile.begin_demo()).transpose()?;
    profile
        .create_folders()
        .context("the folders of this profile cannot be made; choose another with TRUBKA_PROFILE")?;
    // While the window system and the windows come up: a database with a long history takes its time.
    let preparing = tauri::async_runtime::spawn(Prepared::open(args.clone(), profile.clone()));
    let failure = Arc::new(Mutex::new(None));
    let failed = Arc::clone(&failure);
    let app = platform::watch_web_processes(tauri::Builder::default(), after_web_process_died)
        .manage(profile.clone())
        .manage(tray::TrayStatus::default())
        .manage(PaintLog::open())
        .manage(StartingDesk::default())
        .manage(Offices::new(Arc::new(SystemKeyring)))
        .manage(Invitations::default())
        .manage(KeptFiles::default())
        .manage(windows::card::Placement::default())
        .register_asynchronous_uri_scheme_protocol(recordings::SCHEME, |context, request, responder| {
            recordings::answer(context.app_handle(), context.webview_label(), request, responder);
        })
        .invoke_handler(tauri::generate_handler![commands::main_call, commands::card_call])
        .setup(move |app| {
            // An error returned from here would be a panic: it is kept, and told once the window system has ended.
            let (app, failed) = (app.handle().clone(), Arc::clone(&failed));
            let ending = app.clone();
            tauri::async_runtime::spawn(async move {
                if asked_to_end.await.is_ok() {
                    ending.exit(0);
                }
            });
            let fail = move |app: &AppHandle, error| {
                *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                app.exit(1);
            };
            if let Err(error) = open_windows(&app, &args) {
                fail(&app, error);
                return Ok(());
            }
            tauri::async_runtime::spawn(async move {
                if let Err(error) = set_up(&app, args, preparing, owner).await {
                    fail(&app, error);
                }
            });
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the window system cannot be used")?;
    let code = app.run_return(|app, event| {
        if let RunEvent::ExitRequested { api, code: None, .. } = &event {
            // Closing the last window is not the end: the card waits for calls.
            api.prevent_exit();
        } else if matches!(event, RunEvent::Exit) {
            stop_offices(app);
        }
    });
    // What still waits for a service that does not answer is not waited for.
    runtime.shutdown_background();
    match failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => Err(error),
        None => Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
    }
}

/// Their pages wait for the desk, not the windows.
fn open_windows(app: &AppHandle, args: &CommandLine) -> anyhow::Result<()> {
    windows::card::create(app).context("the card cannot be made")?;
    if !args.hidden {
        windows::main_window::open(app).context("the main window cannot be made")?;
    }
    Ok(())
}

/// Starts the desk, and everything that goes on beside it.
async fn set_up(
    app: &AppHandle,
    args: CommandLine,
    preparing: JoinHandle<anyhow::Result<Prepared>>,
    owner: Owner,
) -> anyhow::Result<()> {
    let prepared = preparing.await.context("opening the database was cut off")??;
    let desk = start(app, &prepared).await?;
    app.manage(prepared.demo);
    app.manage(prepared.own.clone());
    app.state::<StartingDesk>().set(desk.clone());
    let (listening, listening_app) = (desk.clone(), app.clone());
    owner.listen(move |link| {
        let (desk, app) = (listening.clone(), listening_app.clone());
        tauri::async_runtime::spawn(async move { show_link_or_main(&app, &desk, link).await });
    })?;
    let (app, tray_app, tray_desk, waking) = (app.clone(), app.clone(), desk.clone(), desk.clone());
    tauri::async_runtime::spawn(async move { tray::follow(&tray_app, &tray_desk).await });
    let (renewing_app, store) = (app.clone(), prepared.store.clone());
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(FIRST_LOOK).await;
        loop {
            let offices = renewing_app.state::<Offices>();
            offices.forget_tokens(&store).await;
            offices.renew_tokens(&store, SystemClock.now()).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    });
    let (own, sleeping, awake) = (prepared.own.clone(), prepared.own.clone(), prepared.own);
    tauri::async_runtime::spawn(wake::watch(platform::slept, move || {
        let (desk, own) = (waking.clone(), own.clone());
        async move {
            desk.woke().await;
            tauri::async_runtime::spawn(async move { own.wake().await });
        }
    }));
    tauri::async_runtime::spawn(platform::before_sleep(
        move || {
            let own = sleeping.clone();
            async move { own.sleep().await }
        },
        move || {
            let own = awake.clone();
            tauri::async_runtime::spawn(async move { own.wake().await });
        },
    ));
    tauri::async_runtime::spawn(async move {
        if let Some(SecretText(link)) = args.link {
            show_link_or_main(&app, &desk, Some(link)).await;
        }
        if let Some(demo) = app.state::<Option<Demo>>().inner() {
            demo.follow_phone(desk.clone());
            if let Err(error) = demo.play() {
                tracing::error!(%error, "the demo's calls cannot be played");
            }
        }
        if args.smoke {
            smoke::watch(&app, &desk).await;
        }
    });
    Ok(())
}

/// What is opened beside the window system: the database, and in the demo all of its office.
struct Prepared {
    store: Store,
    demo: Option<Demo>,
    own: OwnOffice,
}

impl Prepared {
    async fn open(args: CommandLine, profile: Profile) -> anyhow::Result<Self> {
        let suffix = SystemClock.now().strftime("%Y%m%d-%H%M%S").to_string();
        let data = profile.data();
        let opening = move || Store::open_in(&data, Options::desk(&suffix, SystemRandom)).map_err(not_opened);
        let store =
            tauri::async_runtime::spawn_blocking(opening).await.context("opening the database was cut off")??;
        let demo = match args.demo {
            true => {
                // Nobody has chosen a language in a profile that is made anew.
                let language = surroundings().language();
                Some(Demo::start(&profile, store.clone(), args.demo_script.as_deref(), &args.makes, language).await?)
            }
            false => None,
        };
        let clock = Arc::new(office::SystemClock);
        let own = OwnOffice::open(store.clone(), Arc::new(SystemKeyring), clock, profile.recordings()).await;
        Ok(Self { store, demo, own })
    }
}

fn not_opened(error: store::Error) -> anyhow::Error {
    if matches!(error, store::Error::NewerSchema { .. }) {
        return anyhow::anyhow!(
            "a newer Trubka has used this profile, and this one cannot read what it wrote: start the newer one, or set \
             TRUBKA_PROFILE to another folder"
        );
    }
    anyhow::Error::new(error).context("the database cannot be opened")
}

/// Starts the desk, and has it look at its offices.
async fn start(app: &AppHandle, prepared: &Prepared) -> anyhow::Result<Desk> {
    let options = DeskOptions {
        store: prepared.store.clone(),
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        surroundings: surroundings(),
        stage: if prepared.demo.is_some() { Stage::Demo } else { Stage::Welcome },
        card_can_be_placed: platform::can_place_windows(),
    };
    let starting_desk = app.state::<StartingDesk>().inner().clone();
    let failed_desk = starting_desk.clone();
    let notifications = Notifications::new(
        move |id, action| {
            if let Some(desk) = starting_desk.now() {
                desk.notification_action(id, action);
            }
        },
        move || {
            if let Some(desk) = failed_desk.now() {
                desk.notice_later(Notice { kind: NoticeKind::NoNotifications });
            }
        },
    );
    let desk =
        Desk::start(options, Screens::new(app.clone(), notifications)).await.context("the desk cannot be opened")?;
    if matches!(prepared.store.opened(), Opened::SetAside { .. }) {
        desk.notice(Notice { kind: NoticeKind::DatabaseSetAside }).await;
    }
    match &prepared.demo {
        Some(demo) => desk.add_office(crate::demo::OFFICE, Arc::new(demo.view()?), false).await,
        None => {
            prepared.own.attach(&desk).await;
            app.state::<Offices>().open_stored(&desk).await;
        }
    }
    Ok(desk)
}

/// The page is loaded again after its web process died. What main shows stays unread, and a note that was being written
/// on the card is lost: the card gives the keyboard back.
fn after_web_process_died(app: &AppHandle, window: &str) {
    if window == windows::card::LABEL
        && let Err(error) = windows::card::take_keyboard(app, false)
    {
        tracing::warn!(%error, "the card could not give the keyboard back");
    }
}

/// Shows what a link holds and asks, or brings main forward.
async fn show_link_or_main(app: &AppHandle, desk: &Desk, link: Option<String>) {
    match link {
        Some(link) if is_invitation(&link) => {
            app.state::<Invitations>().hand_over(link);
            desk.show_invitation().await;
        }
        Some(link) => desk.dial_link(link).await,
        None => desk.open_main().await,
    }
}

/// What the surroundings say of language and theme.
fn surroundings() -> Surroundings {
    Surroundings {
        language: std::env::var("TRUBKA_LANG").ok(),
        theme: std::env::var("TRUBKA_THEME").ok(),
        locale: sys_locale::get_locale(),
    }
}

/// Tells the PBXs that nobody listens any more, so that they keep what comes; for two seconds at most.
fn stop_offices(app: &AppHandle) {
    let (own, demo) = (app.try_state::<OwnOffice>(), app.try_state::<Option<Demo>>());
    let stopped = async {
        if let Some(own) = own {
            own.shutdown().await;
        }
        if let Some(demo) = demo.as_ref().and_then(|demo| demo.as_ref()) {
            demo.stop().await;
        }
    };
    let told = tauri::async_runtime::block_on(async { tokio::time::timeout(STOP_TIMEOUT, stopped).await });
    if told.is_err() {
        tracing::warn!("a PBX did not take the farewell in time");
    }
}

/// How long the end of the program waits for what must be told to PBXs.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);
