//! What both plugins of this folder answer.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wasmi_plugin_pdk::rpc_message::{RpcError, to_rpc_err};
use wasmi_plugin_pdk::server::PluginServer;
use wasmi_plugin_pdk::transport::{JsonRpcTransport, Transport};

/// The longest sleep that WASI can be asked for, in ms.
const MAX_SLEEP_MS: u64 = i64::MAX as u64 / 1_000_000;

pub type Host = Arc<JsonRpcTransport>;
pub type Result<T> = std::result::Result<T, RpcError>;

pub fn register(server: PluginServer) -> PluginServer {
    server
        .with_method("ping", async |_, _: IgnoredAny| Ok("pong"))
        .with_method("get_random_number", get_random_number)
        .with_method("get_time", get_time)
        .with_method("sleep", sleep)
        .with_method("many_echo", many_echo)
        .with_method("prime_sieve", prime_sieve)
        .with_method("echo", echo)
        .with_method("log", log)
        .with_method("fail", fail)
        .with_method("host", call_host)
}

/// The params of a method with a single argument: `1000` and `[1000]` are the same.
#[derive(Deserialize)]
#[serde(untagged)]
enum Argument<T> {
    Alone(T),
    InArray([T; 1]),
}

impl<T> Argument<T> {
    fn value(self) -> T {
        match self {
            Argument::Alone(value) | Argument::InArray([value]) => value,
        }
    }
}

async fn get_random_number(_: Host, _: IgnoredAny) -> Result<u64> {
    let mut bytes = [0; 8];
    // SAFETY: the pointer and the length are those of an array.
    unsafe { wasip1::random_get(bytes.as_mut_ptr(), bytes.len()) }.map_err(to_rpc_err)?;
    Ok(u64::from_le_bytes(bytes))
}

async fn get_time(_: Host, _: IgnoredAny) -> Result<u64> {
    let since = SystemTime::UNIX_EPOCH.elapsed().map_err(to_rpc_err)?;
    Ok(since.as_secs())
}

async fn sleep(_: Host, ms: Argument<u64>) -> Result<()> {
    let ms = ms.value();
    if ms > MAX_SLEEP_MS {
        return Err(RpcError::InvalidParams);
    }
    wasmi_plugin_rt::sleep(Duration::from_millis(ms)).await;
    Ok(())
}

async fn many_echo(host: Host, n: Argument<u32>) -> Result<()> {
    for sent in 0..n.value() {
        let answer = host.call("echo", sent.into()).await?;
        if answer.result != sent {
            let message = format!("echo answered {sent} with {}", answer.result);
            return Err(RpcError::Custom(message));
        }
    }
    Ok(())
}

/// What `prime_sieve` returns: how many primes there are up to and including `limit`.
#[derive(Serialize)]
struct Primes {
    count: u32,
    limit: u32,
}

/// A sieve with a bit for each number.
async fn prime_sieve(_: Host, limit: Argument<u32>) -> Result<Primes> {
    let limit = limit.value();
    let mut composite = vec![0u8; (limit as usize >> 3) + 1];
    let mut count = 0;
    // 64 bits, or a limit near 2^32 would make `multiple` wrap around.
    let end = u64::from(limit);
    for n in 2..=end {
        if composite[(n >> 3) as usize] & bit(n) == 0 {
            count += 1;
            let mut multiple = n * n;
            while multiple <= end {
                composite[(multiple >> 3) as usize] |= bit(multiple);
                multiple += n;
            }
        }
    }
    eprintln!("info: {count} primes up to {limit}");
    Ok(Primes { count, limit })
}

fn bit(n: u64) -> u8 {
    1 << (n & 7)
}

async fn echo(_: Host, params: Value) -> Result<Value> {
    Ok(params)
}

async fn log(_: Host, text: Argument<String>) -> Result<()> {
    eprintln!("info: {}", text.value());
    Ok(())
}

/// Keeps of the error what the crate's type can hold: one of JSON-RPC's own codes or a message.
async fn fail(_: Host, error: RpcError) -> Result<()> {
    Err(error)
}

/// Params of `host`: which of its methods to call, and with what.
#[derive(Deserialize)]
pub struct HostCall {
    method: String,
    #[serde(default)]
    params: Value,
}

pub async fn call_host(host: Host, HostCall { method, params }: HostCall) -> Result<Value> {
    Ok(host.call(&method, params).await?.result)
}
