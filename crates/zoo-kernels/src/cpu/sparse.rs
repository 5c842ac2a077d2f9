//! Sums over the few values that pass their gradient on: of each window of four behind a maximum, one at most.

#![allow(unsafe_op_in_unsafe_fn)]

use super::vector::Vector;

/// Vectors of taps that stay in registers.
const REGISTERS: usize = 5;
/// Vectors a kernel may take up before the usual way is faster.
pub(super) const MOST: usize = 2 * REGISTERS;

/// A value of the output that passes its gradient on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Nonzero {
    /// Where its window begins in the frame.
    place: u32,
    gradient: f32,
}

/// `sums += gradient * x[place + offset..]`, over all entries, a vector for each of the offsets.
///
/// # Safety
///
/// The instruction set of `V` is available.
#[inline(always)]
pub(crate) unsafe fn accumulate<V: Vector>(entries: &[Nonzero], x: &[f32], offsets: &[usize], sums: &mut [f32]) {
    let (offset, place) = (offsets.iter().max(), entries.iter().map(|entry| entry.place).max());
    let (Some(offset), Some(place)) = (offset, place) else { return };
    assert!(x.len() >= place as usize + offset + V::LANES && sums.len() >= offsets.len() * V::LANES);
    for (offsets, sums) in offsets.chunks(REGISTERS).zip(sums.chunks_mut(REGISTERS * V::LANES)) {
        match *offsets {
            [a, b, c, d, e] => pass::<V, 5>(entries, x, [a, b, c, d, e], sums),
            [a, b, c, d] => pass::<V, 4>(entries, x, [a, b, c, d], sums),
            [a, b, c] => pass::<V, 3>(entries, x, [a, b, c], sums),
            [a, b] => pass::<V, 2>(entries, x, [a, b], sums),
            [a] => pass::<V, 1>(entries, x, [a], sums),
            _ => unreachable!("chunks have one to five"),
        }
    }
}

#[inline(always)]
unsafe fn pass<V: Vector, const N: usize>(entries: &[Nonzero], x: &[f32], offsets: [usize; N], target: &mut [f32]) {
    // SAFETY: the caller has checked the furthest vector of each slice.
    let x = x.as_ptr();
    let mut sums = [V::splat(0.0); N];
    for entry in entries {
        let x = x.add(entry.place as usize);
        let gradient = V::splat(entry.gradient);
        for (sum, offset) in sums.iter_mut().zip(offsets) {
            *sum = gradient.mul_add(V::load(x.add(offset)), *sum);
        }
    }
    for (n, sum) in sums.into_iter().enumerate() {
        let target = target.as_mut_ptr().add(n * V::LANES);
        V::load(target).add(sum).store(target);
    }
}

/// The pooled windows of an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Windows {
    /// Height and width.
    pub(super) size: [usize; 2],
    /// Values of the frame from one line and one column of the convolution to the next.
    pub(super) step: [u32; 2],
    pub(super) channels: usize,
}

/// What counts of an image, by channel.
pub(crate) struct Lists {
    /// Room for one entry more than there are windows, for each channel.
    pub(super) entries: Vec<Nonzero>,
    pub(super) counts: Vec<usize>,
}

impl Windows {
    /// Lists the values that pass their gradient on, and adds those to `bias`.
    ///
    /// # Safety
    ///
    /// The instruction set of `V` is available.
    #[inline(always)]
    pub(crate) unsafe fn list<V: Vector>(&self, gradient: &[f32], masks: &[u16], lists: &mut Lists, bias: &mut [f32]) {
        let [height, width] = self.size;
        let groups = self.channels.div_ceil(V::LANES);
        lists.counts.fill(0);
        for y in 0..height {
            for x in 0..width {
                let pixel = y * width + x;
                let corner = 2 * (y as u32 * self.step[0] + x as u32 * self.step[1]);
                let gradient = &gradient[pixel * self.channels..][..self.channels];
                let masks = &masks[pixel * 4 * groups..][..4 * groups];
                let gradients = gradient.chunks(V::LANES).zip(masks.chunks_exact(4)).zip(bias.chunks_mut(V::LANES));
                for (group, ((gradient, masks), bias)) in gradients.enumerate() {
                    self.list_group(corner, group * V::LANES, gradient, masks, lists, height * width + 1);
                    let active = masks[0] | masks[1] | masks[2] | masks[3];
                    for (lane, (bias, gradient)) in bias.iter_mut().zip(gradient).enumerate() {
                        *bias += f32::from_bits(gradient.to_bits() & u32::from(active >> lane & 1).wrapping_neg());
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn list_group(&self, corner: u32, first: usize, gradient: &[f32], masks: &[u16], lists: &mut Lists, room: usize) {
        let right = u32::from(masks[1] | masks[3]);
        let below = u32::from(masks[2] | masks[3]);
        let active = u32::from(masks[0] | masks[1] | masks[2] | masks[3]);
        let counts = &mut lists.counts[first..][..gradient.len()];
        let entries = lists.entries[first * room..].chunks_exact_mut(room);
        for (lane, ((gradient, count), entries)) in gradient.iter().zip(counts).zip(entries).enumerate() {
            let place = corner + (below >> lane & 1) * self.step[0] + (right >> lane & 1) * self.step[1];
            // No branch: an entry that does not count is overwritten by the next.
            entries[*count] = Nonzero { place, gradient: *gradient };
            *count += (active >> lane & 1) as usize;
        }
    }
}
