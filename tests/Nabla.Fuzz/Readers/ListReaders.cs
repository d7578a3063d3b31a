using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Nabla.Fuzz.Readers;

/// <summary>Text that a user types.</summary>
internal abstract class TextReader(string name) : FuzzedReader(name)
{
    public override bool IsTyped => true;

    public override byte[] Mutate(byte[] input, RandomGenerator random) => TextMutation.Of(input, random, Words);

    public override void Read(byte[] input) => Read(Encoding.UTF8.GetString(input));

    protected abstract IReadOnlyList<string> Words { get; }

    protected abstract void Read(string text);
}

/// <summary>Lists of layers: “dense 16, sigmoid, dense 10”.</summary>
internal sealed partial class LayersReader() : TextReader("layers")
{
    // The product of all numbers in the text, where a network is made
    private const double MostNumbers = 1 << 10;

    private static readonly string[] examples =
        ["dense 16, sigmoid, dense 10", "dense 3, leaky-relu 0.1, tanh, relu, dense 2, softmax"];

    public override IReadOnlyList<byte[]> Valid { get; } = [.. examples.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The message about each layer may quote the text.</summary>
    public override long MemoryFor(byte[] input) => base.MemoryFor(input) + 1000L * input.Length + (16L << 20);

    public override bool Refuses(Exception e) => e is FormatException or ArgumentException;

    protected override IReadOnlyList<string> Words { get; } = Parse.LayerNames;

    protected override void Read(string text)
    {
        var layers = Parse.Layers(text);
        var written = string.Join(", ", layers.Select(layer => layer.Description));
        Promise(
            written == string.Join(", ", Parse.Layers(written).Select(layer => layer.Description)),
            "the layers, written and read again, differ");
        if (ProductOfNumbers(written) <= MostNumbers)   // which limits the sizes of all layers, and so the memory
            Promise(
                new Network(new Shape(1, 8, 8), layers).Predict(new Matrix(2, 64)).Rows == 2,
                "the network does not predict");
    }

    private static double ProductOfNumbers(string text) => Numbers().Matches(text)
        .Select(number => double.Parse(number.Value, CultureInfo.InvariantCulture))
        .Aggregate(1.0, (product, number) => product * Math.Max(1, number));

    [GeneratedRegex("[0-9][0-9.eE+-]*")]
    private static partial Regex Numbers();
}

/// <summary>Losses: “huber 0.5”.</summary>
internal sealed class LossReader() : TextReader("loss")
{
    public override IReadOnlyList<byte[]> Valid { get; } =
    [
        .. Parse.LossNames.Select(Encoding.UTF8.GetBytes),
        "huber 0.5"u8.ToArray(),
        "softmax-cross-entropy smoothing 0.1 weights 1 2 1"u8.ToArray(),
        "sigmoid-cross-entropy positive-weight 3"u8.ToArray(),
    ];

    public override bool Refuses(Exception e) => e is FormatException;

    protected override IReadOnlyList<string> Words { get; } =
        [.. Parse.LossNames, "smoothing", "weights", "positive-weight"];

    protected override void Read(string text)
    {
        var loss = Parse.Loss(text);
        var name = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0];
        Promise(loss.Name.Equals(name, StringComparison.OrdinalIgnoreCase), "it is another loss");
        Promise(
            Parse.Loss(loss.Description).Description == loss.Description,
            "its description is that of another loss");
    }
}
