//! The galen binary: one program that serves, imports, administers and checks.

mod cli;
mod config;
mod demo;
mod messaging;
mod services;

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // One TLS provider for the whole process, before anything can choose another.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return cli::failed("another TLS provider is installed already");
    }
    let arguments = cli::Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return cli::failed(&format!("the runtime does not start: {error}")),
    };
    match runtime.block_on(cli::run(arguments)) {
        Ok(code) => code,
        Err(failure) => cli::failed(&failure.to_string()),
    }
}
