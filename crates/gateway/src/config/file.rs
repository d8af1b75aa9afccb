//! The file exactly as it is written.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use calls::ConnectionId;
use link::wire::Introduction;
use pbx::{Make, NotCarriedOut};
use serde::Deserialize;
use url::Url;

use super::{error::Wrong, secret::SecretSource};

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// What the office is called.
    #[serde(default)]
    pub(super) name: String,
    pub(super) listen: String,
    pub(super) public_url: Option<Url>,
    pub(super) data_dir: PathBuf,
    pub(super) tls: Option<TlsFiles>,
    /// The certificate that vouches for the public address, where no public CA does.
    pub(super) ca: Option<PathBuf>,
    #[serde(default, rename = "log")]
    _log: Log,
    #[serde(default)]
    pub(super) secrets: Secrets,
    #[serde(default)]
    pub(super) connection: Vec<ConnectionSection>,
    #[serde(default)]
    pub(super) line: Vec<LineSection>,
    #[serde(default)]
    pub(super) group: Vec<GroupSection>,
    #[serde(default)]
    pub(super) person: Vec<PersonSection>,
    #[serde(default)]
    pub(super) contact: Vec<ContactSection>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TlsFiles {
    pub(super) cert: PathBuf,
    pub(super) key: PathBuf,
}

/// Where the log is kept; one kind so far, named so that a file for a later one is refused and not misread.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Log {
    #[serde(rename = "kind")]
    _kind: LogKind,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LogKind {
    #[default]
    Sqlite,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Secrets {
    pub(super) cache_key: Option<SecretSource>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConnectionSection {
    pub(super) id: ConnectionId,
    pub(super) pbx: Make,
    pub(super) zone: Option<String>,
    pub(super) base_url: Option<Url>,
    pub(super) path_token: Option<SecretSource>,
    pub(super) trust_anchor: Option<PathBuf>,
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, SecretSource>,
    #[serde(default)]
    pub(super) overrides: BTreeMap<String, String>,
    /// An admin has added it.
    #[serde(skip)]
    pub(super) added: bool,
    /// An admin has paused it.
    #[serde(skip)]
    pub(super) paused: bool,
    /// The admin who was the last to change it.
    #[serde(skip)]
    pub(super) changed_by: Option<String>,
    /// How far asking its PBX for a key came, where an admin had it asked.
    #[serde(skip)]
    pub(super) introduction: Option<Introduction>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineSection {
    pub(super) connection: ConnectionId,
    pub(super) number: Option<String>,
    pub(super) queue: Option<String>,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) groups: Vec<String>,
    /// An admin has added it.
    #[serde(skip)]
    pub(super) added: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupSection {
    pub(super) id: String,
    #[serde(default)]
    pub(super) rings: bool,
    /// An admin has added it.
    #[serde(skip)]
    pub(super) added: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonSection {
    pub(super) connection: ConnectionId,
    pub(super) extension: String,
    pub(super) name: String,
    /// An admin has added it.
    #[serde(skip)]
    pub(super) added: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactSection {
    pub(super) number: String,
    pub(super) name: String,
    /// The extension that looks after it, by connection.
    #[serde(default)]
    pub(super) responsible: BTreeMap<ConnectionId, String>,
    /// The scenario or menu of the PBX that its calls go through, by connection.
    #[serde(default)]
    pub(super) scenario: BTreeMap<ConnectionId, String>,
    /// Calls from it are not wanted.
    #[serde(default)]
    pub(super) blocked: Blocked,
    /// An admin has added it.
    #[serde(skip)]
    pub(super) added: bool,
}

/// Whether calls are wanted: `true` or `"busy"`, so that the caller hears a busy line, or `"hangup"`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(untagged)]
pub(super) enum Blocked {
    #[default]
    #[serde(skip)]
    No,
    Whether(bool),
    By(Refusing),
}

/// How a caller is refused.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Refusing {
    Busy,
    Hangup,
}

impl Blocked {
    pub(super) fn refusal(self) -> Option<pbx::Refusal> {
        match self {
            Self::No | Self::Whether(false) => None,
            Self::Whether(true) | Self::By(Refusing::Busy) => Some(pbx::Refusal::Busy),
            Self::By(Refusing::Hangup) => Some(pbx::Refusal::HangUp),
        }
    }
}

impl File {
    /// Reads the text and checks that its parts fit together.
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let file: Self = toml::from_str(text).map_err(|error| Wrong::of(&error, text))?;
        file.check().map_err(Wrong::Field)?;
        Ok(file)
    }

    /// Whether a caller who is blocked is refused anywhere. Apart from [`File::check`], since it is about all connections
    /// together, which come and go.
    pub(super) fn check_refusals(&self) -> Result<(), String> {
        let refused = |section: &ConnectionSection| section.pbx.outcomes.check_refusal();
        if self.connection.iter().any(|section| refused(section).is_ok()) {
            return Ok(());
        }
        let Some(section) = self.connection.first() else { return Ok(()) };
        let is_blocked = |contact: &ContactSection| contact.blocked.refusal().is_some();
        match (self.contact.iter().position(is_blocked), refused(section)) {
            (Some(place), Err(wrong)) => {
                let (what, make) = (self.contact_words(place), section.pbx.title.en);
                Err(format!(
                    "{what}, blocked: no connection refuses callers; connection \"{}\": {make} {wrong}",
                    section.id
                ))
            }
            (Some(_) | None, Ok(()) | Err(_)) => Ok(()),
        }
    }

    fn contact_words(&self, place: usize) -> String {
        let name = self.contact.get(place).map_or("", |contact| &contact.name);
        format!("entry {} of [[contact]] (\"{name}\")", place + 1)
    }

    /// Whether a connection's make carries out what a rule says.
    fn carried_out(
        &self,
        what: &str,
        connection: &ConnectionId,
        check: impl Fn(Make) -> Result<(), NotCarriedOut>,
    ) -> Result<(), String> {
        let Some(section) = self.connection.iter().find(|section| section.id == *connection) else { return Ok(()) };
        check(section.pbx)
            .map_err(|wrong| format!("{what}, connection \"{connection}\": {} {wrong}", section.pbx.title.en))
    }

    /// Whether its parts fit together.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut known = BTreeSet::new();
        for section in &self.connection {
            if !known.insert(&section.id) {
                return Err(format!("connection \"{}\": two have this id; give each its own", section.id));
            }
        }
        let there_is = |what: String, id: &ConnectionId| {
            if known.contains(id) {
                Ok(())
            } else {
                Err(format!("{what}, connection: there is no connection \"{id}\""))
            }
        };
        for (place, line) in self.line.iter().enumerate() {
            let what = format!("line {} of [[line]]", place + 1);
            if line.number.is_some() == line.queue.is_some() {
                return Err(format!("{what}: give either number or queue"));
            }
            if let Some(number) = &line.number {
                found_at_calls(&what, number)?;
            }
            there_is(what, &line.connection)?;
        }
        for (place, contact) in self.contact.iter().enumerate() {
            let what = self.contact_words(place);
            found_at_calls(&what, &contact.number)?;
            for (connection, scenario) in &contact.scenario {
                if scenario.trim().is_empty() {
                    return Err(format!("{what}, scenario: write it as the PBX calls it, such as 0-1"));
                }
                there_is(what.clone(), connection)?;
                self.carried_out(&format!("{what}, scenario"), connection, |make| {
                    make.outcomes.check_scenario(scenario)
                })?;
            }
            for (connection, extension) in &contact.responsible {
                if pbx::extension(extension).is_none() {
                    return Err(format!("{what}, responsible: write the extension as the PBX does, such as 201"));
                }
                there_is(what.clone(), connection)?;
                let extension = pbx::extension(extension).unwrap_or_default();
                self.carried_out(&format!("{what}, responsible"), connection, |make| {
                    make.outcomes.check_extension(&extension)
                })?;
            }
        }
        for (place, person) in self.person.iter().enumerate() {
            let what = format!("entry {} of [[person]]", place + 1);
            if pbx::extension(&person.extension).is_none() {
                return Err(format!("{what}, extension: write it as the PBX does, such as 201"));
            }
            there_is(what, &person.connection)?;
        }
        let mut groups = BTreeSet::new();
        for group in &self.group {
            if !groups.insert(&group.id) {
                return Err(format!("group \"{}\": there are two of this id", group.id));
            }
        }
        for (place, line) in self.line.iter().enumerate() {
            if let Some(unknown) = line.groups.iter().find(|group| !groups.contains(group)) {
                return Err(format!("line {} of [[line]], groups: there is no [[group]] \"{unknown}\"", place + 1));
            }
        }
        Ok(())
    }
}

/// A number that no call can have would never be found, and nobody would learn why.
fn found_at_calls(what: &str, number: &str) -> Result<(), String> {
    match calls::number::directory_entry(number) {
        Ok(_) => Ok(()),
        Err(why) => Err(format!("{what}, number \"{number}\": {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
listen = "127.0.0.1:8443"
public_url = "https://calls.example.org"
data_dir = "/var/lib/trubka"
log = { kind = "sqlite" }
[secrets]
cache_key = { file = "cache.key" }
[[connection]]
id = "rt1"
pbx = "rostelecom"
zone = "Europe/Moscow"
base_url = "https://api.cloudpbx.rt.ru"
path_token = { file = "path" }
secrets = { client_id = { env = "RT_ID" }, key = { file = "rt.key" } }
[[line]]
connection = "rt1"
number = "+74951234567"
title = "Продажи"
groups = ["sales"]
[[group]]
id = "sales"
rings = true
"#;

    fn wrong(text: &str) -> Wrong {
        File::parse(text).map(|_| ()).expect_err("is refused")
    }

    fn contact(rule: &str) -> String {
        format!("{WHOLE}[[contact]]\nnumber = \"+79001234568\"\nname = \"A\"\n{rule}\n")
    }

    #[test]
    fn a_refusal_is_written_where_one_of_the_connections_carries_it_out() {
        let text = contact("blocked = true");
        let both = format!("{text}[[connection]]\nid = \"zd1\"\npbx = \"zadarma\"\n");
        let checked = |text: &str| File::parse(text).expect("a configuration").check_refusals();
        assert!(checked(&both).is_ok() && checked(&text).is_err());
    }

    fn with(from: &str, to: &str) -> String {
        assert!(WHOLE.contains(from));
        WHOLE.replacen(from, to, 1)
    }

    #[test]
    fn the_documented_file_is_read() {
        let file = File::parse(WHOLE).expect("is right");
        assert_eq!(file.connection[0].pbx, pbx::rostelecom::MAKE);
        assert_eq!(file.line[0].title, "Продажи");
        assert!(file.group[0].rings);
    }

    #[test]
    fn the_example_beside_the_manifest_is_right() {
        let file = File::parse(include_str!("../../gateway.example.toml")).expect("is right");
        assert_eq!(file.connection.len(), pbx::MAKES.len(), "one of each make");
        assert_eq!((file.person.len(), file.contact.len()), (1, 1));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let cases = [
            ("pbx = \"rostelecom\"", "pbx = \"asterisk\"", 10, "is no kind of PBX"),
            ("id = \"rt1\"", "id = \"RT 1\"", 9, "a connection id has 1 to 32 characters"),
            ("zone =", "zona =", 11, "unknown field `zona`"),
            ("kind = \"sqlite\"", "kind = \"jetstream\"", 5, "unknown variant `jetstream`"),
        ];
        for (from, to, expected, part) in cases {
            match wrong(&with(from, to)) {
                Wrong::At { line, message, .. } => {
                    assert_eq!(line, expected, "{message}");
                    assert!(message.contains(part), "{message}");
                }
                Wrong::Field(message) => panic!("without its line: {message}"),
            }
        }
    }

    #[test]
    fn a_secret_written_into_the_file_is_refused_without_repeating_it() {
        let key = "key = { file = \"rt.key\" }";
        let (whole, path) =
            ("{ client_id = { env = \"RT_ID\" }, key = { file = \"rt.key\" } }", "path_token = { file = \"path\" }");
        for (from, to) in [
            (key, "key = \"F0E1D2C3\""),
            (key, "key = 70516"),
            (key, "key = 70516.5"),
            (key, "key = F0E1D2C3"),
            (key, "key = [\"F0E1D2C3\"]"),
            (key, "key = { file = 70516 }"),
            (whole, "\"F0E1D2C3\""),
            (whole, "70516"),
            (path, "path_token = 70516"),
            ("cache_key = { file = \"cache.key\" }", "cache_key = \"F0E1D2C3\""),
        ] {
            let told = wrong(&with(from, to));
            let Wrong::At { message, .. } = &told else { panic!("{told:?}") };
            assert!(!message.contains("F0E1") && !message.contains("70516"), "{to}: {message}");
        }
        let Wrong::At { line: 14, message, .. } = wrong(&with(key, "key = \"F0E1D2C3\"")) else {
            panic!("has no line")
        };
        assert!(message.contains("{ file ="), "{message}");
    }

    #[test]
    fn parts_that_do_not_fit_are_named() {
        let cases = [
            (with("connection = \"rt1\"", "connection = \"rt2\""), "there is no connection \"rt2\""),
            (with("number = \"+74951234567\"", ""), "give either number or queue"),
            (format!("{WHOLE}[[group]]\nid = \"sales\"\n"), "group \"sales\""),
            (with("id = \"sales\"", "id = \"sale\""), "line 1 of [[line]], groups: there is no [[group]] \"sales\""),
            (
                format!("{WHOLE}[[person]]\nconnection = \"rt1\"\nextension = \"1 01\"\nname = \"A\"\n"),
                "[[person]], extension",
            ),
            (
                with("+74951234567", "8 495 123-45-67, 68"),
                "line 1 of [[line]], number \"8 495 123-45-67, 68\": these are two",
            ),
            (with("+74951234567", "отдел продаж"), "number \"отдел продаж\": this is not a number"),
            (
                format!("{WHOLE}[[contact]]\nnumber = \"номер скрыт\"\nname = \"Банк\"\n"),
                "entry 1 of [[contact]] (\"Банк\"), number \"номер скрыт\"",
            ),
            (
                format!(
                    "{WHOLE}[[contact]]\nnumber = \"+79001234568\"\nname = \"A\"\nresponsible = {{ rt9 = \"201\" }}\n"
                ),
                "there is no connection \"rt9\"",
            ),
            (
                format!(
                    "{WHOLE}[[contact]]\nnumber = \"+79001234568\"\nname = \"A\"\nresponsible = {{ rt1 = \"2 01\" }}\n"
                ),
                "responsible: write the extension",
            ),
            (
                format!(
                    "{WHOLE}[[connection]]\nid = \"mv1\"\npbx = \"mango-vpbx\"\n[[contact]]\nnumber = \"+79001234568\"\n\
                     name = \"A\"\nscenario = {{ mv1 = \"0-1\" }}\n"
                ),
                "scenario, connection \"mv1\": MANGO OFFICE (VPBX) takes a short number of digits, such as 500",
            ),
            (
                contact("scenario = { rt1 = \"0-1\" }"),
                "scenario, connection \"rt1\": Rostelecom sends no call through a scenario by a rule; it can show the contact's \
                 name, ring an extension first (responsible)",
            ),
            (contact("responsible = { rt1 = \"anna\" }"), "Rostelecom takes a pin of digits, such as 201"),
            (format!("{WHOLE}[[connection]]\nid = \"rt1\"\npbx = \"mango-client\"\n"), "two have this id"),
        ];
        for (text, part) in cases {
            let Wrong::Field(message) = wrong(&text) else { panic!("has no line") };
            assert!(message.contains(part), "{message}");
        }
        // A connection that is added from the screen may refuse them yet, so the file alone is not wrong.
        let blocked = File::parse(&contact("blocked = true")).expect("a configuration");
        let message = blocked.check_refusals().expect_err("nobody refuses");
        let part = "blocked: no connection refuses callers; connection \"rt1\": Rostelecom refuses no caller";
        assert!(message.contains(part), "{message}");
    }
}
