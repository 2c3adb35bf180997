//! The server under load: a process of its own, so that its processor time and memory can be told from the generator's.

use super::BenchArguments;
use crate::cli::Failure;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::io::{AsyncBufReadExt, BufReader};

/// Ticks of the clock by which the kernel counts processor time (USER_HZ, 100 on Linux).
const TICKS_PER_SECOND: f64 = 100.0;

/// A running server; stopped when dropped.
pub struct BenchServer {
    child: Child,
    /// Host and port.
    pub address: String,
}

/// Settings under which nothing but the server's speed limits it.
pub fn write_settings(folder: &Path) -> Result<(), Failure> {
    let text = "[limits]\nuser_requests_per_second = 10000000\naddress_requests_per_second = 10000000\n\n[log]\nlevel = \"error\"\n";
    std::fs::write(folder.join("galen.toml"), text).map_err(|e| format!("{}: {e}", folder.display()).into())
}

impl BenchServer {
    /// Starts it and waits until it says where it serves.
    pub async fn start(arguments: &BenchArguments, folder: &Path) -> Result<Self, Failure> {
        Self::start_with(arguments, folder, &["--listen", "127.0.0.1:0"], Stdio::null()).await
    }

    /// The same, on a socket that outlives it.
    pub async fn start_on(
        arguments: &BenchArguments,
        folder: &Path,
        socket: &std::net::TcpListener,
    ) -> Result<Self, Failure> {
        let socket = socket.try_clone().map_err(|e| e.to_string())?;
        let input = Stdio::from(std::os::fd::OwnedFd::from(socket));
        Self::start_with(arguments, folder, &["--socket-on-stdin"], input).await
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(mut self) -> Result<(), Failure> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().map_err(|e| e.to_string())?;
        tokio::task::spawn_blocking(move || self.child.wait().map(drop))
            .await
            .map_err(|e| e.to_string())?
            .map_err(|e| e.to_string().into())
    }

    async fn start_with(
        arguments: &BenchArguments,
        folder: &Path,
        listen: &[&str],
        input: Stdio,
    ) -> Result<Self, Failure> {
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let mut command = Command::new(program);
        command.arg("serve").args(listen).arg("--data").arg(folder).stdin(input).stdout(Stdio::piped());
        if let Some(url) = &arguments.database_url {
            command.arg("--database-url").arg(url);
        }
        let mut child = command.spawn().map_err(|e| e.to_string())?;
        let output = child.stdout.take().ok_or("the server's output is not there")?;
        let output = tokio::process::ChildStdout::from_std(output).map_err(|e| e.to_string())?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await.map_err(|e| e.to_string())? {
            if let Some(rest) = line.strip_prefix("Galen serves http://") {
                let address = rest.split(' ').next().unwrap_or_default().to_owned();
                return Ok(Self { child, address });
            }
        }
        Err("the server did not start".into())
    }

    /// Its resident memory.
    pub fn memory_mebibytes(&self) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .map_err(|e| e.to_string())?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no memory figure")?;
        let kibibytes: f64 =
            line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).ok_or("no memory figure")?;
        Ok(kibibytes / 1_024.0)
    }

    /// Processor time so far: the server's, and with PostgreSQL that of all its processes on this machine.
    pub fn processor_seconds(&self, arguments: &BenchArguments) -> Result<f64, Failure> {
        let mut seconds = seconds_of(self.child.id()).ok_or("no processor figure")?;
        if arguments.database_url.is_some() {
            let entries = std::fs::read_dir("/proc").map_err(|e| e.to_string())?;
            for id in entries.flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok()) {
                let name = std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
                if name.trim() == "postgres" {
                    seconds += seconds_of(id).unwrap_or(0.0);
                }
            }
        }
        Ok(seconds)
    }
}

fn seconds_of(id: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name may hold spaces; what follows its closing bracket does not.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|f| f.parse::<f64>().ok());
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}

impl Drop for BenchServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
