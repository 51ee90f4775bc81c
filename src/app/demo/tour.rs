//! What the demo prints: where everything is, who is who, what to try.

use std::path::Path;

use super::{
    groups::{BIRCH_ROADS, MARLOW, NORTHLINE, TAMARACK},
    people::{DANA, KIM, LUIS, MARCUS, OMAR, PASSWORD, PERSONAS, Persona},
    sites::Registered,
};
use crate::operator::cli::{CliError, Terminal};

/// Prints all of it. `tests/it/cli/tour.rs` walks the tours in the words that stand here.
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
    let rows: Vec<_> = PERSONAS.iter().chain([&LUIS, &OMAR]).map(persona).collect();
    terminal.table(["NAME", "USER ID", "PASSWORD", "ORGANIZATION", "ROLE", ""], &rows)?;
    terminal.say(format_args!(
        "
Priya Raman is invited to {NORTHLINE} and has no account yet.
Her link, and all other mail, is in the mail outbox: {connex}/dev/mail

At each OneOffice site there are two employees of the agency, with the same password: gloria@birch.example
administers it (Administration, ConneX Sync), tom@birch.example has no license. Press Log in there."
    ))?;
    let at = |name: &str| {
        let site = sites.iter().find(|site| site.text("name") == name);
        format!("{name} ({})", site.map_or("", |site| site.text("url")))
    };
    people(terminal, connex, &at(BIRCH_ROADS))?;
    sign_in(terminal, connex, (&at(BIRCH_ROADS), &at(TAMARACK), &at(MARLOW)))?;
    terminal.say(format_args!(
        "
All of it is kept in {folder}; `connex demo --reset` begins afresh. Ctrl-C stops everything.
",
        folder = folder.display(),
    ))
}

fn people(terminal: &mut Terminal, connex: &str, birch: &str) -> Result<(), CliError> {
    terminal.say(format_args!(
        "
A tour of two minutes: a new contractor, and the people of Northline

  1. Open {birch}.
     Press Log in with ConneX, then Create a free account.
  2. Enter alex@cedar-bluff.example and press Continue. The newest mail in the outbox
     ({connex}/dev/mail) has a code. Enter it and press Continue.
  3. Type northline and press Search: there are two that look alike. Choose None and press Continue.
     Enter Cedar Bluff Trucking LLC, 12 River Road, Aitkin, MN, 56431 and press Continue.
  4. Enter a password of 15 characters or more and your name, and press Continue. Look at your answers,
     press Create account, and on the next page Continue. The site greets you as the founder.
     Press Sign out there.
  5. Open {connex}/login and sign in as {DANA}.
     Choose My account, Organization, Manage Users: there is 1 request to join. Choose Decide,
     read what Luis Ortega writes, and press Accept Luis Ortega.
  6. Press Add new user to organization, enter a name and an email, and press Add user.
  7. Look into the outbox again: Luis has his answer, in Spanish, and the new user a link to join.
     At ConneX, press Sign out, then Yes, sign out."
    ))
}

fn sign_in(
    terminal: &mut Terminal,
    connex: &str,
    (birch, tamarack, marlow): (&str, &str, &str),
) -> Result<(), CliError> {
    terminal.say(format_args!(
        "
Another one: one sign-in for all sites, one sign-out from all of them

  1. Open {birch}. Press Log in with ConneX,
     sign in as {DANA}, and press Continue. The site shows what ConneX has told it.
  2. Open {tamarack}. Press Log in with ConneX and Continue:
     nobody asks for a password again.
  3. Press Sign out there. Load the first site again: Dana is signed out of it as well.
  4. Open {marlow}, which admits approved organizations only.
     {MARCUS} gets in. Press Sign out, and try it as {DANA}:
     she is told that the site has not approved her organization yet.
  5. Open {connex}/logout, press Yes, sign out, and try to sign in at {connex}/login
     as {KIM}: the page says who has disabled the account."
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
