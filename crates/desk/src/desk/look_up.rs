//! What the one field finds while somebody types: people, calls and notes.

use std::collections::BTreeSet;

use store::{Filter, folded_words};

use super::{
    Desk,
    lists::{Viewers, row},
};
use crate::{
    archive::{Archive, ArchivedCall, archived_call, off_loop},
    contract::{ContractError, LookUpRequest, LookUpView, NoteRow, PartyView, PersonRow},
    views::{details::notes, party::party, row::call_ref},
};

/// Calls that are looked through; what is found among them is shown.
const COUNTED: usize = 100;
/// People that are offered.
const PEOPLE: usize = 4;
/// Calls that are offered.
const CALLS: usize = 5;
/// Notes that are offered.
const NOTES: usize = 3;

impl Desk {
    /// People, calls and notes that a text finds, from this computer's database.
    pub async fn look_up(&self, request: LookUpRequest) -> Result<LookUpView, ContractError> {
        let viewers = self.viewers().await?;
        off_loop(&self.archive, move |archive| look_up(archive, &viewers, request.text.trim())).await
    }
}

fn look_up(archive: &Archive, viewers: &Viewers, text: &str) -> Result<LookUpView, ContractError> {
    let since = archive.store.oldest()?;
    let asked = Asked::of(text);
    if asked.is_empty() {
        return Ok(LookUpView { since, ..LookUpView::default() });
    }
    let saved = archive.store.search(text, &Filter::default(), None, COUNTED + 1)?;
    let more = saved.len() > COUNTED;
    let found: Vec<ArchivedCall> = saved.iter().take(COUNTED).filter_map(archived_call).collect();
    let people = people(archive, viewers, &asked, &found)?;
    let notes = noted(archive, viewers, &asked, &found)?;
    let calls = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let rows =
        found.into_iter().take(CALLS).map(|archived| row(archive, viewers, archived)).collect::<Result<_, _>>()?;
    Ok(LookUpView { people, calls: rows, notes, found: calls, more, since })
}

/// A question, folded as search folds it.
struct Asked {
    words: Vec<String>,
    /// Its digits, where it has nothing else: a leading 8 may stand for 7.
    digits: Option<String>,
}

impl Asked {
    fn of(text: &str) -> Self {
        let words = folded_words(text).split_whitespace().map(str::to_owned).collect();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_number = !digits.is_empty() && !text.contains(char::is_alphabetic);
        Self { words, digits: is_number.then_some(digits) }
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn is_in_words(&self, text: &str) -> bool {
        let folded = folded_words(text);
        self.words.iter().all(|word| folded.contains(word.as_str()))
    }

    fn is_in_number(&self, number: &str) -> bool {
        let Some(asked) = &self.digits else { return false };
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let without_trunk = asked.strip_prefix('8').filter(|rest| rest.len() > 2);
        digits.contains(asked.as_str()) || without_trunk.is_some_and(|rest| digits.contains(rest))
    }

    fn finds(&self, party: &PartyView) -> bool {
        let named = party.name.as_deref().is_some_and(|name| self.is_in_words(name));
        named || party.dial.as_deref().is_some_and(|number| self.is_in_number(number))
    }
}

/// Those who can be called, each once, by the number that they called from.
fn people(
    archive: &Archive,
    viewers: &Viewers,
    asked: &Asked,
    found: &[ArchivedCall],
) -> Result<Vec<PersonRow>, ContractError> {
    let mut seen = BTreeSet::new();
    let mut people = Vec::new();
    for archived in found {
        let party = party(&archived.call, &viewers.me(&archived.office));
        let Some(number) = party.dial.clone().filter(|_| asked.finds(&party)) else { continue };
        if seen.insert(number.clone()) {
            let filter = Filter { number: Some(number), ..Filter::default() };
            let calls = u32::try_from(archive.store.count(&filter)?).unwrap_or(u32::MAX);
            people.push(PersonRow { party, calls });
        }
        if people.len() == PEOPLE {
            break;
        }
    }
    Ok(people)
}

fn noted(
    archive: &Archive,
    viewers: &Viewers,
    asked: &Asked,
    found: &[ArchivedCall],
) -> Result<Vec<NoteRow>, ContractError> {
    let mut rows = Vec::new();
    for ArchivedCall { office, call } in found {
        let of_call = notes(&archive.facts(office, &call.id)?).into_iter().filter(|note| asked.is_in_words(&note.text));
        rows.extend(of_call.map(|note| NoteRow {
            call: call_ref(office, &call.id),
            party: party(call, &viewers.me(office)),
            text: note.text,
            author: note.author,
            at: note.at,
        }));
        if rows.len() >= NOTES {
            rows.truncate(NOTES);
            break;
        }
    }
    Ok(rows)
}
