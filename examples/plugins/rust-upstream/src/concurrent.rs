//! The crate's asynchronous side: several host calls in flight at once, beside a timer. Needs
//! `"stdin": "nonblocking"` in the manifest, or the timer stands still while a call waits.

mod methods;
mod threads;

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Stdin};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select, try_join_all};
use methods::{Host, HostCall, Result, call_host};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wasmi_plugin_pdk::server::PluginServer;
use wasmi_plugin_pdk::transport::JsonRpcTransport;
use wasmi_plugin_rt::sleep;

fn main() {
    let stdin = Reader {
        stdin: BufReader::new(io::stdin()),
        was_empty: false,
    };
    let transport = JsonRpcTransport::new(stdin, io::stdout());
    methods::register(PluginServer::new(Arc::new(transport)))
        .with_method("gather", gather)
        .run();
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Gather {
    calls: Vec<HostCall>,
    tick_ms: u64,
}

#[derive(Serialize)]
struct Gathered {
    results: Vec<Value>,
    ticks: u32,
}

/// Makes all `calls` at once and returns their results, in the order of the calls, and how often a
/// timer of `tick_ms` went off meanwhile. The first error that the host answers ends it.
async fn gather(host: Host, Gather { calls, tick_ms }: Gather) -> Result<Gathered> {
    let results = try_join_all(calls.into_iter().map(|call| call_host(host.clone(), call)));
    let mut ticks = 0;
    let timer = async {
        loop {
            sleep(Duration::from_millis(tick_ms)).await;
            ticks += 1;
        }
    };
    let results = match select(pin!(results), pin!(timer)).await {
        Either::Left((results, _)) => results?,
        Either::Right((never, _)) => never,
    };
    Ok(Gathered { results, ticks })
}

/// An answer to no request. The crate drops it.
const NO_ANSWER: &str = "{\"jsonrpc\":\"2.0\",\"id\":18446744073709551615,\"result\":null}\n";

/// Stdin, which has an answer to no request whenever it stays empty.
///
/// A call that waits in this crate reads lines until its own answer is among them, looks for it only
/// after a line, and passes on the answers to others. Without this it would not find an answer that
/// another call has read for it if no line follows: answers that come in another order than the
/// requests went would leave the plugin waiting for ever.
struct Reader {
    stdin: BufReader<Stdin>,
    was_empty: bool,
}

impl BufRead for Reader {
    fn read_line(&mut self, line: &mut String) -> io::Result<usize> {
        let read = self.stdin.read_line(line);
        let is_empty = matches!(&read, Err(error) if error.kind() == ErrorKind::WouldBlock);
        // Not the first time, for then the crate lets the timer have its turn.
        if is_empty && self.was_empty && line.is_empty() {
            self.was_empty = false;
            line.push_str(NO_ANSWER);
            return Ok(NO_ANSWER.len());
        }
        self.was_empty = is_empty;
        read
    }

    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.stdin.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.stdin.consume(bytes)
    }
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.stdin.read(into)
    }
}
