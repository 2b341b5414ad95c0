//! Command lines that can be pasted into a shell.

/// An argument as a POSIX shell takes it: quoted unless every character stands for itself.
pub fn quoted(argument: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@%+=,".contains(letter);
    // A leading dash would make an option of it.
    if !argument.is_empty() && argument.chars().all(is_plain) && !argument.starts_with('-') {
        return argument.to_owned();
    }
    let path = if argument.starts_with('-') { "./" } else { "" };
    format!("'{path}{}'", argument.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        for (argument, wanted) in [
            ("coffee/rollout.yaml", "coffee/rollout.yaml"),
            ("my scenario.yaml", "'my scenario.yaml'"),
            ("$(reboot).yaml", "'$(reboot).yaml'"),
            ("it's.yaml", r"'it'\''s.yaml'"),
            ("a;b", "'a;b'"),
            ("-rf.yaml", "'./-rf.yaml'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(argument), wanted);
        }
    }
}
