//! What equation (1) of [Part II] has wrong: a layer is a matrix product, not an element-wise one.

use crate::autodiff::matrix;
use crate::prelude::*;

/// Random layers `z = W a` by Burn: how many scores either product gives, and what makes them the same numbers.
pub(super) fn product_of_a_layer(settings: &Setup, findings: &mut Findings) -> Result<()> {
    let layers = settings.choose(200, 40);
    let (mut as_many, mut apart) = (0, 0.0_f64);
    for stream in 0..layers {
        let mut random = Stream::numbered(settings.seed, 40_000 + stream);
        let (inputs, units) = (2 + random.index(7), 1 + random.index(8));
        let (weights, a) = (random.normals(units * inputs), random.normals(inputs));
        let w = matrix(&weights, [units, inputs], DType::F64);
        let scores = w.clone().matmul(matrix(&a, [inputs, 1], DType::F64)); // [units, 1]
        let products = w * matrix(&a, [1, inputs], DType::F64); // [units, inputs]
        as_many += usize::from(scores.shape().num_elements() == products.shape().num_elements());
        let by_hand = Matrix { rows: units, columns: inputs, values: weights }.times(&a);
        apart = larger(apart, largest_gap(&values(products.sum_dim(1))?, &by_hand));
        apart = larger(apart, largest_gap(&values(scores)?, &by_hand));
    }
    findings
        .claiming(
            "The scores of a layer are its matrix product W a, the sums of the element-wise products over the inputs: \
             largest difference of the three",
        )
        .is(apart, AtMost(1e-12))
        .claiming("The element-wise product of weights and activations is a layer's scores: layers with as many of it")
        .should_be(
            as_many as f64,
            Exactly(layers as f64),
            "Element by element, rows of weights times the activations are units x inputs numbers, one for each \
             weight; a unit's score is the sum of its row. That sum is what makes it a matrix product.",
        )
        .known_as("matrix_product")
        .measured_with(format!(" of {layers}, of 2 to 8 inputs"));
    Ok(())
}
