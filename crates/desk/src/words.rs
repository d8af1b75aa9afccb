//! The few texts that are not of a page: those of desktop notifications, and the mark of a trial call on its card.

use crate::contract::Language;

/// Texts in one language.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) rings: &'static str,
    pub(crate) missed: &'static str,
    pub(crate) hidden: &'static str,
    pub(crate) not_called_back: &'static str,
    pub(crate) call_back: &'static str,
    pub(crate) open: &'static str,
    pub(crate) dismiss: &'static str,
    pub(crate) trial_call: &'static str,
}

const RU: Words = Words {
    rings: "Входящий звонок",
    missed: "Пропущенный звонок",
    hidden: "Скрытый номер",
    not_called_back: "Перезвонить не получилось",
    call_back: "Перезвонить",
    open: "Показать",
    dismiss: "Скрыть",
    trial_call: "Пробный звонок",
};

const EN: Words = Words {
    rings: "Incoming call",
    missed: "Missed call",
    hidden: "Hidden number",
    not_called_back: "Not called back",
    call_back: "Call back",
    open: "Show",
    dismiss: "Hide",
    trial_call: "Trial call",
};

impl Words {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Ru => &RU,
            Language::En => &EN,
        }
    }
}
