//! What is reached without learning anything.

use zoo_recipe::Loss;

/// What a model reaches that answers every example alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// The loss where all classes have equal scores.
    pub equal_scores: f64,
    /// The same in words: `ln 10 = 2.303`.
    pub words: String,
    /// The loss of the best constant answer: the one that knows how frequent each class is.
    pub constant: f64,
    /// The accuracy of the majority class.
    pub accuracy: f64,
}

impl Baseline {
    /// Of a training split with these labels; `None` where the loss is about no classes.
    ///
    /// ```
    /// use trainer::baseline::Baseline;
    /// use zoo_recipe::Loss;
    ///
    /// let baseline = Baseline::of(&Loss::CrossEntropy { label_smoothing: 0.0 }, &[0, 1, 2, 3], 4).unwrap();
    /// assert_eq!((baseline.words.as_str(), baseline.accuracy), ("ln 4 = 1.386", 0.25));
    /// ```
    pub fn of(loss: &Loss, labels: &[u8], classes: usize) -> Option<Self> {
        if classes < 2 {
            return None;
        }
        let mut shares = vec![0.0; classes];
        labels.iter().for_each(|label| shares[usize::from(*label)] += 1.0 / labels.len() as f64);
        let count = classes as f64;
        let accuracy = shares.iter().copied().fold(0.0, f64::max);
        let entropy = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
        let (equal_scores, named, constant) = match *loss {
            Loss::CrossEntropy { label_smoothing: spread } => {
                let targets = shares.iter().map(|share| (1.0 - spread) * share + spread / count);
                (count.ln(), format!("ln {classes} = "), targets.map(entropy).sum())
            }
            Loss::BinaryCrossEntropy { positive_weight } => {
                let [negative, positive] = [shares[0], shares[1] * positive_weight];
                let all = negative + positive;
                let named = if positive_weight == 1.0 { "ln 2 = " } else { "" };
                let constant = all * (entropy(negative / all) + entropy(positive / all));
                (all * 2.0_f64.ln(), named.to_string(), constant)
            }
            Loss::Hinge { margin } => {
                let equal = margin * (count - 1.0);
                (equal, String::new(), equal.min((1.0 - accuracy) * count * margin))
            }
            Loss::MeanSquaredError => {
                let variance: f64 = shares.iter().map(|share| share * (1.0 - share)).sum();
                ((count - 1.0) / count / count, String::new(), variance / count)
            }
            Loss::MeanAbsoluteError | Loss::Huber { .. } => return None,
        };
        Some(Self { equal_scores, words: format!("{named}{equal_scores:.3}"), constant, accuracy })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_loss_has_its_own_baseline() {
        let labels = [[0; 60].as_slice(), &[1; 40]].concat();
        let of = |loss| Baseline::of(&loss, &labels, 2).expect("two classes");
        let binary = of(Loss::BinaryCrossEntropy { positive_weight: 1.0 });
        let entropy = -(0.6_f64 * 0.6_f64.ln() + 0.4 * 0.4_f64.ln());
        assert!((binary.constant - entropy).abs() < 1e-12 && (binary.accuracy - 0.6).abs() < 1e-12);
        assert_eq!(binary.words, "ln 2 = 0.693");
        // The weight evens the classes out: one half is the best constant answer then.
        let weighted = of(Loss::BinaryCrossEntropy { positive_weight: 1.5 });
        assert!((weighted.constant - weighted.equal_scores).abs() < 1e-12);
        let squared = of(Loss::MeanSquaredError);
        assert!((squared.equal_scores - 0.25).abs() < 1e-12 && (squared.constant - 0.24).abs() < 1e-12);
        let hinge = of(Loss::Hinge { margin: 1.0 });
        assert!((hinge.equal_scores - 1.0).abs() < 1e-12 && (hinge.constant - 0.8).abs() < 1e-12);
        let smoothed = of(Loss::CrossEntropy { label_smoothing: 0.1 });
        assert!(smoothed.constant > entropy && smoothed.constant < 2.0_f64.ln());
    }
}
