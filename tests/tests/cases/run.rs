//! One case from the start of its gateway to its end.

use crate::{desks::Desks, expect, file::Case, gateway::Served, requests};

/// Runs a case; everything that does not hold is told.
pub(crate) async fn run(case: &Case) -> Result<(), String> {
    let served = match (Served::start(&case.office).await, &case.office.may_refuse_to_start) {
        (Ok(served), _) => served,
        (Err(said), Some(named)) if said.contains(named) => return Ok(()),
        (Err(said), _) => return Err(format!("the gateway does not start: {said}")),
    };
    let outcome = ask_and_look(&served, case).await;
    served.stop().await;
    outcome
}

async fn ask_and_look(served: &Served, case: &Case) -> Result<(), String> {
    let desks = Desks::listen(served).await?;
    requests::make(served, &desks, &case.defaults, &case.requests).await?;
    served.settled().await;
    let mut wrong = Vec::new();
    for expectation in &case.expect {
        wrong.extend(expect::check(served, &desks, expectation).await.err());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
}
