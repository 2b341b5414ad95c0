//! The program that uses up processor and memory. Pure.

use super::load::StressLoad;

/// In a container: brunt itself where the image holds it, a shell's script otherwise.
pub(super) fn in_container(runs_brunt: bool, load: StressLoad) -> Vec<String> {
    if runs_brunt {
        return [vec!["brunt".to_owned()], of_brunt(load, &[])].concat();
    }
    vec!["sh".to_owned(), "-c".to_owned(), script(load)]
}

/// The arguments of `brunt`.
pub(super) fn of_brunt(load: StressLoad, more: &[&str]) -> Vec<String> {
    let (cpu, memory) = (load.cpu.to_string(), load.memory.to_string());
    let words = ["stress", "--cpu", &cpu, "--memory", &memory];
    words.iter().chain(more).map(|word| (*word).to_owned()).collect()
}

/// Busy loops, and memory in a variable of the shell's own: little else can be relied on in other
/// people's images. An image that lacks what is needed is told from one in which it fails, as brunt
/// can be put beside it. `read` waits for the end of the input.
fn script(StressLoad { cpu, memory }: StressLoad) -> String {
    let bytes = u64::from(memory) * 1024 * 1024;
    let fill = match memory {
        0 => String::new(),
        _ => format!(
            "for need in head tr; do command -v $need >/dev/null || \
             {{ echo \"$need: executable file not found\" >&2; exit 127; }}; done; \
             x=$(head -c {bytes} /dev/zero | tr '\\0' x); "
        ),
    };
    // By numbers that were noted: in a substitution, dash and ash know of no jobs. A shell that the
    // kernel ends (out of memory) cannot end its loops, so they look for it themselves.
    format!(
        "loops=; trap 'kill $loops 2>/dev/null' EXIT; {fill}\
         i=0; while [ $i -lt {cpu} ]; do \
         (while kill -0 $$ 2>/dev/null; do \
         j=0; while [ $j -lt 20000 ]; do j=$((j+1)); done; done) & \
         loops=\"$loops $!\"; i=$((i+1)); done; \
         echo stressed; while read -r _; do :; done"
    )
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    /// A shell at work, in a process group of its own.
    fn stressed() -> Child {
        let mut shell = Command::new("sh")
            .args(["-c", &script(StressLoad { cpu: 2, memory: 3 })])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "stressed\n");
        assert!(shell.try_wait().unwrap().is_none(), "its input has not ended");
        shell
    }

    /// Nothing is left of the shell's group in time.
    fn must_be_gone(group: u32) {
        let end = Instant::now() + Duration::from_secs(60);
        let is_there = || {
            let group = format!("-{group}");
            let mut look = Command::new("sh");
            look.args(["-c", "kill -0 -- $0 2>/dev/null", &group]).status().unwrap().success()
        };
        while is_there() {
            assert!(Instant::now() < end, "processes of group {group} go on");
            std::thread::yield_now();
        }
    }

    #[test]
    fn the_script_is_at_work_until_its_input_ends_and_leaves_nothing() {
        let mut shell = stressed();
        drop(shell.stdin.take());
        assert!(shell.wait().unwrap().success());
        must_be_gone(shell.id());
    }

    #[test]
    fn busy_loops_end_with_a_shell_that_the_kernel_ends() {
        let mut shell = stressed();
        shell.kill().unwrap();
        shell.wait().unwrap();
        must_be_gone(shell.id());
    }

    #[test]
    fn an_image_with_a_shell_and_nothing_else_is_told_from_one_in_which_the_stress_fails() {
        let script = script(StressLoad { cpu: 0, memory: 1 });
        let shell = Command::new("/bin/sh")
            .args(["-c", &script])
            .env("PATH", "/nowhere")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let why = String::from_utf8(shell.stderr).unwrap();
        assert!(why.contains("head: executable file not found"), "{why}");
        assert_eq!(shell.stdout, b"");
    }
}
