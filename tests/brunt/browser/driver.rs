//! As much of WebDriver as these tests need, spoken with chromedriver.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How wide and high the page is, and whether it is dark.
#[derive(Clone, Copy)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
}

pub const WIDE: Look = Look { width: 1200, height: 900, dark: false };
pub const DARK: Look = Look { dark: true, ..WIDE };
pub const NARROW: Look = Look { width: 390, height: 844, dark: false };

/// A browser with one page.
pub struct Browser {
    driver: Child,
    client: reqwest::Client,
    session: String,
    runtime: tokio::runtime::Runtime,
    profile: TempDir,
}

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

impl Browser {
    /// Opens one. Fails where chromium or chromedriver is not installed: a browser that is missing
    /// must not look like a page that is right.
    pub fn open(look: Look) -> Self {
        let chromium = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find);
        let chromium = chromium.expect("needs chromium, which is not on the PATH");
        let driver = find("chromedriver").expect("needs chromedriver, which is not on the PATH");
        let (driver, port) = start(&driver);
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Self {
            driver,
            client: reqwest::Client::new(),
            session: format!("http://127.0.0.1:{port}/session"),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            profile,
        };
        let mut args: Vec<String> = FLAGS.map(str::to_owned).into();
        args.push(format!("--user-data-dir={}", browser.profile.path().display()));
        let options = json!({"binary": chromium, "args": args});
        let made = browser
            .ask("", &json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}));
        browser.session += &format!("/{}", made["sessionId"].as_str().unwrap());
        browser.look(look);
        browser
    }

    /// Another size, or other colours.
    pub fn look(&self, look: Look) {
        let size = json!({"width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
        let scheme = if look.dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.devtools("Emulation.setEmulatedMedia", &json!({"features": features}));
    }

    pub fn go(&self, url: &str) {
        self.ask("/url", &json!({"url": url}));
    }

    /// What a script returns.
    pub fn script(&self, script: &str) -> Value {
        self.ask("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// The text of the first element that a selector means.
    pub fn text(&self, selector: &str) -> String {
        let script = format!("return document.querySelector({selector:?})?.textContent ?? ''");
        self.script(&script).as_str().unwrap_or_default().to_owned()
    }

    /// Moves the mouse, in pixels of what is to be seen; with a button pressed if it is a drag.
    pub fn mouse(&self, from: (i64, i64), to: Option<(i64, i64)>) {
        let at =
            |(x, y): (i64, i64)| json!({"type": "pointerMove", "duration": 20, "x": x, "y": y});
        let mut actions = vec![at(from)];
        if let Some(to) = to {
            actions.push(json!({"type": "pointerDown", "button": 0}));
            actions.push(at(to));
            actions.push(json!({"type": "pointerUp", "button": 0}));
        }
        let mouse = json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions});
        self.ask("/actions", &json!({"actions": [mouse]}));
    }

    /// Presses keys, one after another.
    pub fn keys(&self, keys: &[&str]) {
        let press = |key: &&str| {
            [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]
        };
        let actions: Vec<Value> = keys.iter().flat_map(press).collect();
        self.ask(
            "/actions",
            &json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]}),
        );
    }

    /// Role and name of all that a screen reader finds.
    pub fn accessible(&self) -> Vec<(String, String)> {
        let tree = self.devtools("Accessibility.getFullAXTree", &json!({}));
        let word = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        let nodes = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != true);
        nodes.map(|node| (word(&node["role"]), word(&node["name"]))).collect()
    }

    /// A picture of the whole page, to look at.
    pub fn picture(&self, name: &str) {
        let size = self.devtools("Page.getLayoutMetrics", &json!({}));
        let size = &size["cssContentSize"];
        let clip =
            json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let shot = self.devtools(
            "Page.captureScreenshot",
            &json!({"captureBeyondViewport": true, "clip": clip}),
        );
        self.keep(&format!("{name}.png"), &shot);
    }

    /// The page as it is printed; gives its size in bytes.
    pub fn print(&self, name: &str) -> usize {
        let pdf = self.devtools("Page.printToPDF", &json!({"printBackground": false}));
        self.keep(&format!("{name}.pdf"), &pdf)
    }

    fn keep(&self, name: &str, answer: &Value) -> usize {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("browser");
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(answer["data"].as_str().unwrap())
            .unwrap();
        std::fs::write(folder.join(name), &bytes).unwrap();
        bytes.len()
    }

    /// A command of Chromium's own.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.ask("/goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    fn ask(&self, path: &str, body: &Value) -> Value {
        let request =
            self.client.post(format!("{}{path}", self.session)).timeout(Duration::from_secs(60));
        let answer: Value = self
            .runtime
            .block_on(async { request.json(body).send().await.unwrap().json().await.unwrap() });
        assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
        answer["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let end = self.client.delete(&self.session).timeout(Duration::from_secs(5));
        let _ = self.runtime.block_on(async { end.send().await });
        // Its own group: the driver, and a browser that is still there.
        let group = rustix::process::Pid::from_child(&self.driver);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.driver.wait();
    }
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Starts a driver on a free port, which it says.
fn start(driver: &Path) -> (Child, u16) {
    let mut command = Command::new(driver);
    command
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0);
    let mut child = command.spawn().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let port =
        said.filter_map(|line| line.split("on port ").nth(1)?.trim_end_matches('.').parse().ok());
    let port = port.filter(|port| *port != 0).take(1).next();
    (child, port.expect("chromedriver says its port"))
}

/// Waits until something holds; a bound keeps a broken page from hanging the test.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited too long until {what}");
        std::thread::park_timeout(Duration::from_millis(50));
    }
}
