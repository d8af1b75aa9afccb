//! How a connection is proved stage by stage, in the order that vendors recommend: what a make's description says of each
//! stage.

use crate::make::Text;

/// What a stage asks of whoever connects a PBX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StageAdvice {
    /// What is to be done in the vendor's account.
    Do(Text),
    /// Why this make has nothing to prove here, in one sentence.
    NotNeeded(Text),
}

/// The stages of a staged check, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stages {
    /// Messages go both ways without encryption.
    pub plain: StageAdvice,
    /// Both sides accept the other's signature.
    pub signature: StageAdvice,
    /// The same over TLS.
    pub tls: StageAdvice,
    /// At the vendor's live address, with a real call.
    pub live: StageAdvice,
    /// With the vendor's allow-list.
    pub allow_list: StageAdvice,
}

impl Stages {
    /// Of a make whose PBX does not post to us: what a make's description begins with there.
    pub const WITHOUT_WEBHOOKS: Self = Self {
        plain: StageAdvice::NotNeeded(NO_PLAIN),
        signature: StageAdvice::NotNeeded(NO_WEBHOOKS),
        tls: StageAdvice::NotNeeded(ALWAYS_TLS),
        live: StageAdvice::Do(REAL_CALL),
        allow_list: StageAdvice::NotNeeded(NO_LIST),
    };

    /// The same where the PBX cannot reach the office, whose finished calls are read instead.
    #[must_use]
    pub const fn without_address(self) -> Self {
        let not_needed = StageAdvice::NotNeeded(NO_ADDRESS);
        Self { plain: not_needed, signature: not_needed, tls: not_needed, ..self }
    }

    /// What is said of each, in their order.
    pub fn all(&self) -> [StageAdvice; 5] {
        [self.plain, self.signature, self.tls, self.live, self.allow_list]
    }
}

const NO_PLAIN: Text = Text {
    ru: "Не нужен: эта АТС сама к нам не приходит, а Трубка обращается к ней только с шифрованием.",
    en: "Not needed: this PBX does not come to us, and Trubka talks to it encrypted only.",
};
const NO_WEBHOOKS: Text = Text {
    ru: "Не нужен: эта АТС не шлёт уведомлений, подписывать нечего; ключ проверяется на шаге «Рабочий режим».",
    en: "Not needed: this PBX posts no notifications, so nothing is signed; the key is checked at the stage “Live”.",
};
const NO_ADDRESS: Text = Text {
    ru: "Не нужен: у этого офиса нет публичного адреса, уведомления к нему не приходят, прошедшие звонки он читает сам.",
    en: "Not needed: this office has no public address, so no notifications come; it reads the finished calls itself.",
};
const ALWAYS_TLS: Text = Text {
    ru: "Не нужен: эта АТС не подключается к нам, а соединение Трубки с ней зашифровано всегда.",
    en: "Not needed: this PBX does not connect to us, and Trubka’s own connection to it is always encrypted.",
};
const REAL_CALL: Text = Text {
    ru: "В кабинете ничего менять не нужно. Нажмите «Проверить шаг», затем позвоните на свой номер с любого телефона.",
    en: "Nothing is to be changed in the account. Press “Check stage”, then call your number from any phone.",
};
const NO_LIST: Text = Text {
    ru: "Не нужен: списка разрешённых адресов в описании этой АТС нет.",
    en: "Not needed: nothing that is published of this PBX speaks of a list of allowed addresses.",
};
