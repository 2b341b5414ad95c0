//! A connection that can be cut, or loses a commit.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use tokio::sync::Notify;

/// What is lost of the next commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// It arrives; its answer does not.
    Reply,
    /// It does not arrive.
    Request,
    /// It does not arrive, and nobody notices.
    Everything,
}

#[derive(Default)]
struct State {
    is_cut: bool,
    loss: Option<Loss>,
    open: Vec<TcpStream>,
}

#[derive(Clone)]
pub(super) struct Cable {
    address: String,
    state: Arc<Mutex<State>>,
    lost: Arc<Notify>,
}

impl Cable {
    pub(super) fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let cable = Self { address, state: Arc::default(), lost: Arc::default() };
        let (accepting, server) = (cable.clone(), server.to_owned());
        thread::spawn(move || {
            for client in listener.incoming() {
                accepting.connect(client.unwrap(), &server);
            }
        });
        cable
    }

    pub(super) fn address(&self) -> String {
        self.address.clone()
    }

    pub(super) fn cut(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_cut = true;
        for stream in state.open.drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    pub(super) fn mend(&self) {
        self.state.lock().unwrap().is_cut = false;
    }

    pub(super) fn lose(&self, loss: Loss) {
        self.state.lock().unwrap().loss = Some(loss);
    }

    /// Waits until something was lost.
    pub(super) async fn lost(&self) {
        self.lost.notified().await;
    }

    fn connect(&self, client: TcpStream, server: &str) {
        let mut state = self.state.lock().unwrap();
        if state.is_cut {
            return;
        }
        let server = TcpStream::connect(server).unwrap();
        state.open.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
        let (up, down) = (self.clone(), (server.try_clone().unwrap(), client.try_clone().unwrap()));
        thread::spawn(move || up.carry(client, server));
        thread::spawn(move || std::io::copy(&mut &down.0, &mut &down.1));
    }

    fn carry(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 1 << 16];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let bytes = &buffer[..read];
            let commit = bytes.windows(7).any(|window| window == b"COMMIT\0");
            let loss = if commit { self.state.lock().unwrap().loss.take() } else { None };
            if let Some(loss) = loss {
                if loss == Loss::Reply {
                    drop(from.shutdown(Shutdown::Both));
                    drop(to.write_all(bytes));
                } else if loss == Loss::Request {
                    drop(from.shutdown(Shutdown::Both));
                }
                self.lost.notify_one();
                if loss == Loss::Everything {
                    continue;
                }
                // The server reads to the end of what was sent before it sees that the connection
                // is over.
                drop(to.shutdown(Shutdown::Write));
                return;
            }
            if to.write_all(bytes).is_err() {
                return;
            }
        }
        drop(to.shutdown(Shutdown::Both));
    }
}
