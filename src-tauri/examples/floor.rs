//! The floors that `cargo xtask bench` compares Trubka with: windows of the system's web view and nothing else.
//! `floor FILE` shows a static page. `floor FOLDER [--hidden] PAGE…` shows pages that a folder holds, served as Trubka
//! serves its own: the first in a window, unless it is to be hidden, and each further one in a hidden window of the same
//! web process, as Trubka has its card.

use std::{
    borrow::Cow,
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use tao::{
    dpi::LogicalSize,
    event::{Event, WindowEvent},
    event_loop::{ControlFlow, EventLoop},
    window::{Window, WindowBuilder},
};
use wry::{WebView, WebViewBuilder, http};

/// As large as Trubka's main window.
const SIZE: LogicalSize<u32> = LogicalSize::new(1240, 780);

/// What a window shows.
enum Content {
    Static(String),
    Served { folder: PathBuf, page: String },
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let hidden = args.iter().any(|arg| arg == "--hidden");
    let contents: Option<Vec<Content>> = match args.as_slice() {
        [file] => fs::read_to_string(file).ok().map(|page| vec![Content::Static(page)]),
        [folder, pages @ ..] => {
            let pages = pages.iter().filter(|page| *page != "--hidden");
            Some(pages.map(|page| Content::Served { folder: folder.into(), page: page.clone() }).collect())
        }
        [] => None,
    };
    let Some(contents) = contents else { return ExitCode::FAILURE };
    let event_loop = EventLoop::new();
    let mut shown: Vec<(Window, WebView)> = Vec::new();
    for content in contents {
        let visible = shown.is_empty() && !hidden;
        let Ok(window) = WindowBuilder::new().with_inner_size(SIZE).with_visible(visible).build(&event_loop) else {
            return ExitCode::FAILURE;
        };
        let Ok(view) = web_view(&window, content, shown.first().map(|(_, view)| view)) else {
            return ExitCode::FAILURE;
        };
        shown.push((window, view));
    }
    event_loop.run(move |event, _, control| {
        // Held until the loop ends.
        let _ = &shown;
        let closed = matches!(event, Event::WindowEvent { event: WindowEvent::CloseRequested, .. });
        *control = if closed { ControlFlow::Exit } else { ControlFlow::Wait };
    });
}

fn builder(content: Content) -> WebViewBuilder<'static> {
    match content {
        Content::Static(page) => WebViewBuilder::new().with_html(page),
        Content::Served { folder, page } => WebViewBuilder::new()
            .with_custom_protocol("floor".into(), move |_, request| answer(&folder, request.uri().path()))
            .with_url(format!("floor://localhost/{page}")),
    }
}

fn answer(folder: &Path, path: &str) -> http::Response<Cow<'static, [u8]>> {
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        _ => "application/octet-stream",
    };
    let (status, body) = match fs::read(folder.join(path.trim_start_matches('/'))) {
        Ok(body) => (http::StatusCode::OK, body),
        Err(_) => (http::StatusCode::NOT_FOUND, Vec::new()),
    };
    let mut response = http::Response::new(Cow::Owned(body));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    response
}

/// GTK wants the view in a box of the window.
#[cfg(target_os = "linux")]
fn web_view(window: &Window, content: Content, first: Option<&WebView>) -> wry::Result<WebView> {
    use tao::platform::unix::WindowExtUnix;
    use wry::{WebViewBuilderExtUnix, WebViewExtUnix};
    let place = window.default_vbox().ok_or(wry::Error::UnsupportedWindowHandle)?;
    let builder = builder(content);
    match first {
        Some(first) => builder.with_related_view(first.webview()).build_gtk(place),
        None => builder.build_gtk(place),
    }
}

#[cfg(not(target_os = "linux"))]
fn web_view(window: &Window, content: Content, _first: Option<&WebView>) -> wry::Result<WebView> {
    builder(content).build(window)
}
