//! Every bit of a signed message, one after the other.

use futures_util::future::join_all;
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    http::{Message, post},
    office::Office,
    vendors::{Moment, VENDORS, Vendor},
};

/// Messages that are on their way together.
const AT_A_TIME: usize = 32;

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("a time")
}

/// The message with each bit of its body, and of the headers that sign it, the other way round.
fn flipped(message: &Message) -> Vec<Message> {
    let mut all = Vec::new();
    for bit in 0..message.body.len() * 8 {
        let mut changed = message.clone();
        changed.body[bit / 8] ^= 1 << (bit % 8);
        all.push(changed);
    }
    for (place, (name, value)) in message.headers.iter().enumerate() {
        for bit in (0..value.len() * 8).filter(|_| name != "Content-Type") {
            let mut changed = message.clone();
            changed.headers[place].1[bit / 8] ^= 1 << (bit % 8);
            all.push(changed);
        }
    }
    all
}

async fn every_bit(vendor: Vendor) {
    let office = Office::at(now(), "UTC", [vendor.make]).await;
    let ring = |call: &str| vendor.post(&vendor.fields(call, Moment::Rings, now(), &TimeZone::UTC));
    assert_eq!(office.post(&ring("witness")).await, 200);
    let witness = office.call(vendor.make, &vendor.call("witness")).await.expect("it rings");
    let message = ring("flipped");
    assert_eq!(office.post(&message).await, 200);
    let (stored, mut accepted) = (office.stored().await, 0);
    for some in flipped(&message).chunks(AT_A_TIME) {
        let statuses = join_all(some.iter().map(|changed| post(office.address, changed))).await;
        for (changed, status) in some.iter().zip(statuses) {
            // A header that HTTP does not admit does not reach the make.
            assert!(matches!(status, 200 | 400 | 403), "{}: {status} for {changed:?}", vendor.make);
            accepted += u32::from(status == 200);
        }
    }
    office.settled().await;
    if vendor.signs_everything() {
        // What is still accepted says the same in other letters: an escape, or a digest, in the other case.
        let now = office.stored().await;
        assert_eq!(now, stored, "{}: of {accepted} accepted, some say something else", vendor.make);
    } else {
        assert!(office.stored().await > stored, "what the vendor does not sign, anybody may change");
    }
    assert_eq!(office.call(vendor.make, &vendor.call("witness")).await, Some(witness), "{}", vendor.make);
    office.stop().await;
}

#[tokio::test]
async fn every_bit_counts_or_says_the_same_of_rostelecom() {
    every_bit(VENDORS[0]).await;
}

#[tokio::test]
async fn every_bit_counts_or_says_the_same_of_mango_vpbx() {
    every_bit(VENDORS[1]).await;
}

#[tokio::test]
async fn every_bit_that_is_signed_counts_of_zadarma() {
    every_bit(VENDORS[2]).await;
}
