//! How the own office stands, as its person sees it by the code of a gateway's administrator.

use desk::contract::{ConnectionState, QuotaCounted, StateRequest};
use own::OFFICE;
use simulator::Make;

use crate::support::Bench;

#[tokio::test]
async fn the_own_office_tells_how_its_connections_stand_and_nothing_of_an_address_that_it_has_not() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    let state = bench.desk.office_state(StateRequest { office: OFFICE.to_owned() }).await.expect("is told");
    let [connection] = state.connections.as_slice() else { panic!("one: {state:?}") };
    assert_eq!((connection.state, connection.posts, connection.missing_since), (ConnectionState::Live, false, None));
    assert!(connection.since <= state.now, "{connection:?}");
    let [everything, ..] = connection.quotas.as_slice() else { panic!("what it keeps to: {connection:?}") };
    assert_eq!(everything.counted, QuotaCounted::Everything);
    assert!(everything.limit > 0 && everything.used <= everything.limit, "{everything:?}");
    assert!(state.public_url.is_none() && state.addresses.is_empty() && state.certificates.is_empty(), "{state:?}");
}
