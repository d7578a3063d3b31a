using Nabla.Data;

namespace Nabla.Cli;

/// <summary>A network with the recipe that trains it well.</summary>
/// <param name="Name">The name of the preset, or “custom”.</param>
/// <param name="Layers">The layers as text, with “{outputs}” for the number of outputs that the data needs.</param>
internal sealed record Preset(string Name, string Layers)
{
    /// <summary>
    /// The network of the student's project, with 13,002 parameters on digits. Its learning rate falls; the original's
    /// was constant.
    /// </summary>
    public static Preset Classic { get; } = new(
        "classic", "dense 16, sigmoid, dense 16, sigmoid, dense {outputs}, sigmoid")
    {
        Loss = "squared-error",
        Optimizer = "sgd",
        LearningRate = 2,
        BatchSize = 32,
        Epochs = 30,
    };

    private static readonly Preset mlp = new("mlp", "dense 128, relu, dense {outputs}")
    {
        Loss = "softmax-cross-entropy",
        Optimizer = "adamw",
        LearningRate = 0.002,
        BatchSize = 64,
        Epochs = 30,
        WeightDecay = 0.1,
    };

    /// <summary>
    /// LeNet-5 as it is built today, with ReLU and max pooling (LeCun, Bottou, Bengio and Haffner, 1998, section II).
    /// </summary>
    private static readonly Preset lenet = new(
        "lenet",
        "conv 6 5 padding 2, relu, max-pool 2, conv 16 5, relu, max-pool 2, flatten, " +
        "dense 120, relu, dense 84, relu, dense {outputs}")
    {
        LearningRate = 0.002,
        Epochs = 15,
    };

    /// <summary>
    /// The size that reached 98.4 % in Simard, Steinkraus and Platt (2003), and 99.3 % with elastic distortions. With
    /// these, dropout is not needed: --network "dense 800, relu, dense 10" --augment elastic.
    /// </summary>
    private static readonly Preset mlp800 = new("mlp800", "dense 800, relu, dropout 0.5, dense {outputs}")
    {
        BatchSize = 128,
        Epochs = 30,
        WeightDecay = 0.05,
    };

    private static readonly Preset cnn = new(
        "cnn",
        "conv 24 3 same, batch-norm, relu, conv 24 3 same, batch-norm, relu, max-pool 2, " +
        "conv 48 3 same, batch-norm, relu, conv 48 3 same, batch-norm, relu, max-pool 2, " +
        "conv 96 3 same, batch-norm, relu, flatten, dropout 0.3, dense 128, batch-norm, relu, dropout 0.3, dense " +
        "{outputs}")
    {
        LearningRate = 0.003,
        BatchSize = 128,
        Epochs = 22,
        WeightDecay = 0.05,
        Schedule = "warmup 1 then cosine",
        Augment = "elastic 5 20, rotate 10, scale 0.1, shift 2",
    };

    private static readonly Preset[] all = [Classic, mlp, mlp800, lenet, cnn];

    public static string Default => Classic.Name;

    public static IReadOnlyList<string> Names { get; } = [.. all.Select(preset => preset.Name)];

    public string Loss { get; init; } = "softmax-cross-entropy";

    public string Optimizer { get; init; } = "adamw";

    public double LearningRate { get; init; } = 0.001;

    public double Momentum { get; init; }

    public double WeightDecay { get; init; } = 0.01;

    public int BatchSize { get; init; } = 64;

    public int Epochs { get; init; } = 10;

    public string Schedule { get; init; } = "cosine";

    public string? Augment { get; init; }

    /// <summary>Finds the preset of that name, or makes a recipe for a list of layers.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static Preset Find(string network, Dataset data)
    {
        var known = all.FirstOrDefault(
            preset => preset.Name.Equals(network.Trim(), StringComparison.OrdinalIgnoreCase));
        if (known is not null)
            return known with { Layers = known.Layers.Replace("{outputs}", data.Outputs.ToString()) };
        Layer[] layers;
        try
        {
            layers = Parse.Layers(network);
        }
        catch (FormatException e) when (!network.Contains(' '))
        {
            var guess = Spelling.Nearest(network, Names);
            throw new FormatException(
                $"There is no network '{network}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}" +
                $"Known are: {string.Join(", ", Names)}; or list layers, as in \"dense 128, relu, dense 10\"." +
                $"{(network.Contains(',') ? $" ({e.Message})" : "")}");
        }
        catch (FormatException e) when (WithCommas(network) is { } meant)
        {
            throw new FormatException($"{e.Message} Are the commas missing? \"{meant}\"");
        }
        var custom = new Preset("custom", network);
        return layers[^1] is Softmax or Sigmoid || !data.HasClasses
            ? custom with { Loss = new SquaredError().Name }
            : custom;
    }

    /// <summary>The list of layers with the missing commas; null if none is missing.</summary>
    private static string? WithCommas(string network)
    {
        var missing = false;
        var items = network.Split(',').Select(item => string.Concat(
            item.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select((word, i) =>
            {
                var starts = i > 0 && Parse.LayerNames.Contains(word, StringComparer.OrdinalIgnoreCase);
                missing |= starts;
                return (i == 0 ? "" : starts ? ", " : " ") + word;
            })));
        var text = string.Join(", ", items);
        return missing ? text : null;
    }
}
