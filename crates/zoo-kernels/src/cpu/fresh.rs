//! Memory for results.

use std::mem::MaybeUninit;

/// Room for values that are all written before any is read, without a first pass of zeros.
pub(super) fn unwritten(length: usize) -> Vec<MaybeUninit<f32>> {
    let mut values = Vec::new();
    values.resize_with(length, MaybeUninit::uninit);
    values
}

/// The values of [`unwritten`], once the tasks over all its pieces are done: each writes every value of its images, as
/// [`Epilogue::forward`] and [`Frame::unpack`] assert.
#[allow(unsafe_code)]
pub(super) fn written(values: Vec<MaybeUninit<f32>>) -> Vec<f32> {
    let mut values = std::mem::ManuallyDrop::new(values);
    let (start, length, capacity) = (values.as_mut_ptr(), values.len(), values.capacity());
    // SAFETY: `MaybeUninit<f32>` is laid out as `f32`, and all values have been written.
    unsafe { Vec::from_raw_parts(start.cast(), length, capacity) }
}

/// Values of [`unwritten`] that a task has written, while others are still at work: all of its images, as [`written`] says.
#[allow(unsafe_code)]
pub(super) fn seen(values: &[MaybeUninit<f32>]) -> &[f32] {
    // SAFETY: `MaybeUninit<f32>` is laid out as `f32`, and all of these values have been written.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), values.len()) }
}

/// Cuts `values` into `count` pieces of `length`, the last of them shorter; empty ones if there are no values.
pub(super) fn tasks<T>(values: &mut [T], length: usize, count: usize) -> Vec<&mut [T]> {
    if values.is_empty() {
        return (0..count).map(|_| Default::default()).collect();
    }
    values.chunks_mut(length).collect()
}
