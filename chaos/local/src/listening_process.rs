//! Which process listens on a port, as far as /proc tells.

use std::fs;
use std::path::Path;

/// Returns `program (process PID)`; `None` when it cannot be found, as where another
/// user's process listens.
pub(crate) fn listening_process(port: u16) -> Option<String> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| listening(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    let processes = fs::read_dir("/proc").ok()?.flatten();
    processes
        .filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok())
        .find(|entry| has_open(&entry.path(), &sockets))
        .map(|entry| described(&entry.path()))
}

/// The inodes of the sockets that listen on the port. The kernel's table has local address, remote
/// address and state in columns 1 to 3, and the inode in column 9; state 0A is LISTEN.
fn listening(table: &str, port: u16) -> Vec<String> {
    let suffix = format!(":{port:04X}");
    table
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|columns| columns.len() > 9 && columns[1].ends_with(&suffix) && columns[3] == "0A")
        .map(|columns| columns[9].to_owned())
        .collect()
}

fn has_open(process: &Path, sockets: &[String]) -> bool {
    let Ok(files) = fs::read_dir(process.join("fd")) else {
        return false;
    };
    files
        .flatten()
        .filter_map(|file| fs::read_link(file.path()).ok())
        .any(|link| sockets.iter().any(|socket| link.as_os_str() == socket.as_str()))
}

/// `program (process PID)`, of a process' folder in /proc.
pub(crate) fn described(process: &Path) -> String {
    let pid = process.file_name().unwrap_or_default().to_string_lossy();
    let program = fs::read_to_string(process.join("comm")).unwrap_or_default();
    format!("{} (process {pid})", program.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn the_process_that_listens_on_a_port_is_found() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let process = listening_process(listener.local_addr().unwrap().port()).unwrap();
        let me = format!("(process {})", std::process::id());
        assert!(process.ends_with(&me), "{process}");
    }

    #[test]
    fn the_port_of_a_mere_connection_has_no_listening_process() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let caller = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        assert_eq!(listening_process(caller.local_addr().unwrap().port()), None);
    }
}
