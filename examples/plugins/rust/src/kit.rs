//! The plugin's side of the protocol: one JSON-RPC message a line, requests on stdin, answers and
//! requests of the plugin's own on stdout, log lines on stderr. An instance answers one request
//! and returns from `main`, so nothing here is asynchronous.
//!
//! Params and results stay JSON text until a type is known for them, so a method that asks for
//! [`Json`] sees every digit, and whatever it passes on is what it got.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, StdinLock, Write};
use std::mem;
use std::panic;

use log::{LevelFilter, Log, Metadata, Record};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::{RawValue, to_raw_value};

pub use log::{debug, error, info, trace, warn};

/// JSON text as it came: params, a result or an error's data of any shape.
pub type Json = Box<RawValue>;

/// What a method returns.
pub type Result<T> = std::result::Result<T, Error>;

/// A JSON-RPC error: what the host's program sees as `RpcError`, and what the host answers with
/// when it refuses.
///
/// An error type of your own becomes one by `impl From<Mine> for plugin_kit::Error`; then `?`
/// converts it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Error {
    pub code: i64,
    pub message: String,
    #[serde(default, deserialize_with = "some")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Json>,
}

impl Error {
    /// The request is not JSON.
    pub const PARSE: i64 = -32700;
    /// The request is JSON, but not a request.
    pub const INVALID_REQUEST: i64 = -32600;
    /// The plugin has no such method.
    pub const METHOD_NOT_FOUND: i64 = -32601;
    /// The params are not what the method takes.
    pub const INVALID_PARAMS: i64 = -32602;
    /// Something went wrong that the caller can do nothing about.
    pub const INTERNAL: i64 = -32603;
    /// The first of the codes that JSON-RPC leaves to programs: this one down to -32099.
    pub const SERVER: i64 = -32000;

    /// An error without data.
    pub fn new(code: i64, message: impl fmt::Display) -> Self {
        Error {
            code,
            message: message.to_string(),
            data: None,
        }
    }

    /// An [`Error::INVALID_PARAMS`] without data, for what a type cannot say about params.
    pub fn invalid_params(message: impl fmt::Display) -> Self {
        Error::new(Error::INVALID_PARAMS, message)
    }

    /// Adds `data`, unless it is what JSON cannot carry, such as a map whose keys are not text.
    pub fn with_data(self, data: impl Serialize) -> Self {
        Error {
            data: to_raw_value(&data).ok(),
            ..self
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code {})", self.message, self.code)
    }
}

impl std::error::Error for Error {}

/// Keeps `null`, which is data too, apart from no data at all.
fn some<'de, D: Deserializer<'de>>(json: D) -> std::result::Result<Option<Json>, D::Error> {
    Json::deserialize(json).map(Some)
}

/// The params of a method with a single argument: `1000` and `[1000]` are the same.
pub struct Argument<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Argument<T> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> std::result::Result<Self, D::Error> {
        let params = <&RawValue>::deserialize(json)?.get();
        // Looked at first, for to fail is dear: an error finds out its line and column.
        let argument = if params.starts_with('[') {
            let elements = serde_json::from_str::<[&RawValue; 1]>(params);
            elements.map_or(params, |[only]| only.get())
        } else {
            params
        };
        let argument = serde_json::from_str(argument);
        argument.map(Argument).map_err(D::Error::custom)
    }
}

type Handler = Box<dyn Fn(&mut Host, &RawValue) -> Result<Json>>;

/// The methods that a plugin offers to the host.
#[derive(Default)]
pub struct Plugin {
    methods: Vec<(&'static str, Handler)>,
}

impl Plugin {
    /// A plugin without methods.
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers `handler` as the method `name`. Params that are not a `P` are answered with
    /// [`Error::INVALID_PARAMS`] and the reason, and `handler` is not called.
    pub fn method<P, R, F>(mut self, name: &'static str, handler: F) -> Self
    where
        P: DeserializeOwned,
        R: Serialize,
        F: Fn(&mut Host, P) -> Result<R> + 'static,
    {
        let handler = move |host: &mut Host, params: &RawValue| {
            let params = serde_json::from_str(params.get())
                .map_err(|error| Error::invalid_params(format_args!("Invalid params: {error}")))?;
            let result = handler(host, params)?;
            to_raw_value(&result).map_err(|error| Error::new(Error::INTERNAL, error))
        };
        self.methods.push((name, Box::new(handler)));
        self
    }

    /// Answers the request on stdin. Afterwards the program should end.
    pub fn serve(self) {
        start_logging();
        let mut host = Host {
            stdin: io::stdin().lock(),
            line: Vec::new(),
            calls: 0,
        };
        if !host.receive() {
            return;
        }
        let line = mem::take(&mut host.line);
        let request = serde_json::from_slice::<Request>(&line);
        let (id, answer) = match &request {
            Ok(request) => (request.id, self.answer(&mut host, request)),
            Err(error) => (RawValue::NULL, Err(not_a_request(error))),
        };
        let answer = match &answer {
            Ok(result) => Answer::result(id, result),
            Err(error) => Answer::error(id, error),
        };
        host.send(&answer).expect("its parts are JSON");
    }

    fn answer(&self, host: &mut Host, request: &Request) -> Result<Json> {
        let name = &*request.method;
        let Some((_, handler)) = self.methods.iter().find(|(method, _)| *method == name) else {
            let message = format_args!("Method not found: {name}");
            return Err(Error::new(Error::METHOD_NOT_FOUND, message));
        };
        handler(host, request.params.unwrap_or(RawValue::NULL))
    }
}

fn not_a_request(error: &serde_json::Error) -> Error {
    match error.is_data() {
        true => Error::new(Error::INVALID_REQUEST, error),
        false => Error::new(Error::PARSE, error),
    }
}

/// The host, as a method sees it.
pub struct Host {
    stdin: StdinLock<'static>,
    line: Vec<u8>,
    /// Requests sent so far; also the id of the last one.
    calls: u64,
}

impl Host {
    /// Calls a method of the host's and waits for the answer. `Err` holds the host's own error if
    /// it answered with one; otherwise it is [`Error::INTERNAL`]: the answer is not an `R`, or
    /// there is none.
    pub fn call<R: DeserializeOwned>(&mut self, method: &str, params: impl Serialize) -> Result<R> {
        self.calls += 1;
        let id = self.calls;
        let failed = |why: &dyn fmt::Display| {
            let message = format_args!("Cannot call host method {method:?}: {why}");
            Error::new(Error::INTERNAL, message)
        };
        let call = Call {
            jsonrpc: VERSION,
            id,
            method,
            params,
        };
        self.send(&call).map_err(|error| failed(&error))?;
        if !self.receive() {
            return Err(failed(&"no answer"));
        }
        let reply: Reply = serde_json::from_slice(&self.line).map_err(|error| failed(&error))?;
        if reply.id != id {
            let other = format_args!("the answer is to request {}", reply.id);
            return Err(failed(&other));
        }
        if let Some(error) = reply.error {
            return Err(error);
        }
        let result = reply.result.unwrap_or(RawValue::NULL);
        serde_json::from_str(result.get()).map_err(|error| failed(&error))
    }

    /// Writes a message, unless it cannot be JSON. A host that has closed the pipe wants none.
    fn send(&mut self, message: &impl Serialize) -> serde_json::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, message)?;
        self.line.push(b'\n');
        let _ = io::stdout().write_all(&self.line);
        Ok(())
    }

    /// Reads a message into `line`; false at the end of input.
    fn receive(&mut self) -> bool {
        self.line.clear();
        let read = self.stdin.read_until(b'\n', &mut self.line);
        read.is_ok_and(|bytes| bytes > 0)
    }
}

const VERSION: &str = "2.0";

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct Answer<'a> {
    jsonrpc: &'static str,
    id: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Error>,
}

impl<'a> Answer<'a> {
    fn result(id: &'a RawValue, result: &'a RawValue) -> Self {
        Answer {
            jsonrpc: VERSION,
            id,
            result: Some(result),
            error: None,
        }
    }

    fn error(id: &'a RawValue, error: &'a Error) -> Self {
        Answer {
            jsonrpc: VERSION,
            id,
            result: None,
            error: Some(error),
        }
    }
}

#[derive(Serialize)]
struct Call<'a, P> {
    jsonrpc: &'static str,
    id: u64,
    method: &'a str,
    params: P,
}

#[derive(Deserialize)]
struct Reply<'a> {
    id: u64,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<Error>,
}

/// Writes the records of the crate `log` to stderr, where the host takes each line as a log line.
struct Stderr;

impl Log for Stderr {
    fn enabled(&self, _: &Metadata) -> bool {
        true
    }

    fn log(&self, record: &Record) {
        let level = record.level().as_str().to_ascii_lowercase();
        // In one piece: stderr has no buffer, and each write is a call of the host.
        let line = format!("{level}: {}\n", record.args());
        let _ = io::stderr().write_all(line.as_bytes());
    }

    fn flush(&self) {}
}

fn start_logging() {
    // It fails when the program has set up a logger of its own, which then stays.
    if log::set_logger(&Stderr).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
    panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("panic");
        match panic.location() {
            Some(place) => error!("{message} at {place}"),
            None => error!("{message}"),
        }
    }));
}
