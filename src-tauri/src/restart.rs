//! Starting the program again in another way: the demo and the office are two runs with two profiles.

use tauri::AppHandle;

/// Starts the program with these arguments and ends this one.
pub(crate) fn with(app: &AppHandle, args: &[&str]) -> anyhow::Result<()> {
    std::process::Command::new(std::env::current_exe()?).args(args).spawn()?;
    app.exit(0);
    Ok(())
}
