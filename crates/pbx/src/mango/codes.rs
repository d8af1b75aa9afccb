//! MANGO OFFICE's result codes: of answers, and of the ends of legs (the manual's list, v1.9).

use calls::EndCause;

/// Done as asked.
pub(crate) const DONE: i64 = 1000;
/// The calling side of the leg hung up.
pub(crate) const CALLER_HUNG_UP: i64 = 1110;
/// Nothing was recorded, because the talk was too short.
pub(crate) const TOO_SHORT: i64 = 4002;

/// Every code of the list, in order: the first and the last of those that mean the same, and what they mean.
const LIST: &[(i64, i64, &str)] = &[
    (1000, 1000, "done"),
    (1001, 1001, "done, with remarks"),
    (1100, 1100, "ended in the usual way"),
    (1110, 1110, "the caller hung up"),
    (1111, 1111, "no answer in time"),
    (1120, 1120, "the called side hung up"),
    (1121, 1121, "busy"),
    (1122, 1122, "declined"),
    (1123, 1124, "do not disturb"),
    (1125, 1125, "the operator stopped the outbound task"),
    (1130, 1130, "the called number is restricted"),
    (1131, 1131, "the called number cannot be reached"),
    (1132, 1132, "the called number is not served"),
    (1133, 1133, "the called number does not exist"),
    (1134, 1134, "forwarded too often"),
    (1135, 1135, "forwarding is forbidden"),
    (1140, 1140, "the PBX's settings bar calls to this region"),
    (1150, 1150, "the calling number is restricted"),
    (1151, 1151, "the calling number is on the blacklist"),
    (1152, 1152, "the calling number is not on the whitelist"),
    (1160, 1160, "the group call failed"),
    (1161, 1161, "hold is forbidden"),
    (1162, 1162, "the queue on hold is full"),
    (1163, 1163, "the time in the queue ran out"),
    (1164, 1164, "no operator is free"),
    (1170, 1170, "ended by the call scheme"),
    (1171, 1171, "the call scheme is set up wrongly"),
    (1180, 1180, "ended by the user's command"),
    (1181, 1181, "ended by the external system"),
    (1182, 1182, "another operator picked it up"),
    (1183, 1183, "another operator was assigned"),
    (1190, 1190, "the called number is switched off or off schedule"),
    (1191, 1191, "the called number is switched off"),
    (1192, 1192, "the called number is off schedule"),
    (1193, 1193, "busy, refused automatically"),
    (1200, 1200, "the contact centre's session failed"),
    (1201, 1201, "too many connections"),
    (1202, 1202, "no such session"),
    (1210, 1210, "the server accepts nothing now"),
    (1211, 1211, "the server is being maintained"),
    (1212, 1212, "the server has no database"),
    (1230, 1230, "the session was not ended by its user"),
    (1231, 1231, "the server restarts"),
    (1232, 1234, "an administrator ended the session"),
    (1235, 1235, "the server lost its database"),
    (1236, 1236, "the session's data changed"),
    (1300, 1300, "ended in the usual way"),
    (1310, 1310, "an answering machine"),
    (1311, 1311, "a machine answered: unavailable"),
    (1312, 1312, "a machine answered: busy"),
    (1313, 1313, "a machine answered: voicemail"),
    (1314, 1314, "a machine's greeting took too long"),
    (2000, 2000, "billing refused it"),
    (2100, 2100, "no access to the account"),
    (2110, 2110, "the account is blocked"),
    (2120, 2120, "the account is closed"),
    (2130, 2130, "the account is frozen"),
    (2140, 2140, "the account is not valid"),
    (2200, 2200, "access is limited"),
    (2210, 2210, "the limit of the period is used up"),
    (2211, 2211, "the limit of the day is used up"),
    (2212, 2212, "the limit of the month is used up"),
    (2220, 2220, "too many calls at once"),
    (2230, 2230, "the service is not available to this account"),
    (2240, 2240, "there is not enough money on the account"),
    (2250, 2250, "the limit of use is reached"),
    (2251, 2251, "too many call schemes"),
    (2252, 2252, "more schedules than licences"),
    (2253, 2253, "the call screening service is full"),
    (2300, 2300, "calls in this direction are blocked"),
    (2400, 2400, "billing failed"),
    (3000, 3000, "a wrong request"),
    (3100, 3100, "wrong parameters"),
    (3101, 3101, "the request is no POST"),
    (3102, 3102, "the key does not match"),
    (3103, 3103, "a parameter is missing"),
    (3104, 3104, "a parameter's form is wrong"),
    (3105, 3105, "a wrong access key"),
    (3106, 3106, "the value is in use"),
    (3107, 3107, "a wrong quantity or attribute"),
    (3108, 3108, "a value is too small"),
    (3109, 3109, "a value is too large"),
    (3110, 3110, "the confirmation differs"),
    (3111, 3111, "wrong dates"),
    (3112, 3119, "a mistake in an e-mail address"),
    (3120, 3120, "the password is weak"),
    (3121, 3121, "a wrong SIP login"),
    (3122, 3122, "a wrong SIP domain"),
    (3123, 3123, "only one of the parameters may be given"),
    (3124, 3124, "the line cannot be shown on outgoing calls"),
    (3125, 3125, "the parameters belong together"),
    (3126, 3126, "the menu leads to itself"),
    (3127, 3127, "a wrong token"),
    (3128, 3128, "a wrong address"),
    (3129, 3129, "wrong audio channels"),
    (3130, 3134, "the password breaks a rule"),
    (3135, 3135, "one of the parameters is needed"),
    (3136, 3136, "the number's form is wrong"),
    (3137, 3137, "the password breaks a rule"),
    (3200, 3200, "a wrong number"),
    (3300, 3300, "there is no such thing"),
    (3310, 3310, "there is no such call"),
    (3320, 3320, "there is no such recording"),
    (3330, 3330, "there is no such number"),
    (3340, 3340, "there is no such file"),
    (3400, 3400, "the JSON cannot be read"),
    (3503, 3503, "the search finds too much"),
    (4000, 4000, "it cannot be done"),
    (4001, 4001, "it is not supported"),
    (4002, 4002, "too short to be recorded"),
    (4100, 4100, "the PBX cannot do this with such a call"),
    (4101, 4101, "the call has ended or does not exist"),
    (4102, 4102, "it is being recorded already"),
    (4104, 4104, "forwarded too often"),
    (4200, 4200, "the subscriber cannot be reached now"),
    (4290, 4290, "too many requests"),
    (4300, 4301, "the SMS cannot be sent"),
    (4391, 4393, "the SMS cannot be sent"),
    (4400, 4405, "the conference does not allow it"),
    (4500, 4500, "a security limit"),
    (4501, 4501, "too many calls in a short time"),
    (4502, 4502, "the caller is on the blacklist"),
    (4503, 4503, "the file is too large"),
    (4504, 4504, "the file's size is not known"),
    (4505, 4505, "the file's form is wrong"),
    (4506, 4506, "the security profile forbids it"),
    (4507, 4507, "the subscriber is blocked"),
    (5000, 5000, "the server failed"),
    (5001, 5001, "the server is overloaded"),
    (5002, 5002, "the server restarts"),
    (5003, 5003, "a technical failure"),
    (5004, 5004, "the database failed"),
    (5005, 5005, "the server is in service mode"),
    (5006, 5006, "only service access"),
    (5007, 5007, "a remote server failed"),
    (5008, 5008, "the service is unavailable"),
    (5009, 5009, "it cannot be added"),
    (5010, 5010, "there is no money to connect it"),
    (5011, 5011, "no answer in time inside the PBX"),
    (5101, 5114, "the campaign does not allow it"),
    (5200, 5200, "the groups and employees do not allow it"),
    (5201, 5201, "the API is switched off in the account"),
    (5202, 5227, "the groups and employees do not allow it"),
    (5228, 5228, "too many employees"),
    (5300, 5302, "the address book failed"),
    (6000, 6000, "the fax failed"),
    (6010, 6014, "the fax failed"),
    (6100, 6102, "the fax failed"),
];

/// The code of the list as which a code is read: itself, its subclass, or its class.
pub(crate) fn listed(code: i64) -> i64 {
    let nearest = [code, code / 10 * 10, code / 100 * 100].into_iter().find(|code| meaning_of(*code).is_some());
    nearest.unwrap_or(code / 1000 * 1000)
}

/// What a code means, in words.
pub(crate) fn words(code: i64) -> &'static str {
    meaning_of(listed(code)).unwrap_or("a code that MANGO does not list")
}

fn meaning_of(code: i64) -> Option<&'static str> {
    let place = LIST.partition_point(|(_, last, _)| *last < code);
    LIST.get(place).filter(|(first, _, _)| *first <= code).map(|(_, _, words)| *words)
}

/// Why a leg ended. 1110 comes for answered and unanswered calls alike, so it says only who hung up.
pub(crate) fn cause(code: i64) -> EndCause {
    match listed(code) {
        1111 | 1131 | 1191 => EndCause::NoAnswer,
        CALLER_HUNG_UP => EndCause::Cancelled,
        1121 | 1193 => EndCause::Busy,
        1122..=1124 | 1150..=1152 => EndCause::Rejected,
        1182 => EndCause::AnsweredElsewhere,
        1130 | 1132..=1135 | 1140 => EndCause::Failed,
        1000..2000 => EndCause::Normal,
        _ if code == 0 => EndCause::Normal,
        _ => EndCause::Failed,
    }
}

/// Whether the caller was turned away, by the PBX itself or by a command.
pub(crate) fn is_turned_away(code: i64) -> bool {
    matches!(listed(code), 1150..=1152 | 1181)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(LIST.iter().all(|(first, last, _)| first <= last));
        assert!(LIST.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn a_code_that_is_not_listed_is_read_as_its_subclass_and_then_its_class() {
        let cases = [(2219, 2210), (1129, 1120), (3118, 3118), (3199, 3100), (4999, 4000), (5150, 5000), (1000, 1000)];
        for (code, expected) in cases {
            assert_eq!(listed(code), expected, "{code}");
        }
        assert_eq!((words(3105), words(3109)), ("a wrong access key", "a value is too large"));
        assert_eq!((words(7300), words(109)), ("a code that MANGO does not list", "a code that MANGO does not list"));
    }

    #[test]
    fn the_end_of_a_leg_is_read_exactly_and_then_by_class() {
        let cases = [
            (1121, EndCause::Busy),
            (1193, EndCause::Busy),
            (1111, EndCause::NoAnswer),
            (1131, EndCause::NoAnswer),
            (1122, EndCause::Rejected),
            (1151, EndCause::Rejected),
            (1182, EndCause::AnsweredElsewhere),
            (1120, EndCause::Normal),
            (1099, EndCause::Normal),
            (1139, EndCause::Failed),
            (2219, EndCause::Failed),
            (3200, EndCause::Failed),
            (0, EndCause::Normal),
            (109, EndCause::Failed),
            (-1, EndCause::Failed),
        ];
        for (code, expected) in cases {
            assert_eq!(cause(code), expected, "{code}");
        }
    }
}
