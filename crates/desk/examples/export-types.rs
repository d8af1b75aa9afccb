//! Writes the contract in TypeScript into the folder given as the only argument.

use ts_rs::Config;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: export-types FOLDER")?;
    desk::contract::export(&Config::new().with_out_dir(folder).with_large_int("number"))?;
    Ok(())
}
