using Nabla.Data;
using Nabla.Inspection;

namespace Nabla.Cli;

/// <summary>A small network with random weights and a random batch, to check one kind of layer with one loss.</summary>
/// <param name="Layer">The layer that is checked, “sigmoid”, or “sigmoid at the end”.</param>
/// <param name="Network">All layers of the network.</param>
/// <param name="Loss">The name of the loss.</param>
internal sealed record GradientCase(string Layer, string Network, string Loss)
{
    private const int Inputs = 6, Examples = 5;
    private static readonly Shape images = new(2, 6, 7);
    private static readonly string[] layersOverImages =
        ["conv 4 3 groups 2", "max-pool 2", "average-pool 2", "global-average-pool", "flatten"];
    private static readonly bool[] inTheMiddle = [false], inBothPositions = [false, true];

    /// <summary>One of each kind of layer, as it is written in a list.</summary>
    public static IReadOnlyList<string> Layers { get; } =
    [
        "dense 5", "sigmoid", "tanh", "relu", "leaky-relu 0.1", "elu 0.5", "gelu", "gelu tanh", "silu", "softplus",
        "softmax", "dropout 0.3", "batch-norm", "layer-norm", "residual (dense 7, tanh)", "embedding 9 2",
        .. layersOverImages,
    ];

    /// <summary>
    /// Every layer with every loss. Each activation also as the last layer, unless the loss applies one itself.
    /// </summary>
    public static IEnumerable<GradientCase> All(IEnumerable<string> losses) =>
        from loss in losses
        from layer in Layers
        from atTheEnd in Parse.Loss(loss).TakesLogits || !EndsNetworks(layer) ? inTheMiddle : inBothPositions
        select atTheEnd
            ? new GradientCase($"{layer} at the end", $"dense 7, sigmoid, dense 4, {layer}", loss)
            : new GradientCase(layer, Before(layer) + $"{layer}, dense 4", loss);

    private static string Before(string layer) =>
        Parse.Layers(layer)[0] is Embedding ? "" : layersOverImages.Contains(layer) ? "conv 4 3, " : "dense 7, ";

    /// <summary>Whether the layer is often the last one.</summary>
    public static bool EndsNetworks(string layer) => Parse.Layers(layer)[0] is { SlopeFormula: not null } or Softmax;

    public GradientReport Run(ulong seed)
    {
        var network = new Network(layersOverImages.Contains(Layer) ? images : Inputs, Parse.Layers(Network), seed);
        var random = new RandomGenerator(seed, stream: 0xCA5E);
        foreach (ref var weight in network.Parameters.Values.Values)
            weight += (float)random.NextUniform(-0.2, 0.2);             // so that no bias is 0
        Matrix x = new(Examples, network.Inputs), target = new(Examples, network.Outputs);
        var tokens = (network.Layers[0] as Embedding)?.Weights.Rows;
        foreach (ref var value in x.Values)
            value = tokens is { } count ? random.NextInt(count) : (float)random.NextNormal();
        var loss = Parse.Loss(Loss);
        foreach (ref var value in target.Values)
            value = loss.TakesLogits ? random.NextInt(2) : (float)random.NextNormal();
        if (loss is SoftmaxCrossEntropy)
        {
            target.Values.Clear();
            for (var example = 0; example < Examples; example++)
                target[example, random.NextInt(network.Outputs)] = 1;   // one class
        }
        MoveFromKinks(network.Predict(x), target, loss, random);
        return GradientCheck.Run(network, loss, x, target, perParameter: 40, seed: seed);
    }

    /// <summary>
    /// Draws a target again where it is so close to a kink of the loss that no step would stay on one side of the kink.
    /// </summary>
    private static void MoveFromKinks(Matrix output, Matrix target, Loss loss, RandomGenerator random)
    {
        const float distance = 0.1f;
        for (var i = 0; i < output.Values.Length; i++)
        {
            var value = output.Values[i];
            while (PieceAt(value - distance) != PieceAt(value + distance))
                target.Values[i] = (float)random.NextNormal();
            output.Values[i] = value;

            int PieceAt(float moved)
            {
                output.Values[i] = moved;
                return loss.KinkSignature(output, target);
            }
        }
    }

    /// <summary>Checks the requested network with its initial weights on a batch of digits.</summary>
    public static CheckedCase OnDigits(CheckRequest request)
    {
        const int batch = 4;                            // few, so that some steps do not cross the kink of any neuron
        var digits = SyntheticData.Digits(batch, request.Seed);
        var preset = Preset.Find(request.Network!, digits);
        var network = new Network(digits.Shape, Parse.Layers(preset.Layers), request.Seed);
        var loss = Parse.Loss(request.Loss ?? preset.Loss);
        var report = GradientCheck.Run(network, loss, digits, seed: request.Seed);
        return new(null, network.Description, loss.Description, report);
    }
}
