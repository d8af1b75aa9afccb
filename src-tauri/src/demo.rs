//! The demo office: simulated PBXs, a gateway for their webhooks and an office, all in this process and on loopback.

use std::{
    net::Ipv4Addr,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;
use calls::{ConnectionId, number::Dialable};
use desk::{
    Desk,
    contract::{ContractError, DemoPbx, DemoPbxs, DemoPhoneAction, DemoPhoneState, DemoPhoneView, ErrorCode, Language},
};
use gateway::{Gateway, GatewayOptions, Running};
use link::wire::{ExtensionRef, Role, Titles};
use office::{
    ConnectionSettings, GroupSettings, LineSettings, OfficeConfig, OfficeHandle, Person, SystemClock, View, Viewer,
};
use pbx::{ConnectionConfig, Delivery};
use secrecy::SecretString;
use simulator::{Access, Make, Names, PhoneState, PhoneView, Script, Simulator, SimulatorConfig, Staff};
use store::Store;
use tokio::{net::TcpListener, sync::broadcast::error::RecvError};

use crate::{profile::Profile, secrets};

/// The office's name in the database and on screens.
pub(crate) const OFFICE: &str = "demo";
/// Whose desk it is: Пётр, in English Peter.
const EXTENSION: &str = "202";
/// The same calls at every start.
const SEED: u64 = 20;
/// The PBXs of the demo where nobody names others.
const USUAL_MAKES: [Make; 2] = [Make::ROSTELECOM, Make::MANGO_CLIENT];
/// The zone of the simulated PBXs' wall clocks.
const SIMULATED_ZONE: &str = "Europe/Moscow";
/// All lines of the demo ring at this group.
const GROUP: &str = "office";

/// The demo at work.
pub(crate) struct Demo {
    simulator: Simulator,
    office: Arc<OfficeHandle>,
    gateway: Mutex<Option<Running>>,
    script: Mutex<Option<Script>>,
}

impl Demo {
    /// Opens the simulated PBXs, these or the usual ones, and the office that they serve.
    pub(crate) async fn start(
        profile: &Profile,
        store: Store,
        script: Option<&Path>,
        makes: &[Make],
        language: Language,
    ) -> anyhow::Result<Self> {
        let makes = if makes.is_empty() { &USUAL_MAKES } else { makes };
        let names = match language {
            Language::Ru => Names::Russian,
            Language::En => Names::English,
        };
        let script = match script {
            None => Script::demo(SEED, names),
            Some(file) => read(file)?,
        };
        let config = SimulatorConfig { seed: SEED, staff: Staff::named(names), ..SimulatorConfig::of(makes) };
        let simulator = Simulator::start(config).await?;
        let office = OfficeHandle::start(settings(profile, &simulator, &script)?, store, Arc::new(SystemClock)).await?;
        let office = Arc::new(office);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let gateway = Gateway::serve(listener, Arc::clone(&office), GatewayOptions::default()).await?;
        for make in makes.iter().copied().filter(|make| make.sends_webhooks()) {
            simulator.set_hook(make, &format!("http://{}/hook/{}", gateway.addr(), id(make)?))?;
        }
        Ok(Self { simulator, office, gateway: Mutex::new(Some(gateway)), script: Mutex::new(Some(script)) })
    }

    /// The PBXs that the demo can play.
    pub(crate) fn pbxs(&self) -> DemoPbxs {
        let pbx = |make: pbx::Make| {
            let runs = makes_of(&self.simulator).any(|running| running.name() == make.name);
            let title = |title: &str, interface: Option<&str>| match interface {
                Some(interface) => format!("{title}, {interface}"),
                None => title.to_owned(),
            };
            let title = Titles {
                ru: title(make.title.ru, make.interface.map(|interface| interface.ru)),
                en: title(make.title.en, make.interface.map(|interface| interface.en)),
            };
            DemoPbx { make: make.name.to_owned(), title, runs }
        };
        DemoPbxs { pbxs: playable().map(pbx).collect() }
    }

    /// The office from this desk's side.
    pub(crate) fn view(&self) -> anyhow::Result<View> {
        let extension = |make| anyhow::Ok(ExtensionRef { connection: id(make)?, extension: EXTENSION.to_owned() });
        let name = self.simulator.staff().employee(EXTENSION).map(|employee| employee.name.clone());
        Ok(self.office.view(Viewer {
            id: OFFICE.to_owned(),
            name: name.context("the demo has no such employee")?,
            role: Role::Admin,
            extensions: makes_of(&self.simulator).map(extension).collect::<anyhow::Result<_>>()?,
            groups: vec![GROUP.to_owned()],
            rights: OFFICE.to_owned(),
        }))
    }

    /// Lets the calls come in: those of the script, or the demo's own. Once.
    pub(crate) fn play(&self) -> anyhow::Result<()> {
        let script = self.script.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(script) = script {
            // The calls end with the simulator.
            drop(self.simulator.play(script)?);
        }
        Ok(())
    }

    /// Shows on the desk what the demo phone does, until the demo ends.
    pub(crate) fn follow_phone(&self, desk: Desk) {
        let mut changes = self.simulator.phones().subscribe();
        tauri::async_runtime::spawn(async move {
            loop {
                match changes.recv().await {
                    Ok(phone) if phone.extension == EXTENSION => desk.set_demo_phone(Some(view(&phone))).await,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        });
    }

    /// Does with the demo phone what the person wants.
    pub(crate) fn use_phone(&self, action: DemoPhoneAction) -> Result<(), ContractError> {
        let phones = self.simulator.phones();
        let done = match action {
            DemoPhoneAction::PickUp => phones.pick_up(EXTENSION),
            DemoPhoneAction::LetRing => phones.let_ring(EXTENSION),
            DemoPhoneAction::HangUp => phones.hang_up(EXTENSION),
        };
        done.map_err(|error| ContractError::new(ErrorCode::Ended, error.to_string()))
    }

    /// Ends everything, the PBXs last: the office tells them that nobody listens any more.
    pub(crate) async fn stop(&self) {
        let gateway = self.gateway.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(gateway) = gateway {
            gateway.shutdown().await;
        }
        self.office.shutdown().await;
        self.simulator.shutdown().await;
    }
}

/// The makes that both the program and the simulator know.
fn playable() -> impl Iterator<Item = pbx::Make> {
    pbx::MAKES.iter().copied().filter(|make| make.name.parse::<Make>().is_ok())
}

/// The makes of a demo that a page asks for.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Make>, ContractError> {
    let known = |name: &String| {
        let make = playable().find(|make| make.name == name);
        let wrong = || ContractError {
            field: Some("makes".to_owned()),
            ..ContractError::new(ErrorCode::InvalidRequest, "the demo does not play this make")
        };
        make.and_then(|make| make.name.parse().ok()).ok_or_else(wrong)
    };
    names.iter().map(known).collect()
}

fn read(file: &Path) -> anyhow::Result<Script> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("the script {} cannot be read", file.display()))?;
    Script::parse(&text).with_context(|| format!("the script {} has a mistake", file.display()))
}

fn view(phone: &PhoneView) -> DemoPhoneView {
    DemoPhoneView {
        state: match phone.state {
            PhoneState::Idle => DemoPhoneState::Idle,
            PhoneState::Ringing => DemoPhoneState::Ringing,
            PhoneState::Talking => DemoPhoneState::Talking,
        },
        // As a real display shows it.
        shows: phone
            .shows
            .as_deref()
            .map(|number| Dialable::read(number).map_or_else(|_| number.to_owned(), |number| number.display)),
    }
}

fn id(make: Make) -> anyhow::Result<ConnectionId> {
    Ok(format!("demo-{make}").parse()?)
}

fn settings(profile: &Profile, simulator: &Simulator, script: &Script) -> anyhow::Result<OfficeConfig> {
    let staff = simulator.staff();
    Ok(OfficeConfig {
        name: OFFICE.to_owned(),
        connections: simulator
            .credentials()
            .makes()
            .map(|(make, access)| connection(make, access, staff))
            .collect::<anyhow::Result<_>>()?,
        lines: lines(simulator)?,
        groups: vec![GroupSettings { id: GROUP.to_owned(), rings: true }],
        people: people(simulator)?,
        contacts: simulator.people().into_iter().chain(script.people()).collect(),
        routing: office::RoutingRules::default(),
        cache_dir: profile.recordings(),
        cache_key: secrets::key_for_this_run()?,
    })
}

fn connection(make: Make, access: &Access, staff: &Staff) -> anyhow::Result<ConnectionSettings> {
    let of_office: pbx::Make = make.name().parse()?;
    let everybody = || staff.employees.iter().map(|employee| employee.extension.clone()).collect();
    Ok(ConnectionSettings {
        config: ConnectionConfig {
            id: id(make)?,
            make: of_office,
            // What a PBX that is asked has told by a wall clock would wait until the clock's zone shows.
            zone: (of_office.delivery == Delivery::Polling).then(|| SIMULATED_ZONE.to_owned()),
            base_url: Some(access.url.parse()?),
            trust_anchor_pem: None,
            secrets: access.secrets().map(|(name, secret)| (name.to_owned(), SecretString::from(secret))).collect(),
            overrides: std::collections::BTreeMap::new(),
        },
        extensions: if of_office.delivery == Delivery::SocketPerExtension { everybody() } else { Vec::new() },
        has_address: true,
    })
}

fn makes_of(simulator: &Simulator) -> impl Iterator<Item = Make> {
    simulator.credentials().makes().map(|(make, _)| make)
}

fn lines(simulator: &Simulator) -> anyhow::Result<Vec<LineSettings>> {
    let staff = simulator.staff();
    let groups = makes_of(simulator).filter_map(|make| staff.group_of(make));
    let lines = staff.lines.iter().filter(|line| simulator.credentials().of(line.make).is_some());
    lines
        .cloned()
        .chain(groups)
        .map(|line| {
            Ok(LineSettings {
                connection: id(line.make)?,
                number: line.number,
                title: line.title,
                groups: vec![GROUP.to_owned()],
            })
        })
        .collect()
}

fn people(simulator: &Simulator) -> anyhow::Result<Vec<Person>> {
    let mut people = Vec::new();
    for make in makes_of(simulator) {
        for employee in &simulator.staff().employees {
            people.push(Person {
                connection: id(make)?,
                extension: employee.extension.clone(),
                name: employee.name.clone(),
            });
        }
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use calls::number::DialKind;

    use super::*;

    #[test]
    fn every_extension_of_the_demo_is_called_without_a_question() {
        for employee in Staff::named(Names::English).employees {
            let read = Dialable::read(&employee.extension).expect("a number");
            assert_eq!((read.number.kind, read.asks()), (DialKind::Extension, false), "{}", employee.extension);
        }
    }
}
