//! Memory that a thread keeps from call to call.

use std::cell::RefCell;
use std::mem::MaybeUninit;

/// A cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; 16]);

/// Buffers of one thread, aligned to cache lines.
#[derive(Default)]
pub(crate) struct Scratch {
    buffers: [Vec<Line>; 7],
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Scratch {
    /// Calls `f` with this thread's scratch memory. Not to be nested.
    pub(crate) fn with<R>(f: impl FnOnce(&mut Scratch) -> R) -> R {
        SCRATCH.with_borrow_mut(f)
    }

    /// Buffers of these lengths, with whatever values earlier calls left there.
    pub(crate) fn take<const N: usize>(&mut self, lengths: [usize; N]) -> [&mut [f32]; N] {
        let mut buffers = self.buffers.iter_mut();
        lengths.map(|length| {
            let Some(buffer) = buffers.next() else { panic!("more buffers asked for than there are") };
            let lines = length.div_ceil(16);
            if buffer.len() < lines {
                buffer.resize(lines, Line([0.0; 16]));
            }
            &mut floats(buffer)[..length]
        })
    }
}

/// The lines as the floats they are.
#[allow(unsafe_code)]
fn floats(lines: &mut [Line]) -> &mut [f32] {
    // SAFETY: `Line` is `repr(C)` with sixteen floats and, 64 bytes long and aligned, no padding.
    unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), lines.len() * 16) }
}

/// Scratch memory to write an image to, as to memory that nobody has written before.
#[allow(unsafe_code)]
pub(crate) fn unwritten(values: &mut [f32]) -> &mut [MaybeUninit<f32>] {
    // SAFETY: the layouts are the same, and nothing in this crate puts back a value that is not initialized.
    unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), values.len()) }
}
