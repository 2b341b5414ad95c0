//! Opens connections for protocols, and records their times for the load.

use std::cell::RefCell;

use super::worker_load::WorkerLoad;
use crate::failure::RequestError;
use crate::net::{ByteStream, ConnectError};
use crate::protocol::Connector;

impl Connector for WorkerLoad {
    async fn open(&self, server: usize) -> Result<ByteStream, RequestError> {
        match self.prepared.servers[server].open().await {
            Ok(opened) => {
                self.record_connection(opened.connect, opened.tls);
                Ok(opened.stream)
            }
            Err(error) => {
                if let ConnectError::Own(limit) = &error {
                    self.note_generator_trouble(limit);
                }
                Err(RequestError::from(&error))
            }
        }
    }

    fn scratch(&self) -> &RefCell<Box<[u8]>> {
        &self.scratch
    }
}
