//! The people of an account as its PBX lists them. Some PBXs tell of a phone by its SIP name alone; whose it is they say
//! only in their list, and without that his calls would be nobody's.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use calls::{Ability, LegRef, VendorEvent};
use pbx::{
    Driver, Error,
    query::{AccountUser, Query, Reply},
};

/// The people of one connection.
#[derive(Debug, Default)]
pub(crate) struct People(RwLock<Listed>);

#[derive(Debug, Default)]
struct Listed {
    /// From a SIP name to the extension of the same person.
    extensions: BTreeMap<String, String>,
    /// From an extension to the name that people read.
    names: BTreeMap<String, String>,
}

impl People {
    /// Asks the PBX for its list, where it has one; what was known stays where it does not answer.
    pub(crate) async fn learn(&self, driver: &Driver) -> Result<(), Error> {
        if driver.capability().can(Ability::Directory)
            && let Reply::Users(users) = driver.query(&Query::Users).await?
        {
            self.take(users);
        }
        Ok(())
    }

    fn take(&self, users: Vec<AccountUser>) {
        let mut known = Listed::default();
        for AccountUser { name, extension, title, .. } in users {
            let Some(extension) = extension else { continue };
            known.names.extend(title.map(|title| (extension.clone(), title)));
            let sip = name.split('@').next().unwrap_or_default();
            if !sip.is_empty() && sip != extension {
                known.extensions.insert(sip.to_owned(), extension);
            }
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// Names the people in these events by their extensions, and as people read them.
    pub(crate) fn name(&self, events: &mut [VendorEvent]) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.names.is_empty() && known.extensions.is_empty() {
            return;
        }
        for leg in events.iter_mut().flat_map(|event| &mut event.effects).filter_map(calls::Effect::leg_mut) {
            known.name(leg);
        }
    }
}

impl Listed {
    fn name(&self, leg: &mut LegRef) {
        let sip = leg.extension.clone().unwrap_or_default();
        if let Some(extension) = self.extensions.get(&sip) {
            if leg.key == sip {
                leg.key.clone_from(extension);
                leg.alias = Some(sip);
            }
            leg.extension = Some(extension.clone());
        }
        if leg.name.is_none() {
            leg.name = leg.extension.as_ref().and_then(|extension| self.names.get(extension)).cloned();
        }
    }
}

#[cfg(test)]
mod tests {
    use calls::{Effect, LegRole};

    use super::*;
    use crate::testing::Bench;

    #[test]
    fn who_is_told_by_his_sip_name_has_his_extension() {
        let people = People::default();
        let user = |name: &str, extension: &str, title: &str| AccountUser {
            name: name.into(),
            extension: Some(extension.into()),
            title: Some(title.into()),
            mail: None,
            voice_mail: None,
        };
        people.take(vec![user("petrov@d.example", "101", "Пётр Волков"), user("102", "102", "Анна")]);
        let leg = |key: &str| LegRef {
            key: key.into(),
            role: LegRole::Agent,
            extension: Some(key.into()),
            number: None,
            name: None,
            alias: None,
            caller: None,
        };
        let named = |key: &str| {
            let mut events = [Bench::event("1", Some("c"), vec![Effect::LegAnswered { leg: leg(key) }])];
            people.name(&mut events);
            let Effect::LegAnswered { leg } = events[0].effects.remove(0) else { panic!("is a leg") };
            (leg.key, leg.extension, leg.alias, leg.name)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(named("petrov"), ("101".to_owned(), some("101"), some("petrov"), some("Пётр Волков")));
        assert_eq!(named("102"), ("102".to_owned(), some("102"), None, some("Анна")));
        assert_eq!(named("sidorov"), ("sidorov".to_owned(), some("sidorov"), None, None));
    }
}
