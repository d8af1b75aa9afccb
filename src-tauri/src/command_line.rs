//! The command line.

use std::path::PathBuf;

use link::wire::join::SecretText;
use simulator::Make;

/// How the program was called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct CommandLine {
    /// Look at the demo office.
    pub(crate) demo: bool,
    /// Calls of the demo, in the simulator's script format.
    pub(crate) demo_script: Option<PathBuf>,
    /// The PBXs of the demo; empty is its usual ones.
    pub(crate) makes: Vec<Make>,
    /// Start without the main window.
    pub(crate) hidden: bool,
    /// Start, show one scripted call, exit.
    pub(crate) smoke: bool,
    /// What another program hands over: a number (`tel:`, `callto:`, `sip:`, `sips:`) or an invitation (`trubka:`).
    pub(crate) link: Option<SecretText>,
    /// Started by the Trubka that is about to end: wait for its end.
    pub(crate) restarted: bool,
    /// Only say which version this is.
    pub(crate) version: bool,
    /// Only say how to call it.
    pub(crate) help: bool,
}

/// What `--help` says.
pub(crate) const HELP: &str = "\
Trubka, the desktop companion of a cloud PBX.

Usage: trubka [OPTIONS] [LINK]

  LINK                 a number (tel:, callto:, sip:, sips:) or an invitation (trubka://join/…): the running Trubka shows
                       it and asks
  --demo               look at the demo office, in a profile of its own
  --demo-script FILE   calls of the demo (see trubka-simulator --help for the format)
  --make MAKE          a PBX of the demo, instead of its usual ones; may be given several times:
                       rostelecom, mango-client, mango-vpbx, zadarma, novofon, era, ringcloud
  --hidden             start without the main window
  --smoke              start, show one scripted call, exit 0
  --version, --help

Environment:
  TRUBKA_PROFILE=DIR   keeps all state in DIR
  TRUBKA_LANG=ru|en    language, instead of the system's
  TRUBKA_THEME=light|dark
  TRUBKA_LOG=FILTER    what is logged, e.g. info or office=debug
";

/// What the program passes to itself when it starts again in another way.
pub(crate) const RESTARTED: &str = "--restarted";

/// Schemes of links that other programs may hand over.
const SCHEMES: [&str; 5] = ["tel:", "callto:", "sip:", "sips:", INVITATION];

/// Scheme of links that invite into an office.
const INVITATION: &str = "trubka:";

/// Whether a link is an invitation; every other one is a number.
pub(crate) fn is_invitation(link: &str) -> bool {
    link.to_ascii_lowercase().starts_with(INVITATION)
}

impl CommandLine {
    /// Reads the arguments after the program's own name.
    pub(crate) fn read(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut read = Self::default();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--demo" => read.demo = true,
                "--demo-script" => {
                    let file = args.next().ok_or("--demo-script needs a FILE")?;
                    read.demo_script = Some(file.into());
                    read.demo = true;
                }
                "--make" => {
                    let make = args.next().ok_or("--make needs a MAKE")?.parse()?;
                    if !read.makes.contains(&make) {
                        read.makes.push(make);
                    }
                    read.demo = true;
                }
                "--hidden" => read.hidden = true,
                "--smoke" => {
                    read.smoke = true;
                    read.demo = true;
                }
                RESTARTED => read.restarted = true,
                "--version" | "-V" => read.version = true,
                "--help" | "-h" => read.help = true,
                link if is_link(link) => read.link = Some(SecretText(link.to_owned())),
                other => return Err(format!("unknown argument {other:?}; see trubka --help")),
            }
        }
        Ok(read)
    }
}

fn is_link(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| lower.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<CommandLine, String> {
        CommandLine::read(args.iter().map(|arg| (*arg).to_owned()))
    }

    #[test]
    fn links_of_other_programs_are_taken_whatever_their_case() {
        for link in ["tel:+74951234567", "CALLTO:88005550110", "sip:101@example.invalid", "sips:x", "Trubka://join/x/y"]
        {
            assert_eq!(read(&[link]).expect("a link").link, Some(SecretText(link.to_owned())));
        }
        assert!(is_invitation("TRUBKA://join/x/y") && !is_invitation("tel:+74951234567"));
    }

    #[test]
    fn the_desktop_entry_names_the_schemes_and_hands_links_over() {
        let entry = include_str!("../trubka.desktop");
        let schemes = SCHEMES.map(|scheme| format!("x-scheme-handler/{};", scheme.trim_end_matches(':')));
        assert!(entry.contains(&format!("\nMimeType={}\n", schemes.concat())), "{entry}");
        assert!(entry.contains("\nExec={{exec}} %u\n"), "{entry}");
        let configuration: serde_json::Value =
            serde_json::from_str(include_str!("../tauri.conf.json")).expect("it is JSON");
        assert_eq!(configuration["bundle"]["linux"]["deb"]["desktopTemplate"], "trubka.desktop");
    }

    #[test]
    fn a_demo_script_means_the_demo() {
        assert!(read(&["--demo-script", "calls.jsonl"]).expect("valid").demo);
        assert!(read(&["--demo-script"]).is_err());
    }

    #[test]
    fn makes_of_the_demo_are_named_once_each() {
        let makes = read(&["--make", "zadarma", "--make", "novofon", "--make", "zadarma"]).expect("valid");
        assert_eq!((makes.makes, makes.demo), (vec![Make::ZADARMA, Make::NOVOFON], true));
        assert!(read(&["--make", "asterisk"]).expect_err("no make").contains("rostelecom"));
        assert!(read(&["--make"]).is_err());
        assert!(Make::ALL.iter().all(|make| HELP.contains(make.name())), "the help names every make");
    }

    #[test]
    fn what_is_not_known_is_named() {
        assert!(read(&["javascript:alert(1)"]).expect_err("no link").contains("--help"));
    }
}
