//! Turns the catalogs under `locales/` into typed words: one method a text.
//!
//! `locales/en/sign_in.toml` with `h1 = "Sign in"` and `to = "to continue to {site}"` becomes
//! `Words::sign_in_h1()` and `Words::sign_in_to(site)`. A text that one language lacks, or whose
//! placeholders differ, stops the build with its name. A table with `one` and `other` is a text
//! that follows a number, which is its placeholder `{n}`.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    path::Path,
    process::exit,
};

/// Languages in the order of `kernel::Language`; the first one is the one that names the parameters.
const LANGUAGES: [&str; 2] = ["en", "es"];

/// A text: as it stands, or by number.
enum Text {
    Plain(String),
    Counted { one: String, other: String },
}

/// Texts by the name of their method.
type Catalog = BTreeMap<String, Text>;

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let catalogs = LANGUAGES.map(|language| read(language).unwrap_or_else(|why| stop(&why)));
    let code = write(&catalogs).unwrap_or_else(|why| stop(&why));
    let folder = env::var("OUT_DIR").unwrap_or_else(|_| stop("cargo says where to write"));
    fs::write(Path::new(&folder).join("words.rs"), code).unwrap_or_else(|why| stop(&why.to_string()));
}

fn stop(why: &str) -> ! {
    println!("cargo::error={why}");
    exit(1);
}

/// All files of one language. The name of the file is the first part of each name in it.
fn read(language: &str) -> Result<Catalog, String> {
    let mut catalog = Catalog::new();
    let folder = Path::new("locales").join(language);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .map_err(|why| format!("{}: {why}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    for path in files {
        let place = path.display();
        let text = fs::read_to_string(&path).map_err(|why| format!("{place}: {why}"))?;
        let table: toml::Table = text.parse().map_err(|why| format!("{place}: {why}"))?;
        let prefix = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        for (key, value) in table {
            let name = format!("{prefix}_{key}");
            catalog.insert(name, text_of(value).ok_or_else(|| format!("{place}: {key} is no text"))?);
        }
    }
    Ok(catalog)
}

fn text_of(value: toml::Value) -> Option<Text> {
    match value {
        toml::Value::String(text) => Some(Text::Plain(text)),
        toml::Value::Table(mut table) => {
            let mut take = |key| table.remove(key)?.as_str().map(str::to_owned);
            let (one, other) = (take("one")?, take("other")?);
            table.is_empty().then_some(Text::Counted { one, other })
        }
        _ => None,
    }
}

/// The placeholders of a text, in the order in which they first stand in it.
fn placeholders(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or_default().to_owned();
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

impl Text {
    fn placeholders(&self) -> Vec<String> {
        match self {
            Self::Plain(text) => placeholders(text),
            Self::Counted { other, .. } => placeholders(other),
        }
    }

    const fn is_counted(&self) -> bool {
        matches!(self, Self::Counted { .. })
    }
}

fn write(catalogs: &[Catalog; 2]) -> Result<String, String> {
    let mut code = String::from("impl Words {\n");
    let names: BTreeSet<&String> = catalogs.iter().flat_map(Catalog::keys).collect();
    for name in names {
        let [english, spanish] = catalogs.each_ref().map(|catalog| catalog.get(name));
        let [in_english, in_spanish] = LANGUAGES;
        let missing = |language: &str| format!("locales: {name} is missing in {language}");
        let english = english.ok_or_else(|| missing(in_english))?;
        let spanish = spanish.ok_or_else(|| missing(in_spanish))?;
        let (parameters, other) = (english.placeholders(), spanish.placeholders());
        let same = parameters.iter().collect::<BTreeSet<_>>() == other.iter().collect::<BTreeSet<_>>();
        if !same || english.is_counted() != spanish.is_counted() {
            return Err(format!("locales: {name} has other placeholders in Spanish than in English"));
        }
        method(&mut code, name, &parameters, [english, spanish]).map_err(|why| why.to_string())?;
    }
    code.push_str("}\n");
    Ok(code)
}

fn method(code: &mut String, name: &str, parameters: &[String], texts: [&Text; 2]) -> Result<(), std::fmt::Error> {
    let example = match texts[0] {
        Text::Plain(text) | Text::Counted { other: text, .. } => text,
    };
    writeln!(code, "    /// “{}”", example.replace('\n', " "))?;
    let is_counted = texts[0].is_counted();
    if parameters.is_empty() && !is_counted {
        writeln!(
            code,
            "    #[must_use]\n    pub const fn {name}(self) -> &'static str {{\n        match self.language {{"
        )?;
    } else {
        write!(code, "    #[must_use]\n    pub fn {name}(self")?;
        for parameter in parameters.iter().filter(|parameter| !is_counted || *parameter != "n") {
            write!(code, ", {parameter}: impl ::std::fmt::Display")?;
        }
        if is_counted {
            write!(code, ", n: impl Count")?;
        }
        writeln!(code, ") -> String {{")?;
        if is_counted {
            writeln!(code, "        let n = n.count();")?;
        }
        writeln!(code, "        match self.language {{")?;
    }
    for (language, text) in ["English", "Spanish"].into_iter().zip(texts) {
        let arm = |text: &str| match (placeholders(text).is_empty(), parameters.is_empty() && !is_counted) {
            (_, true) => format!("{text:?}"),
            // "1 user" of a text by number holds no placeholder, and is a `String` like its other form.
            (true, false) => format!("{text:?}.to_owned()"),
            (false, false) => format!("format!({text:?})"),
        };
        match text {
            Text::Plain(text) => writeln!(code, "            Language::{language} => {},", arm(text))?,
            Text::Counted { one, other } => {
                writeln!(code, "            Language::{language} if n == 1 => {},", arm(one))?;
                writeln!(code, "            Language::{language} => {},", arm(other))?;
            }
        }
    }
    writeln!(code, "        }}\n    }}\n")
}
