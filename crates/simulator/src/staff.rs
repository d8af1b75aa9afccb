//! The office behind the simulated PBXs: who works there and which lines it has.

use crate::make::Make;

/// The short number of the group of everybody.
pub(crate) const GROUP: &str = "500";

/// The language of all names that are made up: of staff, lines and customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Names {
    /// Russian.
    #[default]
    Russian,
    /// English.
    English,
}

impl Names {
    /// Picks one of two spellings.
    pub(crate) fn pick<'a>(self, russian: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Russian => russian,
            Self::English => english,
        }
    }
}

/// One extension and who sits there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// The internal number.
    pub extension: String,
    /// The name the PBX shows.
    pub name: String,
    /// The SIP user of the phone, without a domain.
    pub sip_user: String,
}

/// A number of the office that customers dial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The make it belongs to.
    pub make: Make,
    /// The number in E.164 with a plus.
    pub number: String,
    /// What the office calls it.
    pub title: String,
}

/// The office of a simulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The language of its names, and of its customers'.
    pub names: Names,
    /// The SIP domain of its phones.
    pub domain: String,
    /// Everybody with an extension.
    pub employees: Vec<Employee>,
    /// Its numbers.
    pub lines: Vec<Line>,
}

impl Default for Staff {
    fn default() -> Self {
        Self::named(Names::default())
    }
}

impl Staff {
    /// The office of the demo, with names in this language.
    pub fn named(names: Names) -> Self {
        let employee = |extension: &str, sip_user: &str, russian, english| Employee {
            extension: extension.into(),
            name: names.pick(russian, english).into(),
            sip_user: sip_user.into(),
        };
        let line = |make: &Make| {
            let line = &make.description().line;
            Line { make: *make, number: line.number.into(), title: line.title(names).into() }
        };
        Self {
            names,
            domain: "office.example".into(),
            employees: vec![
                employee("201", "irina", "Ирина Соколова", "Irina Falcon"),
                employee("202", "petr", "Пётр Волков", "Peter Wolfe"),
                employee("203", "anna", "Анна Лебедева", "Anna Swann"),
                employee("204", "reception", "Ресепшн", "Reception"),
            ],
            lines: Make::ALL.iter().map(line).collect(),
        }
    }

    /// The employee at an extension.
    pub fn employee(&self, extension: &str) -> Option<&Employee> {
        self.employees.iter().find(|employee| employee.extension == extension)
    }

    /// The group of everybody at a make that calls customers back for one: its short number, and what the office calls it.
    pub fn group_of(&self, make: Make) -> Option<Line> {
        let title = self.names.pick("Весь отдел", "Everybody").into();
        (make == Make::MANGO_VPBX).then(|| Line { make, number: GROUP.into(), title })
    }

    /// The first line of a make; the empty text when it has none.
    pub(crate) fn line_of(&self, make: Make) -> &str {
        self.lines.iter().find(|line| line.make == make).map_or("", |line| line.number.as_str())
    }

    /// The SIP address of an extension, `sip:user@domain`.
    pub(crate) fn sip(&self, extension: &str) -> String {
        let user = self.employee(extension).map_or(extension, |employee| employee.sip_user.as_str());
        format!("sip:{user}@{}", self.domain)
    }

    /// The employee whose phone has this SIP address, with or without the scheme.
    pub(crate) fn by_sip(&self, address: &str) -> Option<&Employee> {
        let (user, domain) = address.trim().trim_start_matches("sip:").split_once('@')?;
        (domain == self.domain).then(|| self.employees.iter().find(|employee| employee.sip_user == user))?
    }
}
