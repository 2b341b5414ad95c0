//! Beside the real siege: the same options and settings file, on the same server with the same
//! replies. `apt-get install siege`, then run them with `--include-ignored`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::run;
use crate::server::{Act, Server, reply};
use crate::shop::{self, Seen, Shop};

/// Settings of both: without them siege prints JSON, in colours, against its own manual.
const SETTINGS: &str = "json_output = false\nverbose = false\ncolor = off\nquiet = false\nparser = \
                        false\ngmethod = HEAD\nconnection = close\n";
const BODY: usize = 60_000;

/// Stdout and stderr of one of the two.
struct Printed {
    out: String,
    err: String,
}

/// What siege and brunt print, each on a server of its own that numbers requests from 0.
fn both(act: fn(u64) -> Act, settings: &str, arguments: &[&str]) -> [Printed; 2] {
    let home = tempfile::tempdir().unwrap();
    // Where a key stands twice, the last one holds.
    let rc = home.path().join("rc");
    std::fs::write(&rc, format!("{SETTINGS}{settings}")).unwrap();
    let first = Server::start(act);
    let siege = siege(home.path(), &rc, arguments, &first.url());
    let second = Server::start(act);
    let (rc, url) = (rc.display().to_string(), second.url());
    let (_, out, err) = run(&[&["--siege", "-R", &rc], arguments, &[url.as_str()]].concat());
    let timed = arguments.iter().any(|argument| argument.starts_with("-t"));
    assert!(timed || first.requests() == second.requests(), "as many requests: {}", siege.err);
    [siege, Printed { out, err }]
}

fn siege(home: &Path, rc: &Path, arguments: &[&str], url: &str) -> Printed {
    // Siege makes these on its first run, and says so in the midst of what it was asked for.
    std::fs::create_dir_all(home.join(".siege")).unwrap();
    std::fs::write(home.join(".siege/siege.conf"), "").unwrap();
    // A siege with -t may wait for its own threads for ever: it is ended and tried again.
    let mut command = Command::new("timeout");
    command.args(["-k", "1", "10", "siege", "-R"]).arg(rc).args(arguments).arg(url);
    command.env("HOME", home).env_remove("SIEGERC").current_dir(home);
    for _ in 0..5 {
        let output = command.output().expect("needs siege, and timeout of coreutils");
        assert_ne!(output.status.code(), Some(127), "needs siege: apt-get install siege");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        if output.status.success() {
            return Printed { out: text(output.stdout), err: text(output.stderr) };
        }
    }
    panic!("siege does not end by itself")
}

/// Siege's lines of a summary, from the first to the last.
fn summary(printed: &Printed) -> Vec<&str> {
    let lines = printed.err.lines().skip_while(|line| !line.starts_with("Transactions:"));
    lines.take_while(|line| !line.trim().is_empty()).collect()
}

/// Lines with every number as `#`, and spaces before it as one.
fn shape<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let words = |line: &str| {
        let line: String =
            line.chars().map(|one| if one.is_ascii_digit() { '#' } else { one }).collect();
        let words =
            line.split_whitespace().map(|word| if word.starts_with('#') { "#" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    lines.into_iter().map(words).collect()
}

/// The lines of a summary that do not depend on time.
fn counts(printed: &Printed) -> Vec<&str> {
    let counted = ["Transactions", "Availability", "Data", "Successful", "Failed"];
    let lines = summary(printed).into_iter();
    lines.filter(|line| counted.iter().any(|start| line.starts_with(start))).collect()
}

/// Without 401 and 407, which siege asks for again.
fn statuses(number: u64) -> Act {
    let statuses = [200, 204, 302, 403, 404, 405, 408, 500, 502, 503];
    let status = statuses[usize::try_from(number).unwrap() % statuses.len()];
    let body = if status == 204 { String::new() } else { "x".repeat(BODY) };
    Act::Send(reply(status, &body))
}

fn broken(number: u64) -> Act {
    match number % 5 {
        1 => Act::Close,
        3 => Act::Reset(Vec::new()),
        _ => Act::Send(reply(200, &"x".repeat(BODY))),
    }
}

fn well(_: u64) -> Act {
    Act::Send(reply(200, &"x".repeat(BODY)))
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn replies_of_each_status_count_as_siege_counts_them() {
    let [siege, ours] = both(statuses, "", &["-c1", "-r30", "--no-follow"]);
    assert_eq!(counts(&siege), counts(&ours));
    assert_eq!(counts(&siege).len(), 5, "{}", siege.err);
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn broken_connections_count_as_siege_counts_them() {
    let [siege, ours] = both(broken, "", &["-c1", "-r20"]);
    assert_eq!(counts(&siege), counts(&ours));
    assert!(siege.err.contains("Failed transactions:\t           8\n"), "{}", siege.err);
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn users_and_repetitions_make_as_many_hits_as_with_siege() {
    let [siege, ours] = both(well, "", &["-c7", "-r13"]);
    assert_eq!(counts(&siege), counts(&ours));
    assert!(ours.err.contains("Transactions:\t\t          91 hits\n"), "{}", ours.err);
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn a_settings_file_means_the_same_as_with_siege() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let settings =
        "concurrent = 3\nreps = 4\nuser-agent = me\naccept-encoding = gzip\nlogging = true\n";
    let settings = format!("{settings}logfile = {}\n", log.display());
    let [siege, ours] = both(well, &settings, &[]);
    assert_eq!(counts(&siege), counts(&ours));
    let logged = std::fs::read_to_string(log).unwrap();
    assert_eq!(logged.matches(",     12,").count(), 2, "a line of each: {logged}");
    assert!(ours.err.contains("Transactions:\t\t          12 hits\n"), "{}", ours.err);
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn the_summary_begins_with_sieges_lines() {
    let [siege, ours] = both(well, "", &["-c2", "-t1S"]);
    assert_eq!(summary(&siege).len(), 12, "{}", siege.err);
    assert_eq!(shape(summary(&siege)), shape(summary(&ours)));
    let before = |printed: &Printed| {
        let text = printed.err.split("Transactions:").next().unwrap().replace("SIEGE", "brunt");
        shape(text.lines().filter(|line| !line.is_empty()))
    };
    assert_eq!(before(&siege), before(&ours));
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn each_reply_is_printed_as_siege_prints_it() {
    let [siege, ours] = both(statuses, "", &["-c1", "-r8", "-v", "--no-follow"]);
    assert_eq!(shape(siege.out.lines()), shape(ours.out.lines()));
    assert_eq!(ours.out.lines().count(), 8, "{}", ours.out);
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn json_begins_with_the_keys_of_sieges_json() {
    let [siege, ours] = both(well, "", &["-c2", "-r5", "-j"]);
    let keys = |printed: &Printed| -> Vec<String> {
        let quoted = printed.out.lines().filter_map(|line| line.split('"').nth(1));
        quoted.map(str::to_owned).collect()
    };
    let of_siege = keys(&siege);
    assert_eq!(of_siege.len(), 12, "{}", siege.out);
    assert_eq!(of_siege, keys(&ours)[..12]);
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn one_page_is_requested_and_printed_as_by_siege() {
    let ways = [("-g", "", "HEAD"), ("-g", "gmethod = GET\n", "GET"), ("-p", "", "GET")];
    for (option, settings, method) in ways {
        let part = format!("{method} / HTTP/1.");
        let [siege, ours] = both(well, settings, &[option]);
        for printed in [&siege, &ours] {
            assert!(printed.out.starts_with(&part), "{option}: {}", printed.out);
        }
        // From the empty line on: the reply's head, or its body.
        let shown =
            |printed: &Printed| printed.out.split_once("\r\n\r\n").unwrap().1.trim().to_owned();
        assert_eq!(shown(&siege), shown(&ours), "{option}");
    }
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn the_log_has_the_columns_of_sieges_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = |name: &str| folder.path().join(name).display().to_string();
    let (arguments, rc) = (["-c1", "-r3", "-m", "marked"], folder.path().join("rc"));
    std::fs::write(&rc, SETTINGS).unwrap();
    let server = Server::start(well);
    let theirs = format!("-l{}", log("theirs"));
    let arguments_of_siege = [&[theirs.as_str()], &arguments[..]].concat();
    siege(folder.path(), &rc, &arguments_of_siege, &server.url());
    let ours = format!("-l{}", log("ours"));
    run(&[&[ours.as_str(), "-q"], &arguments[..], &[&server.url()]].concat());
    let text = |name: &str| std::fs::read_to_string(log(name)).unwrap();
    let (theirs, ours) = (text("theirs"), text("ours"));
    let (theirs, ours): (Vec<_>, Vec<_>) = (theirs.lines().collect(), ours.lines().collect());
    assert_eq!((theirs[..2].to_vec(), theirs.len()), (ours[..2].to_vec(), ours.len()));
    let columns = |line: &str| line.split(',').map(str::len).collect::<Vec<_>>();
    assert_eq!(columns(theirs[2]), columns(ours[2]), "{theirs:?} {ours:?}");
    let counted =
        |line: &str| [1, 8, 9].map(|place| line.split(',').nth(place).unwrap().trim().to_owned());
    assert_eq!(counted(theirs[2]), counted(ours[2]));
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn the_configuration_has_the_names_of_sieges_configuration() {
    let [siege, ours] = both(well, "", &["-C"]);
    let names = |printed: &Printed| -> Vec<String> {
        let named =
            printed.out.lines().chain(printed.err.lines()).filter_map(|line| line.split_once(':'));
        named.map(|(name, _)| name.trim().to_owned()).collect()
    };
    let (theirs, ours) = (names(&siege), names(&ours));
    let common: Vec<_> = ours.iter().filter(|name| theirs.contains(name)).collect();
    assert_eq!(
        common,
        theirs.iter().filter(|name| ours.contains(name)).collect::<Vec<_>>(),
        "the same order"
    );
    assert!(common.len() >= 14, "{ours:?}");
}

const PAGE: &str = r#"<!DOCTYPE html><html><head><title>Shop</title><meta charset="utf-8">
<link rel="stylesheet" type="text/css" href="/style.css"/><link href='second.css' rel='stylesheet'>
<link rel="icon" href="/icon.png"><script src="/app.js"></script><script type="module" src="mod.js"></script>
<!-- <img src="/comment.png"> --></head><body background="/back.png">
<img src="/a.png"><img alt="b" src='b.png'><img src="/a.png"><img src="?q=1&amp;b=2">
<a href="/link.html">l</a><iframe src="/frame.html"></iframe><video src="/v.mp4"></video></body></html>"#;

/// A page, and what it shows.
fn shop() -> Shop {
    Shop::start(|seen| {
        let (kind, body) = match seen.path.as_str() {
            "/" => ("text/html; charset=utf-8", PAGE),
            "/moved" => return Some(shop::reply(302, "Location: /\r\n", b"x")),
            _ => ("image/png", "x"),
        };
        Some(shop::reply(200, &format!("Content-Type: {kind}\r\n"), body.as_bytes()))
    })
}

/// What was asked for, with which cookies, and how often.
fn asked(shop: &Shop) -> BTreeMap<String, usize> {
    let mut paths = BTreeMap::new();
    let what = |seen: Seen| format!("{} {}", seen.path, seen.header("cookie"));
    shop.seen().into_iter().for_each(|seen| *paths.entry(what(seen)).or_default() += 1);
    paths
}

/// Siege's users share their cookies until each has one of its own: a user who logs in a little
/// later than another may send the cookie that the other got.
fn without_cookies_of_logins(asked: BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    let mut paths = BTreeMap::new();
    for (what, often) in asked {
        let key = if what.starts_with("/login ") { "/login".to_owned() } else { what };
        *paths.entry(key).or_default() += often;
    }
    paths
}

/// Asks the shop, as siege does and as we do, and sees that it is the same; says what was asked. In
/// the settings, `URL` is where it is.
fn alike(
    shop: fn() -> Shop,
    settings: &str,
    arguments: &[&str],
    path: &str,
) -> BTreeMap<String, usize> {
    let home = tempfile::tempdir().unwrap();
    let rc = home.path().join("rc");
    let (first, second) = (shop(), shop());
    let set = |shop: &Shop| {
        let settings = settings.replace("URL", &shop.url());
        std::fs::write(&rc, format!("{SETTINGS}{settings}")).unwrap();
        format!("{}{path}", shop.url())
    };
    let theirs = siege(home.path(), &rc, arguments, &set(&first));
    let (rc, url) = (rc.display().to_string(), set(&second));
    let (_, out, err) = run(&[&["-R", &rc], arguments, &[url.as_str()]].concat());
    assert_eq!(
        without_cookies_of_logins(asked(&first)),
        without_cookies_of_logins(asked(&second)),
        "{settings}{arguments:?}"
    );
    assert_eq!(counts(&theirs), counts(&Printed { out, err }), "{settings}{arguments:?}");
    asked(&second)
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn pages_are_parsed_as_siege_parses_them() {
    for (settings, arguments, path) in [
        ("parser = true\n", &["-c2", "-r3"][..], "/"),
        ("parser = true\n", &["-c1", "-r2"], "/moved"),
        ("parser = true\n", &["-c1", "-r2", "-N"], "/"),
        ("parser = true\nnofollow = 127.0.0.1\n", &["-c1", "-r2"], "/"),
    ] {
        alike(shop, settings, arguments, path);
    }
}

/// A user who logs in gets a cookie.
fn guarded() -> Shop {
    Shop::start(|seen| {
        let sid = format!("Set-Cookie: sid={}; Path=/\r\n", seen.body);
        Some(match seen.path.as_str() {
            "/login" => shop::reply(200, &sid, b"x"),
            _ if seen.header("cookie").is_empty() => shop::reply(403, "", b"no"),
            _ => shop::reply(200, "", b"x"),
        })
    })
}

#[test]
#[ignore = "needs siege: apt-get install siege"]
fn users_log_in_once_and_keep_their_cookies_as_with_siege() {
    let logins = "login-url = URL/login POST ann\nlogin-url = URL/login POST bob\n";
    let asked = alike(guarded, logins, &["-c2", "-r3"], "/x");
    let wanted = [("/login ", 2), ("/x sid=ann", 3), ("/x sid=bob", 3)];
    assert_eq!(asked, wanted.map(|(what, often)| (what.to_owned(), often)).into());
    let logins = format!("cookies = false\n{logins}");
    let (_, out, err) = {
        let home = tempfile::tempdir().unwrap();
        let (rc, shop) = (home.path().join("rc"), guarded());
        std::fs::write(&rc, logins.replace("URL", &shop.url())).unwrap();
        run(&["-R", &rc.display().to_string(), "-c1", "-r2", &shop.url()])
    };
    assert!(err.contains("Successful transactions:           1\n"), "nobody is known: {out}{err}");
}
