//! A database of a trial's own, where `POSTGRES_URL` says that its stores shall be on PostgreSQL
//! rather than in files.

use postgres::{Client, NoTls};

/// It is dropped with its trial.
pub(super) struct Database {
    server: String,
    name: String,
}

impl Database {
    pub(super) fn new() -> Option<Self> {
        let server = std::env::var("POSTGRES_URL").ok().filter(|url| !url.is_empty())?;
        let database = Self { server, name: format!("trial_{}", uuid::Uuid::now_v7().simple()) };
        database.ask(&format!("CREATE DATABASE {}", database.name));
        Some(database)
    }

    /// What `STORE` must be.
    pub(super) fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').expect("a URL that ends with a database");
        format!("{server}/{}", self.name)
    }

    /// On a thread of its own: the client must not be used in a runtime.
    fn ask(&self, statement: &str) {
        let (server, statement) = (self.server.clone(), statement.to_owned());
        let asked = std::thread::spawn(move || {
            Client::connect(&server, NoTls).and_then(|mut client| client.batch_execute(&statement))
        });
        if let Err(error) = asked.join().unwrap() {
            assert!(std::thread::panicking(), "{error}");
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.ask(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}
