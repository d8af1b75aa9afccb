//! The request journal of an office in a file.

use link::wire::{JournalExport, JournalLine};

use crate::{
    contract::{
        ErrorCode, ExportJournalRequest, ExportWords, ExportedEntry, FieldSeparator, JournalDirection, JournalFilter,
        JournalReason, JournalVerdict,
    },
    testing::{Bench, at},
};

fn entry(id: i64, direction: JournalDirection, verdict: JournalVerdict) -> ExportedEntry {
    let failed = verdict == JournalVerdict::Failed;
    ExportedEntry {
        line: JournalLine {
            id,
            at: at(0),
            connection: Some("rt1".parse().unwrap()),
            direction,
            method: if failed { "call_back" } else { "test notification" }.to_owned(),
            verdict,
            outcome: "in English".to_owned(),
            failed,
            reason: failed.then_some(JournalReason::Unreachable),
            status: (!failed).then_some(200),
            took_ms: 12,
            plain: false,
        },
        target: "/call_events".to_owned(),
        sent: Some("{\"to\":\"+7900•••••67\"}".to_owned()),
        received: Some("=cmd()".to_owned()),
    }
}

fn words() -> ExportWords {
    let columns = ["Время", "Куда", "Где", "Метод", "Итог", "Статус", "мс", "Адрес", "Запрос", "Ответ"];
    ExportWords {
        separator: FieldSeparator::Semicolon,
        columns: columns.map(str::to_owned),
        directions: [(JournalDirection::Incoming, "К нам"), (JournalDirection::Outgoing, "От нас")]
            .map(|(direction, words)| (direction, words.to_owned()))
            .into(),
        verdicts: [(JournalVerdict::Signed, "подпись совпала".to_owned())].into(),
        reasons: [(JournalReason::Unreachable, "нет связи".to_owned())].into(),
        methods: [("test notification".to_owned(), "Тест".to_owned())].into(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_journal_is_a_table_of_all_its_parts_in_the_words_and_the_zone_of_whoever_reads_it() {
    let bench = Bench::live().await;
    bench.set_zone(3);
    let first = vec![entry(9, JournalDirection::Incoming, JournalVerdict::Signed)];
    let second = vec![entry(8, JournalDirection::Outgoing, JournalVerdict::Failed)];
    let part = |entries, next| JournalExport { entries, next };
    bench.office.exports(vec![(None, part(first, Some(9))), (Some(9), part(second, None))]);
    let filter = JournalFilter { before: Some(3), ..JournalFilter::default() };
    let request = |office: &str| ExportJournalRequest { office: office.into(), filter: filter.clone(), words: words() };
    let table = bench.desk.journal_table(request("own")).await.unwrap();
    assert_eq!((table.entries, table.whole), (2, true));
    let lines: Vec<&str> = table.text.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "\u{feff}\"Время\";\"Куда\";\"Где\";\"Метод\";\"Итог\";\"Статус\";\"мс\";\"Адрес\";\"Запрос\";\"Ответ\""
    );
    let local =
        at(0).to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(3))).strftime("%Y-%m-%d %H:%M:%S.000").to_string();
    let body = "\"{\"\"to\"\":\"\"+7900•••••67\"\"}\"";
    assert_eq!(
        lines[1],
        format!(
            "\"{local}\";\"К нам\";\"rt1\";\"Тест\";\"подпись совпала\";\"200\";\"12\";\"/call_events\";\"'=cmd()\";{body}"
        )
    );
    assert_eq!(
        lines[2],
        format!(
            "\"{local}\";\"От нас\";\"rt1\";\"call_back\";\"нет связи\";\"\";\"12\";\"/call_events\";{body};\"'=cmd()\""
        )
    );
    assert_eq!(lines[3..], [""]);
    assert_eq!(bench.desk.journal_table(request("other")).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a_journal_without_end_is_cut_at_its_newest_entries_and_says_so() {
    let bench = Bench::live().await;
    let many = vec![entry(9, JournalDirection::Incoming, JournalVerdict::Signed); 12_000];
    let part = JournalExport { entries: many, next: Some(9) };
    bench.office.exports(vec![(None, part.clone()), (Some(9), part)]);
    let request = ExportJournalRequest { office: "own".into(), filter: JournalFilter::default(), words: words() };
    let table = bench.desk.journal_table(request).await.unwrap();
    assert_eq!((table.entries, table.whole), (20_000, false));
    assert_eq!(table.text.lines().count(), 20_001);
}
