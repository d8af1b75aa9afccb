//! The command line.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, Command as ClapCommand, FromArgMatches, Parser, Subcommand, ValueEnum};
use trubka_simulator::{Fault, Make, Reading, SimulatorConfig, Timing, Zone};

/// What `--help` says besides the options: each make by hand, scripts, faults, readings.
fn help() -> String {
    include_str!("help.txt")
        .replace("{makes}", &Make::help())
        .replace("{lines}", &Make::lines())
        .replace("{names}", &Make::names())
        .replace("{readings}", &Reading::help())
}

/// Plays cloud PBXs on this computer, with scripts and faults.
#[derive(Debug, Parser)]
#[command(name = "trubka-simulator", version, after_long_help = help())]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the named makes until it is interrupted.
    #[command(after_long_help = help())]
    Serve(ServeOptions),
}

#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    makes: Makes,
    /// The same seed gives the same credentials, history and demo traffic.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Says nothing but the first line and warnings.
    #[arg(long)]
    pub(crate) json: bool,
    /// Plays this script; - reads it from standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "demo")]
    pub(crate) script: Option<PathBuf>,
    /// Plays varied office traffic without an end.
    #[arg(long)]
    pub(crate) demo: bool,
    /// Posts webhooks to this loopback address; where several makes send them, one for each, as MAKE=URL.
    #[arg(long = "hook", value_name = "[MAKE=]URL", value_parser = hook)]
    hooks: Vec<Hook>,
    /// Sends a webhook again and again until it is answered 200, at most five seconds apart.
    #[arg(long, requires = "hooks")]
    redeliver: bool,
    /// Switches a fault on from the start; may be given several times.
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
    /// How a vendor's page is read where it is silent; may be given several times.
    #[arg(long = "reading", value_name = "READING")]
    readings: Vec<Reading>,
    /// Plays calls so many times faster.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Writes timestamps without a mark (Rostelecom's, Zadarma's) in this zone.
    #[arg(long, value_enum, default_value_t = ZoneOption::Utc)]
    zone: ZoneOption,
    /// Answers click-to-call after so many milliseconds when nobody touches the phone.
    #[arg(long, value_name = "MS", default_value_t = 2000)]
    answer_after: u64,
    /// Makes a recording ready so many milliseconds after its call.
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    recording_lag: u64,
    /// Begins without calls of the past two weeks.
    #[arg(long)]
    no_history: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ZoneOption {
    Utc,
    Moscow,
}

/// `--MAKE HOST:PORT` for every make.
#[derive(Debug, Clone)]
struct Makes(BTreeMap<Make, SocketAddr>);

impl Args for Makes {
    fn augment_args(command: ClapCommand) -> ClapCommand {
        let option = |make: Make| {
            Arg::new(make.name())
                .long(make.name())
                .value_name("HOST:PORT")
                .value_parser(address)
                .help(format!("Runs {make} there; port 0 is any free one"))
        };
        command.args(Make::ALL.iter().copied().map(option))
    }

    fn augment_args_for_update(command: ClapCommand) -> ClapCommand {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Makes {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let named = |make: Make| Some((make, *matches.get_one::<SocketAddr>(make.name())?));
        let makes: BTreeMap<_, _> = Make::ALL.iter().copied().filter_map(named).collect();
        if makes.is_empty() {
            let names: Vec<String> = Make::ALL.iter().map(|make| format!("--{make} HOST:PORT")).collect();
            let reason = format!("name at least one make: {}\n", names.join(", "));
            return Err(clap::Error::raw(ErrorKind::MissingRequiredArgument, reason));
        }
        Ok(Self(makes))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Where webhooks go: those of one make, or of the only one that sends any.
#[derive(Debug, Clone)]
struct Hook {
    make: Option<Make>,
    url: String,
}

/// `URL` or `MAKE=URL`.
fn hook(text: &str) -> Result<Hook, String> {
    match text.split_once('=') {
        Some((make, url)) if !make.contains(['/', ':']) => Ok(Hook { make: Some(make.parse()?), url: url.to_owned() }),
        Some(_) | None => Ok(Hook { make: None, url: text.to_owned() }),
    }
}

impl ServeOptions {
    /// The hook of each make that runs and sends webhooks.
    fn hooks(&self) -> BTreeMap<Make, String> {
        let senders = || self.makes.0.keys().copied().filter(|make| make.sends_webhooks());
        let named = |hook: &Hook| match hook.make {
            Some(make) => vec![(make, hook.url.clone())],
            None => senders().map(|make| (make, hook.url.clone())).collect(),
        };
        self.hooks.iter().flat_map(named).collect()
    }

    pub(crate) fn config(&self) -> SimulatorConfig {
        SimulatorConfig {
            makes: self.makes.0.clone(),
            seed: self.seed,
            hooks: self.hooks(),
            redeliver: self.redeliver,
            timing: Timing {
                speed: self.speed,
                answer_after: Duration::from_millis(self.answer_after),
                recording_lag: Duration::from_millis(self.recording_lag),
                ..Timing::default()
            },
            zone: match self.zone {
                ZoneOption::Utc => Zone::Utc,
                ZoneOption::Moscow => Zone::Moscow,
            },
            history: !self.no_history,
            faults: self.faults.clone(),
            readings: self.readings.clone(),
            ..SimulatorConfig::default()
        }
    }
}

/// `127.0.0.1:7001`, `localhost:7001`, `[::1]:7001`, or `:0` alone.
fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong = || "write HOST:PORT, as in 127.0.0.1:7001, or 127.0.0.1:0 for any free port".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let host = if host.is_empty() || host == "localhost" { "127.0.0.1" } else { host };
    format!("{host}:{port}").parse().map_err(|_| wrong())
}

pub(crate) fn read_script(path: &Path) -> std::io::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn addresses_are_read() {
        assert_eq!(address(":0"), Ok(([127, 0, 0, 1], 0).into()));
        assert_eq!(address("localhost:7001"), Ok(([127, 0, 0, 1], 7001).into()));
        assert!(address("[::1]:7001").is_ok_and(|address| address.is_ipv6()));
        assert!(address("7001").is_err() && address("127.0.0.1:x").is_err());
    }

    #[test]
    fn a_hook_is_for_one_make_or_for_all_that_send() {
        let parse = |hook: &str| {
            let options = ["trubka-simulator", "serve", "--rostelecom", ":0", "--mango-client", ":0", "--hook", hook];
            Options::try_parse_from(options).map(|Options { command: Command::Serve(serve) }| serve.hooks())
        };
        let url = "http://127.0.0.1:1/hook/a=b";
        assert_eq!(parse(url).expect("an address"), BTreeMap::from([(Make::ROSTELECOM, url.to_owned())]));
        assert_eq!(parse(&format!("rostelecom={url}")).expect("both"), parse(url).expect("an address"));
        assert!(parse(&format!("asterisk={url}")).is_err());
    }

    #[test]
    fn a_make_must_be_named() {
        assert!(Options::try_parse_from(["trubka-simulator", "serve"]).is_err());
        assert!(Options::try_parse_from(["trubka-simulator", "serve", "--mango-client", ":0"]).is_ok());
    }

    #[test]
    fn the_help_explains_every_make_and_the_scripts() {
        let help = Options::command().render_long_help().to_string();
        for word in [
            "--mango-client",
            "sha256",
            "Authorization: Bearer",
            "callback-hung-up",
            "recording-truncated",
            "odd-result",
            "reason-text",
        ] {
            assert!(help.contains(word), "{word}");
        }
    }
}
