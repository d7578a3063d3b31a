using System.Globalization;
using Nabla.Data;

namespace Nabla.Benchmarks;

/// <summary>A verb and <c>--name value</c> pairs.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> values = [];

    public Arguments(string[] args)
    {
        Verb = args.Length > 0 ? args[0] : "";
        for (var i = 1; i < args.Length; i += 2)
            values[args[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < args.Length
                ? args[i][2..]
                : throw new ArgumentException($"'{args[i]}' is not a --NAME with a value.")] = args[i + 1];
    }

    public string Verb { get; }

    public string Text(string name, string fallback) => values.GetValueOrDefault(name, fallback);

    public int Whole(string name, int fallback) =>
        values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;

    public double Number(string name, double fallback) =>
        values.TryGetValue(name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : fallback;

    /// <summary>A network from <c>--layers</c>, with initial weights from <c>--seed</c>.</summary>
    public Network MakeNetwork(Shape input)
    {
        const string classic = "dense 16, sigmoid, dense 16, sigmoid, dense 10, sigmoid";
        var network = new Network(input, Nabla.Parse.Layers(Text("layers", classic)));
        network.Initialize((ulong)Whole("seed", 1));
        return network;
    }

    public Loss MakeLoss() => Parse.Loss(Text("loss", "squared-error"));

    public Optimizer MakeOptimizer() => Text("optimizer", "sgd") switch
    {
        "sgd" => new Sgd(Number("learning-rate", 0.1)),
        "adam" => new Adam(Number("learning-rate", 0.001)),
        var other => throw new ArgumentException($"There is no optimizer '{other}' here: sgd or adam."),
    };

    /// <summary>MNIST, from <c>--data</c>, or where the library looks for it.</summary>
    public (Dataset Train, Dataset Test) Mnist() =>
        DataSource.Open("mnist", new() { Folder = values.GetValueOrDefault("data"), Download = false });
}
