//! Paging as Spring Data does it: `?page=0&size=20&sort=field,desc`.

use http::Uri;

/// The largest page that is served, as Spring Data's default limit.
pub const MAX_SIZE: u64 = 1000;
const DEFAULT_SIZE: u64 = 20;
/// How many items may lie before a page that is read at once. To pass over so many takes a few
/// milliseconds at most.
const FEW: u64 = 2 * MAX_SIZE;

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The number of the page, from 0.
    pub page: u64,
    /// Items a page, from 1 to [`MAX_SIZE`].
    pub size: u64,
    /// What the items are sorted by: their id unless this is given.
    pub sort: Option<Sort>,
}

/// The order of a page's items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// A field of the document.
    pub field: String,
    /// Ascending or descending.
    pub direction: Direction,
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the smallest to the largest.
    Ascending,
    /// From the largest to the smallest.
    Descending,
}

/// One page of documents.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The documents of the page, in order.
    pub items: Vec<T>,
    /// How many the whole collection has.
    pub total: u64,
}

impl PageRequest {
    /// The first page, of the usual size.
    #[must_use]
    pub fn usual() -> Self {
        Self { page: 0, size: DEFAULT_SIZE, sort: None }
    }

    /// Reads `page`, `size` and `sort` from a query. What is not a number counts as absent, and a
    /// size over the limit as the limit, as Spring Data has it.
    #[must_use]
    pub fn from_query(uri: &Uri) -> Self {
        let value = |name: &str| {
            let pairs = uri.query().unwrap_or_default().split('&');
            pairs
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value)
        };
        let number = |name: &str| value(name).and_then(|text| text.parse::<u64>().ok());
        Self {
            page: number("page").unwrap_or(0),
            size: number("size").filter(|size| *size > 0).unwrap_or(DEFAULT_SIZE).min(MAX_SIZE),
            sort: value("sort").and_then(Sort::parse),
        }
    }

    /// Whether it is not known that little is read for it: a sorted page needs every document, and
    /// one with many before it may have to pass over them.
    #[must_use]
    pub fn reads_much(&self) -> bool {
        self.sort.is_some() || self.skipped() > FEW
    }

    /// How many items lie before this page.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.page.saturating_mul(self.size)
    }

    /// How many pages a collection of `total` items has.
    #[must_use]
    pub fn pages(&self, total: u64) -> u64 {
        total.div_ceil(self.size)
    }
}

impl Sort {
    fn parse(text: &str) -> Option<Self> {
        let text = text.replace("%2C", ",").replace("%2c", ",");
        let (field, direction) = text.split_once(',').unwrap_or((&text, "asc"));
        let direction = match direction.to_ascii_lowercase().as_str() {
            "asc" => Direction::Ascending,
            "desc" => Direction::Descending,
            _ => return None,
        };
        let named = !field.is_empty() && field.bytes().all(|b| b.is_ascii_alphanumeric());
        named.then(|| Self { field: field.to_owned(), direction })
    }
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let direction = match self.direction {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        write!(f, "{},{direction}", self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(query: &str) -> PageRequest {
        PageRequest::from_query(&format!("http://localhost/orders?{query}").parse().unwrap())
    }

    #[test]
    fn a_query_is_read_as_spring_reads_it() {
        assert_eq!(request(""), PageRequest { page: 0, size: 20, sort: None });
        assert_eq!(request("page=2&size=50").skipped(), 100);
        assert_eq!(request("size=5000").size, MAX_SIZE);
        assert_eq!(request("size=0&page=x"), request(""));
        let sort = Sort { field: "qty".into(), direction: Direction::Descending };
        assert_eq!(request("sort=qty,desc").sort, Some(sort.clone()));
        assert_eq!(request("sort=qty%2Cdesc").sort, Some(sort));
        assert_eq!(request("sort=qty,sideways").sort, None);
    }

    #[test]
    fn the_last_page_may_be_short() {
        assert_eq!([0, 1, 20, 21].map(|total| request("").pages(total)), [0, 1, 1, 2]);
    }
}
