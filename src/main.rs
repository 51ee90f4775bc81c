//! `connex`: the program.

use std::process::ExitCode;

fn main() -> ExitCode {
    connex::app::command::main()
}
