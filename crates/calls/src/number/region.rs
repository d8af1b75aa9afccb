//! Where a number belongs, as far as its digits tell: the country, and the town or region of a Russian fixed line.

use rlibphonenumber::PhoneNumber;

use super::is_e164;

/// Where a number belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The country, in two letters of ISO 3166.
    pub country: String,
    /// The town or region, where the number is of a Russian fixed line. A mobile number may be anywhere.
    pub area: Option<Area>,
}

/// A town or region in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// In Russian.
    pub ru: &'static str,
    /// In English.
    pub en: &'static str,
}

/// Where a number in E.164 belongs; `None` for any other text, and for numbers of no one country.
pub fn region(e164: &str) -> Option<Region> {
    if !is_e164(e164) {
        return None;
    }
    let country = PhoneNumber::parse(e164, None).ok()?.get_region_code()?.to_string();
    // Networks of all countries, such as satellites, have a code of three digits instead.
    let is_country = country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase());
    is_country.then(|| Region { area: area(e164).filter(|_| country == "RU"), country })
}

fn area(e164: &str) -> Option<Area> {
    let code = e164.strip_prefix("+7")?.get(..3)?;
    let at = AREAS.binary_search_by_key(&code, |(code, ..)| *code).ok()?;
    let (_, ru, en) = AREAS[at];
    Some(Area { ru, en })
}

/// The codes of Russian fixed lines, ascending, each with its chief town or its region.
const AREAS: [(&str, &str, &str); 91] = [
    ("301", "Улан-Удэ, Бурятия", "Ulan-Ude, Buryatia"),
    ("302", "Чита", "Chita"),
    ("341", "Ижевск, Удмуртия", "Izhevsk, Udmurtia"),
    ("342", "Пермь", "Perm"),
    ("343", "Екатеринбург", "Yekaterinburg"),
    ("345", "Тюмень", "Tyumen"),
    ("346", "Ханты-Мансийский округ", "Khanty-Mansi district"),
    ("347", "Уфа, Башкортостан", "Ufa, Bashkortostan"),
    ("349", "Ямало-Ненецкий округ", "Yamalo-Nenets district"),
    ("351", "Челябинск", "Chelyabinsk"),
    ("352", "Курган", "Kurgan"),
    ("353", "Оренбург", "Orenburg"),
    ("365", "Крым", "Crimea"),
    ("381", "Омск", "Omsk"),
    ("382", "Томск", "Tomsk"),
    ("383", "Новосибирск", "Novosibirsk"),
    ("384", "Кемерово", "Kemerovo"),
    ("385", "Барнаул, Алтайский край", "Barnaul, Altai territory"),
    ("388", "Горно-Алтайск, Алтай", "Gorno-Altaysk, Altai"),
    ("390", "Абакан, Хакасия", "Abakan, Khakassia"),
    ("391", "Красноярск", "Krasnoyarsk"),
    ("394", "Кызыл, Тыва", "Kyzyl, Tuva"),
    ("395", "Иркутск", "Irkutsk"),
    ("401", "Калининград", "Kaliningrad"),
    ("411", "Якутск, Якутия", "Yakutsk, Yakutia"),
    ("413", "Магадан", "Magadan"),
    ("415", "Камчатка", "Kamchatka"),
    ("416", "Благовещенск", "Blagoveshchensk"),
    ("421", "Хабаровск", "Khabarovsk"),
    ("423", "Владивосток", "Vladivostok"),
    ("424", "Южно-Сахалинск", "Yuzhno-Sakhalinsk"),
    ("426", "Биробиджан", "Birobidzhan"),
    ("427", "Чукотка", "Chukotka"),
    ("471", "Курск", "Kursk"),
    ("472", "Белгород", "Belgorod"),
    ("473", "Воронеж", "Voronezh"),
    ("474", "Липецк", "Lipetsk"),
    ("475", "Тамбов", "Tambov"),
    ("481", "Смоленск", "Smolensk"),
    ("482", "Тверь", "Tver"),
    ("483", "Брянск", "Bryansk"),
    ("484", "Калуга", "Kaluga"),
    ("485", "Ярославль", "Yaroslavl"),
    ("486", "Орёл", "Oryol"),
    ("487", "Тула", "Tula"),
    ("491", "Рязань", "Ryazan"),
    ("492", "Владимир", "Vladimir"),
    ("493", "Иваново", "Ivanovo"),
    ("494", "Кострома", "Kostroma"),
    ("495", "Москва", "Moscow"),
    ("496", "Московская область", "Moscow region"),
    ("498", "Московская область", "Moscow region"),
    ("499", "Москва", "Moscow"),
    ("811", "Псков", "Pskov"),
    ("812", "Санкт-Петербург", "Saint Petersburg"),
    ("813", "Ленинградская область", "Leningrad region"),
    ("814", "Петрозаводск, Карелия", "Petrozavodsk, Karelia"),
    ("815", "Мурманск", "Murmansk"),
    ("816", "Великий Новгород", "Veliky Novgorod"),
    ("817", "Вологда", "Vologda"),
    ("818", "Архангельск", "Arkhangelsk"),
    ("820", "Череповец", "Cherepovets"),
    ("821", "Сыктывкар, Коми", "Syktyvkar, Komi"),
    ("831", "Нижний Новгород", "Nizhny Novgorod"),
    ("833", "Киров", "Kirov"),
    ("834", "Саранск, Мордовия", "Saransk, Mordovia"),
    ("835", "Чебоксары, Чувашия", "Cheboksary, Chuvashia"),
    ("836", "Йошкар-Ола, Марий Эл", "Yoshkar-Ola, Mari El"),
    ("841", "Пенза", "Penza"),
    ("842", "Ульяновск", "Ulyanovsk"),
    ("843", "Казань, Татарстан", "Kazan, Tatarstan"),
    ("844", "Волгоград", "Volgograd"),
    ("845", "Саратов", "Saratov"),
    ("846", "Самара", "Samara"),
    ("847", "Элиста, Калмыкия", "Elista, Kalmykia"),
    ("848", "Тольятти", "Tolyatti"),
    ("851", "Астрахань", "Astrakhan"),
    ("855", "Набережные Челны", "Naberezhnye Chelny"),
    ("861", "Краснодар", "Krasnodar"),
    ("862", "Сочи", "Sochi"),
    ("863", "Ростов-на-Дону", "Rostov-on-Don"),
    ("865", "Ставрополь", "Stavropol"),
    ("866", "Нальчик, Кабардино-Балкария", "Nalchik, Kabardino-Balkaria"),
    ("867", "Владикавказ, Осетия", "Vladikavkaz, Ossetia"),
    ("869", "Севастополь", "Sevastopol"),
    ("871", "Чечня", "Chechnya"),
    ("872", "Махачкала, Дагестан", "Makhachkala, Dagestan"),
    ("873", "Ингушетия", "Ingushetia"),
    ("877", "Майкоп, Адыгея", "Maykop, Adygea"),
    ("878", "Черкесск, Карачаево-Черкесия", "Cherkessk, Karachay-Cherkessia"),
    ("879", "Кавказские Минеральные Воды", "Caucasian Mineral Waters"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_ascending_and_have_both_names() {
        assert!(AREAS.is_sorted_by(|(one, ..), (other, ..)| one < other));
        assert!(AREAS.iter().all(|(code, ru, en)| code.len() == 3 && !ru.is_empty() && en.is_ascii()));
    }

    #[test]
    fn a_number_tells_its_country_and_a_fixed_line_its_town() {
        for (number, country, area) in [
            ("+74951234567", "RU", Some("Москва")),
            ("+73831234567", "RU", Some("Новосибирск")),
            ("+78121234567", "RU", Some("Санкт-Петербург")),
            ("+79161234567", "RU", None),
            ("+78005550110", "RU", None),
            ("+442079460958", "GB", None),
            ("+77012345678", "KZ", None),
        ] {
            let found = region(number).expect("belongs somewhere");
            assert_eq!((found.country.as_str(), found.area.map(|area| area.ru)), (country, area), "{number}");
        }
        for number in ["101", "112", "sip:anna", "+881612345678", ""] {
            assert_eq!(region(number), None, "{number}");
        }
    }
}
