//! Which of the instruction sets is used.

use super::isa::{self, Kernels};
use std::sync::OnceLock;

/// Names the instruction set to use instead of the best there is: `avx512`, `avx2`, `neon` or `portable`; or `off`, to leave every
/// convolution to Burn's own operations.
pub const ISA_VARIABLE: &str = "ZOO_KERNELS_ISA";

/// The kernels this processor can run, the fastest first.
pub(crate) fn available() -> Vec<&'static Kernels> {
    let mut all = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            all.push(&isa::avx512::KERNELS);
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            all.push(&isa::avx2::KERNELS);
        }
    }
    #[cfg(target_arch = "aarch64")]
    all.push(&isa::neon::KERNELS);
    all.push(&isa::portable::KERNELS);
    all
}

/// The kernels in use: the fastest, or those that [`ISA_VARIABLE`] names, which is read once; `None` if they are off.
pub(crate) fn kernels() -> Option<&'static Kernels> {
    static CHOSEN: OnceLock<Option<&'static Kernels>> = OnceLock::new();
    *CHOSEN.get_or_init(|| choose_or_best(std::env::var(ISA_VARIABLE).ok().as_deref()))
}

/// As [`choose`]; where a name is wrong, a warning and the fastest: an environment variable is no reason for a library to panic.
fn choose_or_best(wanted: Option<&str>) -> Option<&'static Kernels> {
    choose(wanted).unwrap_or_else(|message| {
        let best = available().first().copied();
        let name = best.map_or("none", |kernels| kernels.name);
        tracing::warn!("{message}. Until then {name} is used");
        best
    })
}

fn choose(wanted: Option<&str>) -> Result<Option<&'static Kernels>, String> {
    let all = available();
    match wanted {
        None | Some("") => Ok(all.first().copied()),
        Some("off") => Ok(None),
        Some(name) => all.iter().find(|kernels| kernels.name == name).copied().map(Some).ok_or_else(|| {
            let names = instruction_sets().join(", ");
            format!("{ISA_VARIABLE} is {name:?}, but this processor can run {names}, or off for Burn's own operations; unset it or name one of these")
        }),
    }
}

/// What this processor can run, the fastest first.
pub fn instruction_sets() -> Vec<&'static str> {
    available().into_iter().map(|kernels| kernels.name).collect()
}

/// The instruction set in use, one of [`instruction_sets`], or `off`.
///
/// A mistake in [`ISA_VARIABLE`] is an error here and a warning (by `tracing`) at the first computation, which then takes the best there
/// is. Programs whose results depend on the set call this at their start, and refuse.
///
/// # Errors
///
/// A sentence, if the variable names what this processor cannot run.
pub fn instruction_set() -> Result<&'static str, String> {
    let chosen = choose(std::env::var(ISA_VARIABLE).ok().as_deref())?;
    Ok(chosen.map_or("off", |kernels| kernels.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_none_is_refused_with_those_that_are() {
        let message = choose(Some("avx1024")).err().expect("there is no such set");
        assert!(message.contains("avx1024") && message.contains("portable") && message.contains("off"), "{message}");
    }

    #[test]
    fn computations_take_the_best_there_is_instead() {
        for wrong in ["foo", "AVX2", " portable", "avx512,avx2"] {
            assert_eq!(choose_or_best(Some(wrong)).map(|kernels| kernels.name), instruction_sets().first().copied());
        }
        assert!(choose_or_best(Some("off")).is_none());
    }

    #[test]
    fn names_choose() {
        assert_eq!(choose(Some("portable")).ok().flatten().map(|kernels| kernels.name), Some("portable"));
        assert!(choose(Some("off")).is_ok_and(|kernels| kernels.is_none()));
        assert_eq!(choose(None).ok().flatten().map(|kernels| kernels.name), instruction_sets().first().copied());
    }
}
