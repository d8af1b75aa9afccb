//! What a person does with windows: puts them somewhere, clicks, and presses keys.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use x11rb::{
    connection::Connection,
    protocol::{
        xproto::{
            AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConfigureWindowAux, ConnectionExt, KEY_PRESS_EVENT,
            KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT, Window,
        },
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use crate::screen::Part;

/// The left button of a mouse.
const LEFT: u8 = 1;
/// A window manager takes a moment to follow.
const A_MOMENT: Duration = Duration::from_millis(300);
/// A hand needs some time from one movement to the next, and a page wants it to.
const A_FINGER: Duration = Duration::from_millis(50);

/// A key, by its number among the symbols of X.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    Space = 0x0020,
    Home = 0xff50,
    Down = 0xff54,
}

/// The mouse and the window manager of this session.
pub(crate) struct XSession {
    server: RustConnection,
    root: Window,
}

impl XSession {
    pub(crate) fn open() -> Result<Self> {
        let (server, number) = x11rb::connect(None).context("there is no X display; `cargo xtask bench` has one")?;
        let root = server.setup().roots[number].root;
        Ok(Self { server, root })
    }

    /// The window with this title, once it is there.
    pub(crate) fn window(&self, title: &str, patience: Duration) -> Result<Window> {
        let end = Instant::now() + patience;
        while Instant::now() < end {
            for window in self.windows()? {
                // It may have gone since it was listed.
                if self.title(window).is_ok_and(|found| found == title.as_bytes()) {
                    return Ok(window);
                }
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("no window is called {title:?}")
    }

    /// Lets the window cover this part of the screen.
    pub(crate) fn place(&self, window: Window, part: Part) -> Result<()> {
        let place = ConfigureWindowAux::new().x(i32::from(part.x)).y(i32::from(part.y));
        let place = place.width(u32::from(part.width)).height(u32::from(part.height));
        self.server.configure_window(window, &place)?.check()?;
        thread::sleep(A_MOMENT);
        Ok(())
    }

    /// Where the content of the window lies on the screen.
    pub(crate) fn area(&self, window: Window) -> Result<Part> {
        let place = self.server.translate_coordinates(window, self.root, 0, 0)?.reply()?;
        let size = self.server.get_geometry(window)?.reply()?;
        Ok(Part { x: place.dst_x, y: place.dst_y, width: size.width, height: size.height })
    }

    /// Clicks at a place of the screen, and takes the pointer out of the way again.
    pub(crate) fn click(&self, x: i16, y: i16) -> Result<()> {
        self.act(MOTION_NOTIFY_EVENT, 0, x, y)?;
        thread::sleep(A_FINGER);
        self.act(BUTTON_PRESS_EVENT, LEFT, 0, 0)?;
        thread::sleep(A_FINGER);
        self.act(BUTTON_RELEASE_EVENT, LEFT, 0, 0)?;
        self.act(MOTION_NOTIFY_EVENT, 0, 0, 0)
    }

    /// Presses a key in the window that has the keyboard.
    pub(crate) fn press(&self, key: Key) -> Result<()> {
        let setup = self.server.setup();
        let (first, count) = (setup.min_keycode, setup.max_keycode - setup.min_keycode + 1);
        let map = self.server.get_keyboard_mapping(first, count)?.reply()?;
        let mut codes = map.keysyms.chunks(map.keysyms_per_keycode.into());
        let code = codes.position(|symbols| symbols.contains(&(key as u32))).context("the keyboard lacks a key")?;
        let code = first + u8::try_from(code).context("a key's code has eight bits")?;
        self.act(KEY_PRESS_EVENT, code, 0, 0)?;
        thread::sleep(A_FINGER);
        self.act(KEY_RELEASE_EVENT, code, 0, 0)
    }

    fn act(&self, kind: u8, detail: u8, x: i16, y: i16) -> Result<()> {
        self.server.xtest_fake_input(kind, detail, x11rb::CURRENT_TIME, self.root, x, y, 0)?.check()?;
        self.server.sync()?;
        Ok(())
    }

    fn windows(&self) -> Result<Vec<Window>> {
        let list = self.atom("_NET_CLIENT_LIST")?;
        let listed = self.server.get_property(false, self.root, list, AtomEnum::WINDOW, 0, 1024)?.reply()?;
        Ok(listed.value32().into_iter().flatten().collect())
    }

    fn title(&self, window: Window) -> Result<Vec<u8>> {
        let (name, utf8) = (self.atom("_NET_WM_NAME")?, self.atom("UTF8_STRING")?);
        Ok(self.server.get_property(false, window, name, utf8, 0, 256)?.reply()?.value)
    }

    fn atom(&self, name: &str) -> Result<u32> {
        Ok(self.server.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }
}
