//! What is shown in the place of values.

use std::borrow::Cow;
use std::fmt;

/// Values that references led to. They are never shown, and [`hide`](Self::hide) takes them out of what is.
#[derive(Clone, Default)]
pub struct Secrets(Vec<Secret>);

#[derive(Clone, PartialEq, Eq)]
struct Secret {
    reference: String,
    /// The value, and how it looks inside of JSON and of messages.
    forms: Vec<String>,
}

impl Secrets {
    /// Whether there is nothing to hide.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, with references where it holds a value or the beginning of one. A value of less than eight bytes could
    /// stand in a text by chance: it is hidden only where it is the whole of something in quotes.
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut shown = Cow::Borrowed(text);
        for secret in &self.0 {
            for form in &secret.forms {
                if let Some(hidden) = without(&shown, form, &secret.reference) {
                    shown = Cow::Owned(hidden);
                }
            }
        }
        shown
    }

    /// Remembers what a reference led to. The longest value first: one may hold another.
    pub fn add(&mut self, reference: &str, value: &str) {
        let json = serde_json::to_string(value).unwrap_or_default();
        let json = json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or_default();
        let mut forms = vec![value.to_owned()];
        for form in [json.to_owned(), value.escape_debug().to_string(), value.escape_default().to_string()] {
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        let secret = Secret { reference: reference.to_owned(), forms };
        if !self.0.contains(&secret) {
            self.0.push(secret);
            self.0.sort_by_key(|secret| std::cmp::Reverse(secret.forms.first().map_or(0, String::len)));
        }
    }
}

/// `None` where the text does not hold it.
fn without(text: &str, secret: &str, reference: &str) -> Option<String> {
    if secret.len() < SHORT {
        let quoted = format!("\"{secret}\"");
        return text.contains(&quoted).then(|| text.replace(&quoted, &format!("\"{reference}\"")));
    }
    let (beginning, _) = secret.split_at_checked(secret.floor_char_boundary(BEGINNING))?;
    let (mut rest, mut shown) = (text, None::<String>);
    while let Some((before, after)) = rest.split_once(beginning) {
        let shown = shown.get_or_insert_default();
        shown.push_str(before);
        shown.push_str(reference);
        let more = secret.chars().skip(beginning.chars().count());
        let same = after.chars().zip(more).take_while(|(found, hidden)| found == hidden);
        let length = same.map(|(found, _)| found.len_utf8()).sum();
        rest = after.split_at_checked(length).map_or("", |(_, rest)| rest);
    }
    shown.map(|shown| shown + rest)
}

/// How many there are.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secrets").field(&self.0.len()).finish()
    }
}

const SHORT: usize = 8;
/// Bytes of a value that tell it: what is shown may be cut.
const BEGINNING: usize = 20;
