//! Pages: every template is used, and none holds script or style.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{assert_none, source_folders};
use crate::support::source::{Source, files};

/// A template: its path inside the folder of templates, and its text.
type Template = (PathBuf, String);

/// The templates of the program whose sources are in `src`.
fn templates(src: &Path) -> Vec<Template> {
    let folder = src.with_file_name("templates");
    let inside = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&folder).unwrap().to_owned(), text)
    };
    files(&folder).into_iter().map(inside).collect()
}

/// The templates that a template extends, includes or imports.
fn references(text: &str) -> Vec<PathBuf> {
    let blocks = text.split("{%").skip(1).filter_map(|rest| rest.split("%}").next());
    blocks
        .filter_map(|block| {
            let block = block.trim_matches(|c: char| c.is_whitespace() || "-+~".contains(c));
            let (word, rest) = block.split_once(char::is_whitespace)?;
            let name = rest.trim_start().strip_prefix('"')?.split('"').next()?;
            matches!(word, "extends" | "include" | "import").then(|| PathBuf::from(name))
        })
        .collect()
}

/// The template that each `#[template(path = "…")]` names.
fn named(source: &Source) -> Vec<PathBuf> {
    let attributes = source.code.match_indices("#[template(");
    let paths = attributes.filter_map(|(at, _)| {
        let head = source.code[at..].split(']').next()?;
        let before = at + head.find("path")?;
        // In the code only the quotes of a literal are left, two for each.
        let earlier = source.code[..before].matches('"').count() / 2;
        source.literals.get(earlier).map(|(_, text)| text.into())
    });
    paths.collect()
}

fn ill_used(templates: &[Template], sources: &[Source]) -> Vec<String> {
    let named: Vec<PathBuf> = sources.iter().flat_map(named).collect();
    let count = |path: &Path| named.iter().filter(|name| *name == path).count();
    // A template is found from the top folder, or from the folder of the one that refers to it.
    let refers = |from: &Template, path: &Path| {
        let folder = from.0.parent().unwrap_or(Path::new(""));
        references(&from.1).iter().any(|name| name == path || folder.join(name) == path)
    };
    let judge = |(path, _): &Template| match count(path) {
        0 if templates.iter().any(|from| refers(from, path)) => None,
        0 => Some(format!("{}: nothing uses it", path.display())),
        1 => None,
        many => Some(format!("{}: {many} structs render it; one page, one struct", path.display())),
    };
    templates.iter().filter_map(judge).collect()
}

#[test]
fn every_template_has_one_page() {
    for src in source_folders() {
        let complaints = ill_used(&templates(&src), &Source::below(&src));
        assert_none("a template belongs to one page, or is a part of others", complaints);
    }
}

#[test]
fn a_template_without_a_page_is_found() {
    let page = |name: &str| format!("#[derive(Template)]\n#[template(path = \"{name}\")]\nstruct Page;\n");
    let source = |text: &str| Source::new("src/accounts/pages.rs", text);
    let template = |path: &str, text: &str| (PathBuf::from(path), text.to_owned());
    let all = [
        template("layout.html", ""),
        template("accounts/home.html", "{%- extends \"layout.html\" -%}{% include \"row.html\" %}"),
        template("accounts/row.html", ""),
    ];
    assert!(ill_used(&all, &[source(&page("accounts/home.html"))]).is_empty());
    let nowhere = ill_used(&all, &[source("// #[template(path = \"accounts/home.html\")]")]);
    assert_eq!(nowhere, ["accounts/home.html: nothing uses it"]);
    let twice = page("accounts/home.html") + "#[template(\n    escape = \"html\",\n    path = \"accounts/home.html\")]";
    assert_eq!(ill_used(&all, &[source(&twice)]).len(), 1);
}

/// The tags of a page, without what the template engine fills in and without comments.
fn tags(text: &str) -> Vec<String> {
    let mut text = text.to_owned();
    for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<!--", "-->")] {
        while let Some(start) = text.find(open) {
            let end = text[start..].find(close).map_or(text.len(), |end| start + end + close.len());
            text.replace_range(start..end, " ");
        }
    }
    let opened = text.split('<').skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    opened.map(|rest| rest[..end_of_tag(rest)].to_lowercase()).collect()
}

/// Where the tag ends: at the first `>` outside of quotes.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    let end = tag.char_indices().find(|(_, c)| {
        match quote {
            Some(open) if open == *c => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(*c),
            _ => {}
        }
        quote.is_none() && *c == '>'
    });
    end.map_or(tag.len(), |(at, _)| at)
}

/// The names of the attributes of a tag.
fn attributes(tag: &str) -> Vec<String> {
    let mut quote = None;
    let mut outside = String::new();
    for c in tag.chars() {
        match quote {
            Some(open) if open == c => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => {
                quote = Some(c);
                outside.push(' ');
            }
            None => outside.push(c),
        }
    }
    outside.replace('=', "= ").split_whitespace().skip(1).map(|name| name.trim_end_matches('=').to_owned()).collect()
}

/// What the content security policy would refuse to run, in the words of the person who wrote it.
fn inline(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in tags(text) {
        let names = attributes(&tag);
        let has = |name: &str| names.iter().any(|attribute| attribute == name);
        let kind: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        if has("style") || kind == "style" {
            found.push(format!("<{tag}>: style belongs into the stylesheet"));
        }
        if names.iter().any(|name| name.len() > 2 && name.starts_with("on")) {
            found.push(format!("<{tag}>: behaviour belongs into a script file"));
        }
        if kind == "script" && !has("src") {
            found.push(format!("<{tag}>: a script is a file, named by src"));
        }
        if tag.contains(&["javascript", ":"].concat()) {
            found.push(format!("<{tag}>: an address is not a program"));
        }
    }
    found
}

#[test]
fn no_page_holds_script_or_style() {
    for src in source_folders() {
        let pages = templates(&src).into_iter().filter(|(path, _)| path.extension().is_some_and(|kind| kind == "html"));
        // Mail programs fetch no stylesheet, and no policy reaches them.
        let complaints = pages.filter(|(path, _)| !path.ends_with("mail/letter.html")).flat_map(|(path, text)| {
            inline(&text).into_iter().map(move |complaint| format!("{}: {complaint}", path.display()))
        });
        assert_none("pages work under a strict content security policy", complaints);
    }
}

#[test]
fn script_and_style_in_a_page_are_found() {
    let refused = [
        "<p style=\"color: red\">",
        "<p class='a' STYLE=x>",
        "<p class=\"a\"style=\"x\">",
        "<button onclick=\"go()\">",
        "<body\n  {% if a > b %}onload=go(){% endif %}>",
        "<script>go()</script>",
        "<script nonce=\"{{ nonce }}\" type=module>",
        "<a href=\"JavaScript:go()\">",
        "<style>p { color: red }</style>",
    ];
    for text in refused {
        assert_eq!(inline(text).len(), 1, "{text}");
    }
    let allowed = "<!-- <p style=x> --><script src=\"/connex.js\" defer></script>
        {# onclick= #}<p class=\"style= on\" title='{{ \"style=\" }}'>a < b onclick=1 style=2</p>
        {% if a > b %}<link rel=stylesheet href=/connex.css>{% endif %}<form action=\"/one\" novalidate>";
    assert_eq!(inline(allowed), Vec::<String>::new());
}
