using System.Globalization;
using Nabla.Text;

namespace Nabla.Layers;

/// <summary>Layers as text, as the command and the model files have them: “dense 16, sigmoid, dense 10”.</summary>
public static class LayerList
{
    private static readonly (string Name, Maker Make)[] makers =
    [
        ("dense", (words, where) => new Dense(Size(words, where))),
        ("sigmoid", (words, where) => Alone(words, where, new Sigmoid())),
        ("tanh", (words, where) => Alone(words, where, new Tanh())),
        ("relu", (words, where) => Alone(words, where, new Relu())),
        ("leaky-relu", (words, where) => words.Length == 1 ? new LeakyRelu() : new LeakyRelu(Slope(words, where))),
        ("softmax", (words, where) => Alone(words, where, new Softmax())),
        ("conv", LayerWords.Conv2D),
        ("max-pool", LayerWords.MaxPool2D),
        ("average-pool", LayerWords.AveragePool2D),
        ("global-average-pool", (words, where) => Alone(words, where, new GlobalAveragePool2D())),
        ("flatten", (words, where) => Alone(words, where, new Flatten())),
    ];

    /// <summary>Makes a layer of its name and what follows it; <paramref name="where"/> begins the message of an error.</summary>
    private delegate Layer Maker(string[] words, string where);

    /// <summary>The names of all layers.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. makers.Select(maker => maker.Name)];

    /// <summary>Makes the layers that <paramref name="text"/> lists. They fit themselves to what enters them, once they are put into a <see cref="Network"/>.</summary>
    /// <exception cref="FormatException">The text does not say what layers there are; the message says where.</exception>
    public static Layer[] Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var layers = new List<Layer>();
        foreach (var item in text.Split(','))
        {
            var number = layers.Count + 1;
            var words = item.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                throw new FormatException($"Layer {number} of '{text}' is empty. Write a list such as \"dense 16, sigmoid, dense 10\".");
            layers.Add(Make(words, $"Layer {number} of '{text}'"));
        }
        return [.. layers];
    }

    private static Layer Make(string[] words, string where)
    {
        foreach (var (name, make) in makers)
            if (name.Equals(words[0], StringComparison.OrdinalIgnoreCase))
                return make(words, where);
        var guess = Spelling.Nearest(words[0], Names);
        throw new FormatException(
            $"{where}: there is no layer '{words[0]}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}Known are: {string.Join(", ", Names)}.");
    }

    private static Layer Alone(string[] words, string where, Layer layer) => words.Length == 1
        ? layer
        : throw new FormatException($"{where}: '{words[0]}' takes no number, but '{string.Join(' ', words[1..])}' follows it.");

    private static int Size(string[] words, string where) =>
        words.Length == 2 && int.TryParse(words[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size
            : throw new FormatException(
                $"{where}: 'dense' takes the number of its neurons, from 1 to {int.MaxValue}, as in \"dense 16\"; found '{string.Join(' ', words)}'.");

    private static float Slope(string[] words, string where) =>
        words.Length == 2 && float.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var slope) && slope is >= 0 and < 1
            ? slope
            : throw new FormatException(
                $"{where}: 'leaky-relu' takes a slope of at least 0 and less than 1, as in \"leaky-relu 0.01\"; found '{string.Join(' ', words)}'.");
}
