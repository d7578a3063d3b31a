using System.Globalization;

namespace Nabla;

/// <summary>
/// Reads layers from text, as the command and the model files write them: “dense 16, sigmoid, dense 10”.
/// </summary>
internal static class LayerList
{
    private static readonly (string Name, Maker Make)[] makers =
    [
        ("dense", (words, where) => new Dense(Size(words, where))),
        ("sigmoid", (words, where) => Alone(words, where, new Sigmoid())),
        ("tanh", (words, where) => Alone(words, where, new Tanh())),
        ("relu", (words, where) => Alone(words, where, new Relu())),
        ("leaky-relu", (words, where) => words.Length == 1 ? new LeakyRelu() : new LeakyRelu(Slope(words, where))),
        ("softmax", (words, where) => Alone(words, where, new Softmax())),
        ("elu", (words, where) => words.Length == 1 ? new Elu() : new Elu(Alpha(words, where))),
        ("gelu", (words, where) => new Gelu(tanh: HasTanh(words, where))),
        ("silu", (words, where) => Alone(words, where, new Silu())),
        ("softplus", (words, where) => Alone(words, where, new Softplus())),
        ("dropout", (words, where) => words.Length == 1 ? new Dropout() : new Dropout(Rate(words, where))),
        ("batch-norm", NormalizationText.BatchNorm),
        ("layer-norm", NormalizationText.LayerNorm),
        ("embedding", Embedding),
        ("residual", (words, where) => new Residual(Inside(words, where))),
        ("conv", LayerWords.Conv2D),
        ("max-pool", LayerWords.MaxPool2D),
        ("average-pool", LayerWords.AveragePool2D),
        ("global-average-pool", (words, where) => Alone(words, where, new GlobalAveragePool2D())),
        ("flatten", (words, where) => Alone(words, where, new Flatten())),
    ];

    private const int MostAround = 120;                 // characters that say which layer a layer is inside

    /// <summary>
    /// Makes a layer from its name and the words after it; <paramref name="where"/> begins an error message.
    /// </summary>
    private delegate Layer Maker(string[] words, string where);

    /// <summary>The names of all layers.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. makers.Select(maker => maker.Name)];

    /// <summary>
    /// Makes the layers that <paramref name="text"/> lists. They take their input sizes when a <see cref="Network"/> is
    /// made of them. Case does not matter.
    /// </summary>
    /// <exception cref="FormatException">The text is not a list of layers; the message says where and why.</exception>
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
            $"{where}: there is no layer '{Excerpt.Of(words[0])}'. " +
            $"{(guess is null ? "" : $"Did you mean '{guess}'? ")}Known are: {string.Join(", ", Names)}.");
    }

    private static Layer Alone(string[] words, string where, Layer layer) => words.Length == 1
        ? layer
        : throw new FormatException(
            $"{where}: '{words[0]}' takes no number, but '{string.Join(' ', words[1..])}' follows it.");

    private static int Size(string[] words, string where) =>
        words.Length == 2 && Whole(words[1]) is > 0 and var size
            ? size
            : throw Wrong(words, where, $"the number of its neurons, from 1 to {int.MaxValue}, as in \"dense 16\"");

    private static float Slope(string[] words, string where) => Number(
        words, where, "a slope of at least 0 and less than 1, as in \"leaky-relu 0.01\"",
        slope => slope is >= 0 and < 1);

    private static float Alpha(string[] words, string where) =>
        Number(words, where, "a positive α, as in \"elu 0.5\"", alpha => alpha > 0);

    private static float Rate(string[] words, string where) => Number(
        words, where, "a rate of at least 0 and less than 1, as in \"dropout 0.2\"", rate => rate is >= 0 and < 1);

    private static float Number(string[] words, string where, string takes, Func<float, bool> isGood) =>
        words.Length == 2 && float.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && float.IsFinite(number) && isGood(number)
            ? number
            : throw Wrong(words, where, takes);

    private static bool HasTanh(string[] words, string where) => words.Length switch
    {
        1 => false,
        2 when words[1].Equals("tanh", StringComparison.OrdinalIgnoreCase) => true,
        _ => throw Wrong(words, where, "nothing, or the word tanh, as in \"gelu tanh\""),
    };

    private static Embedding Embedding(string[] words, string where) =>
        words.Length == 3 && Whole(words[1]) is > 0 and <= Nabla.Embedding.MostTokens and var tokens
            && Whole(words[2]) is > 0 and var dimensions
            ? new(tokens, dimensions)
            : throw Wrong(
                words, where,
                $"the number of tokens, from 1 to {Nabla.Embedding.MostTokens}, and the number of values that stand " +
                "for each, as in \"embedding 1000 16\"");

    private static Layer[] Inside(string[] words, string where) =>
        words.Length == 2 && BracketedText.Inside(words[1]) is { } inside
            ? Parse(inside, around: Excerpt.Of($" inside l{where[1..]}", MostAround))
            : throw Wrong(
                words, where,
                "the layers to add to its input, in brackets, as in \"residual (dense 16, relu, dense 16)\"");

    private static int? Whole(string word) =>
        int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static FormatException Wrong(string[] words, string where, string takes) =>
        new($"{where}: '{words[0].ToLowerInvariant()}' takes {takes}; found '{string.Join(' ', words)}'.");
}
