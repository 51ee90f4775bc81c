//! From words to a tree.

use super::{
    Comparison, Filter, Operand, Operator, ResourceType, ScimRefusal, Type, moment,
    words::{Word, words},
};
use crate::protocol::scim::{Attribute, Place};

/// No filter that a person or a program of ours writes is longer.
const MOST_BYTES: usize = 2000;
/// No filter has more comparisons.
const MOST_TERMS: usize = 40;
/// No filter goes deeper.
const MOST_DEPTH: usize = 10;

/// Reads a filter.
pub(super) fn parse(kind: &'static ResourceType, text: &str) -> Result<Filter, ScimRefusal> {
    if text.len() > MOST_BYTES {
        return Err(ScimRefusal::of_filter(format!("A filter has at most {MOST_BYTES} bytes.")));
    }
    let words = words(text)?;
    let mut parser = Parser { words: words.into_iter().peekable(), within: Within::Resource(kind), terms: 0, depth: 0 };
    let filter = parser.either()?;
    match parser.words.next() {
        None => Ok(filter),
        Some(word) => Err(ScimRefusal::of_filter(format!("{} does not belong where it stands.", shown(&word)))),
    }
}

/// What the paths are paths of.
#[derive(Clone, Copy)]
enum Within {
    Resource(&'static ResourceType),
    Element(&'static Attribute),
}

struct Parser<'t> {
    words: std::iter::Peekable<std::vec::IntoIter<Word<'t>>>,
    within: Within,
    terms: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    /// `a or b or …`; `and` binds more closely.
    fn either(&mut self) -> Result<Filter, ScimRefusal> {
        let mut filter = self.both()?;
        while self.takes("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.both()?));
        }
        Ok(filter)
    }

    fn both(&mut self) -> Result<Filter, ScimRefusal> {
        let mut filter = self.term()?;
        while self.takes("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.term()?));
        }
        Ok(filter)
    }

    fn term(&mut self) -> Result<Filter, ScimRefusal> {
        self.terms += 1;
        if self.terms > MOST_TERMS {
            return Err(ScimRefusal::of_filter(format!("A filter has at most {MOST_TERMS} comparisons.")));
        }
        match self.words.next() {
            Some(Word::Open) => self.group(),
            Some(Word::Bare(word)) if word.eq_ignore_ascii_case("not") && self.words.peek() == Some(&Word::Open) => {
                self.words.next();
                Ok(Filter::Not(Box::new(self.group()?)))
            }
            Some(Word::Bare(path)) => self.attribute(path),
            Some(word) => {
                Err(ScimRefusal::of_filter(format!("{} stands where an attribute is expected.", shown(&word))))
            }
            None => Err(ScimRefusal::of_filter("The filter ends where an attribute is expected.")),
        }
    }

    /// What follows an open parenthesis, up to the one that closes it.
    fn group(&mut self) -> Result<Filter, ScimRefusal> {
        self.deeper()?;
        let inner = self.either()?;
        self.depth -= 1;
        self.expect(Word::Close)?;
        Ok(inner)
    }

    fn deeper(&mut self) -> Result<(), ScimRefusal> {
        self.depth += 1;
        match self.depth > MOST_DEPTH {
            true => Err(ScimRefusal::of_filter(format!("A filter goes at most {MOST_DEPTH} deep."))),
            false => Ok(()),
        }
    }

    fn attribute(&mut self, path: &str) -> Result<Filter, ScimRefusal> {
        let place = match self.within {
            Within::Resource(kind) => Place::of(kind, path),
            Within::Element(attribute) => Place::inside(attribute, path),
        };
        let unknown = || ScimRefusal::of_filter(format!("{} is no attribute here.", short(path)));
        let place = place.ok_or_else(unknown)?;
        if self.words.next_if_eq(&Word::OpenElement).is_some() {
            return self.element(place);
        }
        match self.words.next() {
            Some(Word::Bare(word)) if word.eq_ignore_ascii_case("pr") => Ok(Filter::Present(place)),
            Some(Word::Bare(word)) => {
                let operator =
                    operator(word).ok_or_else(|| ScimRefusal::of_filter(format!("{} is no operator.", short(word))))?;
                self.comparison(place, operator)
            }
            _ => Err(ScimRefusal::of_filter(format!("An operator is expected after {}.", short(path)))),
        }
    }

    /// What follows `emails[`.
    fn element(&mut self, place: Place) -> Result<Filter, ScimRefusal> {
        let attribute = place.attribute();
        if attribute.kind != Type::Complex || place.part().is_some() || matches!(self.within, Within::Element(_)) {
            return Err(ScimRefusal::of_filter(format!("{} has no parts to filter by.", attribute.name)));
        }
        self.deeper()?;
        let outside = std::mem::replace(&mut self.within, Within::Element(attribute));
        let inner = self.either()?;
        self.within = outside;
        self.depth -= 1;
        self.expect(Word::CloseElement)?;
        Ok(Filter::Element(place, Box::new(inner)))
    }

    fn comparison(&mut self, place: Place, operator: Operator) -> Result<Filter, ScimRefusal> {
        let name = place.last().name;
        let refuse = |why: &str| Err(ScimRefusal::of_filter(format!("{name} {why}.")));
        let word = self.words.next();
        // RFC 7644 §3.4.2.2: to be equal to null is not to be there.
        if matches!(word, Some(Word::Bare("null"))) {
            return match operator {
                Operator::Eq => Ok(Filter::Not(Box::new(Filter::Present(place)))),
                Operator::Ne => Ok(Filter::Present(place)),
                _ => refuse("cannot be ordered against null"),
            };
        }
        let is_about_text = matches!(operator, Operator::Co | Operator::Sw | Operator::Ew);
        let operand = match (place.last().kind, word) {
            (_, None) => return refuse("is compared with nothing"),
            (Type::String | Type::Reference, Some(Word::Quoted(text))) => Operand::Text(text),
            (Type::DateTime, Some(Word::Quoted(text))) if !is_about_text => match moment(&text) {
                Some(moment) => Operand::Moment(moment),
                None => return refuse("is compared with a moment such as \"2026-01-31T12:00:00Z\""),
            },
            (Type::Boolean, Some(Word::Bare("true" | "false"))) if !matches!(operator, Operator::Eq | Operator::Ne) => {
                return refuse("is only equal or not equal");
            }
            (Type::Boolean, Some(Word::Bare("true"))) => Operand::Boolean(true),
            (Type::Boolean, Some(Word::Bare("false"))) => Operand::Boolean(false),
            (Type::Integer, Some(Word::Bare(word))) if !is_about_text => match word.parse() {
                Ok(number) => Operand::Number(number),
                Err(_) => return refuse("is compared with a whole number"),
            },
            (Type::Complex, _) => return refuse("is made of parts; name one"),
            (Type::Boolean, _) => return refuse("is compared with true or false"),
            (Type::Integer | Type::DateTime, _) => return refuse("cannot be compared like that"),
            (Type::String | Type::Reference, _) => return refuse("is compared with a text in quotes"),
        };
        Ok(Filter::Compare(place, Comparison { operator, operand }))
    }

    /// Whether the next word is this keyword; it is taken then.
    fn takes(&mut self, keyword: &str) -> bool {
        self.words.next_if(|word| matches!(word, Word::Bare(word) if word.eq_ignore_ascii_case(keyword))).is_some()
    }

    fn expect(&mut self, wanted: Word<'t>) -> Result<(), ScimRefusal> {
        match self.words.next_if_eq(&wanted) {
            Some(_) => Ok(()),
            None => Err(ScimRefusal::of_filter(format!("{} is missing.", shown(&wanted)))),
        }
    }
}

fn operator(word: &str) -> Option<Operator> {
    Some(match word.to_ascii_lowercase().as_str() {
        "eq" => Operator::Eq,
        "ne" => Operator::Ne,
        "co" => Operator::Co,
        "sw" => Operator::Sw,
        "ew" => Operator::Ew,
        "gt" => Operator::Gt,
        "ge" => Operator::Ge,
        "lt" => Operator::Lt,
        "le" => Operator::Le,
        _ => return None,
    })
}

fn shown(word: &Word<'_>) -> String {
    match word {
        Word::Bare(word) => short(word),
        Word::Quoted(_) => "A text in quotes".to_owned(),
        Word::Open => "(".to_owned(),
        Word::Close => ")".to_owned(),
        Word::OpenElement => "[".to_owned(),
        Word::CloseElement => "]".to_owned(),
    }
}

/// The beginning of what was sent, so that an answer is not as long as a question.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}
