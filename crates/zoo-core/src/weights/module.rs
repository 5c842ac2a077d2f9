//! Weights in and out of Burn modules.

use super::error::{Difference, WeightsError};
use crate::read_back;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::{Tensor, TensorData, Transaction};
use std::collections::HashMap;
use std::mem;

/// A parameter's name in its module (`conv1.weight`, fields joined by dots) and its values, always f32. As in Burn, a linear layer's
/// weight is `[inputs, outputs]`, a convolution's `[outputs, inputs, height, width]`.
pub type NamedTensor = (String, TensorData);

/// What becomes of the numbers by which an optimizer tells parameters apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// They stay as they are, different from those of all other modules.
    Kept,
    /// From 0 in forward order, so that an optimizer's state finds them again after a restart. For one module a program.
    InOrder,
}

/// Every parameter and running statistic in forward order, named as in the module; read at once.
///
/// # Panics
///
/// If the device does not hand them back.
pub fn parameters<M: Module>(module: &M) -> Vec<NamedTensor> {
    let mut collector = Collector::default();
    module.visit(&mut collector);
    let values = read_back(collector.values).expect("a device hands its weights back");
    collector.names.into_iter().zip(values).collect()
}

/// The module with these values, outside any autodiff graph: [`Module::train`] makes it trainable again.
///
/// # Errors
/// [`WeightsError::Misfit`] if a tensor is missing, left over or of another shape: the weights are another model's.
pub fn install<M: Module>(module: M, parameters: &[NamedTensor], numbering: Numbering) -> Result<M, WeightsError> {
    let mut installer = Installer::new(parameters, numbering);
    let module = module.map(&mut installer);
    installer.finish()?;
    Ok(module)
}

#[derive(Default)]
struct Collector {
    path: Vec<String>,
    names: Vec<String>,
    values: Transaction,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.names.push(self.path.join("."));
        self.values = mem::take(&mut self.values).register(param.val().inner());
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
    fn new(parameters: &'a [NamedTensor], numbering: Numbering) -> Self {
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
