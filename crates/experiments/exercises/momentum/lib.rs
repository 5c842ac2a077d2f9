//! # Momentum, in its two forms
//!
//! Gradient descent with momentum remembers where it was going. With a gradient g, a learning rate eta and a momentum
//! coefficient beta:
//!
//! ```text
//! v <- beta v + g
//! theta <- theta - eta v
//! ```
//!
//! Other notes write the same with the last change of theta, and alpha for beta:
//!
//! ```text
//! dtheta <- -eta g + alpha dtheta
//! theta <- theta + dtheta
//! ```
//!
//! At a constant rate the two are one: dtheta = -eta v. Under a schedule they part: the first applies today's rate to all that v
//! remembers, the second keeps every gradient with the rate of its own day. (PyTorch has the first form, Keras the second.)

/// One parameter and its velocity.
#[derive(Default)]
pub struct WithVelocity {
    /// The parameter.
    pub theta: f64,
    /// The gradients up to now, older ones less; zero at the start.
    pub velocity: f64,
}

impl WithVelocity {
    /// One step.
    pub fn step(&mut self, gradient: f64, eta: f64, beta: f64) {
        // answer: v <- beta v + g, then theta
        self.velocity = beta * self.velocity + gradient;
        self.theta -= eta * self.velocity;
        // mistake: remembers nothing
        // | self.velocity = gradient;
        // | self.theta -= eta * self.velocity;
        // mistake: 1 - beta
        // | self.velocity = beta * self.velocity + (1.0 - beta) * gradient;
        // | self.theta -= eta * self.velocity;
        // mistake: the velocity of the step before
        // | self.theta -= eta * self.velocity;
        // | self.velocity = beta * self.velocity + gradient;
        // end of answer
    }
}

/// One parameter and its last change.
#[derive(Default)]
pub struct WithLastChange {
    /// The parameter.
    pub theta: f64,
    /// By how much the last step changed it; zero at the start.
    pub change: f64,
}

impl WithLastChange {
    /// One step.
    pub fn step(&mut self, gradient: f64, eta: f64, alpha: f64) {
        // answer: dtheta <- -eta g + alpha dtheta, then theta
        self.change = -eta * gradient + alpha * self.change;
        self.theta += self.change;
        // mistake: sign of alpha
        // | self.change = -eta * gradient - alpha * self.change;
        // | self.theta += self.change;
        // mistake: eta is applied to alpha dtheta
        // | self.change = -eta * (gradient - alpha * self.change);
        // | self.theta += self.change;
        // end of answer
    }
}

#[cfg(test)]
mod tests;
