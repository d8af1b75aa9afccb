//! `cargo xtask icons`: every icon set from the one drawing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{debian, icns, process, project::Project};

const DRAWING: &str = "icons/trubka.svg";
const ICONS: &str = "src-tauri/icons";
const PACKAGES: &[&str] = &["librsvg2-bin", "imagemagick"];

const PNGS: &[(u32, &str)] =
    &[(32, "32x32.png"), (64, "64x64.png"), (128, "128x128.png"), (256, "128x128@2x.png"), (512, "icon.png")];

const ICO_SIZES: &[u32] = &[16, 24, 32, 48, 64, 256];

const TRAY_SIZE: u32 = 32;

/// The tray's states: what each changes in the drawing.
const TRAY: &[(&str, &str)] = &[
    ("normal", ""),
    ("ringing", "#ringing { display: inline } #ground { fill: #1B63D9 }"),
    ("missed", "#missed { display: inline }"),
];

/// Draws all sets into `src-tauri/icons`.
pub(crate) fn draw(project: &Project) -> Result<()> {
    debian::ensure(PACKAGES)?;
    let work = project.target("icons");
    let icons = project.path(ICONS);
    fs::create_dir_all(&work).with_context(|| format!("making {}", work.display()))?;
    fs::create_dir_all(icons.join("tray")).context("making the tray's folder")?;

    for (size, name) in PNGS {
        rasterise(project, *size, None, &icons.join(name))?;
    }
    windows_icon(project, &work, &icons.join("icon.ico"))?;
    mac_icon(project, &work, &icons.join("icon.icns"))?;
    for (state, style) in TRAY {
        let sheet = work.join(format!("{state}.css"));
        fs::write(&sheet, style).with_context(|| format!("writing {}", sheet.display()))?;
        rasterise(project, TRAY_SIZE, Some(&sheet), &icons.join(format!("tray/{state}.png")))?;
    }
    println!("Drawn into {}", icons.display());
    Ok(())
}

fn rasterise(project: &Project, size: u32, style: Option<&Path>, file: &Path) -> Result<()> {
    let size = size.to_string();
    let mut rsvg = project.command("rsvg-convert");
    rsvg.args(["--width", &size, "--height", &size]);
    if let Some(style) = style {
        rsvg.arg("--stylesheet").arg(style);
    }
    rsvg.arg("--output").arg(file).arg(project.path(DRAWING));
    process::output(&mut rsvg, "draw an icon")?;
    Ok(())
}

fn rasterised(project: &Project, size: u32, work: &Path) -> Result<PathBuf> {
    let file = work.join(format!("{size}.png"));
    rasterise(project, size, None, &file)?;
    Ok(file)
}

fn windows_icon(project: &Project, work: &Path, file: &Path) -> Result<()> {
    // ImageMagick stores the small sizes as bitmaps and the large one as PNG, which every Windows reads.
    let mut convert = project.command("convert");
    for size in ICO_SIZES {
        convert.arg(rasterised(project, *size, work)?);
    }
    process::output(convert.arg(file), "pack the Windows icon")?;
    Ok(())
}

fn mac_icon(project: &Project, work: &Path, file: &Path) -> Result<()> {
    let mut pictures = Vec::new();
    for (size, kind) in icns::ENTRIES {
        let path = rasterised(project, *size, work)?;
        pictures.push((*kind, fs::read(&path).with_context(|| format!("reading {}", path.display()))?));
    }
    let packed = icns::pack(&pictures).context("the pictures are too large for a macOS icon")?;
    fs::write(file, packed).with_context(|| format!("writing {}", file.display()))
}
