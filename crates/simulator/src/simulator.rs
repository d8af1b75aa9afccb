//! The running simulator: start it, play scripts, use phones, switch faults, stop it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::control;
use crate::credentials::{Credentials, MangoClientAccess, RostelecomAccess};
use crate::cut_answers;
use crate::fault::{Fault, Faults};
use crate::make::Make;
use crate::mango::MangoClient;
use crate::phones::Phones;
use crate::play::{Telling, perform, tell};
use crate::player;
use crate::reading::Reading;
use crate::rostelecom::{Deliveries, HookError, HookUrl, Rostelecom};
use crate::script::{CallPlan, RawEvent, Script, ScriptError, Zone, history};
use crate::server;
use crate::staff::Staff;
use crate::world::{Timing, World};

/// What to simulate.
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// Where Rostelecom listens; port 0 is any free one.
    pub rostelecom: Option<SocketAddr>,
    /// Where MANGO OFFICE server-client listens; port 0 is any free one.
    pub mango_client: Option<SocketAddr>,
    /// The same seed gives the same credentials, history and demo traffic.
    pub seed: u64,
    /// The base address that Rostelecom's webhooks go to.
    pub hook: Option<String>,
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
            rostelecom: None,
            mango_client: None,
            seed: 1,
            hook: None,
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
    rostelecom: Option<Rostelecom>,
    mango_client: Option<MangoClient>,
}

impl Simulator {
    /// Opens the ports and begins to answer.
    pub async fn start(config: SimulatorConfig) -> Result<Self, StartError> {
        if !(config.timing.speed.is_finite() && config.timing.speed > 0.0) {
            return Err(StartError::Speed);
        }
        let hook = config.hook.as_deref().map(HookUrl::parse).transpose()?;
        let faults = Faults::new(config.faults);
        let names = config.staff.names;
        let world =
            Arc::new(World::new(config.seed, config.staff, config.timing, config.zone, faults, config.readings));
        let rostelecom_port = listen(Make::Rostelecom, config.rostelecom).await?;
        let mango_port = listen(Make::MangoClient, config.mango_client).await?;
        let rostelecom = rostelecom_port.as_ref().map(|(_, address)| {
            let access = RostelecomAccess::new(config.seed, format!("http://{address}"));
            (Rostelecom::new(Arc::clone(&world), access.clone(), config.redeliver), access)
        });
        let mango = mango_port.as_ref().map(|(_, address)| {
            let access = MangoClientAccess::new(config.seed, format!("http://{address}/api"));
            (MangoClient::new(Arc::clone(&world), access.clone()), access)
        });
        let (rostelecom, rostelecom_access) = rostelecom.unzip();
        let (mango_client, mango_access) = mango.unzip();
        let credentials = Credentials { rostelecom: rostelecom_access, mango_client: mango_access };
        let simulator = Self { shared: Arc::new(Shared { world, credentials, rostelecom, mango_client }) };
        simulator.shared.world.add_people(Script::demo(config.seed, names).people());
        if config.history {
            simulator.remember();
        }
        simulator.set(hook);
        simulator.serve(
            Make::Rostelecom,
            rostelecom_port,
            simulator.shared.rostelecom.as_ref().map(Rostelecom::router),
        );
        simulator.serve(Make::MangoClient, mango_port, simulator.shared.mango_client.as_ref().map(MangoClient::router));
        simulator.cut_when_down();
        Ok(simulator)
    }

    /// What a client needs to reach the makes that run.
    pub fn credentials(&self) -> &Credentials {
        &self.shared.credentials
    }

    /// Names the base address that Rostelecom's webhooks go to; it must be on this computer.
    pub fn set_hook(&self, url: &str) -> Result<(), HookError> {
        self.set(Some(HookUrl::parse(url)?));
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
        self.shared.mango_client.as_ref().map(MangoClient::registered).unwrap_or_default()
    }

    /// Switches a fault on or off.
    pub fn fault(&self, fault: Fault, on: bool) {
        self.shared.world.faults.set(fault, on);
    }

    /// Cuts the socket of an extension without a closing frame.
    pub fn cut(&self, extension: &str) {
        if let Some(mango) = &self.shared.mango_client {
            mango.cut(extension);
        }
    }

    /// What became of Rostelecom's webhooks so far.
    pub fn deliveries(&self) -> Deliveries {
        self.shared.rostelecom.as_ref().map(Rostelecom::deliveries).unwrap_or_default()
    }

    /// Stops everything and closes the ports.
    pub async fn shutdown(&self) {
        if let Some(mango) = &self.shared.mango_client {
            mango.cut_all();
        }
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
        match event.make {
            Make::Rostelecom => self.shared.rostelecom.iter().for_each(|pbx| pbx.send_raw(event)),
            Make::MangoClient => self.shared.mango_client.iter().for_each(|pbx| pbx.send_raw(event)),
        }
    }

    fn stage(&self, plan: &CallPlan, id: String, telling: Telling) -> Option<Box<dyn crate::play::Stage>> {
        Some(match plan.make {
            Make::Rostelecom => Box::new(self.shared.rostelecom.as_ref()?.stage(plan, id, telling)),
            Make::MangoClient => Box::new(self.shared.mango_client.as_ref()?.stage(plan, id, telling)),
        })
    }

    fn remember(&self) {
        let world = &self.shared.world;
        for make in [Make::Rostelecom, Make::MangoClient] {
            for past in history(world.seed, make, world.now(), world.staff.names) {
                let topic = past.plan.topic.unwrap_or_else(|| world.topic());
                if let Some(mut stage) = self.stage(&past.plan, past.id, Telling::Remembered) {
                    tell(&past.plan, topic, past.began, stage.as_mut());
                }
            }
        }
    }

    fn runs(&self, make: Make) -> bool {
        match make {
            Make::Rostelecom => self.shared.rostelecom.is_some(),
            Make::MangoClient => self.shared.mango_client.is_some(),
        }
    }

    fn set(&self, hook: Option<HookUrl>) {
        if let Some(rostelecom) = &self.shared.rostelecom {
            rostelecom.set_hook(hook);
        }
    }

    fn serve(&self, make: Make, port: Option<(TcpListener, SocketAddr)>, router: Option<Router>) {
        let (Some((listener, _)), Some(router)) = (port, router) else { return };
        let world = Arc::clone(&self.shared.world);
        let router = cut_answers::cut_answers(router, world.faults.clone()).merge(control::router(self.clone()));
        self.shared.world.tasks.spawn(server::serve(world, make, listener, router));
    }

    /// Open sockets outlive their listener and their user, so they are cut when one of them goes.
    fn cut_when_down(&self) {
        let Some(mango) = self.shared.mango_client.clone() else { return };
        let mut faults = self.shared.world.faults.watch();
        self.shared.world.tasks.spawn(async move {
            while faults.changed().await.is_ok() {
                let on = faults.borrow_and_update().clone();
                if crate::fault::is_down(&on, Make::MangoClient) {
                    mango.cut_all();
                }
                for fault in on {
                    if let Fault::ExtensionGone(extension) | Fault::ExtensionRefused(extension) = fault {
                        mango.cut(&extension.to_string());
                    }
                }
            }
        });
    }
}

async fn listen(make: Make, address: Option<SocketAddr>) -> Result<Option<(TcpListener, SocketAddr)>, StartError> {
    let Some(address) = address else { return Ok(None) };
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback(make));
    }
    let listening = async {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    listening.await.map(Some).map_err(|source| StartError::Listen { make, source })
}
