//! Values from a device to the host.

use burn::tensor::{TensorData, Transaction};

/// The values of all tensors of a transaction, as f32, in the order they were registered.
///
/// A read waits until the device has done all that it was given. So whoever has several tensors to read reads them at once, and as
/// late as possible: a GPU idles while its host waits for it. Each read is an event of `tracing`, at the level `trace`.
///
/// ```
/// use burn::tensor::{Device, Tensor, Transaction};
///
/// let device = Device::default();
/// let (loss, logits) = (Tensor::<1>::ones([1], &device), Tensor::<2>::zeros([2, 3], &device));
/// let values = zoo_core::read_back(Transaction::default().register(loss).register(logits))?;
/// assert_eq!([values[0].num_elements(), values[1].num_elements()], [1, 6]);
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// What the device says if it does not hand them back.
pub fn read_back(tensors: Transaction) -> Result<Vec<TensorData>, String> {
    tracing::trace!("read from the device");
    let data = tensors.try_execute().map_err(|error| format!("{error:?}"))?;
    Ok(data.into_iter().map(|data| data.convert::<f32>()).collect())
}
