//! Devices by name: the Burn backends compiled into this program, one chosen at run time.

use crate::error::TrainError;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::str::FromStr;
use std::sync::OnceLock;
use zoo_core::explain::{Accepts, Explain, Key};

/// A backend of Burn that the zoo can train on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceName {
    /// Burn's CPU backend in plain Rust: the default, bit-reproducible.
    #[default]
    Flex,
    /// Burn's older CPU backend.
    Ndarray,
    /// Any GPU through Vulkan, Metal or DirectX 12.
    Wgpu,
    /// NVIDIA GPUs.
    Cuda,
}

impl DeviceName {
    /// Every device the trainer knows, compiled in or not.
    pub const ALL: [Self; 4] = [Self::Flex, Self::Ndarray, Self::Wgpu, Self::Cuda];

    /// The name on the command line, and of the feature of `trainer` that compiles it in.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::Ndarray => "ndarray",
            Self::Wgpu => "wgpu",
            Self::Cuda => "cuda",
        }
    }

    /// What it runs on.
    pub fn description(self) -> &'static str {
        match self {
            Self::Flex => "CPU, plain Rust; bit-reproducible for an instruction set",
            Self::Ndarray => "CPU, Burn's older backend",
            Self::Wgpu => "GPU through Vulkan, Metal or DirectX 12",
            Self::Cuda => "NVIDIA GPU",
        }
    }

    /// Whether this program was built with it.
    pub fn is_compiled_in(self) -> bool {
        match self {
            Self::Flex => cfg!(feature = "flex"),
            Self::Ndarray => cfg!(feature = "ndarray"),
            Self::Wgpu => cfg!(feature = "wgpu"),
            Self::Cuda => cfg!(feature = "cuda"),
        }
    }

    /// The device, once a first small computation on it has worked.
    ///
    /// # Errors
    /// If it is not compiled in, the machine has no such hardware or driver, or the environment asks for an instruction set that the
    /// processor does not have.
    pub fn open(self) -> Result<Device, TrainError> {
        let device = self.name();
        if !self.is_compiled_in() {
            return Err(TrainError::DeviceNotCompiledIn { device, compiled_in: compiled_in() });
        }
        #[cfg(feature = "flex")]
        if self == Self::Flex {
            zoo_kernels::instruction_set().map_err(|error| TrainError::InstructionSet(error.to_string()))?;
        }
        let handle = self.handle();
        match try_out(&handle) {
            Ok(()) => Ok(handle),
            Err(reason) => Err(TrainError::DeviceBroken { device, reason }),
        }
    }

    /// The vector instructions that decide the bits, on the CPU; other devices have none we could name.
    pub fn instruction_set(self) -> Option<String> {
        zoo_kernels::instruction_set().ok().filter(|_| self == Self::Flex).map(str::to_string)
    }

    fn handle(self) -> Device {
        match self {
            #[cfg(feature = "flex")]
            Self::Flex => Device::flex(),
            #[cfg(feature = "ndarray")]
            #[expect(deprecated, reason = "the last Burn that has it, kept as a second opinion")]
            Self::Ndarray => Device::ndarray(),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
            #[cfg(feature = "cuda")]
            Self::Cuda => Device::cuda(0),
            #[cfg(not(all(feature = "flex", feature = "ndarray", feature = "wgpu", feature = "cuda")))]
            _ => unreachable!("`open` refuses devices that are not compiled in"),
        }
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// By its name, in settings.
impl<'de> Deserialize<'de> for DeviceName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Explain for DeviceName {
    fn accepts() -> Accepts {
        let choice = |device: Self| Key::new(device.name(), &[device.description()], Accepts::Table(Vec::new()));
        Accepts::Choice(Self::ALL.map(choice).to_vec())
    }
}

impl FromStr for DeviceName {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        let found = Self::ALL.into_iter().find(|device| device.name() == name);
        let known = || {
            let others = Self::ALL.into_iter().filter(|device| !device.is_compiled_in()).map(Self::name);
            let others = others.collect::<Vec<_>>().join(", ");
            let features = match others.as_str() {
                "" => String::new(),
                others => format!(
                    "; {others} with the feature of that name, as by cargo run -p trainer --features cuda -- ..."
                ),
            };
            format!("compiled into this program: {}{features}", compiled_in())
        };
        found.ok_or_else(|| TrainError::UnknownDevice { name: name.to_string(), known: known() })
    }
}

/// Every CPU the system lets us use.
pub fn all_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Sizes the one thread pool that Burn's CPU backends and our batches share. A process does so once: where it is done, it stays.
///
/// The calling thread, which has to be the one that trains, is one of them: so work is handed on without putting it to sleep
/// and waking it again.
///
/// # Errors
/// If the system refuses threads.
pub fn use_threads(threads: usize) -> Result<(), TrainError> {
    static POOL: OnceLock<Result<(), String>> = OnceLock::new();
    let start = || rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread().build_global();
    let pool = POOL.get_or_init(|| start().map_err(|error| error.to_string()));
    pool.clone().map_err(TrainError::Threads)
}

/// Whether a device's tensors lie in the host's memory and its work is done by the calling thread: to read one is to wait for nothing.
pub(crate) fn is_host(device: &Device) -> bool {
    let hosts = [DeviceName::Flex, DeviceName::Ndarray].into_iter().filter(|name| name.is_compiled_in());
    hosts.map(DeviceName::handle).any(|host| host == *device)
}

/// The names of the devices this program was built with, comma-separated.
pub fn compiled_in() -> String {
    let names: Vec<_> =
        DeviceName::ALL.into_iter().filter(|device| device.is_compiled_in()).map(DeviceName::name).collect();
    names.join(", ")
}

/// Drivers report a missing GPU by panicking; that must not reach the user as a panic.
fn try_out(device: &Device) -> Result<(), String> {
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let sum = Tensor::<1>::ones([4], device).sum();
        sum.into_data().try_to_vec::<f32>().map_err(|error| format!("{error:?}"))
    }));
    set_hook(hook);
    match outcome {
        Ok(Ok(sum)) if sum == [4.0] => Ok(()),
        Ok(Ok(sum)) => Err(format!("1 + 1 + 1 + 1 gave {sum:?}")),
        Ok(Err(error)) => Err(error),
        Err(panic) => Err(first_line(
            panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied()),
        )),
    }
}

fn first_line(message: Option<&str>) -> String {
    message.and_then(|text| text.lines().next()).unwrap_or("its driver gave no reason").to_string()
}
