//! Where commands write: results to standard output, remarks to standard error.

use std::{
    fmt::Display,
    io::{self, BufRead, Write},
};

use serde::Serialize;

use super::CliError;
use crate::kernel::Doing;
use crate::platform::telemetry::bends;

/// The two streams that a command writes, and the one that it reads.
pub struct Terminal {
    input: Box<dyn BufRead>,
    results: Box<dyn Write>,
    remarks: Box<dyn Write>,
}

impl Terminal {
    /// Those of the process.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            input: Box::new(io::BufReader::new(io::stdin())),
            results: Box::new(io::stdout()),
            remarks: Box::new(io::stderr()),
        }
    }

    /// Prints a line of the result.
    ///
    /// # Errors
    /// When nobody takes it.
    pub fn say(&mut self, line: impl Display) -> Result<(), CliError> {
        Ok(writeln!(self.results, "{line}")?)
    }

    /// Prints a question, and leaves the cursor behind it.
    ///
    /// # Errors
    /// When nobody takes it.
    pub fn ask(&mut self, question: impl Display) -> Result<(), CliError> {
        write!(self.results, "{question}")?;
        Ok(self.results.flush()?)
    }

    /// Prints the result for programs.
    ///
    /// # Errors
    /// When nobody takes it.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string_pretty(value).doing("write JSON")?;
        self.say(text)
    }

    /// Prints one line of JSON, for results that are read line by line.
    ///
    /// # Errors
    /// When nobody takes it.
    pub fn json_line(&mut self, value: &impl Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string(value).doing("write JSON")?;
        self.say(text)
    }

    /// Prints a table for people, its columns two spaces apart.
    ///
    /// # Errors
    /// When nobody takes it.
    pub fn table<const N: usize>(&mut self, head: [&str; N], rows: &[[String; N]]) -> Result<(), CliError> {
        let head = head.map(str::to_owned);
        // A site may have put anything into a name: what moves the cursor or hides letters is no part of a table.
        let rows: Vec<[String; N]> = rows.iter().map(|row| row.clone().map(|cell| shown(&cell))).collect();
        let rows = rows.as_slice();
        let mut widths = [0; N];
        for row in rows.iter().chain([&head]) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        for row in [&head].into_iter().chain(rows) {
            let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            self.say(cells.join("  ").trim_end())?;
        }
        Ok(())
    }

    /// Tells the person at the keyboard something that is not part of the result. It is lost when
    /// nobody takes it.
    pub fn remark(&mut self, line: impl Display) {
        let _lost = writeln!(self.remarks, "{line}");
    }

    /// The next line of the input without its end; `None` when there is none.
    ///
    /// # Errors
    /// When the input cannot be read or is not UTF-8.
    pub fn read_line(&mut self) -> Result<Option<String>, CliError> {
        let mut line = String::new();
        if self.input.read_line(&mut line).doing("read the standard input")? == 0 {
            return Ok(None);
        }
        let line = line.strip_suffix('\n').unwrap_or(&line);
        Ok(Some(line.strip_suffix('\r').unwrap_or(line).to_owned()))
    }

    /// All that is left of the input.
    ///
    /// # Errors
    /// When the input cannot be read or is not UTF-8.
    pub fn read_all(&mut self) -> Result<String, CliError> {
        let mut text = String::new();
        self.input.read_to_string(&mut text).doing("read the standard input")?;
        Ok(text)
    }
}

/// A cell without what changes how its neighbours are shown.
fn shown(cell: &str) -> String {
    cell.chars().map(|c| if bends(c) { '\u{FFFD}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, io::Cursor, rc::Rc};

    use super::*;

    /// A stream that a test can look into.
    #[derive(Clone, Default)]
    struct Paper(Rc<RefCell<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn terminal(input: &str) -> (Terminal, Paper) {
        let paper = Paper::default();
        let input = Box::new(Cursor::new(input.to_owned()));
        (Terminal { input, results: Box::new(paper.clone()), remarks: Box::new(io::sink()) }, paper)
    }

    #[test]
    fn a_table_is_aligned_whatever_the_script() {
        let (mut terminal, paper) = terminal("");
        let rows = [["Zielińska", "a"], ["Lake", "b"]].map(|row| row.map(str::to_owned));
        terminal.table(["NAME", "ID"], &rows).unwrap();
        let text = String::from_utf8(paper.0.take()).unwrap();
        assert_eq!(text, "NAME       ID\nZielińska  a\nLake       b\n");
    }

    #[test]
    fn a_line_ends_where_the_line_ends() {
        let (mut terminal, _) = terminal(" a b \r\nc\n\nd");
        let lines: Vec<_> = std::iter::from_fn(|| terminal.read_line().unwrap()).collect();
        assert_eq!(lines, [" a b ", "c", "", "d"]);
    }
}
