//! The contract in TypeScript: one file a type, written by ts-rs, and `commands.ts` with the commands and events.

use std::{collections::BTreeSet, fmt::Write, fs};

use ts_rs::{Config, ExportError, TS};

use super::{
    commands::{Window, command_table, event_table},
    *,
};

/// A type as TypeScript names it.
struct Type {
    name: String,
    /// It has a file of its own.
    imported: bool,
}

impl Type {
    fn of<T: TS + 'static>(config: &Config) -> Self {
        Self { name: T::name(config), imported: T::output_path().is_some() }
    }
}

struct CommandType {
    name: &'static str,
    doc: String,
    windows: &'static [Window],
    takes: Option<Type>,
    gives: Option<Type>,
}

struct EventType {
    name: &'static str,
    doc: String,
    window: Window,
    payload: Type,
}

/// `Some` of a type where one is named.
macro_rules! type_of {
    ($config:ident) => {
        None
    };
    ($config:ident, $named:ty) => {
        Some(Type::of::<$named>($config))
    };
}

macro_rules! describe_commands {
    ($($(#[doc = $doc:literal])* [$($window:ident)+] $by:ident $name:ident($($takes:ty)?) $(-> $gives:ty)?;)*) => {
        fn commands(config: &Config) -> Vec<CommandType> {
            vec![$(CommandType {
                name: stringify!($name),
                doc: concat!($($doc),*).trim().to_owned(),
                windows: &[$(Window::$window),+],
                takes: type_of!(config $(, $takes)?),
                gives: type_of!(config $(, $gives)?),
            }),*]
        }

        fn export_types(config: &Config) -> Result<(), ExportError> {
            $($(export_type::<$takes>(config)?;)? $(export_type::<$gives>(config)?;)?)*
            Ok(())
        }
    };
}
command_table!(describe_commands);

macro_rules! describe_events {
    ($($(#[doc = $doc:literal])* [$window:ident] $name:ident: $payload:ty;)*) => {
        fn events(config: &Config) -> Vec<EventType> {
            vec![$(EventType {
                name: stringify!($name),
                doc: concat!($($doc),*).trim().to_owned(),
                window: Window::$window,
                payload: Type::of::<$payload>(config),
            }),*]
        }
    };
}
event_table!(describe_events);

/// Numbers and flags have no file.
fn export_type<T: TS + 'static>(config: &Config) -> Result<(), ExportError> {
    if T::output_path().is_some() { T::export_all(config) } else { Ok(()) }
}

/// Writes all of it into the folder of the configuration.
pub fn export(config: &Config) -> Result<(), ExportError> {
    export_types(config)?;
    CallsChanged::export_all(config)?;
    ContractError::export_all(config)?;
    fs::write(config.out_dir().join("commands.ts"), module(config))?;
    Ok(())
}

fn module(config: &Config) -> String {
    let (commands, events) = (commands(config), events(config));
    let named = commands.iter().flat_map(|command| [&command.takes, &command.gives]).flatten();
    let named = named.chain(events.iter().map(|event| &event.payload));
    let imports: BTreeSet<&str> = named.filter(|used| used.imported).map(|used| used.name.as_str()).collect();
    let mut text = String::from("// Written from `desk::contract` by `cargo xtask types`. Do not edit it.\n");
    for name in imports {
        line(&mut text, format_args!("import type {{ {name} }} from \"./{name}\";"));
    }
    for (window, title, whose) in [(Window::Main, "Main", "main"), (Window::Card, "Card", "card")] {
        let of_window = || commands.iter().filter(move |command| command.windows.contains(&window));
        line(
            &mut text,
            format_args!("\n/** What the {whose} window may ask. Failures are `ContractError` objects. */"),
        );
        line(&mut text, format_args!("export interface {title}Commands {{"));
        for command in of_window() {
            let takes = command.takes.as_ref().map(|takes| format!("request: {}", takes.name)).unwrap_or_default();
            let gives = command.gives.as_ref().map_or("void", |gives| gives.name.as_str());
            line(&mut text, format_args!("  /** {} */", command.doc));
            line(&mut text, format_args!("  {}({takes}): Promise<{gives}>;", camel_case(command.name)));
        }
        line(&mut text, format_args!("}}\n\n/** By which names it asks, and whether there is an answer. */"));
        line(&mut text, format_args!("export const {whose}Commands = {{"));
        for command in of_window() {
            let (property, name, answers) = (camel_case(command.name), command.name, command.gives.is_some());
            line(&mut text, format_args!("  {property}: {{ name: \"{name}\", answers: {answers} }},"));
        }
        line(&mut text, format_args!("}} as const satisfies Record<keyof {title}Commands, CommandName>;"));
        line(&mut text, format_args!("\n/** What the {whose} window is told, with the payloads. */"));
        line(&mut text, format_args!("export interface {title}Events {{"));
        for event in events.iter().filter(|event| event.window == window) {
            line(&mut text, format_args!("  /** {} */\n  {}: {};", event.doc, event.name, event.payload.name));
        }
        line(&mut text, format_args!("}}"));
    }
    text.push_str("\n/** A command as the program knows it. */\nexport interface CommandName {\n  name: string;\n  answers: boolean;\n}\n");
    text
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing into a string does not fail.
    let _ = writeln!(text, "{words}");
}

/// `list_calls` → `listCalls`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut joined = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        joined.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        joined.push_str(letters.as_str());
    }
    joined
}
