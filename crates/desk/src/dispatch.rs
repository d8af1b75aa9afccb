//! From a page's command to the method that answers it, by the table in [`crate::contract`].

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Desk,
    contract::{commands::command_table, *},
};

macro_rules! or_nothing {
    () => {
        ()
    };
    ($given:ty) => {
        $given
    };
}

macro_rules! shell_method {
    (desk $($rest:tt)*) => {};
    (shell [$($doc:literal)*] $name:ident($($takes:ty)?) ($($gives:ty)?)) => {
        $(#[doc = $doc])*
        fn $name(
            &self,
            $(request: $takes)?
        ) -> impl Future<Output = Result<or_nothing!($($gives)?), ContractError>> + Send;
    };
}

macro_rules! answer {
    (desk $desk:ident $shell:ident $name:ident($($request:expr)?)) => { $desk.$name($($request)?).await? };
    (shell $desk:ident $shell:ident $name:ident($($request:expr)?)) => { $shell.$name($($request)?).await? };
}

macro_rules! dispatch_commands {
    ($($(#[doc = $doc:literal])* [$($window:ident)+] $by:ident $name:ident($($takes:ty)?) $(-> $gives:ty)?;)*) => {
        /// What only the program around the desk can do: its windows, its keys, itself.
        pub trait ShellCommands: Sync {
            $(shell_method!($by [$($doc)*] $name($($takes)?) ($($gives)?));)*
        }

        /// Answers a page's command, as JSON. A window may ask for what the table gives it, and for nothing else.
        pub async fn call<S: ShellCommands>(
            desk: &Desk,
            shell: &S,
            window: Window,
            command: &str,
            request: Value,
        ) -> Result<String, ContractError> {
            match command {
                $(stringify!($name) if [$(Window::$window),+].contains(&window) => {
                    let given: or_nothing!($($gives)?) =
                        answer!($by desk shell $name($(read::<$takes>(command, request)?)?));
                    written(&given)
                })*
                _ => Err(ContractError::new(
                    ErrorCode::InvalidRequest,
                    format!("the {} window has no command {command:?}", window.label()),
                )),
            }
        }
    };
}
command_table!(dispatch_commands);

fn read<T: DeserializeOwned>(command: &str, request: Value) -> Result<T, ContractError> {
    serde_json::from_value(request)
        .map_err(|error| ContractError::new(ErrorCode::InvalidRequest, format!("{command} cannot be read: {error}")))
}

fn written<T: Serialize>(answer: &T) -> Result<String, ContractError> {
    serde_json::to_string(answer)
        .map_err(|error| ContractError::new(ErrorCode::Internal, format!("an answer cannot be written: {error}")))
}
