//! The office of the scenarios: a PBX of each make, one line each, four people; the desk is that of 202.

use std::{collections::BTreeMap, path::Path};

use calls::ConnectionId;
use link::wire::{ExtensionRef, Role};
use office::{ConnectionSettings, GroupSettings, LineSettings, OfficeConfig, Person, Viewer};
use pbx::ConnectionConfig;
use secrecy::{SecretBox, SecretString};
use simulator::{Make, Simulator};

use crate::makes::of_office;

/// The office's name in the database and on screens.
pub(crate) const OFFICE: &str = "office";
/// Whose desk it is.
pub(crate) const ME: &str = "202";
/// All lines ring at this group.
pub(crate) const GROUP: &str = "everybody";

/// The office's rules send this caller to me.
pub(crate) const MY_CUSTOMER: &str = "+79165550101";
/// This one goes through the scenario that MANGO calls by the short number of a colleague.
pub(crate) const IN_A_SCENARIO: &str = "+79165550103";
pub(crate) const SCENARIO: &str = "201";
/// And refuse this one.
pub(crate) const UNWANTED: &str = "+79165550102";

/// Connections are called after their make.
pub(crate) fn connection(make: Make) -> ConnectionId {
    make.to_string().parse().expect("a make's name is a connection's id")
}

/// The makes whose PBXs run.
pub(crate) fn makes(simulator: &Simulator) -> impl Iterator<Item = Make> {
    Make::ALL.iter().copied().filter(|make| simulator.credentials().of(*make).is_some())
}

/// My extension on each of them.
pub(crate) fn my_extensions(simulator: &Simulator) -> Vec<ExtensionRef> {
    makes(simulator).map(|make| ExtensionRef { connection: connection(make), extension: ME.to_owned() }).collect()
}

pub(crate) fn viewer(simulator: &Simulator) -> Viewer {
    Viewer {
        id: "desk".into(),
        name: "Пётр Волков".into(),
        role: Role::Admin,
        extensions: my_extensions(simulator),
        groups: vec![GROUP.to_owned()],
        rights: "scenario".into(),
    }
}

/// A setting of a make's connection: its name and value.
pub(crate) type Override = (Make, &'static str, &'static str);

/// The office, with these settings of its connections.
pub(crate) fn office_config(simulator: &Simulator, folder: &Path, overrides: &[Override]) -> OfficeConfig {
    let staff = simulator.staff();
    let of = |make: Make| {
        let own = overrides.iter().filter(|(of, _, _)| *of == make);
        own.map(|(_, name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
    };
    // A socket for each of them, where the PBX has one for each.
    let extensions = |make: Make| {
        let own = of_office(make).delivery == pbx::Delivery::SocketPerExtension;
        let all = staff.employees.iter().filter(|_| own);
        all.map(|employee| employee.extension.clone()).collect()
    };
    OfficeConfig {
        name: OFFICE.to_owned(),
        connections: makes(simulator).map(|make| account(simulator, make, extensions(make), of(make))).collect(),
        lines: staff
            .lines
            .iter()
            .filter(|line| simulator.credentials().of(line.make).is_some())
            .map(line)
            .chain(group_of_everybody(simulator))
            .collect(),
        groups: vec![GroupSettings { id: GROUP.to_owned(), rings: true }],
        people: makes(simulator).flat_map(|make| people(simulator, make)).collect(),
        contacts: BTreeMap::new(),
        routing: office::RoutingRules {
            responsible: BTreeMap::from([(
                MY_CUSTOMER.to_owned(),
                makes(simulator).map(|make| (connection(make), ME.to_owned())).collect(),
            )]),
            scenario: BTreeMap::from([(
                IN_A_SCENARIO.to_owned(),
                [Make::MANGO_VPBX, Make::MANGO_CLIENT].map(|make| (connection(make), SCENARIO.to_owned())).into(),
            )]),
            blocked: [(UNWANTED.to_owned(), pbx::Refusal::HangUp)].into(),
        },
        cache_dir: folder.join("recordings"),
        cache_key: SecretBox::new(Box::new([7; 32])),
    }
}

/// The account of a make on this simulator, with another token than the right one.
pub(crate) fn with_wrong_token(simulator: &Simulator, make: Make) -> ConnectionConfig {
    let mut config = account(simulator, make, Vec::new(), BTreeMap::new()).config;
    config.secrets.insert("token".to_owned(), SecretString::from("wrong"));
    config
}

/// MANGO's account on this simulator.
pub(crate) fn mango_account(simulator: &Simulator) -> ConnectionConfig {
    account(simulator, Make::MANGO_CLIENT, Vec::new(), BTreeMap::new()).config
}

/// The account of a make on this simulator.
pub(crate) fn account(
    simulator: &Simulator,
    make: Make,
    extensions: Vec<String>,
    overrides: BTreeMap<String, String>,
) -> ConnectionSettings {
    let access = simulator.credentials().of(make).expect("it runs");
    let secret = |(name, value): (&str, &str)| (name.to_owned(), SecretString::from(value));
    ConnectionSettings {
        config: ConnectionConfig {
            id: connection(make),
            make: of_office(make),
            zone: None,
            base_url: Some(access.url.parse().expect("an address")),
            trust_anchor_pem: None,
            secrets: access.secrets().map(secret).collect(),
            overrides,
        },
        extensions,
        has_address: true,
    }
}

fn line(line: &simulator::Line) -> LineSettings {
    LineSettings {
        connection: connection(line.make),
        number: line.number.clone(),
        title: line.title.clone(),
        groups: vec![GROUP.to_owned()],
    }
}

/// The short number of MANGO's group that everybody is in.
pub(crate) const SHORT_NUMBER: &str = "500";

fn group_of_everybody(simulator: &Simulator) -> Option<LineSettings> {
    simulator.credentials().of(Make::MANGO_VPBX).map(|_| LineSettings {
        connection: connection(Make::MANGO_VPBX),
        number: SHORT_NUMBER.to_owned(),
        title: "Everybody".to_owned(),
        groups: vec![GROUP.to_owned()],
    })
}

fn people(simulator: &Simulator, make: Make) -> Vec<Person> {
    let person = |employee: &simulator::Employee| Person {
        connection: connection(make),
        extension: employee.extension.clone(),
        name: employee.name.clone(),
    };
    simulator.staff().employees.iter().map(person).collect()
}
