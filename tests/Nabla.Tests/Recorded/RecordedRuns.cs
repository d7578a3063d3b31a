namespace Nabla.Tests.Recorded;

/// <summary>
/// The runs that are recorded. Together they have every layer, loss, optimiser, schedule and distortion of images, and
/// all that a training can be told to do; a test says so. What is new goes into a new run: those that are there stay
/// as they are.
/// </summary>
internal static class RecordedRuns
{
    public static IReadOnlyList<RecordedRun> All { get; } =
    [
        // The student's network: rows of pixels, most of them 0. The last batch has 12 examples.
        new("classic", "dense 16, sigmoid, dense 16, sigmoid, dense 10, sigmoid", "squared-error",
            () => new Sgd(4), RecordedData.Digits)
        {
            Options = new() { Epochs = 12, BatchSize = 32, Seed = 1, Schedule = ScheduleList.Parse("cosine 0.1") },
            Validates = true,
            IsWatched = true,
        },

        // A layer so wide that its products are shared out among threads. The average of the weights is saved.
        new("wide", "dense 400, relu, dropout 0.5, dense 10", "softmax-cross-entropy smoothing 0.1",
            () => new AdamW(0.002, 0.05) { Beta1 = 0.85, Beta2 = 0.99, Epsilon = 1e-7 }, RecordedData.Digits)
        {
            Options = new()
            {
                Epochs = 2,
                BatchSize = 64,
                Seed = 2,
                Schedule = Schedule.OneCycle(0.4, 0.1, 0.01),
                AverageDecay = 0.8,
            },
            Validates = true,
        },

        // LeNet's beginning: large windows over images that are mostly 0.
        new("lenet", "conv 6 5 padding 2, relu, max-pool 2, conv 16 5, relu, max-pool 2, flatten, dense 30, relu, " +
            "dense 10", "softmax-cross-entropy", () => new AdamW(), RecordedData.FewDigits)
        {
            Options = new()
            {
                Epochs = 3,
                BatchSize = 16,
                Seed = 3,
                Schedule = ScheduleList.Parse("plateau 0 0.5 1 0.1"),
            },
            Validates = true,
        },

        // Windows of 3 × 3 over 16 channels: Winograd's way, in all directions. Images are augmented.
        new("winograd", "conv 16 3 stride 2 padding 1, batch-norm, relu, conv 18 3 same, batch-norm momentum 0.3, " +
            "relu, conv 16 3 padding 2, silu, max-pool 2, global-average-pool, dense 10", "softmax-cross-entropy",
            () => new Muon(), RecordedData.FewDigits)
        {
            Options = new()
            {
                Epochs = 3,
                BatchSize = 30,
                Seed = 4,
                Schedule = ScheduleList.Parse("warmup 1 then cosine"),
                Augmentation = AugmentationList.Parse("elastic 5 20, rotate 10, scale 0.1, shift 2"),
            },
            KeptAt = (2, 2),
        },

        // All that a convolution and a pool can be told. White paper, and a class that is rare.
        new("convolutions", "conv 6 3 stride 2 padding 1 no-bias, batch-norm epsilon 0.001, leaky-relu 0.2, " +
            "residual (conv 6 3 dilation 2 padding 2 groups 3, elu, conv 6 1), average-pool 3 stride 1 padding 1, " +
            "layer-norm, conv 8 2 groups 2, softplus, max-pool 3 stride 2 padding 1, average-pool 2, flatten, dense 3",
            "softmax-cross-entropy weights 2.5 0.8 0.8",
            () => new RmsProp(0.002) { Momentum = 0.5, Alpha = 0.95 }, RecordedData.Strokes)
        {
            Options = new()
            {
                Epochs = 3,
                BatchSize = 20,
                Seed = 5,
                Schedule = ScheduleList.Parse("exponential 0.8"),
                Augmentation = AugmentationList.Parse("shear 8, cutout 3, background 255"),
                Clipping = ClipText.Parse("norm 0.5"),
            },
            Validates = true,
        },

        // Tokens, with a layer inside a layer inside a layer, and random numbers in three places.
        new("tokens", "embedding 20 5, residual (layer-norm epsilon 0.001, gelu tanh, residual (tanh, dropout 0.1)), " +
            "conv 4 5, flatten, dropout 0.25, dense 12, batch-norm, gelu, dropout 0.1, dense 3",
            "softmax-cross-entropy smoothing 0.05 weights 1 0.5 1.5",
            () => new Adam(0.01), RecordedData.Tokens)
        {
            Options = new()
            {
                Epochs = 5,
                BatchSize = 16,
                Seed = 6,
                Schedule = Schedule.Plateau(patience: 0),
                Clipping = GradientClipping.ByNorm(1),
            },
            Validates = true,
            KeptAt = (3, 4),
        },

        // Every activation, one after the other.
        new("activations", "dense 20, sigmoid, dense 19, tanh, dense 18, relu, dense 17, leaky-relu, dense 16, " +
            "elu 0.5, dense 15, gelu, dense 14, gelu tanh, dense 13, silu, dense 12, softplus, dense 2",
            "sigmoid-cross-entropy positive-weight 3",
            () => new Sgd(0.05) { Momentum = 0.9, Nesterov = true }, RecordedData.Moons)
        {
            Options = new() { Epochs = 4, BatchSize = 25, Seed = 7, Schedule = ScheduleList.Parse("step 1 0.7") },
            IsWatched = true,
        },

        // Numbers to predict; the training loss is watched, and the last weights are kept.
        new("regression", "batch-norm, dense 24, elu, residual (dense 24, batch-norm, silu), dense 1", "huber 0.5",
            () => new RmsProp(0.005) { WeightDecay = 0.001, Epsilon = 1e-6 }, RecordedData.Friedman)
        {
            Options = new()
            {
                Epochs = 6,
                BatchSize = 32,
                Seed = 8,
                Schedule = ScheduleList.Parse("linear 0.1 for 50% then constant"),
                Clipping = GradientClipping.ByValue(0.05),
                EarlyStopping = new()
                {
                    Metric = EarlyStoppingMetric.TrainLoss,
                    Patience = 2,
                    MinimalImprovement = 0.5,
                    RestoresBest = false,
                },
            },
        },

        // Ended early, with the best weights put back; these are averages.
        new("early", "dense 40, relu, dense 20, tanh, dropout 0.1, dense 2", "sigmoid-cross-entropy",
            () => new Adam(0.03) { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6 }, RecordedData.Spirals)
        {
            Options = new()
            {
                Epochs = 60,
                BatchSize = 16,
                Seed = 9,
                AverageDecay = 0.7,
                EarlyStopping = new() { Metric = EarlyStoppingMetric.ValidationAccuracy, Patience = 8 },
            },
            Validates = true,
            IsWatched = true,
            KeptAt = (6, 0),
        },

        // Probabilities that come from the last layer, not from the loss.
        new("softmax", "dense 9, tanh, dense 3, softmax", "squared-error",
            () => new Sgd(0.3) { Momentum = 0.8, WeightDecay = 0.001 }, RecordedData.Clouds)
        {
            Options = new() { Epochs = 4, BatchSize = 24, Seed = 10, Schedule = Schedule.Linear() },
            Validates = true,
        },

        // A loss with a kink, weights that decay, the validation's loss watched.
        new("absolute", "layer-norm, dense 16, softplus, dense 2", "absolute-error",
            () => new Sgd(0.05) { WeightDecay = 0.01 }, RecordedData.Products)
        {
            Options = new()
            {
                Epochs = 5,
                BatchSize = 50,
                Seed = 11,
                Schedule = Schedule.Custom("custom", done => 1 - 0.9 * done * done),
                EarlyStopping = new() { Patience = 2 },
            },
            Validates = true,
        },

        // Muon on a wide layer, few of whose inputs are 0: its products are packed, and shared out among threads.
        new("muon", "dense 130, batch-norm, relu, dropout, residual (layer-norm, dense 130, gelu), dense 5",
            "softmax-cross-entropy",
            () => new Muon(0.01, 0.02) { Momentum = 0.9, Beta1 = 0.8, Beta2 = 0.98 }, RecordedData.WideClouds)
        {
            Options = new() { Epochs = 2, BatchSize = 64, Seed = 12, Schedule = Schedule.Constant, AverageDecay = 0.9 },
            Validates = true,
        },
    ];
}
