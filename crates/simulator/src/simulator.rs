//! The running simulator: start it, play scripts, use phones, switch faults, stop it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::control;
use crate::credentials::{Access, Credentials};
use crate::cut_answers;
use crate::fault::{Fault, Faults};
use crate::hook::{Deliveries, HookError, HookUrl, Sender};
use crate::make::{Delivery, Make, Pbx, Redelivery};
use crate::phones::Phones;
use crate::play::{Telling, perform, tell};
use crate::player;
use crate::reading::Reading;
use crate::script::{CallPlan, RawEvent, Script, ScriptError, Zone, history};
use crate::server;
use crate::staff::Staff;
use crate::world::{Timing, World};

/// What to simulate.
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// The makes that run, and where each listens; port 0 is any free one.
    pub makes: BTreeMap<Make, SocketAddr>,
    /// The same seed gives the same credentials, history and demo traffic.
    pub seed: u64,
    /// The base addresses that the webhooks of makes go to.
    pub hooks: BTreeMap<Make, String>,
    /// Whether webhooks that were not accepted are sent again.
    pub redeliver: bool,
    /// How long things take.
    pub timing: Timing,
    /// The zone of Rostelecom's timestamps.
    pub zone: Zone,
    /// Whether the PBXs remember calls of the past two weeks.
    pub history: bool,
    /// Faults that are on from the start.
    pub faults: Vec<Fault>,
    /// How pages are read where they are silent.
    pub readings: Vec<Reading>,
    /// The office.
    pub staff: Staff,
}

impl Default for SimulatorConfig {
    fn default() -> Self {
        Self {
            makes: BTreeMap::new(),
            seed: 1,
            hooks: BTreeMap::new(),
            redeliver: false,
            timing: Timing::default(),
            zone: Zone::Utc,
            history: true,
            faults: vec![],
            readings: vec![],
            staff: Staff::default(),
        }
    }
}

/// The simulator cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port is not free, or not ours to open.
    #[error("{make} cannot listen there: {source}; name another port, or 0 for any free one")]
    Listen {
        /// The make that wanted the port.
        make: Make,
        /// Why it could not have it.
        source: std::io::Error,
    },
    /// A make was asked to listen beyond this computer.
    #[error("{0} may listen on a loopback address only, such as 127.0.0.1:0")]
    NotLoopback(Make),
    /// The speed is not a positive number.
    #[error("the speed must be a positive number, such as 1 or 10")]
    Speed,
    /// The hook cannot be used.
    #[error(transparent)]
    Hook(#[from] HookError),
}

/// A running simulator; clones are handles on the same one.
#[derive(Debug, Clone)]
pub struct Simulator {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: Arc<World>,
    credentials: Credentials,
    pbxs: BTreeMap<Make, Arc<dyn Pbx>>,
}

impl SimulatorConfig {
    /// These makes, each on any free port.
    pub fn of(makes: &[Make]) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { makes: makes.iter().map(|make| (*make, any)).collect(), ..Self::default() }
    }
}

impl Simulator {
    /// Opens the ports and begins to answer.
    pub async fn start(config: SimulatorConfig) -> Result<Self, StartError> {
        if !(config.timing.speed.is_finite() && config.timing.speed > 0.0) {
            return Err(StartError::Speed);
        }
        for url in config.hooks.values() {
            HookUrl::parse(url)?;
        }
        let faults = Faults::new(config.faults);
        let names = config.staff.names;
        let world =
            Arc::new(World::new(config.seed, config.staff, config.timing, config.zone, faults, config.readings));
        let redelivery = if config.redeliver { Redelivery::UntilAccepted } else { Redelivery::No };
        let (mut credentials, mut pbxs, mut listeners) = (Credentials::default(), BTreeMap::new(), Vec::new());
        for (make, address) in config.makes {
            let listener = listen(make, address).await?;
            let description = make.description();
            let address = listener.local_addr().map_err(|source| StartError::Listen { make, source })?;
            let access = Access::new(config.seed, make, format!("http://{address}{}", description.base));
            pbxs.insert(make, (description.start)(Arc::clone(&world), &access, redelivery));
            credentials.insert(make, access);
            listeners.push((make, listener));
        }
        let simulator = Self { shared: Arc::new(Shared { world, credentials, pbxs }) };
        simulator.shared.world.add_people(Script::demo(config.seed, names).people());
        if config.history {
            simulator.remember();
        }
        for (make, url) in &config.hooks {
            simulator.set_hook(*make, url)?;
        }
        for (make, listener) in listeners {
            simulator.serve(make, listener);
        }
        simulator.cut_when_down();
        Ok(simulator)
    }

    /// What a client needs to reach the makes that run.
    pub fn credentials(&self) -> &Credentials {
        &self.shared.credentials
    }

    /// Names the base address that the webhooks of a make go to; it must be on this computer.
    pub fn set_hook(&self, make: Make, url: &str) -> Result<(), HookError> {
        let hook = HookUrl::parse(url)?;
        if let Some(sender) = self.shared.pbxs.get(&make).and_then(|pbx| pbx.sender()) {
            sender.set_hook(hook);
        }
        Ok(())
    }

    /// Plays a script; the handle ends when its last call has ended, or stops it when aborted.
    pub fn play(&self, script: Script) -> Result<JoinHandle<()>, ScriptError> {
        let staff = &self.shared.world.staff;
        let script = script.fitted(|make| self.runs(make), |extension| staff.employee(extension).is_some())?;
        self.shared.world.add_people(script.people());
        let (stopping, playing) = (self.shared.world.tasks.stopping(), player::play(self.clone(), script));
        Ok(tokio::spawn(async move {
            tokio::select! {
                () = playing => {}
                () = stopping => {}
            }
        }))
    }

    /// The phones on the desks.
    pub fn phones(&self) -> Phones {
        self.shared.world.phones.clone()
    }

    /// The office behind the PBXs.
    pub fn staff(&self) -> &Staff {
        &self.shared.world.staff
    }

    /// The names of all customers that history and scripts have spoken of, by number.
    pub fn people(&self) -> BTreeMap<String, String> {
        self.shared.world.people()
    }

    /// The numbers that programs asked calls to, as they wrote them, whether a call came of it or not.
    pub fn calls_asked_for(&self) -> Vec<String> {
        self.shared.world.asked()
    }

    /// How many requests named this extension, on MANGO; of one name, such as `/session/register`, or of all.
    pub fn requests(&self, name: Option<&str>, extension: &str) -> usize {
        self.shared.world.requests(name, extension)
    }

    /// The extensions whose users are registered with MANGO now, in their order.
    pub fn registered(&self) -> Vec<String> {
        self.shared.pbxs.values().flat_map(|pbx| pbx.registered()).collect()
    }

    /// Switches a fault on or off.
    pub fn fault(&self, fault: Fault, on: bool) {
        self.shared.world.faults.set(fault, on);
    }

    /// Cuts the socket of an extension without a closing frame; of this make, or of all that have a socket for each.
    pub fn cut(&self, make: Option<Make>, extension: &str) {
        let meant = |of: Make| match make {
            Some(make) => make == of,
            None => of.description().delivery == Delivery::SocketPerExtension,
        };
        self.shared.pbxs.iter().filter(|(make, _)| meant(**make)).for_each(|(_, pbx)| pbx.cut(extension));
    }

    /// What became of the webhooks of all makes so far.
    pub fn deliveries(&self) -> Deliveries {
        self.shared.pbxs.values().filter_map(|pbx| pbx.sender()).map(Sender::deliveries).sum()
    }

    /// Stops everything and closes the ports.
    pub async fn shutdown(&self) {
        self.cut_all();
        self.shared.world.tasks.stop().await;
    }

    pub(crate) fn world(&self) -> &Arc<World> {
        &self.shared.world
    }

    /// Plays one call to its end; a make that does not run plays nothing.
    pub(crate) async fn call(&self, plan: CallPlan) {
        let id = self.shared.world.new_id().simple().to_string();
        let telling = if plan.ago.is_some() { Telling::Late } else { Telling::Live };
        let Some(mut stage) = self.stage(&plan, id, telling) else { return };
        let world = Arc::clone(&self.shared.world);
        match plan.ago {
            Some(ago) => {
                let began = world.now().checked_sub(ago).unwrap_or(world.now());
                tell(&plan, plan.topic.unwrap_or_else(|| world.topic()), began, stage.as_mut());
            }
            None => perform(world, plan, stage).await,
        }
    }

    pub(crate) fn send_raw(&self, event: &RawEvent) {
        if let Some(pbx) = self.shared.pbxs.get(&event.make) {
            pbx.send_raw(event);
        }
    }

    fn stage(&self, plan: &CallPlan, id: String, telling: Telling) -> Option<Box<dyn crate::play::Stage>> {
        Some(self.shared.pbxs.get(&plan.make)?.stage(plan, id, telling))
    }

    fn remember(&self) {
        let world = &self.shared.world;
        for make in self.shared.pbxs.keys().copied() {
            for finished in history(world.seed, make, world.now(), world.staff.names) {
                let topic = finished.plan.topic.unwrap_or_else(|| world.topic());
                if let Some(mut stage) = self.stage(&finished.plan, finished.id, Telling::Remembered) {
                    tell(&finished.plan, topic, finished.began, stage.as_mut());
                }
            }
        }
    }

    fn runs(&self, make: Make) -> bool {
        self.shared.pbxs.contains_key(&make)
    }

    fn cut_all(&self) {
        self.shared.pbxs.values().for_each(|pbx| pbx.cut_all());
    }

    fn serve(&self, make: Make, listener: TcpListener) {
        let Some(pbx) = self.shared.pbxs.get(&make) else { return };
        let world = Arc::clone(&self.shared.world);
        let router = cut_answers::cut_answers(pbx.router(), world.faults.clone()).merge(control::router(self.clone()));
        self.shared.world.tasks.spawn(server::serve(world, make, listener, router));
    }

    /// Open sockets outlive their listener and their user, so they are cut when one of them goes.
    fn cut_when_down(&self) {
        let pbxs = self.shared.pbxs.clone();
        let mut faults = self.shared.world.faults.watch();
        self.shared.world.tasks.spawn(async move {
            while faults.changed().await.is_ok() {
                let on = faults.borrow_and_update().clone();
                for (make, pbx) in &pbxs {
                    if crate::fault::is_down(&on, *make) {
                        pbx.cut_all();
                    }
                    for fault in &on {
                        if let Fault::ExtensionGone(extension) | Fault::ExtensionRefused(extension) = fault {
                            pbx.cut(&extension.to_string());
                        }
                    }
                }
            }
        });
    }
}

async fn listen(make: Make, address: SocketAddr) -> Result<TcpListener, StartError> {
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback(make));
    }
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { make, source })
}
