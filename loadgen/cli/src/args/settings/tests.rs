use std::io::Write;

use super::*;

fn settings(arguments: &[&str]) -> Result<Settings, LoadCliError> {
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    Settings::new(Flags::parse(&arguments)?)
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[test]
fn defaults_are_sieges() {
    insta::assert_debug_snapshot!(settings(&["-t60S", "http://h/"]).unwrap());
}

#[test]
fn times_have_sieges_units() {
    let time =
        |text: &str| settings(&["-t", text, "http://h"]).unwrap().bound.and_then(Bound::time);
    assert_eq!(time("60S"), Some(Duration::from_secs(60)));
    assert_eq!(time("90s"), Some(Duration::from_secs(90)));
    assert_eq!(time("2"), Some(Duration::from_secs(120)));
    assert_eq!(time("1m"), Some(Duration::from_secs(60)));
    assert_eq!(time("2H"), Some(Duration::from_secs(7200)));
}

#[test]
fn once_is_once_through_the_file() {
    let urls = file("http://h/a\nhttp://h/b\nhttp://h/c\n");
    let urls = urls.path().to_str().unwrap();
    let settings = settings(&["-r", "once", "-f", urls]).unwrap();
    assert_eq!((settings.bound, settings.requests.len()), (Some(Bound::Repetitions(3)), 3));
}

#[test]
fn options_come_before_the_settings_file() {
    let rc = file(
        "concurrent = 7\ntime = 5S\nheader = X-A: 1\nuser-agent = me\nconnection = close\n# delay \
         = 4\ndelay = 2\n",
    );
    let rc = rc.path().to_str().unwrap();
    let from_file = settings(&["-R", rc, "http://h/"]).unwrap();
    assert_eq!(
        (from_file.users, from_file.delay, from_file.reuse),
        (7, Duration::from_secs(2), Reuse::No)
    );
    assert_eq!(from_file.requests[0].headers.len(), 2);
    let both = settings(&["-R", rc, "-c3", "-b", "-A", "you", "http://h/"]).unwrap();
    assert_eq!((both.users, both.delay), (3, Duration::ZERO));
    assert_eq!(both.requests[0].headers[1].1, "you");
}

#[test]
fn a_login_is_for_users_that_stay() {
    let rc = file("time = 1S\nlogin-url = h/login POST a=b\nlogin-url = h/login POST a=c\n");
    let rc = rc.path().to_str().unwrap();
    let from_file = settings(&["-R", rc, "http://h/"]).unwrap();
    assert_eq!((from_file.logins.len(), from_file.requests.len()), (2, 1));
    let error = settings(&["-R", rc, "--rate", "5/s", "http://h/"]).unwrap_err();
    assert!(matches!(error, LoadCliError::LoginWithoutUsers), "{error}");
}

#[test]
fn the_proxy_of_a_settings_file_is_used_unless_an_option_names_another() {
    let via = |text: &str, more: &[&str]| {
        let rc = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(rc.path(), text).unwrap();
        let rc = rc.path().to_str().unwrap().to_owned();
        let settings = settings(&[&["-R", &rc, "-r1", "http://h/"], more].concat());
        settings.map(|settings| settings.transport.proxy.map(|proxy| proxy.to_string()))
    };
    let proxy = |text: &str| Some(text.to_owned());
    assert_eq!(via("proxy-host = p\nproxy-port: 7199", &[]).unwrap(), proxy("p:7199"));
    assert_eq!(via("proxy-host = p", &[]).unwrap(), proxy("p:3128"));
    assert_eq!(via("proxy-host = p", &["--proxy", "q:1"]).unwrap(), proxy("q:1"));
    let alone = via("proxy-port = 7199", &[]).unwrap_err().to_string();
    assert_eq!(alone, "proxy-port means nothing without proxy-host");
    let wrong = via("proxy-host = p\nproxy-port = x", &[]);
    assert!(matches!(wrong, Err(LoadCliError::BadValue { .. })), "{wrong:?}");
    let login = via("proxy-host = p\nproxy-login: a:b", &[]);
    assert!(matches!(login, Err(LoadCliError::ProxyLogin)), "{login:?}");
}

#[test]
fn only_a_schedule_can_be_waited_for_without_sleeping() {
    assert!(settings(&["-t1S", "--spin", "--rate", "5/s", "http://h/"]).unwrap().spin);
    let error = settings(&["-t1S", "--spin", "http://h/"]).unwrap_err();
    assert!(matches!(error, LoadCliError::NeedsOption { option: "--spin", .. }), "{error}");
}

#[test]
fn outputs_can_be_several() {
    let settings = settings(&["-t1S", "--out", "csv=a.csv", "--out=prom=-", "http://h/"]).unwrap();
    let outputs: Vec<_> = settings.outputs.iter().map(ToString::to_string).collect();
    assert_eq!(outputs, ["csv to a.csv", "prom to stdout"]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let lines: [&[&str]; 35] = [
        &[],
        &["-t1S"],
        &["http://h/"],
        &["-r1", "http://h/", "http://i/"],
        &["-t1S", "ftp://h/"],
        &["-t1S", "--proxy", "socks5://h:1", "http://h/"],
        &["-t1S", "--streams", "0", "http://h/"],
        &["-t1S", "--key", "key.pem", "https://h/"],
        &["-t", "soon", "http://h/"],
        &["-t0S", "http://h/"],
        &["-r0", "http://h/"],
        &["-r1", "-c0", "http://h/"],
        &["-r1", "-d", "x", "http://h/"],
        &["-r1", "-H", "no header", "http://h/"],
        &["-r1", "--rate", "200/s", "http://h/"],
        &["-t1S", "--rate", "0/s", "http://h/"],
        &["-t1S", "--rate", "fast", "http://h/"],
        &["-t1S", "--rate", "1000000000000/s", "http://h/"],
        &["-t9300000000000000000S", "http://h/"],
        &["-t1e300H", "http://h/"],
        &["-t", "NaN", "http://h/"],
        &["-r1", "-c4294967295", "http://h/"],
        &["-r1", "-c4294967296", "http://h/"],
        &["-r1", "-d1e30", "http://h/"],
        &["-r1", "--timeout", "inf", "http://h/"],
        &["-r1", "--warm-up", "9300000000000000000", "http://h/"],
        &["-t1S", "--fail-below", "99.9", "http://h/"],
        &["-t1S", "-f", "/no/such/urls.txt"],
        &["-t1S", "-R", "/no/such/siegerc", "http://h/"],
        &["-t1S", "--out", "cvs=a", "http://h/"],
        &["-t1S", "--out", "csv", "http://h/"],
        &["-t1S", "--out", "csv=a", "--out", "prom=a", "http://h/"],
        &["-t1S", "--out", "csv=-", "-j", "http://h/"],
        &["-t1S", "--out", "csv=-", "-v", "http://h/"],
        &["-g", "--out", "csv=a", "http://h/"],
    ];
    let told = lines.map(|line| {
        let error = settings(line).expect_err("refused");
        format!("{}\n    {} (exit {})", line.join(" "), error, error.exit() as u8)
    });
    insta::assert_snapshot!(told.join("\n"));
}
