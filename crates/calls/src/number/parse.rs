//! Says what kind of number a text is.

use super::{
    phone::Phone,
    plan::{is_emergency, is_service},
    text::Parts,
};

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
    pub fn parse(text: &str) -> Self {
        Self::of_parts(&Parts::read(text))
    }

    pub(super) fn of_parts(parts: &Parts) -> Self {
        if parts.is_hidden() {
            return Self::Hidden;
        }
        let Some(number) = &parts.number else { return Self::Other(parts.user.clone()) };
        if is_emergency(number) {
            return Self::Emergency(number.clone());
        }
        if is_service(number) {
            return Self::Service(number.clone());
        }
        // Programs give a context of the whole country to local and to complete numbers alike.
        let in_context = parts.context.as_ref().and_then(|context| Phone::read(&format!("{context}{number}")));
        if let Some(phone) = in_context {
            return Self::Phone(phone);
        }
        if (2..=5).contains(&number.len()) && !number.starts_with('+') {
            return Self::Extension(number.clone());
        }
        match Phone::read(number) {
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
        for code in ["112", "101", "102", "103", "104", "tel:112", "1-1-2"] {
            assert!(matches!(Number::parse(code), Number::Emergency(_)), "{code}");
        }
        assert_eq!(Number::parse("122"), Number::Service("122".into()));
        for short in ["10", "0511", "34567", "sip:345@cloudpbx.example"] {
            assert!(matches!(Number::parse(short), Number::Extension(_)), "{short}");
        }
        assert!(matches!(Number::parse("84951234567"), Number::Phone(_)));
        for other in ["5", "*100#", "test_user", "1234567", "+112"] {
            assert!(matches!(Number::parse(other), Number::Other(_)), "{other}");
        }
    }

    #[test]
    fn a_context_completes_what_is_a_number_only_with_it() {
        for complete in ["1234567;phone-context=+7495", "4951234567;phone-context=+7", "84951234567;phone-context=+7"] {
            let number = Number::parse(&format!("tel:{complete}"));
            assert!(matches!(number, Number::Phone(phone) if phone.e164 == "+74951234567"), "{complete}");
        }
        assert_eq!(Number::parse("tel:112;phone-context=+7"), Number::Emergency("112".into()));
        assert_eq!(Number::parse("tel:122;phone-context=+7495"), Number::Service("122".into()));
        assert_eq!(Number::parse("tel:345;phone-context=+7495"), Number::Extension("345".into()));
        assert_eq!(Number::parse("tel:863-1234;phone-context=+1-914-555"), Number::Other("863-1234".into()));
    }
}
