//! A chain of operators, each taking what the one before made.

use super::messages::{Attribute, Dimension, FLOAT, Graph, Node, Shape, Tensor, TensorType, Type, ValueInfo};
use anyhow::{Context, Result};
use zoo_core::weights::NamedTensor;

/// A graph on its way.
pub(super) struct Builder {
    parameters: Vec<NamedTensor>,
    nodes: Vec<Node>,
    initializers: Vec<Tensor>,
    /// What the last operator made.
    value: String,
}

impl Builder {
    /// That may use these parameters, by their names in the model.
    pub(super) fn new(parameters: Vec<NamedTensor>) -> Self {
        Self { parameters, nodes: Vec::new(), initializers: Vec::new(), value: "input".to_string() }
    }

    /// An operator on the last value and `more`.
    pub(super) fn node(&mut self, operator: &str, more: &[String], attribute: Vec<Attribute>) {
        let input = std::iter::once(self.value.clone()).chain(more.iter().cloned()).collect();
        self.value = self.push(operator, input, attribute);
    }

    /// An operator on the side, whose value is another one's input.
    pub(super) fn push(&mut self, operator: &str, input: Vec<String>, attribute: Vec<Attribute>) -> String {
        let name = format!("{}_{}", operator.to_lowercase(), self.nodes.len());
        self.nodes.push(Node {
            input,
            output: vec![name.clone()],
            name: name.clone(),
            op_type: operator.to_string(),
            attribute,
        });
        name
    }

    /// An operator on the last value and a constant.
    pub(super) fn with_constant(&mut self, operator: &str, name: &str, values: &[f32], shape: Vec<usize>) {
        self.initialize(name, values, &shape);
        self.node(operator, &[name.to_string()], vec![]);
    }

    /// An operator on the last value and parameters of the model.
    pub(super) fn with_parameters(
        &mut self,
        operator: &str,
        names: &[String],
        attribute: Vec<Attribute>,
    ) -> Result<()> {
        for name in names {
            let found = self.parameters.iter().find(|(known, _)| known == name);
            let (_, data) = found.with_context(|| format!("the model has no parameter {name}"))?;
            let (values, shape) = (data.iter::<f32>().collect::<Vec<_>>(), data.shape().to_vec());
            self.initialize(name, &values, &shape);
        }
        self.node(operator, names, attribute);
        Ok(())
    }

    /// `x W + b` with a weight `[inputs, outputs]`, as Burn keeps it.
    pub(super) fn linear(&mut self, layer: &str) -> Result<()> {
        self.with_parameters("Gemm", &["weight", "bias"].map(|part| format!("{layer}.{part}")), vec![])
    }

    /// A convolution of stride 1 with so many zeros around, with biases or without.
    pub(super) fn convolution(&mut self, layer: &str, padding: i64) -> Result<()> {
        let attributes = vec![ints("pads", &[padding; 4]), ints("strides", &[1, 1])];
        let [weight, bias] = ["weight", "bias"].map(|part| format!("{layer}.{part}"));
        let has_bias = self.parameters.iter().any(|(name, _)| *name == bias);
        let names = std::iter::once(weight).chain(has_bias.then_some(bias));
        self.with_parameters("Conv", &names.collect::<Vec<_>>(), attributes)
    }

    pub(super) fn initialize(&mut self, name: &str, values: &[f32], shape: &[usize]) {
        self.initialize_raw(name, FLOAT, values.iter().flat_map(|value| value.to_le_bytes()).collect(), shape);
    }

    /// A tensor of another element type, by its bytes.
    pub(super) fn initialize_raw(&mut self, name: &str, data_type: i32, raw_data: Vec<u8>, shape: &[usize]) {
        let dims = shape.iter().map(|length| *length as i64).collect();
        self.initializers.push(Tensor { dims, data_type, name: name.to_string(), raw_data });
    }

    /// The graph from `input` `[batch, shape..]` to the output of that name, `[batch, outputs]`.
    pub(super) fn finish(mut self, name: &str, shape: &[usize], (output, outputs): (&str, usize)) -> Result<Graph> {
        let last = self.nodes.last_mut().context("a model has at least one layer")?;
        last.output = vec![output.to_string()];
        Ok(Graph {
            node: self.nodes,
            name: name.to_string(),
            initializer: self.initializers,
            input: vec![value("input", shape)],
            output: vec![value(output, &[outputs])],
        })
    }
}

/// A value of any batch size.
fn value(name: &str, shape: &[usize]) -> ValueInfo {
    let batch = Dimension { dim_value: None, dim_param: Some("batch".to_string()) };
    let rest = shape.iter().map(|length| Dimension { dim_value: Some(*length as i64), dim_param: None });
    let shape = Shape { dim: std::iter::once(batch).chain(rest).collect() };
    let tensor = TensorType { elem_type: FLOAT, shape: Some(shape) };
    ValueInfo { name: name.to_string(), of: Some(Type { tensor: Some(tensor) }) }
}

pub(super) fn int(name: &str, value: i64) -> Attribute {
    Attribute { name: name.to_string(), i: Some(value), kind: Attribute::INT, ..Attribute::default() }
}

pub(super) fn ints(name: &str, values: &[i64]) -> Attribute {
    Attribute { name: name.to_string(), ints: values.to_vec(), kind: Attribute::INTS, ..Attribute::default() }
}

pub(super) fn float(name: &str, value: f32) -> Attribute {
    Attribute { name: name.to_string(), f: Some(value), kind: Attribute::FLOAT, ..Attribute::default() }
}
