using System.Text;

namespace Nabla.Fuzz.Readers;

/// <summary>Texts that a user types.</summary>
internal abstract class TextReader(string name) : FuzzedReader(name)
{
    public override bool IsTyped => true;

    public override byte[] Mutate(byte[] input, RandomGenerator random) => TextMutation.Of(input, random, Words);

    public override void Read(byte[] input) => Read(Encoding.UTF8.GetString(input));

    protected abstract IReadOnlyList<string> Words { get; }

    protected abstract void Read(string text);
}

/// <summary>Lists of layers: “dense 16, sigmoid, dense 10”.</summary>
internal sealed class LayersReader() : TextReader("layers")
{
    private const long MostNumbers = 1 << 16;           // in a network that is made

    public override IReadOnlyList<byte[]> Valid { get; } = [.. ((string[])["dense 16, sigmoid, dense 10", "dense 3, leaky-relu 0.1, tanh, relu, dense 2, softmax"]).Select(Encoding.UTF8.GetBytes)];

    /// <summary>A layer may name its text in its message, once for each that is wrong.</summary>
    public override long MemoryFor(byte[] input) => base.MemoryFor(input) + 1000L * input.Length + (16L << 20);

    public override bool Refuses(Exception e) => e is FormatException or ArgumentException;

    protected override IReadOnlyList<string> Words { get; } = LayerList.Names;

    protected override void Read(string text)
    {
        var layers = LayerList.Parse(text);
        var written = string.Join(", ", layers.Select(layer => layer.Description));
        Promise(written == string.Join(", ", LayerList.Parse(written).Select(layer => layer.Description)), "the layers, written and read again, are others");
        var sequence = new LayerSequence(new Shape(1, 8, 8), layers);      // nothing is allocated yet
        if (LayerSequence.Named(sequence.Layers).Sum(named => named.Parameter.Dimensions.Aggregate(1L, (product, size) => product * size)) < MostNumbers && layers.All(layer => layer.OutputShape.Size < MostNumbers))
            Promise(new Network(new Shape(1, 8, 8), LayerList.Parse(text)).Predict(new Matrix(2, 64)).Rows == 2, "the network does not predict");
    }
}

/// <summary>Losses as text.</summary>
internal sealed class LossReader() : TextReader("loss")
{
    public override IReadOnlyList<byte[]> Valid { get; } =
        [.. LossList.Names.Concat(["huber 0.5", "softmax-cross-entropy smoothing 0.1 weights 1 2 1", "sigmoid-cross-entropy positive-weight 3"]).Select(Encoding.UTF8.GetBytes)];

    public override bool Refuses(Exception e) => e is FormatException;

    protected override IReadOnlyList<string> Words { get; } = [.. LossList.Names, "smoothing", "weights", "positive-weight"];

    protected override void Read(string text)
    {
        var loss = LossList.Parse(text);
        Promise(loss.Name.Equals(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0], StringComparison.OrdinalIgnoreCase), "another loss than the one that is named");
        Promise(LossList.Parse(loss.Description).Description == loss.Description, "a description that means another loss");
    }
}
