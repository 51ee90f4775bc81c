//! Many people in one field: a line each, as they stand in a spreadsheet or a mail program (pure).

use std::collections::HashSet;

use super::NewInvitation;
use crate::kernel::{EmailAddress, PersonName};
use crate::organizations::{AssignableRole, rules::MOST_IN_A_PASTE};

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineProblem {
    /// No address was found in it, or what stands there is none.
    Email,
    /// There is no given and family name before the address.
    Name,
    /// The same address stands in an earlier line.
    Twice,
    /// There are more lines than can be taken at once.
    TooMany,
}

/// A line that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastedLine {
    /// Which one, from 1, empty lines counted.
    pub number: usize,
    /// As it was pasted.
    pub text: String,
    /// Whom it invites, or what is wrong with it.
    pub read: Result<NewInvitation, LineProblem>,
}

/// Reads `Name, email`, `First Last <email>` and lines with tabs. Empty lines are passed over.
#[must_use]
pub fn read_paste(text: &str, role: AssignableRole) -> Vec<PastedLine> {
    let mut seen = HashSet::new();
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let read = lines.enumerate().map(|(count, (number, line))| {
        let read = match count < MOST_IN_A_PASTE {
            true => read_line(line, role).and_then(|new| match seen.insert(new.email.folded()) {
                true => Ok(new),
                false => Err(LineProblem::Twice),
            }),
            false => Err(LineProblem::TooMany),
        };
        PastedLine { number, text: line.trim().to_owned(), read }
    });
    read.collect()
}

fn read_line(line: &str, role: AssignableRole) -> Result<NewInvitation, LineProblem> {
    let split = |c: char| matches!(c, ',' | ';' | '\t' | '<' | '>') || c.is_whitespace();
    // The address is the last word: names may hold commas and spaces, addresses hold neither.
    let email = line.split(split).rfind(|word| word.contains('@')).ok_or(LineProblem::Email)?;
    let before = line.split_once(email).map_or("", |(before, _)| before);
    let email: EmailAddress = email.parse().map_err(|_| LineProblem::Email)?;
    let (given_name, family_name) = names(before).ok_or(LineProblem::Name)?;
    Ok(NewInvitation { given_name, family_name, email, role })
}

/// `First Last`, `First<tab>Last`, or `Last, First`.
fn names(text: &str) -> Option<(PersonName, PersonName)> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '"'));
    let (given, family) = if let Some((given, family)) = text.split_once('\t') {
        (given, family)
    } else if let Some((family, given)) = text.split_once([',', ';']) {
        (given, family)
    } else {
        text.split_once(char::is_whitespace)?
    };
    Some((given.parse().ok()?, family.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<String, LineProblem>> {
        let lines = read_paste(text, AssignableRole::Member);
        lines
            .into_iter()
            .map(|line| line.read.map(|new| format!("{}|{}|{}", new.given_name, new.family_name, new.email)))
            .collect()
    }

    #[test]
    fn lines_are_read_as_people_paste_them() {
        let pasted = "Priya Raman, priya@northline.example\r\n\nLuis Ortega <luis@northline.example>\nKim\tPark\tkim@northline.example\nDe la Cruz, Ana, ana@northline.example\n\"Marcus Bell\" <marcus@northline.example>;\n";
        let names = [
            "Priya|Raman|priya@northline.example",
            "Luis|Ortega|luis@northline.example",
            "Kim|Park|kim@northline.example",
            "Ana|De la Cruz|ana@northline.example",
            "Marcus|Bell|marcus@northline.example",
        ];
        assert_eq!(read(pasted), names.map(|name| Ok(name.to_owned())));
    }

    #[test]
    fn what_is_wrong_is_told_line_by_line() {
        use LineProblem::{Email, Name, Twice};
        let pasted = "Priya Raman\nPriya Raman, priya@@northline.example\npriya@northline.example\nPriya, p@northline.example\nA B, a@northline.example\nC D <A@Northline.example>\nx\u{202E}y Z, z@northline.example";
        let told: Vec<_> = read(pasted).into_iter().map(Result::err).collect();
        assert_eq!(told, [Some(Email), Some(Email), Some(Name), Some(Name), None, Some(Twice), Some(Name)]);
    }

    #[test]
    fn a_paste_has_an_end() {
        let pasted: String = (0..=MOST_IN_A_PASTE).map(|n| format!("A B{n}, b{n}@northline.example\n")).collect();
        let lines = read_paste(&pasted, AssignableRole::Member);
        assert_eq!(lines.iter().filter(|line| line.read.is_err()).count(), 1);
        assert_eq!(lines.last().unwrap().read, Err(LineProblem::TooMany));
    }
}
