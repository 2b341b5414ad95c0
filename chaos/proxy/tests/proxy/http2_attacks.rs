//! What only an attack does closes its connection, takes bounded memory, and does not reach
//! the callee.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::callee::{Callee, scripted};
use crate::http2_transparent::{PREFACE, frame};
use crate::{BOUND, proxy_before};

const ENHANCE_YOUR_CALM: u32 = 11;
const PROTOCOL_ERROR: u32 = 1;

/// A callee that reads all it is sent, answers nothing, and counts the bytes.
async fn swallowing() -> (Callee, Arc<AtomicUsize>) {
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&heard);
    let callee = scripted(move |mut stream, _| {
        let counter = Arc::clone(&counter);
        async move {
            let mut piece = vec![0; 1 << 16];
            while let Ok(read @ 1..) = stream.read(&mut piece).await {
                counter.fetch_add(read, SeqCst);
            }
        }
    })
    .await;
    (callee, heard)
}

/// Sends the preface and `flood` again and again until the connection is closed, or so many bytes
/// are sent. Returns the code of the `GOAWAY`, and how many bytes reached the callee.
async fn closed_with(first: &[u8], flood: impl Fn(u32) -> Vec<u8>) -> (Option<u32>, usize) {
    const MOST: usize = 64 << 20;
    let (callee, heard) = swallowing().await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let caller = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    let (mut reads, mut writes) = caller.into_split();
    let first = [PREFACE, &frame(4, 0, 0, &[]), first].concat();
    writes.write_all(&first).await.unwrap();
    let sending = async {
        let (mut sent, mut number) = (0, 0);
        while sent < MOST {
            let piece = flood(number);
            if writes.write_all(&piece).await.is_err() {
                break;
            }
            (sent, number) = (sent + piece.len(), number + 1);
        }
    };
    let mut said = Vec::new();
    let hearing = async {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = reads.read(&mut piece).await {
            said.extend_from_slice(&piece[..read]);
        }
    };
    tokio::time::timeout(BOUND, async { tokio::join!(sending, hearing) })
        .await
        .expect("the connection is never closed");
    // A GOAWAY is the last that is said.
    let goaway = said.len().checked_sub(17).map(|at| &said[at..]);
    let code = goaway
        .filter(|goaway| goaway[..5] == [0, 0, 8, 7, 0])
        .map(|goaway| u32::from_be_bytes([goaway[13], goaway[14], goaway[15], goaway[16]]));
    (code, heard.load(SeqCst))
}

const REQUEST: &[u8] = &[0x82, 0x86, 0x84];

#[tokio::test]
async fn a_rapid_reset_closes_the_connection() {
    let (code, heard) = closed_with(&[], |number| {
        let streams = (0..100).flat_map(|more| {
            let id = (number * 100 + more) * 2 + 1;
            [frame(1, 0x5, id, REQUEST), frame(3, 0, id, &[0, 0, 0, 8])].concat()
        });
        streams.collect()
    })
    .await;
    assert_eq!(code, Some(ENHANCE_YOUR_CALM));
    assert!(heard < 256 * 1024, "{heard} bytes reached the callee");
}

#[tokio::test]
async fn a_block_of_headers_without_an_end_closes_the_connection() {
    let first = frame(1, 0x1, 1, REQUEST);
    for piece in [0, 1, 16_384] {
        let (code, heard) = closed_with(&first, |_| frame(9, 0, 1, &vec![0; piece])).await;
        assert_eq!(code, Some(ENHANCE_YOUR_CALM), "pieces of {piece} bytes");
        assert!(heard < 1024, "{heard} bytes reached the callee");
    }
}

#[tokio::test]
async fn headers_that_stand_for_much_more_close_the_connection() {
    // A header of 4,000 bytes goes into the table, and is said 16,000 times with a byte.
    let mut block = [REQUEST, &[0x40, 1, b'x', 0x7f, 0xa1, 0x1e]].concat();
    block.resize(block.len() + 4000, b'v');
    let first = frame(1, 0x5, 1, &block);
    let (code, heard) = closed_with(&first, |number| {
        frame(1, 0x5, 3 + 2 * number, &[REQUEST, &[0xbe; 16_000]].concat())
    })
    .await;
    assert_eq!(code, Some(ENHANCE_YOUR_CALM));
    assert!(heard < 8192, "{heard} bytes reached the callee");
}

#[tokio::test]
async fn a_callee_that_does_not_read_holds_its_caller_back() {
    let callee = scripted(|stream, _| async move {
        let _open = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let (proxy, _) = proxy_before(&[callee.port]).await;
    let mut caller = TcpStream::connect(("127.0.0.1", proxy.port())).await.unwrap();
    caller.write_all(&[PREFACE, &frame(4, 0, 0, &[])].concat()).await.unwrap();
    caller.write_all(&frame(1, 0x4, 1, REQUEST)).await.unwrap();
    let data = frame(0, 0, 1, &[0; 16_384]);
    // More than all buffers on the way hold.
    let flood = async {
        for _ in 0..4096 {
            caller.write_all(&data).await.unwrap();
        }
    };
    let flooded = tokio::time::timeout(std::time::Duration::from_millis(500), flood).await;
    assert!(flooded.is_err(), "64 MiB went nowhere");
}

#[tokio::test]
async fn frames_in_a_wrong_place_close_the_connection() {
    for wrong in [
        frame(9, 0x4, 1, REQUEST),
        frame(5, 0x4, 1, &[&[0, 0, 0, 2], REQUEST].concat()),
        frame(1, 0x5, 2, REQUEST),
        [frame(1, 0x1, 1, REQUEST), frame(0, 0x1, 1, b"a")].concat(),
        frame(4, 0, 0, &[0, 1, 0]),
    ] {
        let (code, _) = closed_with(&wrong, |_| frame(6, 0, 0, b"12345678")).await;
        assert_eq!(code, Some(PROTOCOL_ERROR), "{wrong:?}");
    }
}
