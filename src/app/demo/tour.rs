//! What the demo prints: where everything is, who is who, what to try.

use std::path::Path;

use super::{
    people::{PASSWORD, PERSONAS, Persona},
    sites::Registered,
};
use crate::operator::cli::{CliError, Terminal};

pub(super) fn print(
    terminal: &mut Terminal,
    connex: &str,
    sites: &[Registered],
    folder: &Path,
) -> Result<(), CliError> {
    let row = |site: &Registered| [site.text("url").to_owned(), site.text("name").to_owned(), shown(site).to_owned()];
    let rows: Vec<_> = sites.iter().map(row).collect();
    terminal.say(format_args!("ConneX {} is at {connex}, with six sample sites:\n", env!("CARGO_PKG_VERSION")))?;
    terminal.table(["ADDRESS", "SITE", "FAMILY"], &rows)?;
    terminal.say("\nPeople who can sign in:\n")?;
    let rows: Vec<_> = PERSONAS.iter().map(persona).collect();
    terminal.table(["NAME", "USER ID", "PASSWORD", "ORGANIZATION", "ROLE", ""], &rows)?;
    let at = |name: &str| {
        let site = sites.iter().find(|site| site.text("name") == name);
        format!("{name} ({})", site.map_or("", |site| site.text("url")))
    };
    terminal.say(format_args!(
        "
A tour of two minutes:

  1. Open {birch}. Press Log in with ConneX,
     sign in as dana@northline.example, and press Continue. The site shows what ConneX has told it.
  2. Open {tamarack}. Press Log in with ConneX and Continue:
     nobody asks for a password again.
  3. Press Sign out there. Load the first site again: Dana is signed out of it as well.
  4. Open {marlow}, which admits approved organizations only.
     dana@northline.example is told so; marcus@copperfield.example gets in.
  5. Try to sign in as kim@northline.example: the account is disabled.

All of it is kept in {folder}; `connex demo --reset` begins afresh. Ctrl-C stops everything.
",
        birch = at("Birch County Road Commission"),
        tamarack = at("Tamarack County Permits"),
        marlow = at("Marlow County Highway Department"),
        folder = folder.display(),
    ))
}

fn shown(site: &Registered) -> &'static str {
    if site.text("kind") == "onegov" { "OneGov" } else { "OneOffice" }
}

fn persona(person: &Persona) -> [String; 6] {
    let (organization, role) = person.place.map_or(("none", ""), |(name, role)| (name, role.as_str()));
    [
        format!("{} {}", person.given_name, person.family_name),
        person.username.to_owned(),
        PASSWORD.to_owned(),
        organization.to_owned(),
        role.to_owned(),
        person.note.to_owned(),
    ]
}
