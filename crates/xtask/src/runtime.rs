//! The open-source runtime on one machine: its configuration, start and stop.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{paths, secrets::Secrets, tools};

/// What to run, and for whom.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Where everything is kept.
    pub data: PathBuf,
    /// The port.
    pub port: u16,
    /// For development on this machine: the demo pages in front, deliveries to private addresses.
    pub dev: bool,
    /// For tests on this machine: the product stands inside a layer that makes its parts fail when told to.
    pub faults: bool,
}

/// A running server.
#[derive(Debug)]
pub struct Running {
    child: Child,
    url: String,
}

impl Installation {
    /// The address people open.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Starts the runtime and waits until it answers.
    pub fn start(&self, secrets: &Secrets) -> Result<Running> {
        let objects = self.data.join("objects");
        fs::create_dir_all(&objects)?;
        // A clear sentence now beats a runtime that dies for a reason only its log knows.
        TcpListener::bind(("127.0.0.1", self.port)).with_context(|| {
            format!("port {} is taken; stop what uses it, or choose another with --port", self.port)
        })?;
        let folder = paths::dev();
        fs::create_dir_all(&folder)?;
        let config = folder.join(format!("installation-{}.capnp", self.port));
        fs::write(&config, self.config(&objects)?)?;
        let child = Command::new(tools::workerd()?)
            .arg("serve")
            .arg(&config)
            .env("INSTALLATION_SECRET", &secrets.installation_secret)
            .env("OPERATOR_KEY", &secrets.operator_key)
            .env("DEMO_WEBHOOK_SECRET", &secrets.demo_webhook_secret)
            .spawn()
            .context("could not start workerd")?;
        let mut running = Running { child, url: self.url() };
        running.wait_until_it_answers(&self.url())?;
        Ok(running)
    }

    fn config(&self, objects: &Path) -> Result<String> {
        let network = if self.dev { r#""public", "private""# } else { r#""public""# };
        let mut private = String::new();
        if self.dev {
            private.push_str(r#"(name = "PRIVATE_DESTINATIONS", text = "allowed"),"#);
            // Where Turnstile is asked while trying it out; elsewhere it is always the service itself.
            if std::env::var_os("SITEVERIFY").is_some() {
                private.push_str(r#"(name = "SITEVERIFY", fromEnvironment = "SITEVERIFY"),"#);
            }
        }
        let (front, dev_service, dev_worker) = if self.dev {
            (
                "dev",
                r#"(name = "dev", worker = .dev),"#,
                DEV_WORKER.replace("PORT", &self.port.to_string()).replace("DATE", COMPATIBILITY_DATE),
            )
        } else {
            ("edge", "", String::new())
        };
        // Behind a proxy that ends TLS, this header says so; the session cookie then is Secure.
        let http = if self.dev { "()" } else { r#"(forwardedProtoHeader = "X-Forwarded-Proto")"# };
        // Its main module is the first one.
        let layer = if self.faults && self.dev {
            r#"(name = "faulty.js", esModule = embed "../../tests/faults/faulty.js"),
    (name = "breaking.js", esModule = embed "../../tests/faults/breaking.js"),"#
        } else {
            ""
        };
        let host = if self.dev { "127.0.0.1" } else { "*" };
        Ok(format!(
            r#"using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    {dev_service}
    (name = "internet", network = (allow = [{network}], tlsOptions = (trustBrowserCas = true))),
    (name = "files", disk = (path = {files:?}, writable = false)),
    (name = "objects", disk = (path = {objects:?}, writable = true)),
  ],
  sockets = [(name = "http", address = "{host}:{port}", http = {http}, service = "{front}")],
);

const edge :Workerd.Worker = (
  modules = [
    {layer}
    (name = "index.js", esModule = embed "../worker/index.js"),
    (name = "edge_bg.wasm", wasm = embed "../worker/edge_bg.wasm"),
  ],
  compatibilityDate = "{date}",
  bindings = [
    (name = "FILES", service = "files"),
    (name = "INSTALLATION_SECRET", fromEnvironment = "INSTALLATION_SECRET"),
    (name = "OPERATOR_KEY", fromEnvironment = "OPERATOR_KEY"),
    {private}
    (name = "LEDGER", durableObjectNamespace = "Ledger"),
    (name = "DIRECTORY", durableObjectNamespace = "Directory"),
    (name = "SPILL", durableObjectNamespace = "Spill"),
  ],
  durableObjectNamespaces = [
    (className = "Ledger", uniqueKey = "first-contact-ledger", enableSql = true),
    (className = "Directory", uniqueKey = "first-contact-directory", enableSql = true),
    (className = "Spill", uniqueKey = "first-contact-spill", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "objects"),
  globalOutbound = "internet",
);
{dev_worker}"#,
            files = paths::site().display().to_string(),
            objects = fs::canonicalize(objects)?.display().to_string(),
            port = self.port,
            date = COMPATIBILITY_DATE,
        ))
    }
}

/// The runtime's behaviour, by date; the same in `wrangler.toml`.
const COMPATIBILITY_DATE: &str = "2026-11-01";

const DEV_WORKER: &str = r#"
const dev :Workerd.Worker = (
  modules = [(name = "dev.js", esModule = embed "dev.js")],
  compatibilityDate = "DATE",
  bindings = [
    (name = "EDGE", service = "edge"),
    (name = "DEMO", json = embed "demo-PORT.json"),
    (name = "DEMO_WEBHOOK_SECRET", fromEnvironment = "DEMO_WEBHOOK_SECRET"),
  ],
);
"#;

impl Running {
    /// The runtime's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn wait_until_it_answers(&mut self, url: &str) -> Result<()> {
        for _ in 0..200 {
            if let Some(status) = self.child.try_wait()? {
                bail!("workerd ended with {status} before it answered");
            }
            if ureq::get(format!("{url}/v1/health")).call().is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        self.stop();
        bail!("workerd did not answer within 20 seconds");
    }

    /// Stays until the runtime ends or someone asks this program to stop.
    pub fn stay(mut self) -> Result<()> {
        let asked = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&asked);
        ctrlc::set_handler(move || flag.store(true, Ordering::SeqCst))?;
        // A second starter of what the directory does by its own alarm: whoever asks how it is sets it again.
        let health = format!("{}/v1/health", self.url);
        thread::spawn(move || {
            loop {
                thread::sleep(Duration::from_secs(60));
                let _ = ureq::get(&health).config().timeout_global(Some(Duration::from_secs(20))).build().call();
            }
        });
        loop {
            if asked.load(Ordering::SeqCst) {
                self.stop();
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("workerd ended with {status}");
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends the runtime.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}
