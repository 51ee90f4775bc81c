//! Rust sources as the floors test and the shape test read them.
//!
//! A scanner, not a parser: it knows comments, literals and braces, and that is all the rules need.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

/// A source file, with what is code and what is text told apart.
pub struct Source {
    /// Where it is, seen from the root of the repository.
    pub path: PathBuf,
    /// The file as it is.
    pub text: String,
    /// The file with comments and the insides of literals turned to spaces; lines stay where they are.
    pub code: String,
    /// Every string literal with the number of the line on which it begins.
    pub literals: Vec<(usize, String)>,
}

impl Source {
    /// Reads `text` as the file `path`.
    pub fn new(path: impl Into<PathBuf>, text: &str) -> Self {
        let mut scan = Scan { rest: text.chars().collect(), at: 0, line: 1, code: String::new(), literals: Vec::new() };
        scan.file();
        Self { path: path.into(), text: text.to_owned(), code: scan.code, literals: scan.literals }
    }

    /// All Rust files below `folder`, in the order of their paths. A folder that is not there has none.
    pub fn below(folder: &Path) -> Vec<Self> {
        files(folder)
            .into_iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .map(|path| {
                let text = fs::read_to_string(&path).unwrap();
                Self::new(path, &text)
            })
            .collect()
    }

    /// The lines of every item that is compiled for tests only, as half-open ranges from 1.
    pub fn test_lines(&self) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for (start, attribute) in self.code.match_indices("#[cfg(test)]") {
            let rest = &self.code[start + attribute.len()..];
            let first = self.line_of(start);
            if found.last().is_some_and(|before| before.contains(&first)) {
                continue;
            }
            let mut depth = 0;
            let end = rest.char_indices().find(|(_, c)| {
                depth += i32::from(*c == '{') - i32::from(*c == '}');
                depth == 0 && matches!(c, '}' | ';')
            });
            let end = end.map_or(self.code.len(), |(i, _)| start + attribute.len() + i);
            found.push(first..self.line_of(end) + 1);
        }
        found
    }

    /// Whether `line` belongs to a test, or the whole file does.
    pub fn is_test(&self, line: usize) -> bool {
        self.path.file_name().is_some_and(|name| name == "tests.rs")
            || self.path.components().any(|part| part.as_os_str() == "tests")
            || self.test_lines().iter().any(|lines| lines.contains(&line))
    }

    /// The number of the line that holds the byte `at` of the code.
    pub fn line_of(&self, at: usize) -> usize {
        1 + self.code[..at].matches('\n').count()
    }

    /// The words and signs of the code, each with its line; `::` is one sign.
    pub fn tokens(&self) -> Vec<(usize, &str)> {
        let mut found = Vec::new();
        for (number, line) in (1..).zip(self.code.lines()) {
            let mut rest = line.trim_start();
            while let Some(first) = rest.chars().next() {
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                let length = match first {
                    ':' if rest.starts_with("::") => 2,
                    c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                    c => c.len_utf8(),
                };
                found.push((number, &rest[..length]));
                rest = rest[length..].trim_start();
            }
        }
        found
    }
}

/// All files below `folder`, sorted; none when it is not there.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The scanner's place in a file and what it has found so far.
struct Scan {
    rest: Vec<char>,
    at: usize,
    line: usize,
    code: String,
    literals: Vec<(usize, String)>,
}

impl Scan {
    fn peek(&self, ahead: usize) -> char {
        self.rest.get(self.at + ahead).copied().unwrap_or('\0')
    }

    /// Goes on by one character, which is code or, if not, becomes a space.
    fn step(&mut self, is_code: bool) -> char {
        let c = self.peek(0);
        self.at += 1;
        self.line += usize::from(c == '\n');
        self.code.push(if is_code || c == '\n' { c } else { ' ' });
        c
    }

    fn file(&mut self) {
        while self.at < self.rest.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '/') => {
                    while !matches!(self.peek(0), '\n' | '\0') {
                        self.step(false);
                    }
                }
                ('/', '*') => self.block_comment(),
                ('"', _) => self.string(0, true),
                ('r', '"' | '#') if !self.follows_a_word() => self.raw_string(),
                ('b' | 'c', 'r') if !self.follows_a_word() && matches!(self.peek(2), '"' | '#') => {
                    self.step(true);
                    self.raw_string();
                }
                ('\'', '\\') => {
                    self.step(true);
                    self.step(false);
                    self.step(false);
                    while !matches!(self.peek(0), '\'' | '\0') {
                        self.step(false);
                    }
                    self.step(true);
                }
                // Anything else after a single quote is a lifetime, or a label.
                ('\'', _) if self.peek(2) == '\'' => {
                    self.step(true);
                    self.step(false);
                    self.step(true);
                }
                _ => {
                    self.step(true);
                }
            }
        }
    }

    /// `for"` ends a word; `r"` and `br"` begin a literal. (`b"…"` is read as a plain string.)
    fn follows_a_word(&self) -> bool {
        self.code.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                ('\0', _) => return,
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    self.step(false);
                    continue;
                }
            }
            self.step(false);
            self.step(false);
            if depth == 0 {
                return;
            }
        }
    }

    fn raw_string(&mut self) {
        self.step(true);
        let mut hashes = 0;
        while self.peek(0) == '#' {
            self.step(true);
            hashes += 1;
        }
        // `r#type` is a word, not a literal.
        if self.peek(0) == '"' {
            self.string(hashes, false);
        }
    }

    /// Reads from the opening quote to the closing one, which `hashes` signs follow.
    fn string(&mut self, hashes: usize, has_escapes: bool) {
        let line = self.line;
        let mut text = String::new();
        self.step(true);
        loop {
            match self.peek(0) {
                '\0' => break,
                '\\' if has_escapes => {
                    text.push(self.step(false));
                    text.push(self.step(false));
                }
                '"' if (1..=hashes).all(|ahead| self.peek(ahead) == '#') => break,
                _ => text.push(self.step(false)),
            }
        }
        (0..=hashes).for_each(|_| {
            self.step(true);
        });
        self.literals.push((line, text));
    }
}

#[test]
fn comments_and_literals_are_told_from_code() {
    let source = Source::new(
        "a.rs",
        "let a = \"one \\\" // two\"; // three\n/* four /* five */ six */ let b = r#\"se\"ven\"#;\nlet c = '\"'; let r#d: &'a str = b\"x\";",
    );
    let words: Vec<&str> = source.code.split_whitespace().collect();
    assert_eq!(words.join(" "), "let a = \" \"; let b = r#\" \"#; let c = ' '; let r#d: &'a str = b\" \";");
    let texts: Vec<&str> = source.literals.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["one \\\" // two", "se\"ven", "x"]);
    assert_eq!(source.literals[1].0, 2);
}

#[test]
fn what_is_compiled_for_tests_only_is_known() {
    let source = Source::new(
        "a.rs",
        "fn a() {}\n#[cfg(test)]\nuse b;\nfn c() {}\n#[cfg(test)]\nmod tests {\n  {}\n}\nfn d() {}\n",
    );
    assert_eq!(source.test_lines(), [2..4, 5..9]);
    assert!(source.is_test(7) && !source.is_test(4) && !source.is_test(9));
}
