//! `init`: a folder with all that a gateway needs to be started, and the first admin's invitation.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::Args;
use data_encoding::BASE32_NOPAD;
use link::wire::Role;
use office::{Clock, SystemClock};
use secrecy::ExposeSecret;
use store::{Random, SystemRandom};
use trubka_gateway::{
    certificate::Files,
    config::Config,
    invitations::{self, NewInvitation},
    platform,
};
use url::{Host, Url};

use super::{init_texts::Texts, invite, open, output, token::name};

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The folder to make; it holds everything, the database too.
    folder: PathBuf,
    /// Where vendors and desks will reach the gateway, such as https://calls.example.org. Absent: on this computer alone, to try it.
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// What the office is called.
    #[arg(long, value_parser = name)]
    name: Option<String>,
    /// A proxy (nginx, Caddy) on this computer speaks TLS before the gateway, which then listens on 127.0.0.1.
    #[arg(long)]
    behind_proxy: bool,
    /// Where to listen; the port of the address on all interfaces when absent.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// The first admin.
    #[arg(long, default_value = "Admin", value_parser = name)]
    admin: String,
}

/// Makes the folder, whole or not at all.
pub(super) async fn init(arguments: InitArguments) -> anyhow::Result<ExitCode> {
    let folder = &arguments.folder;
    let is_empty = |folder: &Path| fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if folder.exists() && !is_empty(folder) {
        bail!("{} is there already and is not empty: nothing is overwritten; name another folder", folder.display());
    }
    let texts = Texts::of_language(language().as_deref());
    let mut random = [0; 5];
    SystemRandom.fill(&mut random).context("the system gives no randomness")?;
    let suffix = BASE32_NOPAD.encode(&random).to_ascii_lowercase();
    let beside = folder.file_name().map(|name| folder.with_file_name(format!(".{}.{suffix}", name.to_string_lossy())));
    let beside = beside.context("name a folder")?;
    if let Some(parent) = beside.parent() {
        fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
    }
    // Fails where somebody has made it meanwhile.
    platform::create_private_folder(&beside).with_context(|| format!("making {}", beside.display()))?;
    let made = make(&arguments, &beside, texts).await;
    let moved = made.and_then(|link| {
        if folder.exists() {
            fs::remove_dir(folder)?;
        }
        fs::rename(&beside, folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(link)
    });
    let link = moved.inspect_err(|_| drop(fs::remove_dir_all(&beside)))?;
    output::say(&texts.next_steps(folder, &link))?;
    Ok(ExitCode::SUCCESS)
}

/// Makes everything in this folder; answers the first admin's link.
async fn make(arguments: &InitArguments, folder: &Path, texts: Texts) -> anyhow::Result<String> {
    let url = match &arguments.url {
        Some(url) => url.clone(),
        None => Url::parse("https://localhost:8443")?,
    };
    let Some(host) = url.host() else { bail!("--url: there is no host in it") };
    if url.scheme() != "https" {
        bail!("--url: vendors and desks are reached over https:// only");
    }
    let port = url.port().unwrap_or(443);
    let listen = arguments.listen.clone().unwrap_or_else(|| match (arguments.behind_proxy, is_here(&host)) {
        (true, _) => "127.0.0.1:8443".to_owned(),
        (false, true) => format!("127.0.0.1:{port}"),
        (false, false) => format!("0.0.0.0:{port}"),
    });
    let now = SystemClock.now();
    if !arguments.behind_proxy {
        let mut hosts = vec![url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned()];
        if is_here(&host) {
            hosts.extend(["localhost", "127.0.0.1"].map(str::to_owned));
            hosts.sort();
            hosts.dedup();
        }
        Files::in_folder(folder).make(&hosts, false, now)?;
    }
    let mut file = platform::create_private(&folder.join("cache.key"))?;
    writeln!(file, "{}", store::cache::new_key(&SystemRandom)?.expose_secret())?;
    file.sync_all()?;
    let name = arguments.name.clone().unwrap_or_else(|| url.host_str().unwrap_or_default().to_owned());
    let path = folder.join("gateway.toml");
    fs::write(&path, texts.configuration(&name, &listen, &url, arguments.behind_proxy))?;

    let config = Config::read(&path)?;
    config.listen()?;
    let store = open::as_owner(&config.data_dir())?;
    let admin = NewInvitation {
        name: arguments.admin.clone(),
        role: Role::Admin,
        extensions: vec![],
        groups: vec![],
        days: None,
    };
    let made = invitations::invite(&store, &config.join_address()?, vec![admin], invite::WHO, now).await?;
    store.close();
    Ok(made.into_iter().next().map(|made| made.link.0).unwrap_or_default())
}

fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The language of whoever sits here, as the system has it.
fn language() -> Option<String> {
    ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}
