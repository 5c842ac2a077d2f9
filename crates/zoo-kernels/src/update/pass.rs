//! A rule as one vector loop.

use super::rule::{Numbers, Rule};
use pulp::{Arch, Simd, WithSimd};

/// From here on a second thread saves more than it costs to wake.
const PARALLEL_FROM: usize = 1 << 17;

/// One pass over a parameter's numbers.
struct Pass<'a, R: Rule<N>, const N: usize>(Numbers<'a, R::Scalars, N>);

/// The step of all numbers. Every one is calculated from its own alone, so where the slices are cut changes nothing.
pub(super) fn run<R: Rule<N>, const N: usize>(numbers: Numbers<'_, R::Scalars, N>) {
    let length = numbers.parameter.len();
    if length < PARALLEL_FROM {
        return Arch::new().dispatch(Pass::<R, N>(numbers));
    }
    let middle = length / 2 / LANES * LANES;
    let Numbers { scalars, shrink, parameter, gradient, slots } = numbers;
    let (parameter, parameter_rest) = parameter.split_at_mut(middle);
    let (gradient, gradient_rest) = gradient.split_at(middle);
    let mut rest = Vec::with_capacity(N);
    let slots = slots.map(|slot| {
        let (slot, slot_rest) = slot.split_at_mut(middle);
        rest.push(slot_rest);
        slot
    });
    let mut rest = rest.into_iter();
    let slots_rest = std::array::from_fn(|_| rest.next().unwrap_or_default());
    let first = Numbers { scalars, shrink, parameter, gradient, slots };
    let second = Numbers { scalars, shrink, parameter: parameter_rest, gradient: gradient_rest, slots: slots_rest };
    rayon::join(|| run::<R, N>(first), || run::<R, N>(second));
}

impl<R: Rule<N>, const N: usize> Pass<'_, R, N> {
    /// The numbers from `start` on, at most [`LANES`].
    #[inline(always)]
    fn block(&mut self, start: usize, length: usize) {
        let range = start..start + length;
        let [mut parameter, mut gradient] = [[0.0f32; LANES]; 2];
        let mut slots = [[0.0f32; LANES]; N];
        parameter[..length].copy_from_slice(&self.0.parameter[range.clone()]);
        gradient[..length].copy_from_slice(&self.0.gradient[range.clone()]);
        for (lanes, slot) in slots.iter_mut().zip(&self.0.slots) {
            lanes[..length].copy_from_slice(&slot[range.clone()]);
        }
        let Numbers { scalars, shrink, .. } = self.0;
        // A loop of its own: its case by case kept the compiler from making vector instructions of the rule.
        for lane in 0..LANES {
            (parameter[lane], gradient[lane]) = shrink.apply(parameter[lane], gradient[lane]);
        }
        for lane in 0..LANES {
            let remembered = std::array::from_fn(|slot| slots[slot][lane]);
            let (next, remembered) = R::apply(scalars, parameter[lane], gradient[lane], remembered);
            parameter[lane] = next;
            for slot in 0..N {
                slots[slot][lane] = remembered[slot];
            }
        }
        self.0.parameter[range.clone()].copy_from_slice(&parameter[..length]);
        for (lanes, slot) in slots.iter().zip(&mut self.0.slots) {
            slot[range.clone()].copy_from_slice(&lanes[..length]);
        }
    }
}

/// Long enough that the compiler keeps the loop over them a loop, and makes vector instructions of it.
const LANES: usize = 64;

impl<R: Rule<N>, const N: usize> WithSimd for Pass<'_, R, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _simd: S) {
        let length = self.0.parameter.len();
        let rest = length % LANES;
        for start in (0..length - rest).step_by(LANES) {
            self.block(start, LANES);
        }
        if rest > 0 {
            self.block(length - rest, rest);
        }
    }
}
