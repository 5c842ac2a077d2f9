//! One copy of the kernels an instruction set, and the choice between them at run time.

use super::geometry::Frame;
use super::pool::{self, Epilogue};
use super::product::{Outer, Product};
use super::sparse::{self, Lists, Nonzero, Windows};
use super::vector::{Lanes, Vector};
use super::winograd::{self, POINTS, Plane, Spectrum};
use std::mem::MaybeUninit;
use std::sync::OnceLock;

/// Names the instruction set to use instead of the best there is: `avx512`, `avx2`, `neon` or `portable`; or `off`, to leave every
/// convolution to Burn's own operations.
pub const ISA_VARIABLE: &str = "ZOO_KERNELS_ISA";

/// The kernels of one instruction set. Each checks the extents of its slices, and [`kernels`] hands out only what the processor can
/// run, so that calling them is safe; but the channels of a [`Plane`] have to fill whole vectors, as `BlockLayer::padded` makes them.
#[allow(clippy::type_complexity)] // A table of functions: their arguments are what they are.
pub(crate) struct Kernels {
    pub(crate) name: &'static str,
    pub(crate) lanes: usize,
    pub(crate) product: fn(&Product, &[f32], &[f32], &mut [f32]),
    pub(crate) outer: fn(&Outer, &[f32], &[f32], &mut [f32]),
    pub(crate) point_products: fn(&PointProducts, &[f32], &[f32], &mut [f32]),
    pub(crate) point_outers: fn(&PointOuters, &[f32], &[f32], &mut [f32]),
    pub(crate) transform_input: fn(&[f32], Plane, &mut [f32], Spectrum, usize),
    pub(crate) transform_input_transposed: fn(&[f32], Spectrum, usize, &mut [f32], Plane),
    /// This and the following by [`Taps`].
    pub(crate) transform_output: [fn(&[f32], Spectrum, usize, &mut [f32], Plane, [usize; 2]); 2],
    pub(crate) transform_gradient: [fn(&[f32], Plane, &mut [f32], Spectrum, usize); 2],
    pub(crate) transform_weights: [fn(&[f32], &mut [f32], usize); 2],
    pub(crate) transform_weights_transposed: [fn(&[f32], usize, &mut [f32], usize); 2],
    pub(crate) epilogue: fn(&Epilogue, &[f32], &Frame, &[f32], &mut [MaybeUninit<f32>], &mut [u16]),
    pub(crate) epilogue_backward: fn(&Epilogue, &[f32], &[u16], &mut [f32], &Frame, &mut [f32]),
    pub(crate) is_tame: fn(&[f32]) -> bool,
    pub(crate) list: fn(&Windows, &[f32], &[u16], &mut Lists, &mut [f32]),
    pub(crate) accumulate: fn(&[Nonzero], &[f32], &[usize], &mut [f32]),
}

/// The kernel sizes Winograd's filtering is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taps {
    /// F(6x6, 3x3).
    Three = 0,
    /// F(4x4, 5x5).
    Five = 1,
}

impl Taps {
    /// Height and width of the kernel.
    pub(crate) fn kernel(self) -> usize {
        match self {
            Taps::Three => 3,
            Taps::Five => 5,
        }
    }

    /// Height and width of a tile's output.
    pub(crate) fn output(self) -> usize {
        winograd::TILE + 1 - self.kernel()
    }
}

/// One matrix product a point: `out[tile] = x[tile] w`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PointProducts {
    pub(crate) tiles: usize,
    pub(crate) x: Spectrum,
    pub(crate) out: Spectrum,
    /// Channels of `x` that count.
    pub(crate) depth: usize,
}

impl PointProducts {
    #[inline(always)]
    unsafe fn run<V: Vector>(&self, x: &[f32], w: &[f32], out: &mut [f32]) {
        let product = Product {
            rows: self.tiles,
            x_row: self.x.channels,
            runs: 1,
            x_run: 0,
            depth: self.depth,
            columns: self.out.channels,
            out_row: self.out.channels,
        };
        for point in 0..POINTS {
            let (x, out) = (&x[point * self.x.point..], &mut out[point * self.out.point..]);
            // SAFETY: passed on from the caller.
            unsafe { product.run::<V>(x, &w[point * self.depth * self.out.channels..], out) };
        }
    }
}

/// One sum of outer products a point: `sums += x^T g`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PointOuters {
    pub(crate) tiles: usize,
    pub(crate) x: Spectrum,
    pub(crate) g: Spectrum,
    /// Channels of `x` that count.
    pub(crate) depth: usize,
    /// As [`Outer`]'s.
    pub(crate) first: bool,
}

impl PointOuters {
    #[inline(always)]
    unsafe fn run<V: Vector>(&self, x: &[f32], g: &[f32], sums: &mut [f32]) {
        let outer = Outer {
            lines: 1,
            x_line: 0,
            g_line: 0,
            rows: self.tiles,
            x_row: self.x.channels,
            g_row: self.g.channels,
            depth: self.depth,
            columns: self.g.channels,
            first: self.first,
        };
        for point in 0..POINTS {
            let (x, g) = (&x[point * self.x.point..], &g[point * self.g.point..]);
            // SAFETY: passed on from the caller.
            unsafe { outer.run::<V>(x, g, &mut sums[point * self.depth * self.g.channels..]) };
        }
    }
}

macro_rules! kernels {
    ($module:ident, $name:literal, $vector:ty $(, #[$target:meta])?) => {
        mod $module {
            use super::*;

            pub(super) static KERNELS: Kernels = Kernels {
                name: $name,
                lanes: <$vector>::LANES,
                product,
                outer,
                point_products,
                point_outers,
                transform_input,
                transform_input_transposed,
                transform_output: [transform_output::<6>, transform_output::<4>],
                transform_gradient: [transform_gradient::<6>, transform_gradient::<4>],
                transform_weights: [transform_weights::<3>, transform_weights::<5>],
                transform_weights_transposed: [transform_weights_transposed::<3>, transform_weights_transposed::<5>],
                epilogue,
                epilogue_backward,
                is_tame,
                list,
                accumulate,
            };

            pub(super) fn product(product: &Product, x: &[f32], w: &[f32], out: &mut [f32]) {
                $(#[$target])?
                unsafe fn compiled(product: &Product, x: &[f32], w: &[f32], out: &mut [f32]) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { product.run::<$vector>(x, w, out) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(product, x, w, out) }
            }

            pub(super) fn outer(outer: &Outer, x: &[f32], g: &[f32], sums: &mut [f32]) {
                $(#[$target])?
                unsafe fn compiled(outer: &Outer, x: &[f32], g: &[f32], sums: &mut [f32]) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { outer.run::<$vector>(x, g, sums) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(outer, x, g, sums) }
            }

            pub(super) fn point_products(products: &PointProducts, x: &[f32], w: &[f32], out: &mut [f32]) {
                $(#[$target])?
                unsafe fn compiled(products: &PointProducts, x: &[f32], w: &[f32], out: &mut [f32]) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { products.run::<$vector>(x, w, out) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(products, x, w, out) }
            }

            pub(super) fn point_outers(outers: &PointOuters, x: &[f32], g: &[f32], sums: &mut [f32]) {
                $(#[$target])?
                unsafe fn compiled(outers: &PointOuters, x: &[f32], g: &[f32], sums: &mut [f32]) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { outers.run::<$vector>(x, g, sums) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(outers, x, g, sums) }
            }

            pub(super) fn transform_input(source: &[f32], plane: Plane, target: &mut [f32], to: Spectrum, tile: usize) {
                $(#[$target])?
                unsafe fn compiled(source: &[f32], plane: Plane, target: &mut [f32], to: Spectrum, tile: usize) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { winograd::transform_input::<$vector>(source, plane, target, to, tile) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(source, plane, target, to, tile) }
            }

            pub(super) fn transform_input_transposed(source: &[f32], from: Spectrum, tile: usize, target: &mut [f32], plane: Plane) {
                $(#[$target])?
                unsafe fn compiled(source: &[f32], from: Spectrum, tile: usize, target: &mut [f32], plane: Plane) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { winograd::transform_input_transposed::<$vector>(source, from, tile, target, plane) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(source, from, tile, target, plane) }
            }

            pub(super) fn transform_output<const N: usize>(source: &[f32], from: Spectrum, tile: usize, target: &mut [f32], plane: Plane, size: [usize; 2]) {
                $(#[$target])?
                unsafe fn compiled<const N: usize>(source: &[f32], from: Spectrum, tile: usize, target: &mut [f32], plane: Plane, size: [usize; 2]) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { winograd::transform_output::<$vector, N>(source, from, tile, target, plane, size) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled::<N>(source, from, tile, target, plane, size) }
            }

            pub(super) fn transform_gradient<const N: usize>(source: &[f32], plane: Plane, target: &mut [f32], to: Spectrum, tile: usize) {
                $(#[$target])?
                unsafe fn compiled<const N: usize>(source: &[f32], plane: Plane, target: &mut [f32], to: Spectrum, tile: usize) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { winograd::transform_gradient::<$vector, N>(source, plane, target, to, tile) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled::<N>(source, plane, target, to, tile) }
            }

            pub(super) fn transform_weights<const N: usize>(taps: &[f32], target: &mut [f32], point: usize) {
                $(#[$target])?
                unsafe fn compiled<const N: usize>(taps: &[f32], target: &mut [f32], point: usize) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { winograd::transform_weights::<$vector, N>(taps, target, point) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled::<N>(taps, target, point) }
            }

            pub(super) fn transform_weights_transposed<const N: usize>(source: &[f32], point: usize, target: &mut [f32], tap: usize) {
                $(#[$target])?
                unsafe fn compiled<const N: usize>(source: &[f32], point: usize, target: &mut [f32], tap: usize) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { winograd::transform_weights_transposed::<$vector, N>(source, point, target, tap) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled::<N>(source, point, target, tap) }
            }

            pub(super) fn epilogue(epilogue: &Epilogue, source: &[f32], frame: &Frame, bias: &[f32], target: &mut [MaybeUninit<f32>], masks: &mut [u16]) {
                $(#[$target])?
                unsafe fn compiled(epilogue: &Epilogue, source: &[f32], frame: &Frame, bias: &[f32], target: &mut [MaybeUninit<f32>], masks: &mut [u16]) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { epilogue.forward::<$vector>(source, frame, bias, target, masks) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(epilogue, source, frame, bias, target, masks) }
            }

            pub(super) fn epilogue_backward(epilogue: &Epilogue, gradient: &[f32], masks: &[u16], target: &mut [f32], frame: &Frame, bias: &mut [f32]) {
                $(#[$target])?
                unsafe fn compiled(epilogue: &Epilogue, gradient: &[f32], masks: &[u16], target: &mut [f32], frame: &Frame, bias: &mut [f32]) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { epilogue.backward::<$vector>(gradient, masks, target, frame, bias) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(epilogue, gradient, masks, target, frame, bias) }
            }

            pub(super) fn is_tame(values: &[f32]) -> bool {
                $(#[$target])?
                unsafe fn compiled(values: &[f32]) -> bool {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { pool::is_tame::<$vector>(values) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(values) }
            }

            pub(super) fn list(windows: &Windows, gradient: &[f32], masks: &[u16], lists: &mut Lists, bias: &mut [f32]) {
                $(#[$target])?
                unsafe fn compiled(windows: &Windows, gradient: &[f32], masks: &[u16], lists: &mut Lists, bias: &mut [f32]) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { windows.list::<$vector>(gradient, masks, lists, bias) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(windows, gradient, masks, lists, bias) }
            }

            pub(super) fn accumulate(entries: &[Nonzero], x: &[f32], offsets: &[usize], sums: &mut [f32]) {
                $(#[$target])?
                unsafe fn compiled(entries: &[Nonzero], x: &[f32], offsets: &[usize], sums: &mut [f32]) {
                    // SAFETY: this function is compiled for the instruction set of the vector.
                    unsafe { sparse::accumulate::<$vector>(entries, x, offsets, sums) }
                }
                // SAFETY: `kernels` hands this function out only where the instruction set is there.
                unsafe { compiled(entries, x, offsets, sums) }
            }
        }
    };
}

kernels!(portable, "portable", Lanes<false>);
#[cfg(target_arch = "aarch64")]
kernels!(neon, "neon", Lanes<true>);
#[cfg(target_arch = "x86_64")]
kernels!(avx2, "avx2", super::super::vector::Avx2, #[target_feature(enable = "avx2,fma")]);
#[cfg(target_arch = "x86_64")]
kernels!(avx512, "avx512", super::super::vector::Avx512, #[target_feature(enable = "avx512f")]);

/// The kernels this processor can run, the fastest first.
pub(crate) fn available() -> Vec<&'static Kernels> {
    let mut all = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            all.push(&avx512::KERNELS);
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            all.push(&avx2::KERNELS);
        }
    }
    #[cfg(target_arch = "aarch64")]
    all.push(&neon::KERNELS);
    all.push(&portable::KERNELS);
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
