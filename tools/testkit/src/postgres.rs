//! A PostgreSQL server for tests: one per test process, gone when the process is, each test in a database of its own.

#![allow(clippy::doc_markdown, clippy::panic, clippy::expect_used, clippy::missing_panics_doc)]

use std::{
    io::Write,
    net::TcpListener,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Names a running server's URL (with a role that may create databases) to use instead of starting one.
const URL_VARIABLE: &str = "GALEN_TEST_POSTGRES_URL";
/// Where Debian and others put the server's programs, newest first.
const FOLDERS: [&str; 7] = [
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
    "/usr/pgsql-17/bin",
    "/usr/pgsql-16/bin",
    "/usr/pgsql-15/bin",
    "/opt/homebrew/opt/postgresql@17/bin",
];
const ABSENT: &str = "these tests need PostgreSQL 15 or newer: install it (Debian: apt-get install postgresql), \
    or name a server in GALEN_TEST_POSTGRES_URL";

/// A server, running or named.
pub struct Server {
    /// Up to and without the database's name.
    base: String,
    own: Option<Own>,
    databases: AtomicU32,
}

struct Own {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    /// Stops the server and removes its folder when this process ends, however it ends: its input closes then.
    _watchdog: Mutex<Child>,
}

/// The server of this test process, started by the first to ask.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var(URL_VARIABLE) {
        Ok(url) => {
            let base = url.split_once('?').map_or(url.as_str(), |(base, _)| base);
            let base = base.rsplit_once('/').map_or(base, |(host, _)| host).to_owned();
            Server { base, own: None, databases: AtomicU32::new(0) }
        }
        Err(_) => start(),
    })
}

impl Server {
    /// Makes an empty database and returns its URL.
    pub fn database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("galen_{}_{number}", std::process::id());
        let sql =
            format!("CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'");
        let psql = self.own.as_ref().map_or(PathBuf::from("psql"), |own| own.programs.join("psql"));
        let output = Command::new(psql)
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", &sql, &format!("{}/postgres", self.base)])
            .output()
            .unwrap_or_else(|e| panic!("psql did not run ({e}): {ABSENT}"));
        assert!(output.status.success(), "no database: {}", String::from_utf8_lossy(&output.stderr));
        format!("{}/{name}", self.base)
    }

    /// Stops the server as a crash would and starts it again; `false` when the server is not ours.
    pub fn crash_and_restart(&self) -> bool {
        let Some(own) = &self.own else { return false };
        own.control(&["-m", "immediate", "stop"]);
        own.run_server();
        true
    }
}

impl Own {
    fn control(&self, arguments: &[&str]) {
        let mut command = as_server_user(&self.programs.join("pg_ctl"));
        command.arg("-D").arg(self.folder.join("data")).arg("-w").args(arguments);
        run(&mut command);
    }

    fn run_server(&self) {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories={} -c max_connections=300 \
             -c shared_buffers=256MB -c max_wal_size=2GB",
            self.port,
            self.folder.display()
        );
        let log = self.folder.join("log");
        let log = log.to_str().expect("a temporary path is UTF-8");
        self.control(&["-l", log, "-o", &options, "start"]);
    }
}

fn start() -> Server {
    let programs = FOLDERS.iter().map(Path::new).find(|f| f.join("initdb").exists());
    let programs = programs.unwrap_or_else(|| panic!("{ABSENT}")).to_path_buf();
    let folder =
        tempfile::Builder::new().prefix("galen-postgres-").tempdir().expect("a temporary folder").keep();
    if is_root() {
        let (user, group) = (identity("-u"), identity("-g"));
        chown(&folder, Some(user), Some(group)).expect("the folder can be given to postgres");
    }
    let mut initdb = as_server_user(&programs.join("initdb"));
    initdb.args(["-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8", "-D"]).arg(folder.join("data"));
    run(&mut initdb);
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let watchdog = watch(&programs, &folder);
    let own = Own { programs, folder, port, _watchdog: Mutex::new(watchdog) };
    own.run_server();
    let base = format!("postgres://postgres@127.0.0.1:{port}");
    Server { base, own: Some(own), databases: AtomicU32::new(0) }
}

fn watch(programs: &Path, folder: &Path) -> Child {
    let script = "cat > /dev/null; \"$@\" -m immediate stop > /dev/null 2>&1; rm -rf \"$GALEN_FOLDER\"";
    let stop = as_server_user(&programs.join("pg_ctl"));
    let mut command = Command::new("sh");
    command.args(["-c", script, "watchdog"]).arg(stop.get_program()).args(stop.get_args());
    command.arg("-D").arg(folder.join("data")).env("GALEN_FOLDER", folder);
    // A group of its own: an interrupt at the terminal must not stop the watchdog before it has done its work.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("a watchdog")
}

/// PostgreSQL refuses to run as root.
fn as_server_user(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
        command.current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| {
        let output = Command::new("id").arg("-u").output();
        output.is_ok_and(|o| o.stdout.trim_ascii() == b"0")
    })
}

fn identity(which: &str) -> u32 {
    let output = Command::new("id").args([which, "postgres"]).output().expect("id runs");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("there is a user named postgres")
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    if !output.status.success() {
        let _ = std::io::stderr().write_all(&output.stderr);
        panic!("{command:?} failed");
    }
}
