//! Answers as lines of text.

use pbx::{AccountUser, OwnNumber, PhoneLine, Reply, Row};

/// A line as a terminal may show it: who calls chooses his name, and could write orders to the terminal into it.
pub(super) fn printable(line: &str) -> String {
    line.chars().map(|c| if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

pub(super) fn lines(reply: &Reply) -> Vec<String> {
    match reply {
        Reply::Balance { amount, currency } => {
            vec![currency.as_ref().map_or_else(|| amount.clone(), |currency| format!("{amount} {currency}"))]
        }
        Reply::Users(users) => users.iter().map(user).collect(),
        Reply::Channels(channels) => channels.clone(),
        Reply::Details(facts) => facts.iter().map(|(name, value)| format!("{name}\t{value}")).collect(),
        Reply::TimeZone { zone, written } => {
            let zone = zone.as_deref().unwrap_or("no zone that is known by a name");
            vec![written.as_ref().map_or_else(|| zone.to_owned(), |written| format!("{zone}\t{written}"))]
        }
        Reply::Numbers(numbers) => numbers.iter().map(number).collect(),
        Reply::Lines(lines) => lines.iter().map(line).collect(),
        Reply::Registered(yes) => vec![if *yes { "registered" } else { "not registered" }.to_owned()],
        Reply::Rows(rows) => table(rows),
        Reply::Links { links, until } => {
            links.iter().map(|link| format!("{link}\t{}", until.as_deref().unwrap_or_default())).collect()
        }
        Reply::Sent { messages, cost, currency, denied } => {
            let cost = [cost.as_deref(), currency.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let denied = denied.iter().map(|(number, why)| format!("not sent\t{number}\t{why}"));
            std::iter::once(format!("sent\t{messages}\t{cost}")).chain(denied).collect()
        }
        Reply::Deleted { deleted, failed } => {
            let deleted = deleted.iter().map(|file| format!("deleted\t{file}"));
            deleted.chain(failed.iter().map(|file| format!("not deleted\t{file}"))).collect()
        }
        Reply::Webhooks { url, switches } => {
            let switches = switches.iter().map(|(name, on)| format!("{name}\t{}", if *on { "on" } else { "off" }));
            std::iter::once(url.clone().unwrap_or_else(|| "no address".to_owned())).chain(switches).collect()
        }
        Reply::Done { name } => vec![name.clone().unwrap_or_else(|| "done".to_owned())],
    }
}

/// Name, extension, e-mail address and whether callers may leave a message, each where it is told.
fn user(user: &AccountUser) -> String {
    let voice_mail = user.voice_mail.map(|on| if on { "voice mail on" } else { "voice mail off" });
    let told = [Some(user.name.as_str()), user.extension.as_deref(), user.mail.as_deref(), voice_mail];
    told.map(Option::unwrap_or_default).join("\t").trim_end().to_owned()
}

/// Number, title and whether it is in use, each where it is told.
fn number(number: &OwnNumber) -> String {
    let title = number.title.as_deref().unwrap_or_default();
    let status = number.facts.get("status").map(String::as_str).unwrap_or_default();
    format!("{}\t{title}\t{status}", number.number).trim_end().to_owned()
}

fn line(line: &PhoneLine) -> String {
    let channels = line.channels.map(|channels| channels.to_string()).unwrap_or_default();
    format!("{}\t{}\t{channels}", line.id, line.title.as_deref().unwrap_or_default()).trim_end().to_owned()
}

/// The names of all columns, then the rows.
fn table(rows: &[Row]) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = rows.iter().flat_map(Row::keys).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let head = names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join("\t");
    let of_row = |row: &Row| {
        let values = names.iter().map(|name| row.get(*name).map(String::as_str).unwrap_or_default());
        values.map(|value| value.replace('\t', " ")).collect::<Vec<_>>().join("\t")
    };
    std::iter::once(head).chain(rows.iter().map(of_row)).collect()
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn orders_to_a_terminal_are_not_printed() {
        assert_eq!(
            printable("CallerIDName\tЗаря\u{1b}[2J\u{9b}0m\r\n"),
            "CallerIDName\tЗаря\u{fffd}[2J\u{fffd}0m\u{fffd}\u{fffd}"
        );
    }
}
