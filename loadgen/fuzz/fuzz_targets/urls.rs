//! The lines of a urls.txt: whatever they hold, each is a request that can be written down, or an
//! error with its line.
#![no_main]

use std::io;

use brunt_loadgen_cli::UrlList;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let headers = [("X-A".to_owned(), "1".to_owned())];
    let urls = UrlList {
        place: "urls.txt",
        headers: &headers,
        content_type: "text/plain",
        // No file of this machine is read.
        read: &|path| match path.as_os_str().len() % 2 {
            0 => Ok(b"body".to_vec()),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        },
        environment: &|name| (name.len() % 2 == 0).then(|| name.to_owned()),
    };
    match urls.parse(text) {
        Ok(requests) => {
            assert!(requests.len() <= text.lines().count(), "{requests:?}");
            for request in requests {
                assert!(request.path.starts_with('/'), "{request:?}");
                assert!(!request.address.host.is_empty(), "{request:?}");
                assert!(!request.body.is_empty() || request.headers == headers, "{request:?}");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
