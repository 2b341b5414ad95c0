//! A browser's recording: whatever it holds, its requests go to one server and have a path, or the
//! error names it.
#![no_main]

use brunt_loadgen_cli::HarFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let headers = [("X-A".to_owned(), "1".to_owned())];
    let base = (text.len() % 2 == 0).then_some("http://127.0.0.1:8080");
    match (HarFile { name: "a.har", base, headers: &headers }).requests(text) {
        Ok(recorded) => {
            assert_eq!(recorded.requests.len(), recorded.pauses.len(), "{recorded:?}");
            assert!(!recorded.requests.is_empty(), "a recording without a request is an error");
            for request in &recorded.requests {
                assert!(request.path.starts_with('/'), "{request:?}");
                assert_eq!(request.address, recorded.requests[0].address, "{request:?}");
                assert!(request.headers.contains(&headers[0]), "{request:?}");
            }
        }
        Err(error) => assert!(error.to_string().contains("a.har"), "{error}"),
    }
});
