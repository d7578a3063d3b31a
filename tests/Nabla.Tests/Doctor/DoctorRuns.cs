namespace Nabla.Tests.Doctors;

/// <summary>The trainings that the doctor is judged by: some broken in various ways, some healthy.</summary>
internal static class DoctorRuns
{
    private const string Classic = "dense 16, sigmoid, dense 16, sigmoid, dense 10, sigmoid";
    private const string Relus = "dense 64, relu, dense 10";
    private const string SquaredError = "squared-error";
    private const string Softmax = "softmax-cross-entropy";
    private const string Sigmoids = "sigmoid-cross-entropy";

    /// <summary>Broken on purpose, each in one way.</summary>
    public static DoctorRun[] Broken { get; } =
    [
        new("pixels from 0 to 255", "NB101", Classic, SquaredError)
        {
            Data = DoctorData.UnscaledDigits,
            Optimizer = () => new Sgd(1),
        },
        new("a learning rate far too large", "NB201", Relus, SquaredError)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(100),
        },
        new("a learning rate far too small", "NB207", Relus, Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(1e-6),
        },
        new("initial weights from 0 to 1", "NB202", "dense 32, sigmoid, dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(0.1),
            Prepare = PositiveWeights,
        },
        new("biases of −20 under ReLUs", "NB204", Relus, Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(0.1),
            Prepare = (network, _) => ((Dense)network.Layers[0]).Bias.Value.Values.Fill(-20),
        },
        new("labels shuffled, memorised", "NB302", "dense 128, relu, dense 10", Softmax)
        {
            Data = DoctorData.ShuffledLabels,
            Optimizer = () => new Adam(0.003),
            Epochs = 7,
            BatchSize = 8,
        },
        new("initial weights far too large", "NB203", "dense 32, sigmoid, dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(0.1),
            Prepare = Normal(5),
        },
        new("ten layers of sigmoids", "NB205", Repeated("dense 20, sigmoid, ", 10) + "dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(0.1),
        },
        new("no example of the class 7", "NB103", Relus, Softmax)
        {
            Data = DoctorData.WithoutSevens,
            Optimizer = () => new Adam(0.003),
        },
        new("a large network for 40 noisy points", "NB303", "dense 128, relu, dense 2", Softmax)
        {
            Data = DoctorData.FewAndNoisy,
            Optimizer = () => new Adam(0.01),
            Epochs = 120,
            BatchSize = 8,
        },
        new("a column that is always 5", "NB102", "dense 16, tanh, dense 4", Softmax)
        {
            Data = DoctorData.ConstantColumn,
            Optimizer = () => new Sgd(0.1),
        },
        new("labels that count from 1", "NB103", "dense 64, relu, dense 11", Softmax)
        {
            Data = DoctorData.LabelsFromOne,
            Optimizer = () => new Adam(0.003),
        },
        new("examples of one class only", "NB104", Relus, Softmax)
        {
            Data = DoctorData.OnlySevens,
            Optimizer = () => new Adam(0.003),
        },
        new("a sigmoid for targets up to 10", "NB105", "dense 16, tanh, dense 1, sigmoid", SquaredError)
        {
            Data = DoctorData.HighSine,
            Optimizer = () => new Adam(0.01),
        },
        new("a step that kills all ReLUs", "NB204", "dense 64, relu, dense 64, relu, dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(2),
        },
        new("Adam with η = 1", "NB206", "dense 16, tanh, dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Adam(1),
        },
        new("ten layers of sigmoids, longer", "NB301", Repeated("dense 20, sigmoid, ", 10) + "dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(0.1),
            Epochs = 7,
            BatchSize = 8,
        },
        new("a class that is never predicted", "NB305", Relus, Softmax)
        {
            Data = DoctorData.WithoutSevens,
            Optimizer = () => new Adam(0.003),
            Epochs = 9,
            BatchSize = 8,
        },
        new("labels shuffled, too many to memorise", "NB302", "dense 8, tanh, dense 10", Softmax)
        {
            Data = DoctorData.ShuffledLabels,
            Optimizer = () => new Sgd(0.05),
            Epochs = 7,
            BatchSize = 8,
        },
        new("validation examples that are not scaled", "NB304", Relus, Softmax)
        {
            Data = DoctorData.ValidationUnscaled,
            Optimizer = () => new Adam(0.003),
            Epochs = 8,
            BatchSize = 8,
        },
    ];

    /// <summary>Nothing is wrong with these.</summary>
    public static DoctorRun[] Healthy { get; } =
    [
        new("the classic network", null, Classic, SquaredError)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(2),
            Epochs = 50,
            Schedule = Schedule.Cosine,
        },
        new("ReLUs, AdamW", null, "dense 128, relu, dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new AdamW(0.002, 0.1),
            Epochs = 8,
            Schedule = Schedule.Cosine,
        },
        new("ReLUs, plain descent", null, Relus, Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(0.1),
            Epochs = 6,
        },
        new("five layers of ReLUs", null, Repeated("dense 48, relu, ", 5) + "dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Adam(0.001),
            Epochs = 6,
        },
        new("tanh, momentum", null, "dense 32, tanh, dense 32, tanh, dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(0.02) { Momentum = 0.9 },
            Epochs = 6,
        },
        new("leaky ReLUs, Adam", null, "dense 64, leaky-relu, dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Adam(),
            Epochs = 6,
        },
        new("sigmoids and their cross-entropy", null, "dense 32, sigmoid, dense 10", Sigmoids)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Adam(0.005),
            Epochs = 8,
        },
        new("no hidden layer", null, "dense 10", Softmax)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Sgd(0.1),
            Epochs = 6,
        },
        new("a regression", null, "dense 32, tanh, dense 1", SquaredError)
        {
            Data = DoctorData.Sine,
            Optimizer = () => new Adam(0.01),
            Epochs = 40,
        },
        new("exclusive or, four examples", null, "dense 8, tanh, dense 1", Sigmoids)
        {
            Data = DoctorData.Xor,
            Optimizer = () => new Adam(0.05),
            Epochs = 500,
            BatchSize = 4,
        },
        new("small data, Nesterov", null, "dense 16, relu, dense 4", Softmax)
        {
            Data = DoctorData.Clouds,
            Optimizer = () => new Sgd(0.05) { Momentum = 0.9, Nesterov = true },
            Epochs = 15,
            BatchSize = 16,
        },
        new("a softmax with squared error", null, "dense 32, relu, dense 10, softmax", SquaredError)
        {
            Data = DoctorData.SomeDigits,
            Optimizer = () => new Adam(0.003),
            Epochs = 6,
        },
    ];

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static void PositiveWeights(Network network, ulong seed)
    {
        var random = new RandomGenerator(seed, stream: 0x50);
        foreach (var parameter in WeightsOf(network))
            foreach (ref var weight in parameter.Value.Values)
                weight = (float)random.NextUniform(0, 1);
    }

    private static Action<Network, ulong> Normal(double deviation) => (network, seed) =>
    {
        foreach (var parameter in WeightsOf(network))
            Initializer.Normal(deviation).Fill(parameter.Value, 1, 1, new RandomGenerator(seed, stream: 0x51));
    };

    private static IEnumerable<Parameter> WeightsOf(Network network) =>
        network.Layers.SelectMany(layer => layer.Parameters).Where(parameter => !parameter.IsVector);
}
