using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Tests.Golden;

/// <summary>
/// What PyTorch computes in float64, read from the files that <c>tests/golden/make_golden.py</c> and the scripts beside
/// it wrote.
/// </summary>
/// <remarks>
/// The headers of the scripts state every convention: means and sums of the losses, formulas of the optimisers.
/// </remarks>
public static class GoldenFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNameCaseInsensitive = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly Lazy<GoldenNetwork[]> LazyNetworks = new(() =>
        [.. Read<GoldenNetwork>("networks.json"), .. Read<GoldenNetwork>("loss-networks.json")]);

    private static readonly Lazy<GoldenLayer[]> LazyLayers = new(() => Read<GoldenLayer>("layers.json"));

    private static readonly Lazy<GoldenLoss[]> LazyLosses = new(() =>
        [.. Read<GoldenLoss>("losses.json"), .. Read<GoldenLoss>("loss-settings.json")]);

    /// <summary>Small networks: the first pass in full, then the costs and the parameters of 20 steps.</summary>
    public static IReadOnlyList<GoldenNetwork> Networks => LazyNetworks.Value;

    /// <summary>Each layer alone, forward and backward.</summary>
    public static IReadOnlyList<GoldenLayer> Layers => LazyLayers.Value;

    /// <summary>Each loss alone, value and gradient, also at logits of ±1000.</summary>
    public static IReadOnlyList<GoldenLoss> Losses => LazyLosses.Value;

    /// <summary>‖ours − theirs‖₂ / ‖theirs‖₂. If theirs is all zero: 0 if ours is too, otherwise +∞.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double RelativeError(ReadOnlySpan<float> ours, ReadOnlySpan<double> theirs)
    {
        if (ours.Length != theirs.Length)
            throw new ArgumentException($"We have {ours.Length} values, PyTorch has {theirs.Length}.", nameof(ours));
        double difference = 0, size = 0;
        for (var i = 0; i < ours.Length; i++)
        {
            difference += (ours[i] - theirs[i]) * (ours[i] - theirs[i]);
            size += theirs[i] * theirs[i];
        }
        return difference == 0 ? 0 : Math.Sqrt(difference / size);
    }

    /// <summary>The same for one value, such as a cost.</summary>
    public static double RelativeError(double ours, double theirs) =>
        ours == theirs ? 0 : Math.Abs((ours - theirs) / theirs);

    /// <summary>The cases of one file.</summary>
    internal static TCase[] Read<TCase>(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "golden", name);
        if (!File.Exists(path))
            throw new FileNotFoundException(
                $"{path} is missing: the test project copies it from tests/golden, where make_golden.py writes it.",
                path);
        using var stream = File.OpenRead(path);
        return JsonSerializer.Deserialize<Content<TCase>>(stream, Options)!.Cases;
    }

    private sealed record Content<TCase>
    {
        public required string Torch { get; init; }
        public required string Numpy { get; init; }
        public required TCase[] Cases { get; init; }
    }
}

/// <summary>
/// Values, row by row. A parameter has PyTorch's name, such as "0.weight", where every layer is counted.
/// </summary>
public sealed record GoldenTensor
{
    public string Name { get; init; } = "";
    public required int[] Shape { get; init; }
    public required double[] Values { get; init; }

    /// <summary>A vector, such as a bias, is one row.</summary>
    public int Rows => Shape.Length == 1 ? 1 : Shape[0];

    public int Columns => Shape[^1];

    /// <summary>Exact for everything that both sides start from: inputs, initial parameters, targets, dY.</summary>
    public float[] ToFloats() => [.. Values.Select(v => (float)v)];

    /// <summary>The given rows, one after the other.</summary>
    public float[] ToFloats(int[] rows) =>
        [.. rows.SelectMany(row => Values.AsSpan(row * Columns, Columns).ToArray()).Select(v => (float)v)];

    public override string ToString() => $"{Name} ({string.Join(", ", Shape)})";
}

/// <summary>"sgd", "adam" or "adamw". Unused settings are 0. Only weights decay, not biases.</summary>
public sealed record GoldenOptimizer
{
    public required string Name { get; init; }
    public required double LearningRate { get; init; }
    public double Momentum { get; init; }
    public bool Nesterov { get; init; }
    public double Beta1 { get; init; }
    public double Beta2 { get; init; }
    public double Epsilon { get; init; }
    public required double WeightDecay { get; init; }
}

/// <summary>One network trained for <see cref="Steps"/> steps.</summary>
public sealed record GoldenNetwork
{
    public required string Name { get; init; }
    public required int Inputs { get; init; }
    public required int Outputs { get; init; }

    /// <summary>In the command's grammar: "dense 8, sigmoid, dense 5". A leaky ReLU has slope 0.01.</summary>
    public required string Layers { get; init; }

    /// <summary>In the command's grammar: "squared-error", "huber 0.5".</summary>
    public required string Loss { get; init; }

    public required GoldenOptimizer Optimizer { get; init; }
    public required int BatchSize { get; init; }
    public required int Steps { get; init; }

    /// <summary>The pool of examples that the batches are taken from.</summary>
    public required GoldenTensor X { get; init; }

    /// <summary>One row for each example; one-hot if there are <see cref="Classes"/>.</summary>
    public required GoldenTensor Targets { get; init; }

    /// <summary>Only for the softmax cross-entropy.</summary>
    public required int[]? Classes { get; init; }

    public required GoldenTensor[] InitialParameters { get; init; }
    public required GoldenTensor FirstOutput { get; init; }
    public required double FirstLoss { get; init; }
    public required GoldenTensor[] FirstGradients { get; init; }

    /// <summary>∂C/∂X of the first batch.</summary>
    public required GoldenTensor FirstDX { get; init; }

    /// <summary>The cost of each step's batch, before that step's update.</summary>
    public required double[] Losses { get; init; }

    public required GoldenTensor[] FinalParameters { get; init; }

    /// <summary>
    /// The smallest distance of any ReLU's input from its kink, over all steps. Smaller rounding errors cannot change a
    /// branch.
    /// </summary>
    public required double? DistanceToKink { get; init; }

    /// <summary>The examples of a step: the pool in order, wrapping around at its end, even within a batch.</summary>
    public int[] BatchRows(int step) =>
        [.. Enumerable.Range(step * BatchSize, BatchSize).Select(i => i % X.Rows)];

    public override string ToString() => Name;
}

/// <summary>One layer alone: Y from X; dX and the parameters' gradients from dY.</summary>
public sealed record GoldenLayer
{
    public required string Name { get; init; }

    /// <summary>"sigmoid", "dense 4" and so on.</summary>
    public required string Layer { get; init; }

    public required GoldenTensor X { get; init; }

    /// <summary>"weight" and "bias" for a dense layer, otherwise none.</summary>
    public required GoldenTensor[] Parameters { get; init; }

    public required GoldenTensor Y { get; init; }
    public required GoldenTensor DY { get; init; }
    public required GoldenTensor DX { get; init; }

    /// <summary>In the order of <see cref="Parameters"/>.</summary>
    public required GoldenTensor[] Gradients { get; init; }

    public override string ToString() => Name;
}

/// <summary>One loss alone. X holds activations for the squared error, otherwise logits.</summary>
public sealed record GoldenLoss
{
    public required string Name { get; init; }
    public required string Loss { get; init; }
    public required GoldenTensor X { get; init; }
    public required GoldenTensor Targets { get; init; }

    /// <summary>Only for the softmax cross-entropy.</summary>
    public required int[]? Classes { get; init; }

    public required double Value { get; init; }
    public required GoldenTensor DX { get; init; }

    public override string ToString() => Name;
}
