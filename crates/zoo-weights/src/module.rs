//! Weights in and out of Burn modules, and raw values into tensors.

use crate::{Difference, NamedTensor, Preprocessing, Weights, WeightsError};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::{Device, Tensor, TensorData};
use std::collections::HashMap;

/// A parameter's name in its module (`conv1.weight`) and its values, always f32.
pub type Parameter = (String, TensorData);

/// What becomes of the numbers by which an optimizer tells parameters apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// They stay as they are, different from those of all other modules.
    Kept,
    /// From 0 in forward order, so that an optimizer's state finds them again after a restart. For one module a program.
    InOrder,
}

impl From<NamedTensor> for Parameter {
    fn from(NamedTensor { name, shape, values }: NamedTensor) -> Self {
        (name, TensorData::new(values, shape))
    }
}

impl Weights {
    /// `module` with these weights, ready for inference; [`Module::train`] makes it trainable on a device with autodiff.
    ///
    /// # Errors
    /// As [`install`].
    pub fn install<M: Module>(self, module: M) -> Result<M, WeightsError> {
        let parameters: Vec<Parameter> = self.tensors.into_iter().map(Parameter::from).collect();
        install(module, &parameters, Numbering::Kept)
    }
}

impl Preprocessing<'_> {
    /// Images given as bytes `[count, channels, height, width]`, as the model wants them: with `D` 4 in that shape, with `D` 2 as
    /// `[count, features]`.
    ///
    /// # Errors
    /// As [`pixels`](Self::pixels).
    pub fn images<const D: usize>(&self, pixels: &[u8], device: &Device) -> Result<Tensor<D>, WeightsError> {
        Ok(self.tensor(self.pixels(pixels)?, device))
    }

    /// Rows of a table, `[count, columns]`, as the model wants them.
    ///
    /// # Errors
    /// As [`numbers`](Self::numbers).
    pub fn rows(&self, values: &[f32], device: &Device) -> Result<Tensor<2>, WeightsError> {
        Ok(self.tensor(self.numbers(values)?, device))
    }

    fn tensor<const D: usize>(&self, inputs: Vec<f32>, device: &Device) -> Tensor<D> {
        let features: usize = self.input_shape.iter().product();
        let count = inputs.len() / features;
        let shape = match D {
            2 => vec![count, features],
            _ => [&[count], self.input_shape].concat(),
        };
        assert_eq!(
            shape.len(),
            D,
            "examples of shape {:?} make a tensor of 2 or {} dimensions",
            self.input_shape,
            shape.len()
        );
        Tensor::from_data(TensorData::new(inputs, shape), device)
    }
}

/// Every parameter and running statistic in forward order, named as in the module.
pub fn parameters<M: Module>(module: &M) -> Vec<Parameter> {
    let mut collector = Collector::default();
    module.visit(&mut collector);
    collector.parameters
}

/// The module with these values, outside any autodiff graph: [`Module::train`] makes it trainable again.
///
/// # Errors
/// [`WeightsError::Misfit`] if a tensor is missing, left over or of another shape: the weights are another model's.
pub fn install<M: Module>(module: M, parameters: &[Parameter], numbering: Numbering) -> Result<M, WeightsError> {
    let mut installer = Installer::new(parameters, numbering);
    let module = module.map(&mut installer);
    installer.finish()?;
    Ok(module)
}

#[derive(Default)]
struct Collector {
    path: Vec<String>,
    parameters: Vec<Parameter>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let data = param.val().into_data().convert::<f32>();
        self.parameters.push((self.path.join("."), data));
    }
}

struct Installer<'a> {
    path: Vec<String>,
    waiting: HashMap<&'a str, &'a TensorData>,
    numbering: Numbering,
    installed: u64,
    differences: Vec<Difference>,
}

impl<'a> Installer<'a> {
    fn new(parameters: &'a [Parameter], numbering: Numbering) -> Self {
        let waiting = parameters.iter().map(|(name, data)| (name.as_str(), data)).collect();
        Self { path: Vec::new(), waiting, numbering, installed: 0, differences: Vec::new() }
    }

    fn finish(mut self) -> Result<(), WeightsError> {
        let mut left_over: Vec<&str> = self.waiting.into_keys().collect();
        left_over.sort_unstable();
        self.differences.extend(left_over.into_iter().map(|name| Difference::LeftOver { name: name.to_string() }));
        let count = self.differences.len();
        match self.differences.into_iter().next() {
            None => Ok(()),
            Some(first) => Err(WeightsError::Misfit { first, count }),
        }
    }
}

impl ModuleMapper for Installer<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.join(".");
        let wanted = param.lazy_shape();
        match self.waiting.remove(name.as_str()) {
            None => self.differences.push(Difference::Missing { name }),
            Some(data) if *data.shape() != wanted => {
                let (found, expected) = (data.shape().to_vec(), wanted.to_vec());
                self.differences.push(Difference::Shape { name, found, expected });
            }
            Some(data) => {
                let id = match self.numbering {
                    Numbering::Kept => param.id,
                    Numbering::InOrder => ParamId::from(self.installed),
                };
                self.installed += 1;
                let tensor = Tensor::from_data(data.clone(), &param.lazy_device().inner());
                return param.transform_for_load(tensor, id);
            }
        }
        param
    }
}

#[cfg(test)]
mod tests;
