//! What a PBX, or somebody in its place, should never send, to every make: refused or kept as it came, with a line in the
//! journal that says so, and no other call is touched.

mod flipped;
mod http;
mod office;
mod polled;
mod posted;
mod replayed;
mod sockets;
mod vendors;
