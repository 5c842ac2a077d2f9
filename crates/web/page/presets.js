// The playground's lessons: settings, two sentences, and the page that says more.

export const PLAIN = {
  points: "rings", coordinates: "cartesian", hidden: "4, 4", activation: "tanh", optimizer: "adam", rate: "0.01",
  batch: "10", weights: "xavier_uniform", l2: "0", dropout: "0", seed: "1", count: "100",
};

export const LESSONS = [
  {
    title: "Rings: what a line cannot part (S13)",
    says: "No straight line has one ring on each side, so a network without hidden units stays near one half. Hidden units bend the line " +
      "around the inner ring.",
    page: "lesson-shallow.html",
    settings: {},
  },
  {
    title: "The same rings in polar coordinates (S13)",
    says: "Seen as radius and angle the rings lie beside each other, and one straight line parts them: no hidden unit is needed. Good " +
      "features do the work of layers.",
    page: "lesson-shallow.html",
    settings: { coordinates: "polar", hidden: "", rate: "0.1" },
  },
  {
    title: "Three ReLU units close off the middle (S13)",
    says: "Each unit bends the plane along one line, and three lines can close off the middle. Look at the units: each is flat on one side.",
    page: "lesson-shallow.html",
    settings: { hidden: "3", activation: "relu", rate: "0.03" },
  },
  {
    title: "Sigmoids saturate, ReLU does not (S6)",
    says: "Four layers of sigmoids hand back little gradient, so the first layers learn slowly, and for thousands of steps the spirals stay " +
      "unlearned. Choose relu, and see how much sooner the loss falls.",
    page: "lesson-vanishing.html",
    settings: { points: "spirals", hidden: "8, 8, 8, 8", activation: "sigmoid" },
  },
  {
    title: "A zero start: all units stay equal (S9)",
    says: "With all weights zero every unit of a layer has the same gradient, so they remain copies of each other for ever. Any random " +
      "start breaks the symmetry.",
    page: "lesson-initializers.html",
    settings: { points: "xor", hidden: "8", weights: "zero" },
  },
  {
    title: "Plain descent against Adam (S8)",
    says: "At this rate plain gradient descent creeps along where the slope is small. Adam scales each weight's step by the size of its " +
      "own gradients, and arrives much sooner.",
    page: "lesson-optimizers.html",
    settings: { points: "moons", optimizer: "sgd" },
  },
  {
    title: "Too many units for twenty points (S11)",
    says: "Of 20 points 5 are held out. The network learns the other 15 by heart: their loss falls towards zero, while that of those held " +
      "out, after a short fall, rises far above where it began. Choose a weight decay of 0.1, and it stays low.",
    page: "lesson-regularization.html",
    settings: { points: "moons", hidden: "16, 16", activation: "relu", count: "10", rate: "0.02", seed: "7" },
  },
  {
    title: "The thesis's ten points (S5)",
    says: "Ten points of three coordinates, five of each class, and units 2 and 3 with sigmoids as in netbp; the plane shows the first two " +
      "coordinates, at the mean of the third. The thesis takes a million plain steps of 0.05; these are ten times as long.",
    page: "lesson-netbp.html",
    settings: { points: "netbp", hidden: "2, 3", activation: "sigmoid", optimizer: "sgd", rate: "0.5", batch: "1" },
  },
  {
    title: "Your own points",
    says: "Click to put points of either class, and see what the network makes of them while it learns. A point amid the other class is " +
      "worth trying.",
    page: "lesson-shallow.html",
    settings: { points: "own", hidden: "8, 8" },
  },
];
