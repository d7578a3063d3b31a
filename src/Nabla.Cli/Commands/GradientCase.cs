using Nabla.Data;
using Nabla.Inspection;

namespace Nabla.Cli;

/// <summary>A small network with random weights, and a random batch, to check one kind of layer with one loss.</summary>
/// <param name="Layer">The layer that is looked at, “sigmoid”, or “sigmoid at the end”.</param>
/// <param name="Network">All layers of the network.</param>
/// <param name="Loss">The name of the loss.</param>
internal sealed record GradientCase(string Layer, string Network, string Loss)
{
    private const int Inputs = 6, Examples = 5;
    private static readonly Shape images = new(2, 6, 7);
    private static readonly string[] layersOverImages = ["conv 4 3 groups 2", "max-pool 2", "average-pool 2", "global-average-pool", "flatten"];
    private static readonly bool[] inTheMiddle = [false], inBothPlaces = [false, true];

    /// <summary>One of each kind of layer, as it is written in a list.</summary>
    public static IReadOnlyList<string> Layers { get; } =
    [
        "dense 5", "sigmoid", "tanh", "relu", "leaky-relu 0.1", "elu 0.5", "gelu", "gelu tanh", "silu", "softplus", "softmax",
        "dropout 0.3", "batch-norm", "layer-norm", "residual (dense 7, tanh)", "embedding 9 2", .. layersOverImages,
    ];

    /// <summary>Every layer with every loss; and where the loss does not do it itself, an activation also as the last layer.</summary>
    public static IEnumerable<GradientCase> All(IEnumerable<string> losses) =>
        from loss in losses
        from layer in Layers
        from atTheEnd in LossList.Parse(loss).TakesLogits || !EndsNetworks(layer) ? inTheMiddle : inBothPlaces
        select atTheEnd
            ? new GradientCase($"{layer} at the end", $"dense 7, sigmoid, dense 4, {layer}", loss)
            : new GradientCase(layer, Before(layer) + $"{layer}, dense 4", loss);

    private static string Before(string layer) => LayerList.Parse(layer)[0] is Embedding ? "" : layersOverImages.Contains(layer) ? "conv 4 3, " : "dense 7, ";

    /// <summary>Whether the layer is often the last one.</summary>
    public static bool EndsNetworks(string layer) => LayerList.Parse(layer)[0] is Activation or Softmax;

    public GradientReport Run(ulong seed)
    {
        var network = new Network(layersOverImages.Contains(Layer) ? images : Inputs, LayerList.Parse(Network));
        network.Initialize(seed);
        var random = new RandomGenerator(seed, stream: 0xCA5E);
        foreach (ref var weight in network.Parameters.Values.Values)
            weight += (float)random.NextUniform(-0.2, 0.2);             // no bias is 0
        Matrix x = new(Examples, network.Inputs), target = new(Examples, network.Outputs);
        foreach (ref var value in x.Values)
            value = network.Layers[0] is Embedding embedding ? random.NextInt(embedding.Weights.Rows) : (float)random.NextNormal();
        var loss = LossList.Parse(Loss);
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

    /// <summary>Draws again each target that is so near to a kink of the loss that no step would stay on one side of it.</summary>
    private static void MoveFromKinks(Matrix output, Matrix target, Loss loss, RandomGenerator random)
    {
        const float scratch = 0.1f;
        for (var i = 0; i < output.Values.Length; i++)
        {
            var value = output.Values[i];
            while (PieceAt(value - scratch) != PieceAt(value + scratch))
                target.Values[i] = (float)random.NextNormal();
            output.Values[i] = value;

            int PieceAt(float moved)
            {
                output.Values[i] = moved;
                return loss.KinkSignature(output, target);
            }
        }
    }

    /// <summary>Checks the network that is asked for, with weights as a training would begin with, on a batch of digits.</summary>
    public static CheckedCase OnDigits(CheckRequest request)
    {
        const int batch = 4;          // few, so that not every step crosses the kink of some neuron
        var digits = Digits.Generate(batch, request.Seed);
        var preset = Preset.Find(request.Network!, digits);
        var network = new Network(digits.Shape, LayerList.Parse(preset.Layers));
        network.Initialize(request.Seed);
        var loss = LossList.Parse(request.Loss ?? preset.Loss);
        Compatibility.Check(network, loss, digits);
        Matrix x = new(batch, digits.Inputs), target = new(batch, digits.Outputs);
        digits.CopyTo([.. Enumerable.Range(0, batch)], x, target);
        return new(null, network.Description, loss.Description, GradientCheck.Run(network, loss, x, target, seed: request.Seed));
    }
}
