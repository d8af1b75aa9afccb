//! Every script, as it happens and with all timers on time.

use crate::{office::Office, scripts, summary};

#[test]
fn every_script_ends_in_its_calls() {
    for script in scripts::all() {
        let office = Office::live(script.settings.clone(), &script.entries).settle();
        assert_eq!(summary::of(&office), script.calls, "{}", script.name);
    }
}
