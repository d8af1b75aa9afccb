//! Key and hash, which every request carries in its address.

use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};

use crate::request::Request;

/// What proves that we know the password: the MD5 of key and password, one behind the other.
pub(super) fn hash(key: &SecretString, password: &SecretString) -> SecretString {
    let mut md5 = Md5::new();
    md5.update(key.expose_secret());
    md5.update(password.expose_secret());
    SecretString::from(data_encoding::HEXLOWER.encode(&md5.finalize()))
}

/// Puts both in front of the parameters, also of a POST.
pub(super) fn sign(key: &SecretString, hash: &SecretString, request: &mut Request) {
    let others = request.url.query().map(str::to_owned);
    let mut query = request.url.query_pairs_mut();
    query.clear().append_pair("api_key", key.expose_secret());
    query.append_pair("hash", hash.expose_secret());
    drop(query);
    if let Some(others) = others.filter(|others| !others.is_empty()) {
        let signed = request.url.query().unwrap_or_default();
        let query = format!("{signed}&{others}");
        request.url.set_query(Some(&query));
    }
}
