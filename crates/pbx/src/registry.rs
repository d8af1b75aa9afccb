//! From a connection's settings to its make.

use crate::{
    config::{ConfigError, ConnectionConfig},
    make::Make,
    mango_client::MangoClient,
    mango_vpbx::MangoVpbx,
    rostelecom::Rostelecom,
    traits::Pbx,
    zadarma::Zadarma,
};

/// The make of a connection, configured. Fails with what is wrong with the settings.
pub fn build(config: &ConnectionConfig) -> Result<Box<dyn Pbx>, ConfigError> {
    config.validate_common()?;
    Ok(match config.make {
        Make::Rostelecom => Box::new(Rostelecom::new(config)?),
        Make::MangoClient => Box::new(MangoClient::new(config)?),
        Make::MangoVpbx => Box::new(MangoVpbx::new(config)?),
        Make::Zadarma => Box::new(Zadarma::new(config)?),
        Make::Novofon => Box::new(Zadarma::novofon(config)?),
    })
}

/// Checks everything of a connection's settings that can be checked without the network.
pub fn validate(config: &ConnectionConfig) -> Result<(), ConfigError> {
    build(config).map(|_| ())
}
