//! The six reference methods, and four with which tests look at the kit.

use std::thread;
use std::time::Duration;

use plugin_kit::{Argument, Error, Host, Json, Plugin, Result, info};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// The longest sleep that WASI can be asked for, in ms.
const MAX_SLEEP_MS: u64 = i64::MAX as u64 / 1_000_000;
const NS_PER_SECOND: u64 = 1_000_000_000;

fn main() {
    Plugin::new()
        .method("ping", |_, _: IgnoredAny| Ok("pong"))
        .method("get_random_number", |_, _: IgnoredAny| Ok(random_number()?))
        .method("get_time", |_, _: IgnoredAny| Ok(seconds_since_1970()?))
        .method("sleep", |_, Argument(ms)| sleep(ms))
        .method("many_echo", |host, Argument(n)| many_echo(host, n))
        .method("prime_sieve", |_, Argument(limit)| Ok(prime_sieve(limit)))
        .method("echo", |_, params: Json| Ok(params))
        .method("log", |_, Argument(text)| log(text))
        .method("fail", |_, error: Error| Err::<(), _>(error))
        .method("host", |host, call: Call| call.make(host))
        .serve();
}

/// What can go wrong here, and how it looks to the host.
enum Failure {
    Refused(&'static str, wasip1::Errno),
    WrongEcho(u32, Json),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(function, errno) => {
                let message = format!("{function} failed with errno {}", errno.raw());
                Error::new(Error::SERVER, message).with_data(errno.name())
            }
            Failure::WrongEcho(sent, answer) => {
                let message = format!("echo answered {sent} with something else");
                Error::new(Error::SERVER, message).with_data(answer)
            }
        }
    }
}

// The next two call WASI and not std, which panics where the manifest grants no clock or no random
// bytes.

fn random_number() -> std::result::Result<u64, Failure> {
    let mut bytes = [0; 8];
    // SAFETY: the pointer and the length are those of an array.
    let read = unsafe { wasip1::random_get(bytes.as_mut_ptr(), bytes.len()) };
    read.map_err(|errno| Failure::Refused("random_get", errno))?;
    Ok(u64::from_le_bytes(bytes))
}

fn seconds_since_1970() -> std::result::Result<u64, Failure> {
    // SAFETY: the function writes only to a variable of the wrapper's own.
    let ns = unsafe { wasip1::clock_time_get(wasip1::CLOCKID_REALTIME, NS_PER_SECOND) };
    let ns = ns.map_err(|errno| Failure::Refused("clock_time_get", errno))?;
    Ok(ns / NS_PER_SECOND)
}

fn sleep(ms: u64) -> Result<()> {
    if ms > MAX_SLEEP_MS {
        let message = format_args!("ms must be at most {MAX_SLEEP_MS}");
        return Err(Error::invalid_params(message));
    }
    thread::sleep(Duration::from_millis(ms));
    Ok(())
}

fn many_echo(host: &mut Host, n: u32) -> Result<()> {
    for sent in 0..n {
        let answer: Json = host.call("echo", sent)?;
        if answer.get().parse() != Ok(sent) {
            return Err(Failure::WrongEcho(sent, answer).into());
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
fn prime_sieve(limit: u32) -> Primes {
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
    info!("{count} primes up to {limit}");
    Primes { count, limit }
}

fn bit(n: u64) -> u8 {
    1 << (n & 7)
}

fn log(text: String) -> Result<()> {
    info!("{text}");
    Ok(())
}

/// Params of `host`: which of its methods to call, and with what.
#[derive(Deserialize)]
struct Call {
    method: String,
    #[serde(default)]
    params: Json,
}

impl Call {
    fn make(self, host: &mut Host) -> Result<Json> {
        host.call(&self.method, self.params)
    }
}
