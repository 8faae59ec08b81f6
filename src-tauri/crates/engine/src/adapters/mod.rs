//! What stands behind the ports outside of tests: the system's clock, randomness and key store.

mod browser;
mod clock;
mod memory;
mod platform;
mod random;

pub use browser::SystemBrowser;
pub use clock::SystemClock;
pub use memory::MemoryVault;
pub use platform::PlatformVault;
pub use random::SystemDice;
