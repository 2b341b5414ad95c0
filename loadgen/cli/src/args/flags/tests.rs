use super::*;

fn parsed(arguments: &str) -> String {
    let arguments: Vec<String> = arguments.split_whitespace().map(str::to_owned).collect();
    match Flags::parse(&arguments) {
        Ok(flags) => {
            let given = flags.given.iter().map(|(flag, value)| match value {
                Some(value) => format!("{flag:?}={value}"),
                None => format!("{flag:?}"),
            });
            format!("{} | {}", given.collect::<Vec<_>>().join(" "), flags.operands.join(" "))
        }
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn options_are_read_as_getopt_reads_them() {
    let lines = [
        "-c10 -t60S http://h/",
        "-c 10 -t 1M http://h/",
        "--concurrent=10 --time=1H http://h/",
        "--conc 10 --tim=2S",
        "-bq -vc5 -H X:1 -HX:2",
        "-l -m mark http://h/",
        "-lmy.log --log=other.log --log http://h/",
        "-r once http://h/ -i",
        "-- -c10",
        "--rate 200/s --fail-below=99.9%",
        "--out csv=a.csv --out=hdr=-",
        "-",
    ];
    let all = lines.map(|line| format!("{line}\n    {}", parsed(line)));
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn mistakes_are_reported_with_what_was_probably_meant() {
    let lines = [
        "--conurrent 4",
        "--co 4",
        "--zebra",
        "-c",
        "--time",
        "--verbose=yes",
        "-time 5",
        "-Z",
        "-B",
        "--",
    ];
    let all = lines.map(|line| format!("{line}\n    {}", parsed(line)));
    insta::assert_snapshot!(all.join("\n"));
}
