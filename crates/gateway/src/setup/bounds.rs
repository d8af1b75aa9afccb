//! How long lists from a screen may be, and what stands in them: all of it is shown on desks and kept with every change.

use link::{FieldFault, OfficeError};

use super::{List, SetupError};

/// Lines and names of extensions at most.
const MOST: usize = 20_000;
/// Groups at most.
const MOST_GROUPS: usize = 1000;
/// Contacts at most.
const MOST_CONTACTS: usize = 100_000;
/// Groups of one line, and connections of one contact, at most.
const MOST_OF_ONE: usize = 100;
/// The longest id of a group.
const LONGEST_ID: usize = 64;
/// The longest number, extension or name of a scenario.
const LONGEST_NUMBER: usize = 64;
/// The longest name or title.
const LONGEST_NAME: usize = 200;

impl List {
    /// Whether it has a size and texts that can be shown.
    pub(super) fn check_bounds(&self) -> Result<(), SetupError> {
        let most = match self {
            Self::Lines(_) | Self::People(_) => MOST,
            Self::Groups(_) => MOST_GROUPS,
            Self::Contacts(_) => MOST_CONTACTS,
        };
        if self.len() > most {
            let message = format!("a list holds at most {most} entries");
            return Err(OfficeError::invalid(self.field(), message).because(FieldFault::TooMany).into());
        }
        let wrong = |place: usize, (fault, problem): Wrong| {
            let entry = (place + 1).to_string();
            let message = format!("entry {entry}: {problem}");
            Err(OfficeError::invalid(self.field(), message).because(fault).of(&entry).into())
        };
        let entries: Vec<Option<Wrong>> = match self {
            Self::Lines(list) => list
                .iter()
                .map(|line| {
                    number("number", &line.number)
                        .or_else(|| name("title", &line.title, true))
                        .or_else(|| count("groups", line.groups.len()))
                        .or_else(|| line.groups.iter().find_map(|group| group_id(group)))
                })
                .collect(),
            Self::Groups(list) => list.iter().map(|group| group_id(&group.id)).collect(),
            Self::People(list) => list
                .iter()
                .map(|person| number("extension", &person.extension).or_else(|| name("name", &person.name, false)))
                .collect(),
            Self::Contacts(list) => list
                .iter()
                .map(|contact| {
                    number("number", &contact.number)
                        .or_else(|| name("name", &contact.name, true))
                        .or_else(|| count("responsible", contact.responsible.len()))
                        .or_else(|| count("scenario", contact.scenario.len()))
                        .or_else(|| contact.responsible.values().find_map(|text| number("responsible", text)))
                        .or_else(|| contact.scenario.values().find_map(|text| number("scenario", text)))
                })
                .collect(),
        };
        entries
            .into_iter()
            .enumerate()
            .find_map(|(place, wrong)| Some((place, wrong?)))
            .map_or(Ok(()), |(place, problem)| wrong(place, problem))
    }
}

/// What is wrong with an entry, as a code and in words.
type Wrong = (FieldFault, String);

fn group_id(id: &str) -> Option<Wrong> {
    text("id of a group", id, LONGEST_ID, false)
}

fn number(field: &str, value: &str) -> Option<Wrong> {
    text(field, value, LONGEST_NUMBER, false)
}

fn name(field: &str, value: &str, may_be_empty: bool) -> Option<Wrong> {
    text(field, value, LONGEST_NAME, may_be_empty)
}

fn count(field: &str, count: usize) -> Option<Wrong> {
    (count > MOST_OF_ONE).then(|| (FieldFault::TooMany, format!("{field}: at most {MOST_OF_ONE}")))
}

/// What is wrong with a text that is shown in one line.
fn text(field: &str, value: &str, longest: usize, may_be_empty: bool) -> Option<Wrong> {
    if value.trim().is_empty() && !(may_be_empty && value.is_empty()) {
        return Some((FieldFault::Missing, format!("{field}: write something")));
    }
    if value.chars().count() > longest {
        return Some((FieldFault::TooLong, format!("{field}: at most {longest} characters")));
    }
    let is_plain = value.trim() == value && !value.chars().any(char::is_control);
    (!is_plain).then(|| (FieldFault::Invisible, format!("{field}: write it in one line, without blanks around it")))
}
