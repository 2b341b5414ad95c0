//! Templates of paths and queries, in which values must not mean anything else.

use super::Template;
use super::part::{Placeholder, TemplatePart};
use crate::url_text::{in_path, in_query};

impl Template {
    /// Fills in a path with its query. Values are percent-encoded, so that `a&b` in a query
    /// is one value and `50%` in a path is a segment. Not encoded are links (a value that
    /// begins with a slash, or with a scheme, where a path may), a whole query behind `?` or
    /// `&`, and `${name|raw}`.
    pub fn fill_url(&self, mut value: impl FnMut(&Placeholder) -> String) -> String {
        let mut url = String::new();
        for part in self.parts() {
            match part {
                TemplatePart::Text(text) => url.push_str(text),
                TemplatePart::Placeholder(placeholder) => {
                    let value = value(placeholder);
                    match placeholder.raw {
                        true => url.push_str(&value),
                        false => url.push_str(&encoded(&url, &value)),
                    }
                }
            }
        }
        url
    }
}

/// A value as it stands after the beginning of a URL.
fn encoded(before: &str, value: &str) -> String {
    let is_link = || value.starts_with('/') || value.contains("://");
    let is_query = || before.ends_with(['?', '&']) && value.contains('=');
    match before.contains('?') {
        true if is_query() => value.to_owned(),
        true => in_query(value),
        false if is_link() => value.to_owned(),
        false => in_path(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> String {
        let template = Template::parse(template).unwrap();
        template.fill_url(|placeholder| match placeholder.name.as_str() {
            "next" => "a+b/c==&d".to_owned(),
            "hash" => "C#".to_owned(),
            "id" => "7".to_owned(),
            "name" => "A&B 50%?".to_owned(),
            "link" => "/orders?page=2".to_owned(),
            "url" => "http://h:1/orders?x=1".to_owned(),
            "query" => "page=2&size=3".to_owned(),
            "coded" => "a%20b".to_owned(),
            other => format!("<{other}>"),
        })
    }

    #[test]
    fn a_value_in_a_query_is_one_value() {
        let wanted = "/page?cursor=a%2Bb%2Fc%3D%3D%26d&lang=C%23&id=7";
        assert_eq!(filled("/page?cursor=${next}&lang=${hash}&id=${id}"), wanted);
        assert_eq!(filled("/p?${id}=x-${hash}"), "/p?7=x-C%23");
    }

    #[test]
    fn a_value_in_a_path_stays_in_the_path() {
        assert_eq!(filled("/shops/${name}/${id}"), "/shops/A&B%2050%25%3F/7");
        assert_eq!(filled("/files/${next}"), "/files/a+b/c==&d");
    }

    #[test]
    fn links_and_queries_as_a_whole_and_what_is_raw_are_put_in_as_they_are() {
        assert_eq!(filled("/api${link}"), "/api/orders?page=2");
        assert_eq!(filled("/${url}"), "/http://h:1/orders?x=1");
        assert_eq!(filled("/orders?${query}"), "/orders?page=2&size=3");
        assert_eq!(filled("/orders?sort=n&${query}"), "/orders?sort=n&page=2&size=3");
        assert_eq!(filled("/a?b=${coded}&c=${coded|raw}"), "/a?b=a%2520b&c=a%20b");
    }
}
