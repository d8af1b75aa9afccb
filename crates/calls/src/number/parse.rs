//! Says what kind of number a text is.

use super::{phone::Phone, plan::NumberingPlan, text::Parts};

/// A number by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// Not shown by the caller, or empty.
    Hidden,
    /// Rescue services, sent as typed.
    Emergency(String),
    /// Another short number of the country, sent as typed.
    Service(String),
    /// A colleague: 2 to 5 digits.
    Extension(String),
    /// A number of the public network.
    Phone(Phone),
    /// Anything else, without scheme and domain.
    Other(String),
}

impl Number {
    /// Reads any text. Never fails: what is no number is [`Number::Other`].
    pub fn parse(text: &str, plan: &NumberingPlan) -> Self {
        Self::of_parts(&Parts::read(text), plan)
    }

    pub(super) fn of_parts(parts: &Parts, plan: &NumberingPlan) -> Self {
        if parts.is_hidden() {
            return Self::Hidden;
        }
        let Some(number) = &parts.number else { return Self::Other(parts.user.clone()) };
        if plan.is_emergency(number) {
            return Self::Emergency(number.clone());
        }
        if plan.is_service(number) && !plan.has_extension(number) {
            return Self::Service(number.clone());
        }
        if (2..=5).contains(&number.len()) && !number.starts_with('+') {
            return Self::Extension(number.clone());
        }
        match Phone::read(number, plan) {
            Some(phone) => Self::Phone(phone),
            None => Self::Other(parts.user.clone()),
        }
    }

    /// The form that is stored; `None` when hidden.
    pub fn into_text(self) -> Option<String> {
        match self {
            Self::Hidden => None,
            Self::Phone(phone) => Some(phone.e164),
            Self::Emergency(text) | Self::Service(text) | Self::Extension(text) | Self::Other(text) => Some(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_before_extensions_and_extensions_before_phones() {
        let plan = NumberingPlan::russia();
        for code in ["112", "101", "102", "103", "104", "tel:112", "1-1-2"] {
            assert!(matches!(Number::parse(code, &plan), Number::Emergency(_)), "{code}");
        }
        assert_eq!(Number::parse("122", &plan), Number::Service("122".into()));
        for short in ["10", "0511", "34567", "sip:345@cloudpbx.example"] {
            assert!(matches!(Number::parse(short, &plan), Number::Extension(_)), "{short}");
        }
        assert!(matches!(Number::parse("84951234567", &plan), Number::Phone(_)));
        for other in ["5", "*100#", "test_user", "1234567", "+112"] {
            assert!(matches!(Number::parse(other, &plan), Number::Other(_)), "{other}");
        }
    }

    #[test]
    fn an_office_may_have_the_number_of_a_service_but_not_of_rescue() {
        let plan = NumberingPlan::russia().with_extensions(["122".into(), "101".into()]);
        assert_eq!(Number::parse("122", &plan), Number::Extension("122".into()));
        assert_eq!(Number::parse("101", &plan), Number::Emergency("101".into()));
    }
}
