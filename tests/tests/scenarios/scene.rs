//! A scene: simulated PBXs, the office that they serve, its gateway, and a desk in the same process.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use calls::CommandId;
use desk::{
    Desk, DeskOptions, Surroundings, SystemChance,
    contract::{
        CallDetails, CallFilter, CallRef, CallRow, ConnectionRow, ConnectionState, ContractError, LinkState,
        ListCallsRequest, PlaceCallRequest, PlacedView, PreviewDialRequest, Stage,
    },
};
use gateway::{Gateway, GatewayOptions, Running};
use link::{
    FrameStream, Office,
    wire::{ExtensionRef, PlaceCall, Role},
};
use office::{OfficeHandle, SystemClock, View, Viewer};
use simulator::{Fault, Make, Reading, Script, Simulator, SimulatorConfig, Timing};
use store::{Options, Store, SystemRandom};
use tempfile::TempDir;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{
    makes::{of_office, shows_cards, with_cards},
    screens::{PATIENCE, Screens},
    settings::{ME, OFFICE, Override, connection, makes, office_config, viewer},
};

/// PBXs go so much faster than life; what matters is done by hand.
const SPEED: f64 = 10.0;
/// Between two looks at what no screen shows.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) struct Scene {
    pub(crate) simulator: Simulator,
    pub(crate) desk: Desk,
    pub(crate) screens: Screens,
    office: Arc<OfficeHandle>,
    gateway: Running,
    store: Store,
    folder: TempDir,
}

/// PBXs without a past, one of each make that shows cards.
pub(crate) fn pbxs() -> SimulatorConfig {
    SimulatorConfig {
        history: false,
        timing: Timing { speed: SPEED, ..Timing::default() },
        ..SimulatorConfig::of(&with_cards())
    }
}

impl Scene {
    /// Everything runs and nothing has happened yet.
    pub(crate) async fn new() -> Self {
        let scene = Self::with(pbxs()).await;
        scene.settled().await;
        scene
    }

    /// Everything runs for calls of this make, and nothing has happened yet.
    pub(crate) async fn of(make: Make) -> Self {
        if shows_cards(make) { Self::new().await } else { Self::polled(&[]).await }
    }

    /// Everything runs, and the vendors' pages are read so where they are silent; these settings tell the office.
    pub(crate) async fn reading(readings: &[Reading], overrides: &[Override]) -> Self {
        let scene = Self::set_so(SimulatorConfig { readings: readings.to_vec(), ..pbxs() }, overrides).await;
        scene.settled().await;
        scene
    }

    /// RingCloud alone, asked every second, with its page read so where it is silent. Its minute is half a second.
    pub(crate) async fn polled(readings: &[Reading]) -> Self {
        let config = SimulatorConfig {
            history: false,
            timing: Timing { speed: 120.0, ..Timing::default() },
            readings: readings.to_vec(),
            ..SimulatorConfig::of(&[Make::RINGCLOUD])
        };
        let scene = Self::set_so(config, &[(Make::RINGCLOUD, "interval", "1")]).await;
        scene.screens.until_connection(Make::RINGCLOUD, "live", |row| row.state == ConnectionState::Live).await;
        scene
    }

    /// One PBX alone, with its page read so where it is silent; how its connection stands is not waited for.
    pub(crate) async fn alone(make: Make, readings: &[Reading]) -> Self {
        Self::with(SimulatorConfig {
            history: false,
            timing: Timing { speed: SPEED, ..Timing::default() },
            readings: readings.to_vec(),
            ..SimulatorConfig::of(&[make])
        })
        .await
    }

    /// Everything runs on these PBXs; how the connections stand is not waited for.
    pub(crate) async fn with(pbxs: SimulatorConfig) -> Self {
        Self::set_so(pbxs, &[]).await
    }

    /// The same, and these settings tell the office.
    pub(crate) async fn set_so(pbxs: SimulatorConfig, overrides: &[Override]) -> Self {
        let simulator = Simulator::start(pbxs).await.expect("free ports");
        Self::on(simulator, TempDir::new().expect("a folder"), ([127, 0, 0, 1], 0).into(), overrides).await
    }

    async fn on(simulator: Simulator, folder: TempDir, address: SocketAddr, overrides: &[Override]) -> Self {
        let data = folder.path().join("data");
        let store = eventually("the data folder is free", async || {
            Store::open_in(&data, Options::owner("test", SystemRandom)).ok()
        })
        .await;
        let config = office_config(&simulator, folder.path(), overrides);
        let office = OfficeHandle::start(config, store.clone(), Arc::new(SystemClock)).await.expect("an office");
        let office = Arc::new(office);
        let gateway = serve(&office, address).await;
        for make in makes(&simulator).filter(|make| make.sends_webhooks()) {
            let hook = format!("http://{}/hook/{}", gateway.addr(), connection(make));
            simulator.set_hook(make, &hook).expect("on this computer");
        }
        let (desk, screens) = desk(store.clone()).await;
        desk.add_office(OFFICE, Arc::new(office.view(viewer(&simulator))), false).await;
        screens.until_link(LinkState::Live).await;
        Self { simulator, desk, screens, office, gateway, store, folder }
    }

    /// The connections work.
    pub(crate) async fn settled(&self) {
        for make in makes(&self.simulator) {
            // What posts its events may wait for the first.
            let may_wait = of_office(make).delivery.needs_public_address();
            let works = |row: &ConnectionRow| {
                row.state == ConnectionState::Live || may_wait && row.state == ConnectionState::Waiting
            };
            self.screens.until_connection(make, "works", works).await;
        }
    }

    /// The program ends and begins again on the same data, while the PBXs go on.
    pub(crate) async fn restart(self) -> Self {
        let Self { simulator, desk, screens: _, office, gateway, store, folder } = self;
        let address = gateway.addr();
        drop(desk);
        gateway.shutdown().await;
        office.shutdown().await;
        drop(office);
        store.close();
        Self::on(simulator, folder, address, &[]).await
    }

    /// The program ends, these lines of a script are played to nobody, and it begins again: later than any pause that
    /// would be none. These settings tell the office then.
    pub(crate) async fn away(self, make: Make, lines: &str, overrides: &[Override]) -> Self {
        let Self { simulator, desk, screens: _, office, gateway, store, folder } = self;
        let address = gateway.addr();
        drop(desk);
        gateway.shutdown().await;
        office.shutdown().await;
        drop(office);
        store.close();
        simulator.set_hook(make, "http://127.0.0.1:9/nobody").expect("on this computer");
        play(&simulator, make, lines);
        tokio::time::sleep(Duration::from_secs(7)).await;
        Self::on(simulator, folder, address, overrides).await
    }

    /// The program ends; the PBXs go on.
    pub(crate) async fn stop(self) {
        let Self { desk, office, gateway, store, folder, .. } = self;
        drop(desk);
        gateway.shutdown().await;
        office.shutdown().await;
        drop(office);
        store.close();
        drop(folder);
    }

    /// The gateway ends and begins again at the same address, while its office goes on.
    pub(crate) async fn restart_gateway(self) -> Self {
        let Self { simulator, desk, screens, office, gateway, store, folder } = self;
        let address = gateway.addr();
        gateway.shutdown().await;
        let gateway = serve(&office, address).await;
        Self { simulator, desk, screens, office, gateway, store, folder }
    }

    /// The gateway's address.
    pub(crate) fn gateway_url(&self) -> String {
        format!("http://{}", self.gateway.addr())
    }

    /// Plays these lines of a script; the make is filled in.
    pub(crate) fn play(&self, make: Make, lines: &str) {
        play(&self.simulator, make, lines);
    }

    /// Somebody's phone rings by now, and is picked up.
    pub(crate) async fn pick_up(&self, extension: &str) {
        eventually("a phone rings", async || self.simulator.phones().pick_up(extension).ok()).await;
    }

    /// Somebody hangs up, or refuses.
    pub(crate) fn hang_up(&self, extension: &str) {
        self.simulator.phones().hang_up(extension).expect("the phone is in use");
    }

    /// My phone is left ringing until I do something with it.
    pub(crate) async fn let_my_phone_ring(&self) {
        eventually("my phone rings", async || self.simulator.phones().let_ring(ME).ok()).await;
    }

    pub(crate) fn fault(&self, fault: Fault) {
        self.simulator.fault(fault, true);
    }

    pub(crate) fn mend(&self, fault: Fault) {
        self.simulator.fault(fault, false);
    }

    /// A person types a number and calls what is shown; `command` is the request of the page.
    pub(crate) async fn call(&self, make: Make, text: &str, command: Uuid) -> Result<PlacedView, ContractError> {
        let number = self.desk.preview_dial(PreviewDialRequest { text: text.to_owned() }).await?.number;
        let (command, connection) = (command.to_string(), Some(connection(make).to_string()));
        let request =
            PlaceCallRequest { command, number, office: None, connection, group: None, customer_first: false };
        self.desk.place_call(request).await
    }

    /// A colleague's click at a desk of his own.
    pub(crate) async fn call_of_colleague(&self, make: Make, from: &str, to: &str) {
        let extension = ExtensionRef { connection: connection(make), extension: from.to_owned() };
        let colleague = Viewer {
            id: "colleague".into(),
            name: "Colleague".into(),
            role: Role::Agent,
            extensions: vec![extension],
            ..viewer(&self.simulator)
        };
        let request = PlaceCall {
            command: CommandId(Uuid::new_v4()),
            connection: connection(make),
            from: None,
            to: to.to_owned(),
            number: None,
            customer_first: false,
        };
        self.office.view(colleague).place_call(request).await.expect("it is placed");
    }

    /// The office as somebody else sees it.
    pub(crate) fn view(&self, viewer: Viewer) -> View {
        self.office.view(viewer)
    }

    /// What another desk of mine is told from now on.
    pub(crate) async fn stream(&self) -> FrameStream {
        self.office.view(viewer(&self.simulator)).stream(None).await.expect("the office is there")
    }

    /// A desk of this extension comes, so its MANGO session is tried at once where the PBX refused it.
    pub(crate) fn try_again(&self, extension: &str) {
        self.office.watch_extension(&connection(Make::MANGO_CLIENT), extension);
    }

    /// The call list.
    pub(crate) async fn list(&self, filter: CallFilter) -> Vec<CallRow> {
        list(&self.desk, filter).await
    }

    /// The row of the call with this party, once it is as wanted.
    pub(crate) async fn row(&self, party: Option<&str>, wanted: impl Fn(&CallRow) -> bool) -> CallRow {
        let find = async || {
            let rows = self.list(CallFilter::All).await;
            rows.into_iter().find(|row| row.party.dial.as_deref() == party && wanted(row))
        };
        eventually("the row is as wanted", find).await
    }

    /// A call in detail.
    pub(crate) async fn details(&self, call: &CallRef) -> CallDetails {
        self.desk.call_details(call.clone()).await.expect("it is there")
    }

    /// The database of the office.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Where the gateway listens.
    pub(crate) fn gateway(&self) -> SocketAddr {
        self.gateway.addr()
    }
}

fn play(simulator: &Simulator, make: Make, lines: &str) {
    let script: String =
        lines.lines().map(|line| line.trim().replacen('{', &format!(r#"{{"make":"{make}","#), 1) + "\n").collect();
    // The calls go on beside the test.
    drop(simulator.play(Script::parse(&script).expect("a good script")).expect("known extensions"));
}

/// A desk with its screens.
pub(crate) async fn desk(store: Store) -> (Desk, Screens) {
    let screens = Screens::default();
    let options = DeskOptions {
        store,
        clock: Arc::new(desk::SystemClock),
        chance: Arc::new(SystemChance),
        surroundings: Surroundings { locale: Some("en_GB.UTF-8".into()), ..Surroundings::default() },
        stage: Stage::Welcome,
        card_can_be_placed: true,
    };
    (Desk::start(options, screens.clone()).await.expect("a desk"), screens)
}

/// The newest rows of a desk's list.
pub(crate) async fn list(desk: &Desk, filter: CallFilter) -> Vec<CallRow> {
    let request = ListCallsRequest { filter, limit: 200, ..ListCallsRequest::default() };
    desk.list_calls(request).await.expect("readable").rows
}

/// Looks until there is something.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never came about: {what}"))
}

async fn serve(office: &Arc<OfficeHandle>, address: SocketAddr) -> Running {
    let bind = async || TcpListener::bind(address).await.ok();
    let listener = eventually("the address is free", bind).await;
    Gateway::serve(listener, Arc::clone(office), GatewayOptions::default()).await.expect("it serves")
}
