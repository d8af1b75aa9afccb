//! Starting the program again in another way: the demo and the office are two runs with two profiles.

use tauri::AppHandle;

use crate::command_line::RESTARTED;

/// Starts the program with these arguments and ends this one.
pub(crate) fn with(app: &AppHandle, args: &[&str]) -> anyhow::Result<()> {
    std::process::Command::new(std::env::current_exe()?).arg(RESTARTED).args(args).spawn()?;
    app.exit(0);
    Ok(())
}
