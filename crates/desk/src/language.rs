//! Which language and theme the program speaks and wears.

use crate::contract::{Language, Settings, Theme};

/// What the environment says, read once by the program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// `TRUBKA_LANG`.
    pub language: Option<String>,
    /// `TRUBKA_THEME`.
    pub theme: Option<String>,
    /// The system's locale (`ru_RU.UTF-8`, `en-GB`, …).
    pub locale: Option<String>,
}

impl Surroundings {
    /// The language where nobody has chosen one.
    pub fn language(&self) -> Language {
        language(&Settings::default(), self)
    }
}

/// The chosen language, else `TRUBKA_LANG`, else Russian where the system is Russian, English elsewhere.
pub(crate) fn language(settings: &Settings, surroundings: &Surroundings) -> Language {
    settings
        .language
        .or_else(|| surroundings.language.as_deref().and_then(named))
        .unwrap_or_else(|| surroundings.locale.as_deref().and_then(named).unwrap_or(Language::En))
}

/// The chosen theme; where the system's is chosen, `TRUBKA_THEME` may say which that is.
pub(crate) fn theme(settings: &Settings, surroundings: &Surroundings) -> Theme {
    match settings.theme {
        Theme::Light => Theme::Light,
        Theme::Dark => Theme::Dark,
        Theme::System => match surroundings.theme.as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            Some(_) | None => Theme::System,
        },
    }
}

/// `ru`, `ru_RU.UTF-8`, `ru-RU` → Russian; `en…` → English.
fn named(locale: &str) -> Option<Language> {
    let first = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
    if first.eq_ignore_ascii_case("ru") {
        Some(Language::Ru)
    } else if first.eq_ignore_ascii_case("en") {
        Some(Language::En)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(language: Option<&str>, locale: Option<&str>) -> Surroundings {
        Surroundings { language: language.map(Into::into), locale: locale.map(Into::into), theme: None }
    }

    #[test]
    fn a_choice_beats_the_variable_and_the_variable_beats_the_system() {
        let chosen = Settings { language: Some(Language::En), ..Settings::default() };
        assert_eq!(language(&chosen, &surroundings(Some("ru"), Some("ru_RU.UTF-8"))), Language::En);
        assert_eq!(language(&Settings::default(), &surroundings(Some("en"), Some("ru_RU.UTF-8"))), Language::En);
    }

    #[test]
    fn only_a_russian_system_starts_in_russian() {
        for (locale, expected) in [
            (Some("ru_RU.UTF-8"), Language::Ru),
            (Some("ru"), Language::Ru),
            (Some("RU-by"), Language::Ru),
            (Some("rue"), Language::En),
            (Some("de_DE.UTF-8"), Language::En),
            (Some("C"), Language::En),
            (Some(""), Language::En),
            (None, Language::En),
        ] {
            assert_eq!(language(&Settings::default(), &surroundings(None, locale)), expected, "{locale:?}");
        }
    }

    #[test]
    fn a_variable_that_names_no_language_of_ours_is_passed_over() {
        assert_eq!(language(&Settings::default(), &surroundings(Some("de"), Some("ru_RU"))), Language::Ru);
    }

    #[test]
    fn theme_follows_the_variable_only_where_the_system_decides() {
        let dark = Surroundings { theme: Some("dark".into()), ..Surroundings::default() };
        assert_eq!(theme(&Settings::default(), &dark), Theme::Dark);
        assert_eq!(theme(&Settings { theme: Theme::Light, ..Settings::default() }, &dark), Theme::Light);
        assert_eq!(theme(&Settings::default(), &Surroundings::default()), Theme::System);
    }
}
