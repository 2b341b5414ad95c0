//! A way to the API server that a test can take away and give back.

use std::path::PathBuf;
use std::time::Duration;

use kube::config::Kubeconfig;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Between two tries to listen on a port that was just left.
const AGAIN: Duration = Duration::from_millis(50);

pub struct Forwarder {
    server: String,
    port: u16,
    carrying: Option<JoinHandle<()>>,
    folder: TempDir,
}

impl Forwarder {
    /// Opens a way to the API server of BRUNT_TEST_KUBECONFIG.
    pub async fn open() -> Self {
        let mut config = read();
        let cluster = config.clusters[0].cluster.as_mut().unwrap();
        let server = cluster.server.clone().unwrap().replace("https://", "");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        cluster.server = Some(format!("https://127.0.0.1:{port}"));
        // The certificate is for the address behind this one.
        cluster.tls_server_name = Some(server.rsplit_once(':').unwrap().0.to_owned());
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config"), serde_saphyr::to_string(&config).unwrap())
            .unwrap();
        let carrying = Some(tokio::spawn(carry(listener, server.clone())));
        Self { server, port, carrying, folder }
    }

    /// A kubeconfig that leads here.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    /// Breaks every connection, and refuses new ones.
    pub async fn close(&mut self) {
        if let Some(carrying) = self.carrying.take() {
            carrying.abort();
            let _ = carrying.await;
        }
    }

    /// Is there again, at the same address.
    pub async fn reopen(&mut self) {
        let listener = loop {
            match TcpListener::bind(("127.0.0.1", self.port)).await {
                Ok(listener) => break listener,
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        };
        self.carrying = Some(tokio::spawn(carry(listener, self.server.clone())));
    }
}

pub fn read() -> Kubeconfig {
    Kubeconfig::read_from(std::env::var("BRUNT_TEST_KUBECONFIG").unwrap()).unwrap()
}

/// Aborting it breaks the connections too.
async fn carry(listener: TcpListener, server: String) {
    let mut all = JoinSet::new();
    while let Ok((mut near, _)) = listener.accept().await {
        let server = server.clone();
        all.spawn(async move {
            if let Ok(mut far) = TcpStream::connect(server).await {
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            }
        });
    }
}
