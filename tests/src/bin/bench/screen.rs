//! What stands on the screen, read from the X server: the same eye for every program.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use x11rb::{
    connection::Connection,
    protocol::xproto::{ConnectionExt, ImageFormat, Window},
    rust_connection::RustConnection,
};

/// Time between two looks.
const BETWEEN: Duration = Duration::from_millis(4);

/// A part of the screen, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) x: i16,
    pub(crate) y: i16,
    pub(crate) width: u16,
    pub(crate) height: u16,
}

/// The screen of this session.
pub(crate) struct Screen {
    server: RustConnection,
    root: Window,
    width: u16,
    height: u16,
}

impl Screen {
    pub(crate) fn open() -> Result<Self> {
        let (server, number) = x11rb::connect(None).context("there is no X display; `cargo xtask bench` has one")?;
        let screen = &server.setup().roots[number];
        let (root, width, height) = (screen.root, screen.width_in_pixels, screen.height_in_pixels);
        Ok(Self { server, root, width, height })
    }

    /// A strip down the middle, which every window of a page's size covers.
    pub(crate) fn middle(&self) -> Part {
        let width = self.width / 6;
        Part { x: ((self.width - width) / 2) as i16, y: 0, width, height: self.height }
    }

    /// A piece of the lower right corner, where cards are.
    pub(crate) fn corner(&self) -> Part {
        let (width, height) = (240, 80);
        Part { x: (self.width - width - 60) as i16, y: (self.height - height - 40) as i16, width, height }
    }

    /// The pixels of a part, four bytes each.
    pub(crate) fn look(&self, part: Part) -> Result<Vec<u8>> {
        let image =
            self.server.get_image(ImageFormat::Z_PIXMAP, self.root, part.x, part.y, part.width, part.height, u32::MAX);
        Ok(image?.reply()?.data)
    }

    /// When the part looked for the first time as it did in the end, once it has changed and then stood still for `still`.
    pub(crate) fn settled(&self, part: Part, before: &[u8], still: Duration, patience: Duration) -> Result<Instant> {
        let start = Instant::now();
        let mut seen = vec![(start, before.to_vec())];
        while start.elapsed() < patience {
            let now = self.look(part)?;
            let at = Instant::now();
            let Some((since, newest)) = seen.last() else { break };
            if differs(newest, &now) {
                seen.push((at, now));
            } else if seen.len() > 1 && since.elapsed() >= still {
                let first = seen.iter().find(|(_, picture)| !differs(picture, newest));
                return first.map(|(at, _)| *at).context("the last picture is one of them");
            }
            thread::sleep(BETWEEN);
        }
        bail!("the screen did not come to rest within {patience:?}")
    }

    /// When the part changed, if it did in time.
    pub(crate) fn changed(&self, part: Part, before: &[u8], patience: Duration) -> Result<Option<Instant>> {
        let start = Instant::now();
        while start.elapsed() < patience {
            if differs(before, &self.look(part)?) {
                return Ok(Some(Instant::now()));
            }
            thread::sleep(BETWEEN);
        }
        Ok(None)
    }

    /// Waits until the part looks as it did before; says whether it came to that in time.
    pub(crate) fn back(&self, part: Part, before: &[u8], patience: Duration) -> Result<bool> {
        let start = Instant::now();
        while start.elapsed() < patience {
            if !differs(before, &self.look(part)?) {
                return Ok(true);
            }
            thread::sleep(BETWEEN);
        }
        Ok(false)
    }
}

/// Whether more than three pixels in a thousand are others: a caret or a clock is none of the picture.
fn differs(one: &[u8], other: &[u8]) -> bool {
    let pixels = one.chunks_exact(4).zip(other.chunks_exact(4));
    let others = pixels.filter(|(one, other)| one != other).count();
    others * 1000 > one.len() / 4 * 3
}

#[cfg(test)]
mod tests {
    use super::differs;

    #[test]
    fn a_caret_is_no_other_picture() {
        let plain = vec![0; 4 * 10_000];
        let mut caret = plain.clone();
        caret[..4 * 30].fill(9);
        assert!(!differs(&plain, &caret));
        caret[..4 * 31].fill(9);
        assert!(differs(&plain, &caret));
    }
}
