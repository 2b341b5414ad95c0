//! What a page of HTML shows beside itself, as siege's parser takes it: stylesheets, scripts,
//! images, the body's background, and where a refresh leads. Nothing of frames, videos, or what
//! scripts and stylesheets ask for.

use std::collections::HashSet;

/// The most resources of one page that are asked for. Large pages have some hundreds; one with more
/// than this would keep its user, and the thread, busy with nothing else.
const MOST: usize = 1_000;

/// The resources of a page.
#[derive(Debug, Default)]
pub(crate) struct PageResources {
    /// Links in the page's order, each once; relative to the page. 1,000 at most.
    pub links: Vec<String>,
    /// How many links came after these.
    pub left_out: u64,
}

impl PageResources {
    fn add(&mut self, link: String, known: &mut HashSet<String>) {
        if link.is_empty() || known.contains(&link) {
            return;
        }
        if self.links.len() == MOST {
            self.left_out += 1;
            return;
        }
        known.insert(link.clone());
        self.links.push(link);
    }
}

/// The links of a page that are to be asked for with it. Takes time in proportion to the page.
pub(crate) fn resources(html: &str) -> PageResources {
    let (mut found, mut known) = (PageResources::default(), HashSet::new());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let tag = HtmlTag::read(rest);
        rest = &rest[tag.length..];
        if let Some(link) = tag.resource() {
            found.add(link, &mut known);
        }
        // What stands in a script or a style is no page.
        if let Some(raw) = ["script", "style"].into_iter().find(|raw| tag.is(raw)) {
            rest = &rest[end_of(rest, raw)..];
        }
    }
    found
}

/// Where `</name` stands, in any case; the end of the text without.
fn end_of(text: &str, name: &str) -> usize {
    let ends = |at: &usize| {
        let end = text.get(at + 2..at + 2 + name.len());
        end.is_some_and(|end| end.eq_ignore_ascii_case(name))
    };
    text.match_indices("</").map(|(at, _)| at).find(ends).unwrap_or(text.len())
}

/// A tag: its name, and its attributes as they are written.
struct HtmlTag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    /// Up to what stands behind it.
    length: usize,
}

impl<'a> HtmlTag<'a> {
    /// Reads what follows a `<`.
    fn read(text: &'a str) -> Self {
        let is_end = |letter: char| letter.is_ascii_whitespace() || letter == '>' || letter == '/';
        let (name, mut rest) = text.split_at(text.find(is_end).unwrap_or(text.len()));
        let mut attributes = Vec::new();
        loop {
            rest = rest
                .trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let is_end = |letter: char| is_end(letter) || letter == '=';
            // A name has one letter at least, so that this ends.
            let end = rest.char_indices().skip(1).find(|(_, letter)| is_end(*letter));
            let (attribute, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
            let Some(value) = after.trim_ascii_start().strip_prefix('=') else {
                rest = after;
                continue;
            };
            let (value, after) = value_of(value.trim_ascii_start());
            attributes.push((attribute, value));
            rest = after;
        }
        let rest = rest.strip_prefix('>').unwrap_or(rest);
        Self { name, attributes, length: text.len() - rest.len() }
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn attribute(&self, name: &str) -> Option<&'a str> {
        let found = self.attributes.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }

    /// What it shows.
    fn resource(&self) -> Option<String> {
        let link = match self.name.to_ascii_lowercase().as_str() {
            "img" | "script" => self.attribute("src"),
            "body" => self.attribute("background"),
            "link" => {
                let rel = self.attribute("rel")?;
                self.attribute("href").filter(|_| rel.eq_ignore_ascii_case("stylesheet"))
            }
            "meta" => self.refresh(),
            _ => None,
        };
        link.map(|link| link.replace("&amp;", "&"))
    }

    /// `http-equiv="refresh" content="0; url=/next"`.
    fn refresh(&self) -> Option<&'a str> {
        self.attribute("http-equiv").filter(|what| what.eq_ignore_ascii_case("refresh"))?;
        let (_, then) = self.attribute("content")?.split_once([';', ','])?;
        let (word, link) = then.split_once('=')?;
        word.trim().eq_ignore_ascii_case("url").then(|| link.trim().trim_matches(['"', '\'']))
    }
}

/// A value, in quotes or not, and what follows it.
fn value_of(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            let end = quoted.find(quote);
            return end.map_or((quoted, ""), |end| (&quoted[..end], &quoted[end + 1..]));
        }
    }
    let is_end = |letter: char| letter.is_ascii_whitespace() || letter == '>';
    text.split_at(text.find(is_end).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_resources_of_a_page_are_found() {
        let page = r#"<!DOCTYPE html><html><head>
            <link rel="stylesheet" type="text/css" href="/style.css"/><link href='second.css' rel=stylesheet>
            <link rel="icon" href="/icon.png"><link rel="alternate stylesheet" href="/alt.css">
            <meta charset=utf-8><meta http-equiv="Refresh" content="5; URL='/next'">
            <script src="/app.js"></script><script>var a = '<img src="/in-script.png">';</script>
            <style>@import "/x.css"; a > b {}</style><!-- <img src="/comment.png"> -->
            </head><body background="/back.png"><img alt="a > b" src=/a.png><IMG SRC = "b.png"><img src="/a.png"/>
            <img data-src="/lazy.png" src="?q=1&amp;b=2"><iframe src="/frame"></iframe><a href="/link">l</a>
            <img src=""><img src><img alt='no end' src='/last"#;
        let found = resources(page).links;
        let wanted = [
            "/style.css",
            "second.css",
            "/next",
            "/app.js",
            "/back.png",
            "/a.png",
            "b.png",
            "?q=1&b=2",
            "/last",
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_page_of_many_links_has_a_thousand_and_the_number_of_the_rest() {
        let images = |count: usize| -> String {
            (0..count).map(|number| format!("<img src={}>", number % 150_000)).collect()
        };
        let whole = resources(&images(1_000));
        assert_eq!((whole.links.len(), whole.left_out), (1_000, 0));
        // Comparing each link with all others would take minutes.
        let cut = resources(&images(300_000));
        assert_eq!((cut.links.len(), cut.links[999].as_str()), (1_000, "999"));
        assert_eq!(cut.left_out, 298_000, "those that are known are not left out");
    }

    proptest! {
        #[test]
        fn any_text_can_be_read_as_a_page(text in "[<>/='\"a-z !-]{0,200}|\\PC{0,100}") {
            prop_assert!(resources(&text).links.iter().all(|link| link.len() <= text.len()));
        }
    }
}
