//! Prints the table of makes for a README: `makes-table en` or `makes-table ru`. `cargo xtask makes` writes it there.

#![expect(clippy::print_stdout, reason = "the table goes to whoever asked for it")]

use std::time::Duration;

use calls::Ability;
use pbx::{CardOnRing, Delivery, MAKES, Make, Text};

const fn text(en: &'static str, ru: &'static str) -> Text {
    Text { en, ru }
}

const YES: Text = text("yes", "да");
const NO: Text = text("no", "нет");

/// What can be done with a call that rings, waits or goes on.
const IN_A_CALL: [(Ability, Text); 12] = [
    (Ability::Answer, text("answer", "ответить")),
    (Ability::Hold, text("hold", "поставить на удержание")),
    (Ability::Retrieve, text("take off hold", "снять с удержания")),
    (Ability::TransferBlind, text("transfer at once", "перевести сразу")),
    (Ability::TransferAttended, text("transfer after talking to the colleague", "перевести, поговорив с коллегой")),
    (Ability::Conference, text("add a third person", "добавить третьего")),
    (Ability::Dtmf, text("press digits", "набрать цифры")),
    (Ability::RecordOn, text("start recording", "включить запись")),
    (Ability::RecordOff, text("stop recording", "остановить запись")),
    (Ability::Pickup, text("pick up a colleague's call", "перехватить звонок коллеги")),
    (Ability::Route, text("send a waiting call to a colleague", "направить ожидающий звонок коллеге")),
    (Ability::Hangup, text("hang up", "завершить")),
];

/// What a row of its own tells.
const IN_ROWS: [Ability; 9] = [
    Ability::Originate,
    Ability::CustomerFirst,
    Ability::GroupCallback,
    Ability::Recordings,
    Ability::History,
    Ability::Balance,
    Ability::Sms,
    Ability::Status,
    Ability::Directory,
];

fn yes(can: bool) -> Text {
    if can { YES } else { NO }
}

fn arrival(delivery: Delivery) -> Text {
    match delivery {
        Delivery::Webhook => text("signed webhooks", "подписанными веб-хуками"),
        Delivery::Socket => text("one WebSocket", "по одному WebSocket"),
        Delivery::SocketPerExtension => {
            text("one WebSocket per extension", "по отдельному WebSocket на каждый добавочный")
        }
        Delivery::Polling => text("the PBX is asked once a minute", "АТС опрашивается раз в минуту"),
    }
}

fn card(card: CardOnRing) -> Text {
    match card {
        CardOnRing::Live => text("at once", "сразу"),
        CardOnRing::Late => {
            text("no: calls are listed up to a minute later", "нет: звонки видны в списке с задержкой до минуты")
        }
        CardOnRing::None => NO,
    }
}

fn click_to_dial(make: Make) -> Text {
    let can = &make.capability;
    match can.can(Ability::Originate) {
        true if can.originate_prompt => {
            text("yes, with a prompt to the agent first", "да, сотрудник сначала слышит подсказку")
        }
        can => yes(can),
    }
}

fn recordings(make: Make) -> Text {
    match make.capability.can(Ability::Recordings) {
        true if make.capability.recording_link_once => {
            text("yes, through links that work once", "да, по одноразовым ссылкам")
        }
        can => yes(can),
    }
}

/// The actions that the make has, in a list.
fn in_a_call(make: Make, language: fn(Text) -> &'static str) -> String {
    let can = IN_A_CALL.iter().filter(|(ability, _)| make.capability.can(*ability));
    let words: Vec<&str> = can.map(|(_, words)| language(*words)).collect();
    if words.is_empty() { language(NO).to_owned() } else { words.join(", ") }
}

/// What becomes of calls while the program does not run.
fn missed(make: Make, language: fn(Text) -> &'static str) -> String {
    let can = &make.capability;
    let kept = |days: Option<Duration>| match days.map(|kept| kept.as_secs() / 86_400) {
        Some(days) => language(text(", for DAYS days", " за DAYS дней")).replace("DAYS", &days.to_string()),
        None => String::new(),
    };
    if can.missed_replay {
        let told = language(text("the PBX tells them afterwards", "АТС сообщает о них потом,"));
        format!("{told}{}", kept(can.replay_kept))
    } else if can.can(Ability::History) {
        let read = language(text("read from the PBX's list of finished calls", "берутся из журнала АТС"));
        format!("{read}{}", kept(can.history_kept))
    } else {
        language(text("lost: the list shows the gap", "теряются: список показывает пробел")).to_owned()
    }
}

/// A row: its heading, and the cell of each make.
type Row = (Text, fn(Make, fn(Text) -> &'static str) -> String);

const ROWS: [Row; 16] = [
    (text("in configuration", "в настройках"), |make, _| format!("`{make}`")),
    (text("calls reach us by", "звонки приходят"), |make, language| {
        language(arrival(make.delivery)).to_owned()
    }),
    (text("public address", "публичный адрес"), |make, language| {
        let needed = make.delivery.needs_public_address();
        language(if needed { text("needed", "нужен") } else { text("not needed", "не нужен") }).to_owned()
    }),
    (text("card when it rings", "карточка при звонке"), |make, language| {
        language(card(make.capability.card_on_ring)).to_owned()
    }),
    (
        text("shows at once whose phone rings", "сразу видно, чей телефон звонит"),
        |make, language| language(yes(make.capability.names_agent_on_ring)).to_owned(),
    ),
    (text("click-to-dial", "звонок нажатием"), |make, language| language(click_to_dial(make)).to_owned()),
    (
        text("click-to-dial that rings the customer first", "звонок нажатием, при котором первым вызывается клиент"),
        |make, language| language(yes(make.capability.can(Ability::CustomerFirst))).to_owned(),
    ),
    (
        text("calls a customer back from a group", "группа перезванивает клиенту"),
        |make, language| language(yes(make.capability.can(Ability::GroupCallback))).to_owned(),
    ),
    (text("actions on a call from the screen", "действия со звонком с экрана"), in_a_call),
    (text("recordings are played", "записи разговоров"), |make, language| {
        language(recordings(make)).to_owned()
    }),
    (text("calls while Trubka is off", "звонки, пока Трубка выключена"), missed),
    (text("balance", "баланс"), |make, language| language(yes(make.capability.can(Ability::Balance))).to_owned()),
    (text("text messages", "SMS"), |make, language| language(yes(make.capability.can(Ability::Sms))).to_owned()),
    (text("tells whether a phone is registered", "на связи ли телефон"), |make, language| {
        language(yes(make.capability.can(Ability::Status))).to_owned()
    }),
    (text("lists the employees", "список сотрудников"), |make, language| {
        language(yes(make.capability.can(Ability::Directory))).to_owned()
    }),
    (text("the key acts for", "ключ действует"), |make, language| language(make.key_acts_for).to_owned()),
];

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

fn table(language: fn(Text) -> &'static str) -> String {
    let title = |make: &Make| {
        let parts = [make.title].into_iter().chain(make.interface).map(language);
        parts.collect::<Vec<_>>().join(", ")
    };
    let heading = format!("| {}", line(MAKES.iter().map(title)));
    let rule = line((0..=MAKES.len()).map(|_| "---".to_owned()));
    let row = |(heading, cell): &Row| {
        line(std::iter::once(language(*heading).to_owned()).chain(MAKES.iter().map(|make| cell(*make, language))))
    };
    [heading, rule].into_iter().chain(ROWS.iter().map(row)).collect::<Vec<_>>().join("\n")
}

fn main() -> Result<(), &'static str> {
    let language: fn(Text) -> &'static str = match std::env::args().nth(1).as_deref() {
        Some("en") => |text| text.en,
        Some("ru") => |text| text.ru,
        _ => return Err("usage: makes-table en|ru"),
    };
    let told = |ability: &Ability| IN_ROWS.contains(ability) || IN_A_CALL.iter().any(|(one, _)| one == ability);
    if !Ability::ALL.iter().all(told) {
        return Err("an ability stands in no row of the table");
    }
    println!("{}", table(language));
    Ok(())
}
