//! The kernels of an instruction set, and the choice between them at run time.
//!
//! A set with dot products of bytes (AVX-512 VNNI, AVX-VNNI) would be one more table here and one more function beside
//! `ByteProduct::avx2`: `vpdpbusd` takes four neighbors at once, bytes with their zero point, so that `ByteProduct::pack` would pack
//! fours and the bias less the zero point times a channel's weights would be added. None was at hand to test it on.

use super::epilogue::{ByteEpilogue, ByteSteps};
use super::product::ByteProduct;
use crate::cpu::choice::kernels;

/// The kernels of one instruction set: integers, so that all give the same.
pub(crate) struct ByteKernels {
    pub(crate) name: &'static str,
    pub(crate) product: fn(&ByteProduct, &[i16], &[i8], &mut [i32]),
    pub(crate) epilogue: fn(&ByteEpilogue, &[i32], &mut [u8], &mut [i16]),
    pub(crate) quantize: fn(ByteSteps, f32, &[f32], &mut [u8]) -> bool,
}

static PORTABLE: ByteKernels = ByteKernels {
    name: "portable",
    product: |product, x, w, out| product.portable(x, w, out),
    epilogue: |epilogue, sums, bytes, target| epilogue.run(sums, bytes, target),
    quantize: |steps, scale, values, bytes| steps.quantize(scale, values, bytes),
};

#[cfg(target_arch = "x86_64")]
static AVX2: ByteKernels = ByteKernels {
    name: "avx2",
    // SAFETY: `available` hands this table out only where AVX2 is there.
    product: |product, x, w, out| unsafe { product.avx2(x, w, out) },
    epilogue: |epilogue, sums, bytes, target| {
        #[target_feature(enable = "avx2")]
        fn compiled(epilogue: &ByteEpilogue, sums: &[i32], bytes: &mut [u8], target: &mut [i16]) {
            epilogue.run(sums, bytes, target);
        }
        // SAFETY: as above.
        unsafe { compiled(epilogue, sums, bytes, target) }
    },
    quantize: |steps, scale, values, bytes| {
        #[target_feature(enable = "avx2")]
        fn compiled(steps: ByteSteps, scale: f32, values: &[f32], bytes: &mut [u8]) -> bool {
            steps.quantize(scale, values, bytes)
        }
        // SAFETY: as above.
        unsafe { compiled(steps, scale, values, bytes) }
    },
};

/// The kernels this processor can run, the fastest first.
pub(crate) fn available() -> Vec<&'static ByteKernels> {
    let mut all = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        all.push(&AVX2);
    }
    all.push(&PORTABLE);
    all
}

/// Those that go with the instruction set in use; where that is none in particular, the portable ones.
pub(crate) fn byte_kernels() -> &'static ByteKernels {
    let wide = kernels().is_some_and(|kernels| kernels.name.starts_with("avx"));
    available().into_iter().find(|kernels| wide || kernels.name == PORTABLE.name).unwrap_or(&PORTABLE)
}
