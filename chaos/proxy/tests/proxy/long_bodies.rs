//! Bodies that are too long to be kept in memory.

use brunt_scenarios::plan::EdgeFault;
use http_body_util::BodyExt;

use crate::callee::{serving, text};
use crate::caller::raw;
use crate::{counts, eventually, proxy_before};

#[tokio::test]
async fn a_request_too_long_to_be_kept_reaches_the_callee_once_and_whole() {
    let callee = serving(move |request| async move {
        let mut body = request.into_body();
        let (mut size, mut sum) = (0, 0u64);
        while let Some(frame) = body.frame().await {
            let data = frame.unwrap().into_data().unwrap();
            size += data.len();
            sum += data.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        }
        text(format!("{size} {sum}"))
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let fault = proxy.inject(EdgeFault::Duplicate { share: 1.0 });
    let mib = 1024 * 1024;
    for (is_chunked, size, reached) in
        [(false, mib + 1, 1), (true, mib + 1, 2), (true, 5 * mib, 3), (true, mib, 5)]
    {
        let framing = match is_chunked {
            true => "transfer-encoding: chunked".to_owned(),
            false => format!("content-length: {size}"),
        };
        let head =
            format!("POST /orders HTTP/1.1\r\nhost: a\r\n{framing}\r\nconnection: close\r\n\r\n");
        let (reply, end) = raw(proxy.port(), &(head + &body_of(size, is_chunked))).await;
        assert!(reply.ends_with(&format!("{size} {}", size * 97)), "{size}: {reply}");
        assert_eq!(end, None);
        eventually(|| counts(&proxy).1 == reached).await;
    }
    assert_eq!(proxy.recover(fault), Some(1), "only the last one can be sent twice");
    assert_eq!(counts(&proxy), (4, 5, 1));
}

/// A body of so many `a`, in pieces that have no common divisor with any bound.
fn body_of(size: usize, is_chunked: bool) -> String {
    if !is_chunked {
        return "a".repeat(size);
    }
    let mut body = String::new();
    let mut left = size;
    while left > 0 {
        let piece = left.min(40_009);
        body += &format!("{piece:x}\r\n{}\r\n", "a".repeat(piece));
        left -= piece;
    }
    body + "0\r\n\r\n"
}
