using System.Globalization;

namespace Nabla;

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
        ("elu", (words, where) => words.Length == 1 ? new Elu() : new Elu(Number(words, where, "a positive α, as in \"elu 0.5\"", alpha => alpha > 0))),
        ("gelu", (words, where) => new Gelu(tanh: HasTanh(words, where))),
        ("silu", (words, where) => Alone(words, where, new Silu())),
        ("softplus", (words, where) => Alone(words, where, new Softplus())),
        ("dropout", (words, where) => words.Length == 1 ? new Dropout() : new Dropout(Number(words, where, "a rate of at least 0 and less than 1, as in \"dropout 0.2\"", rate => rate is >= 0 and < 1))),
        ("batch-norm", NormalizationText.BatchNorm),
        ("layer-norm", NormalizationText.LayerNorm),
        ("embedding", (words, where) => new Embedding(Sizes(words, where).Tokens, Sizes(words, where).Dimensions)),
        ("residual", (words, where) => new Residual(Inside(words, where))),
        ("conv", LayerWords.Conv2D),
        ("max-pool", LayerWords.MaxPool2D),
        ("average-pool", LayerWords.AveragePool2D),
        ("global-average-pool", (words, where) => Alone(words, where, new GlobalAveragePool2D())),
        ("flatten", (words, where) => Alone(words, where, new Flatten())),
    ];

    private const int MostAround = 120;                 // letters, of which layer a layer is inside

    /// <summary>Makes a layer of its name and what follows it; <paramref name="where"/> begins the message of an error.</summary>
    private delegate Layer Maker(string[] words, string where);

    /// <summary>The names of all layers.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. makers.Select(maker => maker.Name)];

    /// <summary>Makes the layers that <paramref name="text"/> lists. They fit themselves to what enters them, once they are put into a <see cref="Network"/>.</summary>
    /// <exception cref="FormatException">The text does not say what layers there are; the message says where.</exception>
    public static Layer[] Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text, around: "");
    }

    private static Layer[] Parse(string text, string around)
    {
        var layers = new List<Layer>();
        foreach (var item in BracketedText.Items(text))
        {
            var where = $"Layer {layers.Count + 1} of '{Excerpt.Of(text)}'{around}";
            var words = BracketedText.Words(item);
            if (words.Length == 0)
                throw new FormatException($"{where} is empty. Write a list such as \"dense 16, sigmoid, dense 10\".");
            layers.Add(Make(words, where));
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
            $"{where}: there is no layer '{Excerpt.Of(words[0])}'. {(guess is null ? "" : $"Did you mean '{guess}'? ")}Known are: {string.Join(", ", Names)}.");
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

    private static float Number(string[] words, string where, string what, Func<float, bool> isGood) =>
        words.Length == 2 && float.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) && isGood(number)
            ? number
            : throw new FormatException($"{where}: '{words[0].ToLowerInvariant()}' takes {what}; found '{string.Join(' ', words)}'.");

    private static bool HasTanh(string[] words, string where) => words.Length switch
    {
        1 => false,
        2 when words[1].Equals("tanh", StringComparison.OrdinalIgnoreCase) => true,
        _ => throw new FormatException($"{where}: 'gelu' takes nothing, or the word tanh, as in \"gelu tanh\"; found '{string.Join(' ', words)}'."),
    };

    private static (int Tokens, int Dimensions) Sizes(string[] words, string where) =>
        words.Length == 3 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) && tokens is > 0 and <= Embedding.MostTokens
            && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var dimensions) && dimensions > 0
            ? (tokens, dimensions)
            : throw new FormatException(
                $"{where}: 'embedding' takes how many tokens there are, from 1 to {Embedding.MostTokens}, and how many numbers stand for each, as in \"embedding 1000 16\"; found '{string.Join(' ', words)}'.");

    private static Layer[] Inside(string[] words, string where) => words.Length == 2 && BracketedText.Inside(words[1]) is { } inside
        ? Parse(inside, around: Excerpt.Of($" inside l{where[1..]}", MostAround))
        : throw new FormatException(
            $"{where}: 'residual' takes the layers that have a way around them, in brackets, as in \"residual (dense 16, relu, dense 16)\"; found '{string.Join(' ', words)}'.");
}
