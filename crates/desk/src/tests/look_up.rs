//! The one field: who is found while somebody types, and what is known before a call.

use calls::{CallResult, CallState, LegState};
use link::wire::Call;

use crate::{
    contract::{CallRef, DialWarning, LookUpRequest, LookUpView, PreviewDialRequest, SaveNoteRequest},
    testing::{Bench, Shape, at, call},
};

async fn look_up(bench: &Bench, text: &str) -> LookUpView {
    bench.desk.look_up(LookUpRequest { text: text.into() }).await.expect("an answer")
}

fn with_olga(number: &str, minute: i64) -> Call {
    call(number).leg("102", LegState::Connected).state(CallState::Talking).with(|call| {
        call.started_at = at(minute);
        call.customer.name = Some("Ольга Морозова".into());
        call.customer.number = Some("+79001234567".into());
    })
}

/// Two talks with one person, one call with another, and a note that speaks of the first.
async fn bench() -> Bench {
    let bench = Bench::remote().await;
    for (seq, number) in (1..).zip(["1", "2"]) {
        bench.keep("remote", seq, &with_olga(number, seq.try_into().unwrap()).ended(CallResult::Answered));
    }
    let other = call("3").with(|call| {
        call.started_at = at(3);
        call.customer.name = Some("Артём Кузнецов".into());
    });
    bench.keep("remote", 3, &other.ended(CallResult::Missed));
    let call = CallRef { office: "remote".into(), id: call("3").id.as_str().into() };
    let note = SaveNoteRequest { call, text: "Спросить про мороз и 204-55-18".into(), replaces: None };
    bench.desk.save_note(note).await.expect("kept");
    bench
}

#[tokio::test(start_paused = true)]
async fn a_name_finds_a_person_once_with_all_his_calls() {
    let bench = bench().await;
    for text in ["моро", "МОРОЗОВА ольга", "900 12", "8 900 12"] {
        let found = look_up(&bench, text).await;
        let people: Vec<_> = found.people.iter().map(|person| (person.party.name.as_deref(), person.calls)).collect();
        assert_eq!(people, [(Some("Ольга Морозова"), 2)], "{text}");
        assert_eq!(found.people[0].party.dial.as_deref(), Some("+79001234567"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_word_of_a_note_finds_the_note_and_not_whom_it_was_said_of() {
    let bench = bench().await;
    let found = look_up(&bench, "спросить мороз").await;
    assert!(found.people.is_empty(), "{:?}", found.people);
    let [note] = &found.notes[..] else { panic!("one note: {:?}", found.notes) };
    assert_eq!((note.party.name.as_deref(), note.author.as_str()), (Some("Артём Кузнецов"), "Пётр"));
    assert_eq!((found.calls.len(), found.found, found.more), (1, 1, false));
    // The word is in a name and in a note: both are found, the newest call first.
    let both = look_up(&bench, "мороз").await;
    assert_eq!((both.people.len(), both.notes.len(), both.found), (1, 1, 3));
    assert!(both.calls[0].noted);
    // Digits are found where somebody wrote them down, too.
    assert_eq!(look_up(&bench, "55-18").await.notes.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_finds_nothing_says_how_far_back_was_looked() {
    let bench = bench().await;
    let found = look_up(&bench, "автосервис").await;
    assert_eq!((found.found, found.people.len(), found.notes.len()), (0, 0, 0));
    assert_eq!(found.since, Some(at(1)));
    assert_eq!(look_up(&bench, "  ").await.found, 0, "nothing was asked");
    assert_eq!(look_up(&Bench::live().await, "x").await.since, None);
}

#[tokio::test(start_paused = true)]
async fn a_preview_says_where_the_number_belongs_and_what_was_said_last() {
    let bench = bench().await;
    let preview =
        async |text: &str| bench.desk.preview_dial(PreviewDialRequest { text: text.into() }).await.expect("a number");
    let olga = preview("8 900 123-45-67").await;
    assert_eq!(olga.name.as_deref(), Some("Ольга Морозова"));
    assert_eq!(olga.last_talk.and_then(|talk| talk.talk_ms), Some(55_000));
    assert!(!olga.asks);
    let moscow = preview("8 495 123-45-67").await;
    let area = moscow.region.and_then(|region| region.area).expect("a town");
    assert_eq!((area.ru.as_str(), area.en.as_str()), ("Москва", "Moscow"));
    let abroad = preview("+44 20 7946 0958").await;
    assert_eq!(abroad.region.map(|region| region.country).as_deref(), Some("GB"));
    assert_eq!(
        (&abroad.warnings[..], abroad.asks),
        (&[DialWarning::International][..], true),
        "Enter alone calls nobody"
    );
}
