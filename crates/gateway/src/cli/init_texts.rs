//! What `init` writes and says, in Russian and in English.

use std::path::Path;

use url::Url;

/// The texts in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Texts {
    Russian,
    English,
}

impl Texts {
    /// Those for a locale such as `ru_RU.UTF-8`.
    pub(super) fn of_language(locale: Option<&str>) -> Self {
        if locale.is_some_and(|locale| locale.starts_with("ru")) { Self::Russian } else { Self::English }
    }

    /// What is to be done next, with the first admin's link.
    pub(super) fn next_steps(self, folder: &Path, link: &str) -> String {
        let config = folder.join("gateway.toml");
        let config = config.display();
        match self {
            Self::Russian => format!(
                "Готово: {}\n\n1. Запустите шлюз:\n   trubka-gateway serve --config {config}\n\n2. Откройте приглашение в Trubka на \
                 своём компьютере (7 дней, один раз). Там же подключается АТС и приглашаются сотрудники:\n   {link}",
                folder.display()
            ),
            Self::English => format!(
                "Done: {}\n\n1. Start the gateway:\n   trubka-gateway serve --config {config}\n\n2. Open the invitation with \
                 Trubka on your own computer (7 days, once). There the PBX is connected and people are invited:\n   {link}",
                folder.display()
            ),
        }
    }

    /// The configuration, with what each line is for.
    pub(super) fn configuration(self, name: &str, listen: &str, url: &Url, behind_proxy: bool) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let (name, listen, url) = (quoted(name), quoted(listen), quoted(url.as_str()));
        let [about, called, listens, reached, kept, proxy, tls, own, secrets, lock, more] = self.comments();
        let certificate = match behind_proxy {
            true => format!("# {proxy}\n# tls = {{ cert = \"cert.pem\", key = \"key.pem\" }}\n"),
            false => format!("# {tls}\ntls = {{ cert = \"cert.pem\", key = \"key.pem\" }}\n# {own}\nca = \"ca.pem\"\n"),
        };
        format!(
            "# {about}\n\n# {called}\nname = {name}\n# {listens}\nlisten = {listen}\n# {reached}\npublic_url = {url}\n# {kept}\n\
             data_dir = \"data\"\n{certificate}\n# {secrets}\n[secrets]\n# {lock}\ncache_key = {{ file = \"cache.key\" }}\n\n# {more}\n"
        )
    }

    fn comments(self) -> [&'static str; 11] {
        match self {
            Self::Russian => [
                "Настройки шлюза Trubka. Пути считаются от папки этого файла. Проверить всё: trubka-gateway check --config …",
                "Как называется офис: видно в приглашениях.",
                "Где слушать.",
                "По какому адресу шлюз видят АТС и рабочие места.",
                "База, кэш записей и ключ секретов, введённых с экрана.",
                "TLS у прокси перед шлюзом. Без прокси: cert self-signed или сертификат своего центра.",
                "Сертификат своего центра, созданный init. Сертификат публичного центра: впишите его файлы и уберите ca.",
                "Рабочие места получают этот центр вместе с приглашением; на страницу АТС: trubka-gateway cert export.",
                "Секреты здесь не пишутся: только где они лежат.",
                "Ключ кэша записей. Потерян — записи будут скачаны заново.",
                "АТС, линии, группы и люди добавляются в Trubka. Здесь их тоже можно записать: [[connection]], [[line]], … \
                 (docs/ru/gateway.md); записанное здесь меняется только здесь.",
            ],
            Self::English => [
                "A Trubka gateway's configuration. Paths are meant from this file's folder. Check all: trubka-gateway check --config …",
                "What the office is called: shown in invitations.",
                "Where to listen.",
                "The address by which PBXs and desks reach the gateway.",
                "The database, the recordings' cache, and the key of secrets that were entered on a screen.",
                "The proxy before the gateway speaks TLS. Without one: cert self-signed, or a certificate of a CA.",
                "A certificate of an own CA, made by init. For one of a public CA name its files here and take ca out.",
                "Desks get this CA with their invitation; for the vendor's page: trubka-gateway cert export.",
                "Secrets are never in here: only where they are.",
                "The key of the recordings' cache. If it is lost, recordings are fetched anew.",
                "PBXs, lines, groups and people are added in Trubka. They may stand here, too: [[connection]], [[line]], … \
                 (docs/gateway.md); what stands here is changed here alone.",
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_read_in_either_language_and_with_any_name() {
        let url: Url = "https://calls.example.org".parse().expect("a URL");
        for locale in [Some("ru_RU.UTF-8"), Some("C"), None] {
            for behind_proxy in [true, false] {
                let text =
                    Texts::of_language(locale).configuration("ООО \"Ромашка\"", "127.0.0.1:1", &url, behind_proxy);
                let folder = tempfile::tempdir().expect("a folder");
                let path = folder.path().join("gateway.toml");
                std::fs::write(&path, &text).expect("is written");
                let config = trubka_gateway::config::Config::read(&path).expect("is right");
                assert_eq!(config.name(), "ООО \"Ромашка\"");
                assert_eq!(config.certificate().is_none(), behind_proxy);
            }
        }
    }
}
