//! Putting the program together: the card first, then the desk, then what is to be looked at.

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use desk::{
    Desk, DeskOptions, Surroundings, SystemChance, SystemClock,
    contract::{Language, Notice, NoticeKind, Stage},
};
use store::{Opened, Options, Store};
use tauri::{AppHandle, Manager, RunEvent};

use crate::{
    args::Args, commands, demo::Demo, instance::Owner, notifications::Notifications, offices, paints::Paints, platform,
    profile::Profile, recordings, smoke, tray, ui_port::Screens, windows,
};

/// Runs until the program is ended.
pub(crate) fn run(args: Args, profile: Profile, owner: Owner) -> anyhow::Result<ExitCode> {
    if args.demo {
        profile.clear().context("what an earlier demo left cannot be removed")?;
    }
    let demo = args.demo;
    let owned = profile.clone();
    let app = tauri::Builder::default()
        .manage(profile.clone())
        .manage(Paints::open())
        .register_asynchronous_uri_scheme_protocol(recordings::SCHEME, |context, request, responder| {
            recordings::answer(context.app_handle(), request, responder);
        })
        .invoke_handler(tauri::generate_handler![
            commands::main_window::main_snapshot,
            commands::main_window::list_calls,
            commands::main_window::call_details,
            commands::main_window::save_note,
            commands::main_window::save_outcome,
            commands::main_window::preview_dial,
            commands::main_window::place_call,
            commands::main_window::open_recording,
            commands::main_window::save_settings,
            commands::main_window::dismiss_notice,
            commands::main_window::pending_dial,
            commands::main_window::pending_open,
            commands::program::connect_office,
            commands::program::start_demo,
            commands::program::leave_demo,
            commands::program::demo_phone,
            commands::card::card_snapshot,
            commands::card::card_dismiss,
            commands::card::card_call_back,
            commands::card::card_open,
            commands::card::card_save_note,
            commands::card::card_resize,
            commands::card::card_typing,
            commands::card::card_painted,
        ])
        .setup(move |app| Ok(set_up(app.handle(), args, &profile, owner)?))
        .build(tauri::generate_context!())
        .context("the window system cannot be used")?;
    let code = app.run_return(|app, event| {
        if let RunEvent::ExitRequested { api, code: None, .. } = &event {
            // Closing the last window is not the end: the card waits for calls.
            api.prevent_exit();
        } else if matches!(event, RunEvent::Exit) {
            say_farewell(app);
        }
    });
    if demo {
        owned.remove();
    }
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

fn set_up(app: &AppHandle, args: Args, profile: &Profile, owner: Owner) -> anyhow::Result<()> {
    windows::card::create(app, profile).context("the card cannot be made")?;
    let surroundings = surroundings();
    let (desk, demo) = tauri::async_runtime::block_on(open(app, &args, profile, surroundings))?;
    let language = tauri::async_runtime::block_on(desk.main_snapshot()).map_or(Language::En, |main| main.language);
    let has_tray = tray::create(app, language);
    app.manage(has_tray);
    app.manage(desk.clone());
    app.manage(demo);
    let listening = desk.clone();
    owner.listen(move |link| {
        let desk = listening.clone();
        tauri::async_runtime::spawn(async move { hand_over(&desk, link).await });
    })?;
    if !args.hidden {
        windows::main_window::open(app).context("the main window cannot be made")?;
    }
    let ending = app.clone();
    tauri::async_runtime::spawn(async move {
        platform::asked_to_end().await;
        ending.exit(0);
    });
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tray::tell(&desk, has_tray).await;
        if !platform::can_place_windows() {
            desk.notice(Notice { kind: NoticeKind::NoCardPlacement }).await;
        }
        if let Some(link) = args.link {
            hand_over(&desk, Some(link)).await;
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

/// Opens the database, the desk, and what it looks at.
async fn open(
    app: &AppHandle,
    args: &Args,
    profile: &Profile,
    surroundings: Surroundings,
) -> anyhow::Result<(Desk, Option<Demo>)> {
    let suffix = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S").to_string();
    let store = Store::open_in(&profile.data(), Options::owner(&suffix)).context("the database cannot be opened")?;
    let set_aside = matches!(store.opened(), Opened::SetAside { .. });
    let options = DeskOptions {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        surroundings,
        stage: if args.demo { Stage::Demo } else { Stage::Welcome },
    };
    let (clicked_desk, failed_desk) = (Late::default(), Late::default());
    let (clicked, failed) = (clicked_desk.clone(), failed_desk.clone());
    let notifications = Notifications::new(
        move |id, action| clicked.use_desk(|desk| desk.notification_action(id, action)),
        move || failed.use_desk(|desk| desk.notice_later(Notice { kind: NoticeKind::NoNotifications })),
    );
    let desk = Desk::start(options, Screens::new(app.clone(), notifications)).context("the desk cannot be opened")?;
    clicked_desk.set(desk.clone());
    failed_desk.set(desk.clone());
    if set_aside {
        desk.notice(Notice { kind: NoticeKind::DatabaseSetAside }).await;
    }
    if !args.demo {
        offices::open_known(&desk, &store).await?;
        return Ok((desk, None));
    }
    let language = desk.main_snapshot().await.map_or(Language::En, |main| main.language);
    let demo = Demo::start(profile, store, args.demo_script.as_deref(), language).await?;
    desk.add_office(crate::demo::OFFICE, Arc::new(demo.view()?), false).await;
    Ok((desk, Some(demo)))
}

/// A desk that comes to be after what uses it.
#[derive(Clone, Default)]
struct Late(Arc<std::sync::OnceLock<Desk>>);

impl Late {
    fn set(&self, desk: Desk) {
        // Set once, right after the desk was made.
        let _ = self.0.set(desk);
    }

    fn use_desk(&self, act: impl FnOnce(&Desk)) {
        if let Some(desk) = self.0.get() {
            act(desk);
        }
    }
}

/// Shows the number of a link and asks, or brings main forward.
async fn hand_over(desk: &Desk, link: Option<String>) {
    match link {
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
fn say_farewell(app: &AppHandle) {
    let Some(demo) = app.try_state::<Option<Demo>>() else { return };
    let Some(demo) = demo.inner() else { return };
    let told = tauri::async_runtime::block_on(async { tokio::time::timeout(FAREWELL, demo.stop()).await });
    if told.is_err() {
        tracing::warn!("a PBX did not take the farewell in time");
    }
}

/// How long the end of the program waits for what must be told to PBXs.
const FAREWELL: Duration = Duration::from_secs(2);
