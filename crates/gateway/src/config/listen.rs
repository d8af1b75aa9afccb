//! Where to listen, and whether plain HTTP may be spoken there.

use std::net::{SocketAddr, ToSocketAddrs};

use super::{error::Wrong, file::File};

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// The address; port 0 means any.
    pub address: SocketAddr,
    /// Plain HTTP reaches beyond this computer: a proxy before the gateway has to speak TLS.
    pub behind_proxy: bool,
}

/// The address of the file. Plain HTTP is refused where it would carry tokens in the clear.
pub(super) fn of(file: &File) -> Result<Listen, Wrong> {
    let address = file
        .listen
        .to_socket_addrs()
        .ok()
        .and_then(|mut found| found.next())
        .ok_or_else(|| Wrong::Field("listen: write an address and a port, such as 127.0.0.1:8443".to_owned()))?;
    let plain_beyond = file.tls.is_none() && !address.ip().is_loopback();
    let proxy_named = file.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    if plain_beyond && !proxy_named {
        return Err(Wrong::Field(
            "listen: plain HTTP beyond this computer carries tokens in the clear; set tls, listen on 127.0.0.1, or \
             name the https address of the proxy before the gateway as public_url"
                .to_owned(),
        ));
    }
    Ok(Listen { address, behind_proxy: plain_beyond })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listen(text: &str) -> Result<Listen, Wrong> {
        of(&File::parse(&format!("data_dir = \"d\"\n{text}")).expect("is read"))
    }

    #[test]
    fn plain_http_stays_on_this_computer_or_behind_a_proxy() {
        let local = listen("listen = \"127.0.0.1:0\"").expect("is fine");
        assert!(!local.behind_proxy);
        assert!(listen("listen = \"0.0.0.0:8080\"").is_err());
        assert!(listen("listen = \"0.0.0.0:8080\"\npublic_url = \"http://calls.example.org\"").is_err());
        let proxied = listen("listen = \"0.0.0.0:8080\"\npublic_url = \"https://calls.example.org\"").expect("is fine");
        assert!(proxied.behind_proxy);
        let tls = listen("listen = \"0.0.0.0:8443\"\ntls = { cert = \"c\", key = \"k\" }").expect("is fine");
        assert!(!tls.behind_proxy);
    }

    #[test]
    fn an_address_without_a_port_is_refused() {
        let Err(Wrong::Field(message)) = listen("listen = \"127.0.0.1\"") else { panic!("is refused") };
        assert!(message.starts_with("listen: "), "{message}");
    }
}
