//! Settings of this desk.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// Русский.
    Ru,
    /// English.
    En,
}

/// Theme of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Corner in which the card appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CardCorner {
    /// Bottom right.
    BottomRight,
    /// Bottom left.
    BottomLeft,
    /// Top right.
    TopRight,
    /// Top left.
    TopLeft,
}

/// What a person has set; `language` and `theme` absent means: as the system says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Chosen language.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Chosen theme.
    pub theme: Theme,
    /// Corner of the card.
    pub card_corner: CardCorner,
}

impl Default for Settings {
    fn default() -> Self {
        Self { language: None, theme: Theme::System, card_corner: CardCorner::BottomRight }
    }
}

/// A token on its way from a page to the keyring. It cannot be printed or written: whoever needs it says so with
/// [`Token::reveal`].
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Token(String);

link::must_not_implement!(Token: fmt::Debug, fmt::Display, Serialize);
link::must_not_implement!(ConnectOfficeRequest: fmt::Debug, Serialize);
link::must_not_implement!(RenewTokenRequest: fmt::Debug, Serialize);

impl Token {
    /// The token itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Wish to look at an office behind a gateway.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectOfficeRequest {
    /// Address of the gateway, `https://…`.
    pub address: String,
    /// Token from the administrator. Goes to the keyring and nowhere else.
    #[ts(type = "string")]
    pub token: Token,
}

/// Wish to go on at an office with another token.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RenewTokenRequest {
    /// Which office.
    pub office: String,
    /// The new token. Goes to the keyring and nowhere else.
    #[ts(type = "string")]
    pub token: Token,
}

/// Wish to look at an office no more: its token, its address and the copy of its calls go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DisconnectOfficeRequest {
    /// Which office.
    pub office: String,
    /// The person knows that he is its last administrator, and leaves this computer all the same.
    #[serde(default)]
    pub as_last_admin: bool,
}
