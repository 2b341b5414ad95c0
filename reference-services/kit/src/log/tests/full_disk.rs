//! The embedded log, whose disk is full for a while.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{BOUND, receive, record, value};
use crate::config::Offsets;
use crate::log::{EventLog, SqliteLog};
use crate::small_disk::SmallDisk;

async fn append(log: &SqliteLog, number: i64) -> bool {
    let mut long = record("topic", 1, number);
    long.headers.insert("long".to_owned(), "long ".repeat(1000));
    let appending = log.append(vec![long]);
    timeout(BOUND, appending).await.expect("there is an answer, also on a full disk").is_ok()
}

#[tokio::test]
#[ignore = "needs the right to mount: run as root, or within `unshare -rm`"]
async fn after_a_full_disk_the_log_has_all_accepted_records_and_no_others() {
    let disk = SmallDisk::mount(8);
    let log = SqliteLog::open(&disk.path().join("events.db")).unwrap();
    let mut member = log.subscribe("group", "topic", Offsets::Committed);
    let (mut accepted, mut next) = (Vec::new(), 0..);
    for _ in 0..3 {
        let filling = async {
            let mut refused = 0;
            while refused < 5 {
                let number = next.next().unwrap();
                if append(&log, number).await {
                    accepted.push(number);
                } else {
                    refused += 1;
                }
                disk.fill();
            }
        };
        timeout(BOUND, filling).await.expect("the disk is full");
        disk.make_room();
        let healing = async {
            let number = next.next().unwrap();
            while !append(&log, number).await {
                sleep(Duration::from_millis(10)).await;
            }
            accepted.push(number);
        };
        timeout(BOUND, healing).await.expect("the log heals by itself");
    }
    let received = receive(member.as_mut(), accepted.len()).await;
    assert_eq!(received.iter().map(value).collect::<Vec<_>>(), accepted);
}
