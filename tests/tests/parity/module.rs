//! Parameters by name, in and out of a module.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};

use crate::fixture::values;

/// Sets parameter `k` to hash values times the root of 3 over its fan-in, or one half for vectors: `fill` of
/// `fixtures/make_fixtures.py`.
pub(crate) fn fill<M: Module>(model: M) -> M {
    model.map(&mut Filler { index: 0 })
}

/// The parameters that are trained, by name, flat.
pub(crate) fn collect_parameters<M: Module>(model: &M) -> BTreeMap<String, Vec<f32>> {
    let mut collector = Collector::default();
    model.visit(&mut collector);
    collector.values
}

/// The gradients by the name of their parameter, flat.
pub(crate) fn collect_gradients<M: Module>(model: &M, gradients: &GradientsParams) -> BTreeMap<String, Vec<f32>> {
    let mut collector = Collector { gradients: Some(gradients), ..Collector::default() };
    model.visit(&mut collector);
    collector.values
}

pub(crate) fn values_of<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

struct Filler {
    index: u32,
}

impl ModuleMapper for Filler {
    fn map_float<const D: usize>(&mut self, parameter: Param<Tensor<D>>) -> Param<Tensor<D>> {
        // Running statistics are not trained; they stay as they are.
        if !parameter.is_require_grad() {
            return parameter;
        }
        let dims = parameter.dims();
        let fan_in = match D {
            1 => 12,
            2 => dims[0],
            _ => dims[1..].iter().product(),
        };
        let scale = (3.0 / fan_in as f64).sqrt();
        let drawn = values(100 + self.index, dims.iter().product()).map(|value| (value * scale) as f32);
        let data = TensorData::new(drawn.collect::<Vec<_>>(), dims);
        self.index += 1;
        Param::initialized(parameter.id, Tensor::from_data(data, &parameter.device()).require_grad())
    }
}

#[derive(Default)]
struct Collector<'a> {
    path: Vec<String>,
    gradients: Option<&'a GradientsParams>,
    values: BTreeMap<String, Vec<f32>>,
}

impl ModuleVisitor for Collector<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        if !parameter.is_require_grad() {
            return;
        }
        let values = match self.gradients {
            Some(gradients) => values_of(gradients.get::<D>(parameter.id).unwrap()),
            None => values_of(parameter.val()),
        };
        self.values.insert(self.path.join("."), values);
    }
}
