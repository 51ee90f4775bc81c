//! What `connex` says of itself. `connex COMMAND --help` is written where the command is.

/// One line.
pub(super) const ABOUT: &str = "ConneX: sign-in for OneOffice and OneGov sites";

/// What `connex` alone prints: the three commands a newcomer needs.
pub(super) const FIRST_STEPS: &str = "\
ConneX: sign-in for OneOffice and OneGov sites

Start here
  connex demo     everything on this machine, with sample sites and sample people
  connex init     answer five questions, get a connex.toml
  connex serve    run the server

connex --help lists all commands.";

/// What `connex --help` prints.
pub(super) const WHOLE: &str = "\
ConneX: sign-in for OneOffice and OneGov sites

Start here
  connex demo      everything on this machine, with sample sites and sample people
  connex init      answer five questions, get a connex.toml
  connex serve     run the server

Look after it
  connex doctor    what is wrong with this installation, in sentences
  connex config    check the configuration, explain a key
  connex migrate   bring the schema of the database up to date
  connex keys      the keys that tokens are signed with
  connex audit     what happened, in a record that shows when it was tampered with

Work with it
  connex site      the sites of agencies
  connex client    clients that are no sites
  connex user      people's accounts
  connex org       organizations, and what agencies say of them
  connex operator  who may use the operator's pages
  connex events    what sites were told, and telling them again
  connex sync      whether the sites hold what they should

For site developers
  connex rp-check  try whether a site checks what a site must check

Options
  --config FILE    the file with the configuration [env: CONNEX_CONFIG, default: connex.toml]
  -h, --help       print this
  -V, --version    print the version

Examples
  connex demo
  connex site add --kind onegov --name 'Birch County Permits' --url https://permits.birch.example

Status: 0 done, 1 found problems, 2 wrong use. connex COMMAND --help has examples of each command.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::Line;
    use super::*;

    /// Every command that does something, by its whole name.
    fn walk(command: &clap::Command, name: &str, visit: &mut impl FnMut(&str, &clap::Command)) {
        for below in command.get_subcommands() {
            let name = format!("{name} {}", below.get_name());
            visit(&name, below);
            walk(below, &name, visit);
        }
    }

    /// Splits a line as a shell would, as far as examples need it; what is redirected is left out.
    fn split(line: &str) -> Vec<String> {
        let mut words = Vec::new();
        for (n, part) in line.split('\'').enumerate() {
            if n % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        let is_plain = |word: &String| !matches!(word.as_str(), "<" | ">" | "|");
        words.into_iter().skip_while(|word| word.starts_with("CONNEX_")).take_while(is_plain).collect()
    }

    #[test]
    fn every_command_has_two_examples_that_work() {
        walk(&Line::command(), "connex", &mut |name, command| {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples: Vec<&str> = help.lines().skip(1).collect();
            assert!(help.starts_with("Examples:\n") && examples.len() >= 2, "{name}: {help}");
            for example in examples {
                let words = split(example);
                assert!(words.join(" ").starts_with(name) || name.split(' ').count() == 2, "{name}: {example}");
                let parsed = Line::command().try_get_matches_from(&words);
                let is_help = |error: &clap::Error| error.kind() == clap::error::ErrorKind::DisplayHelp;
                assert!(parsed.as_ref().err().is_none_or(is_help), "{example}\n{:?}", parsed.err());
            }
        });
    }

    #[test]
    fn the_help_lists_every_command() {
        let listed: Vec<&str> =
            WHOLE.lines().filter_map(|line| line.strip_prefix("  connex ")?.split(' ').next()).collect();
        for command in Line::command().get_subcommands() {
            assert!(listed.contains(&command.get_name()), "{}", command.get_name());
        }
        assert!(FIRST_STEPS.starts_with(ABOUT) && WHOLE.starts_with(ABOUT));
    }

    #[test]
    fn the_words_hold_together() {
        Line::command().debug_assert();
    }
}
