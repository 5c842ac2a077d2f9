//! One copy of the kernels an instruction set.

use super::curved::{self, Correction, Curved};
use super::geometry::Frame;
use super::pool::{Epilogue, is_tame as all_tame};
use super::product::{Outer, Product};
use super::sliding::Sliding;
use super::sparse::{self, Lists, Nonzero, Windows};
use super::vector::{Lanes, Vector};
use super::winograd::{self, Plane, Spectrum};
use std::mem::MaybeUninit;

/// The kernels of one instruction set. Each checks the extents of its slices, and [`kernels`](super::choice::kernels) hands out only what the processor can
/// run, so that calling them is safe; but the channels of a [`Plane`] have to fill whole vectors, as `BlockLayer::padded` makes them.
#[allow(clippy::type_complexity)] // A table of functions: their arguments are what they are.
pub(crate) struct Kernels {
    pub(crate) name: &'static str,
    pub(crate) lanes: usize,
    pub(crate) product: fn(&Product, &[f32], &[f32], &mut [f32]),
    pub(crate) outer: fn(&Outer, &[f32], &[f32], &mut [f32]),
    pub(crate) product_lanewise: fn(&Product, &[f32], &[f32], &mut [f32]),
    pub(crate) outer_lanewise: fn(&Outer, &[usize], &[f32], &[f32], &mut [f32]),
    pub(crate) point_products: fn(&PointProducts, &[f32], &[f32], &mut [f32]),
    pub(crate) point_outers: fn(&PointOuters, &[f32], &[f32], &mut [f32]),
    /// This and the following by [`Taps`].
    pub(crate) transform_input: [fn(&[f32], Plane, &mut [f32], Spectrum, usize); 3],
    pub(crate) transform_input_transposed: [fn(&[f32], Spectrum, usize, &mut [f32], Plane); 3],
    pub(crate) transform_output: [fn(&[f32], Spectrum, usize, &mut [f32], Plane, [usize; 2]); 3],
    pub(crate) transform_gradient: [fn(&[f32], Plane, &mut [f32], Spectrum, usize); 3],
    pub(crate) transform_weights: [fn(&[f32], &mut [f32], usize); 3],
    pub(crate) transform_weights_transposed: [fn(&[f32], usize, &mut [f32], usize); 3],
    pub(crate) epilogue: fn(&Epilogue, &[f32], &Frame, &[f32], &mut [MaybeUninit<f32>], &mut [u16]),
    pub(crate) epilogue_backward: fn(&Epilogue, &[f32], &[u16], &mut [f32], &Frame, &mut [f32]),
    pub(crate) is_tame: fn(&[f32]) -> bool,
    pub(crate) curved: fn(&Curved, &[f32], &mut [MaybeUninit<f32>]),
    pub(crate) curved_sums: fn(&Curved, &[f32], &[f32], &mut [f32]),
    pub(crate) curved_backward: fn(&Curved, &Correction, &[f32], &mut [f32]),
    pub(crate) moments: fn(&[f32], usize, &mut [f32]),
    pub(crate) pool: fn(&Sliding, &[f32], &mut [MaybeUninit<f32>], &mut [f32]),
    pub(crate) pool_backward: fn(&Sliding, &[f32], &mut [f32]),
    pub(crate) list: fn(&Windows, &[f32], &[u16], &mut Lists, &mut [f32]),
    pub(crate) accumulate: fn(&[Nonzero], &[f32], &[usize], &mut [f32]),
}

/// The kernel sizes, and tiles for them, that Winograd's filtering is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taps {
    /// F(6x6, 3x3).
    Three = 0,
    /// F(4x4, 5x5).
    Five = 1,
    /// F(4x4, 3x3).
    ThreeInSix = 2,
}

impl Taps {
    /// For kernels of 3x3, the tiles that fill an output of this height and width with the fewest multiplications.
    pub(crate) fn three(output: [usize; 2]) -> Self {
        let points =
            |taps: Self| output.iter().map(|size| size.div_ceil(taps.output()) * taps.tile()).product::<usize>();
        if points(Self::ThreeInSix) <= points(Self::Three) { Self::ThreeInSix } else { Self::Three }
    }

    /// Height and width of a tile.
    pub(crate) fn tile(self) -> usize {
        match self {
            Taps::Three | Taps::Five => 8,
            Taps::ThreeInSix => 6,
        }
    }

    /// Points of a tile.
    pub(crate) fn points(self) -> usize {
        self.tile() * self.tile()
    }

    /// Height and width of a tile's output.
    pub(crate) fn output(self) -> usize {
        let kernel = if self == Taps::Five { 5 } else { 3 };
        self.tile() + 1 - kernel
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
        let product = Product::of_rows(self.tiles, [self.x.channels, self.depth], self.out.channels);
        for point in 0..self.x.points {
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
        for point in 0..self.x.points {
            let (x, g) = (&x[point * self.x.point..], &g[point * self.g.point..]);
            // SAFETY: passed on from the caller.
            unsafe { outer.run::<V>(x, g, &mut sums[point * self.depth * self.g.channels..]) };
        }
    }
}

/// A kernel compiled for an instruction set, in a function that can be called without knowing so.
macro_rules! kernel {
    ([$($target:tt)*] fn $name:ident $(<$(const $n:ident: usize),+>)? ($($argument:ident: $type:ty),*) $(-> $result:ty)? = $body:expr) => {
        fn $name$(<$(const $n: usize),+>)?($($argument: $type),*) $(-> $result)? {
            $($target)*
            unsafe fn compiled$(<$(const $n: usize),+>)?($($argument: $type),*) $(-> $result)? {
                // SAFETY: this function is compiled for the instruction set of the vector.
                unsafe { $body }
            }
            // SAFETY: `kernels` hands this function out only where the instruction set is there.
            unsafe { compiled$(::<$($n),+>)?($($argument),*) }
        }
    };
}

macro_rules! kernels {
    ($module:ident, $name:literal, $vector:ty, $target:tt) => {
        pub(super) mod $module {
            use super::*;

            pub(in crate::cpu) static KERNELS: Kernels = Kernels {
                name: $name,
                lanes: <$vector>::LANES,
                product,
                outer,
                product_lanewise,
                outer_lanewise,
                point_products,
                point_outers,
                transform_input: [transform_input::<8>, transform_input::<8>, transform_input::<6>],
                transform_input_transposed: [
                    transform_input_transposed::<8>,
                    transform_input_transposed::<8>,
                    transform_input_transposed::<6>,
                ],
                transform_output: [transform_output::<8, 6>, transform_output::<8, 4>, transform_output::<6, 4>],
                transform_gradient: [transform_gradient::<8, 6>, transform_gradient::<8, 4>, transform_gradient::<6, 4>],
                transform_weights: [transform_weights::<8, 3>, transform_weights::<8, 5>, transform_weights::<6, 3>],
                transform_weights_transposed: [
                    transform_weights_transposed::<8, 3>,
                    transform_weights_transposed::<8, 5>,
                    transform_weights_transposed::<6, 3>,
                ],
                epilogue,
                epilogue_backward,
                is_tame,
                curved,
                curved_sums,
                curved_backward,
                moments,
                pool,
                pool_backward,
                list,
                accumulate,
            };

            kernel! { $target fn product(product: &Product, x: &[f32], w: &[f32], out: &mut [f32]) = product.run::<$vector>(x, w, out) }
            kernel! { $target fn outer(outer: &Outer, x: &[f32], g: &[f32], sums: &mut [f32]) = outer.run::<$vector>(x, g, sums) }
            kernel! { $target fn product_lanewise(product: &Product, x: &[f32], w: &[f32], out: &mut [f32]) =
                product.run_lanewise::<$vector>(x, w, out)
            }
            kernel! { $target fn outer_lanewise(outer: &Outer, offsets: &[usize], x: &[f32], g: &[f32], sums: &mut [f32]) =
                outer.run_lanewise::<$vector>(offsets, x, g, sums)
            }
            kernel! { $target fn point_products(products: &PointProducts, x: &[f32], w: &[f32], out: &mut [f32]) =
                products.run::<$vector>(x, w, out)
            }
            kernel! { $target fn point_outers(outers: &PointOuters, x: &[f32], g: &[f32], sums: &mut [f32]) =
                outers.run::<$vector>(x, g, sums)
            }
            kernel! { $target fn transform_input<const T: usize>(source: &[f32], plane: Plane, target: &mut [f32], to: Spectrum, tile: usize) =
                winograd::transform_input::<$vector, T>(source, plane, target, to, tile)
            }
            kernel! { $target fn transform_input_transposed<const T: usize>(source: &[f32], from: Spectrum, tile: usize, target: &mut [f32], plane: Plane) =
                winograd::transform_input_transposed::<$vector, T>(source, from, tile, target, plane)
            }
            kernel! { $target fn transform_output<const T: usize, const N: usize>(source: &[f32], from: Spectrum, tile: usize, target: &mut [f32], plane: Plane, size: [usize; 2]) =
                winograd::transform_output::<$vector, T, N>(source, from, tile, target, plane, size)
            }
            kernel! { $target fn transform_gradient<const T: usize, const N: usize>(source: &[f32], plane: Plane, target: &mut [f32], to: Spectrum, tile: usize) =
                winograd::transform_gradient::<$vector, T, N>(source, plane, target, to, tile)
            }
            kernel! { $target fn transform_weights<const T: usize, const N: usize>(taps: &[f32], target: &mut [f32], point: usize) =
                winograd::transform_weights::<$vector, T, N>(taps, target, point)
            }
            kernel! { $target fn transform_weights_transposed<const T: usize, const N: usize>(source: &[f32], point: usize, target: &mut [f32], tap: usize) =
                winograd::transform_weights_transposed::<$vector, T, N>(source, point, target, tap)
            }
            kernel! { $target fn epilogue(epilogue: &Epilogue, source: &[f32], frame: &Frame, bias: &[f32], target: &mut [MaybeUninit<f32>], masks: &mut [u16]) =
                epilogue.forward::<$vector>(source, frame, bias, target, masks)
            }
            kernel! { $target fn epilogue_backward(epilogue: &Epilogue, gradient: &[f32], masks: &[u16], target: &mut [f32], frame: &Frame, bias: &mut [f32]) =
                epilogue.backward::<$vector>(gradient, masks, target, frame, bias)
            }
            kernel! { $target fn is_tame(values: &[f32]) -> bool = all_tame::<$vector>(values) }
            kernel! { $target fn curved(curved: &Curved, values: &[f32], target: &mut [MaybeUninit<f32>]) =
                curved.forward::<$vector>(values, target)
            }
            kernel! { $target fn curved_sums(curved: &Curved, values: &[f32], gradient: &[f32], sums: &mut [f32]) =
                curved.sums::<$vector>(values, gradient, sums)
            }
            kernel! { $target fn curved_backward(curved: &Curved, correction: &Correction, values: &[f32], gradient: &mut [f32]) =
                curved.backward::<$vector>(correction, values, gradient)
            }
            kernel! { $target fn moments(values: &[f32], channels: usize, moments: &mut [f32]) =
                curved::moments::<$vector>(values, channels, moments)
            }
            kernel! { $target fn pool(sliding: &Sliding, source: &[f32], target: &mut [MaybeUninit<f32>], places: &mut [f32]) =
                sliding.forward::<$vector>(source, target, places)
            }
            kernel! { $target fn pool_backward(sliding: &Sliding, gradient: &[f32], target: &mut [f32]) =
                sliding.spread::<$vector>(gradient, target)
            }
            kernel! { $target fn list(windows: &Windows, gradient: &[f32], masks: &[u16], lists: &mut Lists, bias: &mut [f32]) =
                windows.list::<$vector>(gradient, masks, lists, bias)
            }
            kernel! { $target fn accumulate(entries: &[Nonzero], x: &[f32], offsets: &[usize], sums: &mut [f32]) =
                sparse::accumulate::<$vector>(entries, x, offsets, sums)
            }
        }
    };
}

kernels!(portable, "portable", Lanes<false>, []);
#[cfg(target_arch = "aarch64")]
kernels!(neon, "neon", Lanes<true>, []);
#[cfg(target_arch = "x86_64")]
kernels!(avx2, "avx2", super::super::vector::Avx2, [#[target_feature(enable = "avx2,fma")]]);
#[cfg(target_arch = "x86_64")]
kernels!(avx512, "avx512", super::super::vector::Avx512, [#[target_feature(enable = "avx512f")]]);
