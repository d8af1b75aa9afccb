//! Sealing of keys, chunks and meta data.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretBox};
use zeroize::Zeroizing;

use super::CacheError;
use crate::random::Random;

/// Plain bytes of a chunk.
pub(crate) const CHUNK: usize = 64 * 1024;
/// What sealing adds.
pub(crate) const TAG: usize = 16;
/// A wrapped file key: its nonce, the key, the tag.
pub(crate) const WRAPPED: usize = 24 + 32 + TAG;

/// What a sealed piece is. Pieces of one file never share a nonce, its key is used for nothing else.
#[derive(Clone, Copy)]
pub(crate) enum Piece {
    Chunk(u64),
    Meta,
}

impl Piece {
    fn nonce(self) -> XNonce {
        let mut nonce = [0; 24];
        match self {
            Self::Chunk(place) => nonce[..8].copy_from_slice(&place.to_le_bytes()),
            Self::Meta => nonce[23] = 1,
        }
        nonce.into()
    }
}

/// The key of one file.
#[derive(Clone)]
pub(crate) struct FileKey(Zeroizing<[u8; 32]>);

impl FileKey {
    pub(crate) fn new(random: &dyn Random) -> Result<Self, CacheError> {
        Ok(Self(Zeroizing::new(bytes_of(random)?)))
    }

    /// Sealed under the cache key, bound to what it is for.
    pub(crate) fn wrap(
        &self,
        key: &SecretBox<[u8; 32]>,
        purpose: &str,
        random: &dyn Random,
    ) -> Result<Vec<u8>, CacheError> {
        let nonce: [u8; 24] = bytes_of(random)?;
        let sealed = cipher(key.expose_secret())
            .encrypt(&nonce.into(), Payload { msg: self.0.as_slice(), aad: purpose.as_bytes() })
            .map_err(|_| CacheError::Tampered)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`FileKey::wrap`] made for the same purpose.
    pub(crate) fn unwrap(wrapped: &[u8], key: &SecretBox<[u8; 32]>, purpose: &str) -> Result<Self, CacheError> {
        let (nonce, sealed) = wrapped.split_at_checked(24).ok_or(CacheError::Tampered)?;
        let opened = cipher(key.expose_secret())
            .decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: purpose.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| CacheError::Tampered)?;
        let mut plain = Zeroizing::new([0; 32]);
        if opened.len() != plain.len() {
            return Err(CacheError::Tampered);
        }
        plain.copy_from_slice(&opened);
        Ok(Self(plain))
    }

    pub(crate) fn seal(&self, piece: Piece, plain: &[u8]) -> Result<Vec<u8>, CacheError> {
        cipher(&self.0).encrypt(&piece.nonce(), plain).map_err(|_| CacheError::Tampered)
    }

    pub(crate) fn open(&self, piece: Piece, sealed: &[u8]) -> Result<Vec<u8>, CacheError> {
        cipher(&self.0).decrypt(&piece.nonce(), sealed).map_err(|_| CacheError::Tampered)
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

fn bytes_of<const N: usize>(random: &dyn Random) -> Result<[u8; N], CacheError> {
    let mut bytes = [0; N];
    random.fill(&mut bytes).map_err(|error| CacheError::Io(error.to_string()))?;
    Ok(bytes)
}
