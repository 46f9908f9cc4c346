//! The six reference methods, and four for tests, on a crate that knows nothing of this runtime.

mod methods;
mod threads;

use wasmi_plugin_pdk::server::PluginServer;

fn main() {
    methods::register(PluginServer::new_with_transport()).run();
}
