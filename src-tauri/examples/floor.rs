//! The floor that `cargo xtask bench` compares Trubka with: one window of the system's web view with a static page and
//! nothing else. `floor PAGE` shows that file until it is closed.

use std::{env, fs, process::ExitCode};

use tao::{
    dpi::LogicalSize,
    event::{Event, WindowEvent},
    event_loop::{ControlFlow, EventLoop},
    window::{Window, WindowBuilder},
};
use wry::{WebView, WebViewBuilder};

/// As large as Trubka's main window.
const SIZE: LogicalSize<u32> = LogicalSize::new(1240, 780);

fn main() -> ExitCode {
    let Some(page) = env::args_os().nth(1).and_then(|path| fs::read_to_string(path).ok()) else {
        return ExitCode::FAILURE;
    };
    let event_loop = EventLoop::new();
    let Ok(window) = WindowBuilder::new().with_inner_size(SIZE).build(&event_loop) else { return ExitCode::FAILURE };
    let Ok(view) = web_view(&window, page) else { return ExitCode::FAILURE };
    event_loop.run(move |event, _, control| {
        // Held until the loop ends, as the window is.
        let _ = (&window, &view);
        let closed = matches!(event, Event::WindowEvent { event: WindowEvent::CloseRequested, .. });
        *control = if closed { ControlFlow::Exit } else { ControlFlow::Wait };
    });
}

/// GTK wants the view in a box of the window.
#[cfg(target_os = "linux")]
fn web_view(window: &Window, page: String) -> wry::Result<WebView> {
    use tao::platform::unix::WindowExtUnix;
    use wry::WebViewBuilderExtUnix;
    let place = window.default_vbox().ok_or(wry::Error::UnsupportedWindowHandle)?;
    WebViewBuilder::new().with_html(page).build_gtk(place)
}

#[cfg(not(target_os = "linux"))]
fn web_view(window: &Window, page: String) -> wry::Result<WebView> {
    WebViewBuilder::new().with_html(page).build(window)
}
